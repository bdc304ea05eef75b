"""The embedded recogniser: pocketsphinx with our own models, beside one that knows general English.

That is Moonshine where its weights are there. It hears freely, hears again with our language model in mind, and tells
how well every reading goes with the sound. Elsewhere a second decoder of pocketsphinx stands in for it, the witness.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice, product
from typing import Any

import numpy as np

from voice.audio import RATE, dithered, to_pcm
from voice.grams import BEGIN, END, ORDER
from voice.models import Models
from voice.moonshine import Moonshine
from voice.noise import BEFORE_SECONDS, GATE_DB, NoiseFilter, seconds, snr_db
from voice.reader import Read, Reader, babbles

_JUDGED = seconds(2.0)
"""Speech that is waited for before anything is recognised: it tells how loud and dull the voice is, and the noise."""
_LOUD = seconds(0.5)
_PAD = seconds(0.2)
"""Silence behind the last word, which the recogniser wants to hear."""
_ALTERNATIVES, _WITNESS_ALTERNATIVES = 4, 2
_BEFORE = seconds(0.2)
"""Sound before the speech that Moonshine hears: words begin softly."""
_OTHERS = 5
"""Readings that are handed on where Moonshine weighs them all."""
_USUAL = "54.9,-1.33,0.75,15.63,-3.75,-1.11,0.37,-12.04,-4.04,-5.25,4.41,0.71,-3.65"
"""The average sound of eleven sentences of benchmarks/voice_calibration.yml by three voices, in the recogniser's own numbers."""
_COLOUR, _USUAL_SEARCH, _ANY_WORD = "colour", "_default", "stop"
_LOOKED_AT = 40
"""Paths that are looked at for other readings: many differ in a pause only."""
_SCALE = 1_024
"""The recogniser keeps its scores that much smaller than they are."""
_LEAST_LIKELY = -7.0
"""Powers of ten for a word that the language model does not know."""
_FRAMES = 100
"""Pieces of a second that it looks at."""
_FLUENT_SHARE, _PER_WORD, _DECODER_CHOSE, _NAMED = 0.5, 2.8, 6.0, 6.0
"""Beside the sound, in natural logarithms: how much it counts how likely people are to say a reading, what each of its
words is worth there, what pocketsphinx's own choice is worth, and a name of ours, on which Moonshine is too hard."""
_NOT_AT_ALL = -300.0
_UNREAD = 0.3
"""Agreement where Moonshine did not read because it was no question by its length: only surely ours counts."""
_MIXED_WITH, _MOST_PLACES, _MIXTURES = 4, 5, 4
"""Readings of Moonshine with which pocketsphinx's own is mixed, in how many places they may differ, and how many mixtures
are asked how well they fit: the most fluent."""


@dataclass(frozen=True)
class Heard:
    """What was heard of one utterance."""

    text: str
    agreement: float = 1.0
    """How far the recogniser that knows our words only heard the same as the other one, or the same as what was chosen
    where Moonshine had the last word, from 0 to 1."""
    confidence: float = 1.0
    """How sure the recogniser is of its words, from 0 to 1."""
    alternatives: tuple[str, ...] = ()
    """What else it may have been, likeliest first."""
    witness: str = ""
    """What the second recogniser heard, empty where there is none."""
    decoder: str = ""
    """What pocketsphinx chose, where Moonshine had the last word."""
    margin: float = 0.0
    """By how much our words go better with the sound than general English does, in powers of ten for a second."""
    seconds: float = 0.0
    """How long the utterance was."""
    noisy: bool = False
    fluent: Mapping[str, float] = field(default_factory=dict)
    """How likely each of the texts is for people who talk to the guide, in powers of ten for a word: never above 0."""
    sound: Mapping[str, float] = field(default_factory=dict)
    """How much worse than the best each of the texts goes with the sound, in powers of ten for a word: never above 0;
    empty where Moonshine is not there."""
    named: Mapping[str, float] = field(default_factory=dict)
    """What it may have been where words stand for a name that sounds like them, and how far off it is: never above 0."""


class Recogniser:
    """Two recognisers; loaded once, used for one utterance at a time."""

    def __init__(
        self,
        models: Models,
        with_witness: bool = True,
        moonshine: Moonshine | None = None,
        has_name: Callable[[str], bool] = lambda _: False,
        by_sound: Callable[[Sequence[str]], Mapping[str, float]] = lambda _: {},
    ) -> None:
        """Load what is needed.

        Args:
            has_name: tells whether there is a name of ours in a text: Moonshine never heard of them.
            by_sound: finds names in what was written for them, as ``voice.sounding`` does.
        """
        self.lock = threading.Lock()
        self._decoders, self._moonshine = [_decoder(models.ours, models.words)], moonshine
        self._has_name, self._by_sound = has_name, by_sound
        if with_witness and moonshine is None:
            self._decoders.append(_decoder(models.witness, models.witness_words))

    def utterance(self) -> Utterance:
        """Begin to listen. Nobody else may until ``end``."""
        return Utterance(self._decoders, self.lock, self._moonshine, self._has_name, self._by_sound)


