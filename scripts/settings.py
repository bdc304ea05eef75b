"""Where things are, and every setting the commands read from the environment."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
LOGS = CACHE / "logs"
MODELS = ROOT / "models"
LOCK = ROOT / "requirements.lock"
HOST = "127.0.0.1"


class Problem(Exception):
    """Something the person at the keyboard has to know, in one line."""


def port_setting(name: str, default: int) -> int:
    """Read a port from the environment."""
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Problem(f"{name} is set to '{text}', which is not a port number.")
    return int(text)


def ports() -> tuple[int, int]:
    """Return the ports of the assistant and of its action server."""
    port, action_port = port_setting("PORT", 5005), port_setting("ACTION_PORT", 5055)
    if port == action_port:
        raise Problem(f"PORT and ACTION_PORT are both {port}: they must differ.")
    return port, action_port


def voice_ports() -> tuple[int, int]:
    """Return the ports of the voice gateway: for HTTP and for the home's protocol."""
    return port_setting("VOICE_PORT", 5105), port_setting("VOICE_WYOMING_PORT", 10_500)


def voice_wanted() -> bool:
    """Say whether the voice gateway is switched on."""
    return os.environ.get("VOICE", "").strip().lower() != "off"


def encoder_dir() -> Path:
    """Return the folder of the sentence encoder."""
    return Path(os.environ.get("ACU_ENCODER_DIR") or CACHE / "encoder").expanduser().absolute()


def encoder_wanted() -> bool:
    """Say whether the sentence encoder is switched on."""
    return os.environ.get("ACU_ENCODER", "").strip().lower() != "off"


def encoder_mark() -> str:
    """Return the checksum of the weights in use, or "" when there are none."""
    mark = encoder_dir() / "ok"
    return mark.read_text().strip() if encoder_wanted() and mark.is_file() else ""


def engine_env(action_port: int = 5055) -> dict[str, str]:
    """Return the environment every Rasa process is started with."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
        "ACU_DB": os.environ.get("ACU_DB") or str(CACHE / "conversations.db"),
        "ACTION_ENDPOINT_URL": f"http://{HOST}:{action_port}/webhook",
        # Sanic asks for a function of distutils; its stand-in brings all of setuptools along, a quarter of a second.
        "SETUPTOOLS_USE_DISTUTILS": "stdlib",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_MOTD": "False",
        "SANIC_ACCESS_LOG": "False",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def short(path: Path) -> str:
    """Show a path the way one would type it from the project's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
