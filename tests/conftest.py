"""Fixtures that many tests share: the catalogue, the assistant in process, and the running servers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import requests

from acupressure.catalog import Catalog, load
from tests.support.assistant import LocalAssistant


@pytest.fixture(scope="session")
def known() -> Catalog:
    """Return the catalogue of this checkout."""
    return load()


@pytest.fixture(scope="session")
def assistant() -> LocalAssistant:
    """Return the trained assistant in this process; trains it if no model fits."""
    from scripts.train import ensure_model

    return LocalAssistant(ensure_model(validate=False))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the assistant as a user would, on free ports; yield its address."""
    from scripts.run import running

    for name in ("PORT", "ACTION_PORT", "VOICE_PORT", "VOICE_WYOMING_PORT"):
        os.environ[name] = str(free_port())
    os.environ["ACU_DB"] = str(tmp_path_factory.mktemp("db") / "conversations.db")
    with running() as started:
        os.environ["ACU_TEST_ACTION_PID"] = str(started.parts["The action server"][0].pid)
        yield f"http://127.0.0.1:{started.port}"


GATEWAY_SECONDS = 90
Speaker = Callable[..., Any]


@pytest.fixture(scope="session")
def spoken() -> Speaker:
    """Return a function that speaks a text as a recording at 16 kHz, with a little noise around as rooms have it."""
    from voice.audio import RATE, Audio, to_pcm
    from voice.espeak import has_voice, speak

    if not has_voice():
        pytest.skip("no espeak-ng on this machine")

    def speaker(text: str, voice: str = "en-us", snr: float | None = 35, speed: int = 150) -> Audio:
        samples = speak(text, voice, speed).at(RATE).samples.astype(float)
        samples = np.concatenate([np.zeros(RATE // 2), samples, np.zeros(RATE // 3)])
        if snr is not None:
            chance = np.random.default_rng(1)
            loud = np.mean(np.square(samples[samples != 0]))
            samples = samples + chance.normal(0, np.sqrt(loud / 10 ** (snr / 10)), len(samples))
        return Audio(to_pcm(samples), RATE)

    return speaker


@pytest.fixture(scope="session")
def gateway(server: str) -> Iterator[tuple[str, int]]:
    """Start the voice gateway as ``make run`` does; yield its address and its Wyoming port."""
    from scripts.settings import ROOT, voice_ports

    pytest.importorskip("wyoming", reason="the packages of requirements-voice.lock are not installed")
    port, home = voice_ports()
    env = {**os.environ, "VOICE_ASSISTANT": server}
    process = subprocess.Popen([sys.executable, "-m", "voice.gateway"], cwd=ROOT, env=env)
    try:
        deadline = time.monotonic() + GATEWAY_SECONDS
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}/health", timeout=2).raise_for_status()
                break
            except requests.RequestException:
                assert process.poll() is None, "the gateway ended"
                assert time.monotonic() < deadline, "the gateway did not start"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", home
        assert process.poll() is None, "the gateway did not live through the tests"
    finally:
        process.terminate()
        process.wait(10)