def _decoder(model: object, words: object):
    import pocketsphinx

    pocketsphinx.set_loglevel("FATAL")
    decoder = pocketsphinx.Decoder(
        hmm=pocketsphinx.get_model_path("en-us/en-us"), lm=str(model), dict=str(words), samprate=float(RATE),
        fwdflat=False, bestpath=True, logfn="/dev/null",
    )  # fmt: skip
    # A grammar of one word, for when only the sound is looked at: it would look for words all the same.
    decoder.add_fsg(_COLOUR, decoder.create_fsg(_COLOUR, 0, 1, [(0, 1, 1.0, _ANY_WORD)]))
    decoder.activate_search(_USUAL_SEARCH)
    return decoder


class Utterance:
    """One utterance on its way through the decoders, fed while it is still being said."""

    def __init__(
        self,
        decoders: list,
        lock: threading.Lock,
        moonshine: Moonshine | None = None,
        has_name: Callable[[str], bool] = lambda _: False,
        by_sound: Callable[[Sequence[str]], Mapping[str, float]] = lambda _: {},
    ) -> None:
        self._decoders, self._lock = decoders, lock
        self._has_name, self._by_sound = has_name, by_sound
        self._read = Reader(moonshine) if moonshine else None
        self._chance = np.random.default_rng(0)
        self._noise, self._early = np.zeros(0), np.zeros(0)
        self._filter: NoiseFilter | None = None
        self._begun = False
        self._samples = 0
        self.noisy = False

    def before(self, pcm: bytes) -> None:
        """Take what came right before the speech: it tells what the noise is like."""
        self._noise = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
        if self._read:
            self._read.take(pcm[-2 * _BEFORE :])

    def feed(self, pcm: bytes) -> None:
        """Take the next bit of speech."""
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
        self._samples += len(samples)
        if self._begun:
            self._decode(samples)
        else:
            self._early = np.concatenate([self._early, samples])
            if len(self._early) >= _JUDGED:
                self._begin()
        if self._read:
            self._read.take(pcm)
            self._read.ahead()

    def _begin(self) -> None:
        noise = self._noise[-seconds(BEFORE_SECONDS) :]
        # Of the first moments alone: a short word is soon over, and the silence behind it would count as noise.
        self.noisy = snr_db(noise, self._early[:_LOUD]) < GATE_DB
        if self.noisy:
            self._filter = NoiseFilter(noise)
        self._lock.acquire()
        self._begun = True
        colour = self._colour(NoiseFilter(noise).clean(self._early) if self.noisy else self._early)
        for decoder in self._decoders:
            decoder.set_cmn(colour)
            decoder.start_utt()
        # A little of what came before: words begin softly.
        self._decode(np.concatenate([self._noise, self._early]))

    def _colour(self, early: np.ndarray) -> str:
        """Return the average of the sound so far, which the recogniser takes away: loudness and colour of the voice.

        It begins each time with what is usual: left to itself the recogniser would begin with whoever spoke before.
        """
        decoder = self._decoders[0]
        decoder.set_cmn(_USUAL)
        decoder.activate_search(_COLOUR)
        decoder.start_utt()
        decoder.process_raw(to_pcm(dithered(early, self._chance)), no_search=True, full_utt=False)
        decoder.end_utt()
        decoder.activate_search(_USUAL_SEARCH)
        return decoder.get_cmn(True)

    def _decode(self, samples: np.ndarray) -> None:
        if self._filter:
            samples = self._filter.clean(samples)
        sound = to_pcm(dithered(samples, self._chance))
        for decoder in self._decoders:
            decoder.process_raw(sound, no_search=False, full_utt=False)

    def end(self) -> Heard:
        """Return what was heard: nothing where there was no sound."""
        if not self._samples:
            return Heard("")
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
        best = [d.hyp() for d in self._decoders]
        texts = [_text(b.hypstr) if b else "" for b in best]
        ours = self._decoders[0]
        sure = min(1.0, max(0.0, ours.get_prob())) if texts[0] else 0.0
        others = _readings(ours, texts, _ALTERNATIVES)
        read = self._read.result() if self._read else None
        if read and read.sound is not None:
            return self._weighed(read, [t for t in (*texts, *others) if t])
        agreement, witness, margin = _UNREAD if read else 1.0, "", 0.0
        if len(texts) > 1:
            agreement, witness = _alike(*texts), texts[1]
            others += _readings(self._decoders[1], [*texts, *others], _WITNESS_ALTERNATIVES)
            if all(best):
                # Both heard the same sound: what is left of the difference is how well the words go together.
                scores = [math.log10(max(b.best_score, 1e-300)) for b in best]
                margin = _SCALE * _FRAMES * (scores[0] - scores[1]) / max(1, ours.n_frames())
        fluent = {text: _fluency(ours, text) for text in (*texts, *others) if text}
        return Heard(
            texts[0],
            agreement,
            sure,
            tuple(others),
            witness,
            margin=margin,
            seconds=self._samples / RATE,
            noisy=self.noisy,
            fluent=fluent,
        )

    def _weighed(self, read: Read, decoded: Sequence[str]) -> Heard:
        """Return the readings of both recognisers, the likeliest first."""
        chosen, texts = decoded[0] if decoded else "", list(dict.fromkeys([*decoded, *read.texts]))
        if not texts:
            return Heard("", 0.0, 0.0, seconds=self._samples / RATE, noisy=self.noisy)
        mixed = {t for other in read.texts[:_MIXED_WITH] for t in mixtures(chosen, other)}.difference(texts)
        fluent = {text: _fluency(self._decoders[0], text) for text in (*texts, *mixed)}
        texts += sorted(mixed, key=lambda t: (-fluent[t], t))[:_MIXTURES]
        fits = dict(zip(texts, read.fits(texts)))

        def likely(text: str) -> float:
            said = _FLUENT_SHARE * (fluent[text] * math.log(10) + _PER_WORD) * (len(text.split()) + 1)
            return fits[text] + said + _DECODER_CHOSE * (text == chosen) + _NAMED * self._has_name(text)

        ordered = sorted(texts, key=likely, reverse=True)
        best, freely, others = ordered[0], read.freely, ordered[1 : 1 + _OTHERS]
        handed_on = [t for t in dict.fromkeys([best, freely, chosen, *others]) if t in fits]
        top, length = max(fits.values()), max(1, self._samples) / RATE
        return Heard(
            best,
            _alike(best, chosen),
            min(1.0, math.exp(max(_NOT_AT_ALL, fits[best]))),
            tuple(others),
            freely,
            chosen,
            (fits[best] - fits.get(freely, fits[best])) / math.log(10) / length,
            length,
            self.noisy,
            {t: fluent[t] for t in handed_on},
            {t: (fits[t] - top) / math.log(10) / (len(t.split()) + 1) for t in handed_on},
            self._by_sound([t for t in dict.fromkeys([best, freely, chosen]) if t]),
        )


