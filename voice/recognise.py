"""The embedded recogniser: pocketsphinx with our own models, and a witness that notices what is not for us."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from voice.audio import RATE, dithered, to_pcm
from voice.models import Models
from voice.noise import BEFORE_SECONDS, GATE_DB, NoiseFilter, seconds, snr_db

_JUDGED = seconds(0.5)
"""How much speech has to be there before it is decided whether the noise is filtered."""
_PAD = seconds(0.2)
"""Silence behind the last word, which the recogniser wants to hear."""
_ALTERNATIVES = 3
_MARK = re.compile(r"\(\d\)$|^<.*>$|^\[.*\]$")


@dataclass(frozen=True)
class Heard:
    """What was heard of one utterance."""

    text: str
    agreement: float = 1.0
    """How far a second recogniser with general English heard the same, from 0 to 1."""
    confidence: float = 1.0
    """How sure the recogniser is of its words, from 0 to 1."""
    alternatives: tuple[str, ...] = ()
    """What else it may have been, likeliest first."""
    seconds: float = 0.0
    """How long the utterance was."""
    noisy: bool = False


class Recogniser:
    """Two decoders; loaded once, used for one utterance at a time."""

    def __init__(self, models: Models, with_witness: bool = True) -> None:
        self.lock = threading.Lock()
        self._decoders = [_decoder(models.ours, models.words)]
        if with_witness:
            # It only has to notice what is quite different, so it may search less.
            narrow = {"beam": 1e-40, "wbeam": 1e-24, "pbeam": 1e-40, "maxhmmpf": 6_000}
            self._decoders.append(_decoder(models.witness, models.witness_words, **narrow))

    def utterance(self) -> Utterance:
        """Begin to listen. Nobody else may until ``end``."""
        return Utterance(self._decoders, self.lock)


def _decoder(model: object, words: object, **options: float):
    import pocketsphinx

    pocketsphinx.set_loglevel("FATAL")
    return pocketsphinx.Decoder(
        hmm=pocketsphinx.get_model_path("en-us/en-us"), lm=str(model), dict=str(words), samprate=float(RATE),
        fwdflat=False, bestpath=True, logfn="/dev/null", **options,
    )  # fmt: skip


class Utterance:
    """One utterance on its way through the decoders, fed while it is still being said."""

    def __init__(self, decoders: list, lock: threading.Lock) -> None:
        self._decoders, self._lock = decoders, lock
        self._chance = np.random.default_rng(0)
        self._noise, self._early = np.zeros(0), np.zeros(0)
        self._filter: NoiseFilter | None = None
        self._begun = False
        self._samples = 0
        self.noisy = False

    def before(self, pcm: bytes) -> None:
        """Take what came right before the speech: it tells what the noise is like."""
        self._noise = np.frombuffer(pcm, dtype="<i2").astype(np.float64)

    def feed(self, pcm: bytes) -> None:
        """Take the next bit of speech."""
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
        self._samples += len(samples)
        if not self._begun:
            self._early = np.concatenate([self._early, samples])
            if len(self._early) >= _JUDGED:
                self._begin()
            return
        self._decode(samples)

    def _begin(self) -> None:
        noise = self._noise[-seconds(BEFORE_SECONDS) :]
        self.noisy = snr_db(noise, self._early) < GATE_DB
        if self.noisy:
            self._filter = NoiseFilter(noise)
        self._lock.acquire()
        self._begun = True
        early = to_pcm(dithered(self._early, self._chance))
        for decoder in self._decoders:
            # The first words tell the loudness and colour of the voice; without that they themselves would be misheard.
            decoder.start_utt()
            decoder.process_raw(early, no_search=True, full_utt=False)
            decoder.end_utt()
            decoder.set_cmn(decoder.get_cmn(True))
            decoder.start_utt()
        # A little of what came before: words begin softly.
        self._decode(np.concatenate([self._noise, self._early]))

    def _decode(self, samples: np.ndarray) -> None:
        if self._filter:
            samples = self._filter.clean(samples)
        sound = to_pcm(dithered(samples, self._chance))
        for decoder in self._decoders:
            decoder.process_raw(sound, no_search=False, full_utt=False)

    def end(self) -> Heard:
        """Return what was heard."""
        if not self._begun:
            self._begin()
        try:
            self._decode(np.zeros(_PAD))
            for decoder in self._decoders:
                decoder.end_utt()
            return self._result()
        finally:
            self._lock.release()

    def drop(self) -> None:
        """Stop listening without a result."""
        if self._begun:
            for decoder in self._decoders:
                decoder.end_utt()
            self._lock.release()

    def _result(self) -> Heard:
        texts = [_text(d.hyp().hypstr) if d.hyp() else "" for d in self._decoders]
        ours = self._decoders[0]
        sure = min(1.0, max(0.0, ours.get_logmath().exp(ours.get_prob()))) if texts[0] else 0.0
        agreement = _alike(*texts) if len(texts) > 1 else 1.0
        others = [t for t in texts[1:] if t and t != texts[0]]
        for number, hypothesis in enumerate(ours.nbest() or ()):
            if number >= _ALTERNATIVES or not hypothesis:
                break
            others.append(_text(hypothesis.hypstr))
        others = [t for t in dict.fromkeys(others) if t and t != texts[0]]
        return Heard(
            texts[0], agreement, sure, tuple(others[:_ALTERNATIVES]), self._samples / RATE, self.noisy
        )


def _text(hypothesis: str) -> str:
    words = (re.sub(r"\(\d\)$", "", w) for w in hypothesis.split() if not w.startswith(("<", "[")))
    return " ".join(words)


def _alike(first: str, second: str) -> float:
    """Return how much of two texts is the same, word by word."""
    one, two = first.split(), second.split()
    if not one or not two:
        return 0.0
    return SequenceMatcher(None, one, two, autojunk=False).ratio()
