"""Speech that is made while the tests run, and the real gateway beside the real assistant."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import requests

from tests.conftest import free_port

pytest.importorskip("wyoming", reason="the packages of requirements-voice.lock are not installed")
pytest.importorskip("pocketsphinx", reason="the packages of requirements-voice.lock are not installed")

from scripts.settings import ROOT
from voice.audio import RATE, Audio, to_pcm
from voice.espeak import has_voice, speak

START_SECONDS = 90
Speaker = Callable[..., Audio]


@pytest.fixture(scope="session")
def spoken() -> Speaker:
    """Return a function that speaks a text as a recording at 16 kHz, with a little noise around as rooms have it."""
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
    """Start the gateway as ``make run`` does; yield its address and its Wyoming port."""
    port, home = free_port(), free_port()
    env = {
        **os.environ,
        "VOICE_ASSISTANT": server,
        "VOICE_PORT": str(port),
        "VOICE_WYOMING_PORT": str(home),
    }
    process = subprocess.Popen([sys.executable, "-m", "voice.gateway"], cwd=ROOT, env=env)
    try:
        deadline = time.monotonic() + START_SECONDS
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
