"""Every setting that the gateway reads from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

EMBEDDED = "embedded:"


class WrongSetting(Exception):
    """A setting has a value that means nothing, told in one line."""


@dataclass(frozen=True)
class Settings:
    """Where the gateway listens, whom it asks, and which engines it uses."""

    assistant: str
    host: str = "127.0.0.1"
    port: int = 5105
    wyoming_port: int = 10_500
    asr: str = EMBEDDED
    tts: str = EMBEDDED
    hosts: tuple[str, ...] = ()
    """Names besides this machine's own under which a page may open the WebSocket."""


def settings() -> Settings:
    """Return the settings of the environment."""
    port = os.environ.get("PORT", "").strip() or "5005"
    assistant = os.environ.get("VOICE_ASSISTANT", "").strip() or f"http://127.0.0.1:{port}"
    hosts = os.environ.get("VOICE_HOSTS", "")
    return Settings(
        assistant=assistant.rstrip("/"),
        host=os.environ.get("VOICE_HOST", "").strip() or "127.0.0.1",
        port=_port("VOICE_PORT", 5105),
        wyoming_port=_port("VOICE_WYOMING_PORT", 10_500),
        asr=_engine("VOICE_ASR_URI"),
        tts=_engine("VOICE_TTS_URI"),
        hosts=tuple(name.strip().lower() for name in hosts.split(",") if name.strip()),
    )


def _port(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise WrongSetting(f"{name} is set to '{text}', which is not a port number.")
    return int(text)


def _engine(name: str) -> str:
    uri = os.environ.get(name, "").strip() or EMBEDDED
    parts = urlsplit(uri)
    try:
        is_server = parts.scheme == "tcp" and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        is_server = False
    if uri != EMBEDDED and not is_server:
        raise WrongSetting(f"{name} is set to '{uri}': it must be {EMBEDDED} or tcp://host:port.")
    return uri