def mixtures(one: str, two: str) -> Iterator[str]:
    """Yield what two readings make together: each is right where the other one is not.

    Nothing where they differ in one place only, for then there is nothing new, or in more than a few.
    """
    first, second = one.split(), two.split()
    parts = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    places = sum(kind != "equal" for kind, *_ in parts)
    if not 1 < places <= _MOST_PLACES:
        return
    for choice in product((True, False), repeat=places):
        if len(set(choice)) > 1:
            chosen, words = iter(choice), []
            for kind, a, b, c, d in parts:
                words += first[a:b] if kind == "equal" or next(chosen) else second[c:d]
            yield " ".join(words)


def _readings(decoder: Any, known: Sequence[str], most: int) -> list[str]:
    """Return what else a decoder may have heard, likeliest first, without what is known already."""
    found: list[str] = []
    for hypothesis in islice(decoder.nbest() or (), _LOOKED_AT):
        text = _text(hypothesis.hypstr) if hypothesis else ""
        if text and text not in known and text not in found and not babbles(text):
            found.append(text)
            if len(found) == most:
                break
    return found


def _fluency(decoder: Any, text: str) -> float:
    """Return how likely a decoder's language model takes a text to be, in powers of ten for a word.

    What was misheard, or said to somebody else, is made of our words, but seldom in an order that people use.
    """
    model, base, words = decoder.get_lm(), decoder.get_logmath(), [BEGIN, *text.split(), END]
    likely = 0.0
    for place in range(1, len(words)):
        before = words[max(0, place + 1 - ORDER) : place + 1]
        likely += max(_LEAST_LIKELY, base.log_to_log10(model.prob(before[::-1])))
    return likely / (len(words) - 1)


def _text(hypothesis: str) -> str:
    words = (re.sub(r"\(\d\)$", "", w) for w in hypothesis.split() if not w.startswith(("<", "[")))
    return " ".join(words)


def _alike(first: str, second: str) -> float:
    """Return how much of two texts is the same, word by word."""
    one, two = first.split(), second.split()
    if not one or not two:
        return 0.0
    return SequenceMatcher(None, one, two, autojunk=False).ratio()
