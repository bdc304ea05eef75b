"""What Moonshine makes of an utterance, read ahead in a pause so that the answer need not wait for it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voice.audio import RATE
from voice.moonshine import LONGEST, Moonshine, Sound, meant
from voice.noise import seconds
from voice.vocabulary import words_of

_PAUSE = seconds(0.2)
"""Silence after which it may be over: what was said so far is read at once, and need not be read when it is."""
_FRAME = seconds(0.03)
_QUIET = 0.16
"""Frames with less of the loudest frame's strength are silence."""
_LIVE = 0.8
"""What arrives faster than so much of its own time is no microphone."""
_SHORTEST, _LONGEST = seconds(0.1), seconds(LONGEST)
"""Sound that Moonshine cannot do with less of, and more of which is no question."""
_AHEAD = seconds(8)
"""Longer speech is not read ahead: it is seldom meant for the guide, and takes long to read."""
_BABBLE = 4
"""So many tiny words at the end are silence that was taken for speech."""


@dataclass(frozen=True)
class Read:
    """What Moonshine heard."""

    moonshine: Moonshine
    sound: Sound | None
    """None where it was too short or too long to be read."""
    freely: str
    """Heard without our language model, in words as they are said; empty where there were none."""
    texts: tuple[str, ...]
    """This, and what was heard with it."""
    by_sound: Mapping[str, float]

    def fits(self, texts: Sequence[str]) -> list[float]:
        """Return how likely the sound makes each text; what it wrote by itself may have suitable signs within."""
        fits = self.moonshine.fit(self.sound, texts)
        return [max(f, self.by_sound.get(t, -math.inf)) for t, f in zip(texts, fits)]


class Reader:
    """Collects the sound of an utterance for Moonshine, which wants all of it, and has it read ahead in a pause."""

    def __init__(self, moonshine: Moonshine) -> None:
        self._moonshine, self._begun = moonshine, time.monotonic()
        self._sound = bytearray()
        self._looked_at, self._loudest, self._loud_until = 0, 0.0, 0
        self._ahead: tuple[int, Read] | None = None

    def take(self, pcm: bytes) -> None:
        """Take the next bit of sound."""
        self._sound += pcm
        samples = np.frombuffer(bytes(self._sound[2 * self._looked_at :]), dtype="<i2").astype(np.float64)
        for place in range(0, len(samples) - _FRAME + 1, _FRAME):
            strength = float(np.sqrt(np.mean(np.square(samples[place : place + _FRAME]))))
            self._loudest = max(self._loudest, strength)
            self._looked_at += _FRAME
            if strength > _QUIET * self._loudest:
                self._loud_until = self._looked_at

    def ahead(self) -> None:
        """Read what was said so far where a pause has begun."""
        is_pause = self._looked_at - self._loud_until >= _PAUSE
        is_live = time.monotonic() - self._begun > _LIVE * len(self._sound) / 2 / RATE
        is_new = self._ahead is None or self._ahead[0] != self._loud_until
        is_short = self._looked_at <= _AHEAD
        if self._loud_until and is_pause and is_live and is_new and is_short:
            self._ahead = (self._loud_until, self._now())

    def result(self) -> Read:
        """Return what was heard."""
        if self._ahead is not None and self._ahead[0] == self._loud_until:
            return self._ahead[1]
        return self._now()

    def _now(self) -> Read:
        samples = np.frombuffer(bytes(self._sound[: len(self._sound) // 2 * 2]), dtype="<i2")
        if not _SHORTEST <= len(samples) <= _LONGEST:
            return Read(self._moonshine, None, "", (), {})
        sound = self._moonshine.listen(samples)
        by_sound: dict[str, float] = {}
        freely, ours = self._moonshine.read(sound)
        for reading in (*freely, *ours):
            text = meant(" ".join(words_of(reading.text)))
            if text and not babbles(text):
                by_sound[text] = max(reading.sound, by_sound.get(text, -math.inf))
        witness = meant(" ".join(words_of(freely[0].text)))
        return Read(self._moonshine, sound, witness, tuple(by_sound), by_sound)


def babbles(text: str) -> bool:
    """Tell whether a text ends in so many tiny words that it was silence."""
    last = text.split()[-_BABBLE:]
    return len(last) == _BABBLE and all(len(word) <= 2 for word in last)
