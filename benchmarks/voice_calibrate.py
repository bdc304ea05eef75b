"""Works out when the voice channel acts: weights of ``channels/hearing.yml``, out of spoken sentences of our own.

``python -m benchmarks.voice_calibrate`` speaks ``benchmarks/voice_calibration.yml`` with voices of which the benchmark uses
one (flite rms; its figures for that voice are no held-out ones), has everything recognised and understood, fits the weights, and writes them. It takes some minutes of a processor;
what was heard is kept in ``.cache/bench`` (``--again`` hears it anew). Moonshine and pocketsphinx alone have weights of their
own (``--only pocketsphinx``).
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import yaml

from acupressure.catalog import load
from benchmarks.voice import in_noise, speaks
from channels.hearing import (
    FILE,
    Candidate,
    Place,
    best,
    candidate,
    chosen_for_signs,
    decide,
    features,
    texts,
)
from scripts.settings import CACHE
from scripts.train import ensure_model
from tests.support.assistant import LocalAssistant
from voice.audio import RATE, Audio, to_pcm
from voice.ear import utterance_in
from voice.engines import moonshine_of
from voice.models import ensure
from voice.recognise import Recogniser
from voice.vocabulary import name_finder

SENTENCES = Path(__file__).with_name("voice_calibration.yml")
VOICES = (("espeak", "en-us+m3"), ("flite", "rms"), ("flite", "kal16"))
NOISES, LOUD = (None, 20.0), 0.0
"""Decibels between speech and noise: what can be understood well, and what hardly can."""
NOT_OURS = ("other", "noise")
FOLDS = 5
ACTED_ON = 0.15
"""Share of what is said to others here that may be acted on by choice. A quarter of it has words of ours in it on purpose:
the bar for unseen sentences is 0.05."""
ASKED, ASKED_LED = 0.08, 0.09
"""Chance from which it is worth asking back; the same while a routine runs, which it holds up."""
CLEAR = 0.5
"""Agreement from which it is told that something is none of the guide's business."""
_RIDGE = 0.2
_HARMLESS = {"greet", "thank", "goodbye", "praise", "insult", "how_are_you", "bot_challenge"}
"""Answered with a word, without showing or beginning anything."""
ENGINES = ("moonshine", "pocketsphinx")
_HEAD = """# When the voice channel acts on what it hears: worked out by `python -m benchmarks.voice_calibrate`, see channels/hearing.py.
#   right: what speaks for a reading (above 0) and against it; the likeliest is chosen
#   ours:  what speaks for its having been said to the guide at all
#   take:  chance of that from which it is answered
#   ask:   chance from which it is asked whether it was said; ask_led: the same while a routine runs
#   clear: agreement from which it is told that something is none of the guide's business
"""


@dataclass(frozen=True)
class Case:
    """One utterance: what may have been said, and which of it was right."""

    kind: str
    sentence: str
    heard: Mapping
    candidates: Sequence[Candidate]
    right: Sequence[bool]


def hear(engine: str) -> list[dict]:
    """Speak and recognise all sentences, each by two voices, once in noise; and sounds in which nobody can be understood."""
    catalog, found = load(), []
    models = ensure(catalog)
    beside = moonshine_of(models, catalog) if engine == "moonshine" else None
    recogniser = Recogniser(models, moonshine=beside, has_name=name_finder(catalog))

    def listen(kind: str, text: str, sound: Audio | None, snr: float | None, number: int) -> None:
        cut = sound and utterance_in(in_noise(sound, snr, np.random.default_rng(number)))
        if cut:
            utterance = recogniser.utterance()
            utterance.before(cut[0])
            utterance.feed(cut[1])
            found.append({"kind": kind, "text": text, "heard": asdict(utterance.end())})

    sentences = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    for kind, some in sentences.items():
        for number, text in enumerate(some):
            for turn, snr in enumerate(NOISES):
                listen(kind, text, speaks(*VOICES[(number + turn + number // 3) % 3], text), snr, number)
    for number, text in enumerate(sentences["other"]):
        one, two = (
            speaks(*VOICES[(number + n) % 3], t) for n, t in enumerate((text, sentences["other"][number - 1]))
        )
        listen("noise", text, garbled(one, two, number), LOUD if number % 3 == 2 else None, number)
    return found


def garbled(one: Audio | None, two: Audio | None, number: int) -> Audio | None:
    """Return a sentence backwards, two at once, or one as it is, by turns."""
    if one is None or two is None or number % 3 == 2:
        return one
    first, second = one.at(RATE).samples.astype(float), two.at(RATE).samples.astype(float)
    if number % 3 == 0:
        return Audio(to_pcm(first[::-1]), RATE)
    both = np.zeros(max(len(first), len(second)))
    both[: len(first)] += first / 2
    both[: len(second)] += second / 2
    return Audio(to_pcm(both), RATE)


def cases(found: Sequence[Mapping]) -> Iterator[Case]:
    """Understand everything that may have been said."""
    assistant = LocalAssistant(ensure_model(validate=False))
    for one in found:
        heard = one["heard"]
        meant = candidate(one["text"], assistant.parse(one["text"]))
        if heard["text"] and (one["kind"] in NOT_OURS or meant.is_ours):
            listed = [candidate(t, assistant.parse(t)) for t in texts(heard["text"], heard)]
            right = [one["kind"] not in NOT_OURS and c.meaning == meant.meaning for c in listed]
            yield Case(one["kind"], one["text"], heard, listed, right)


def placed(case: Case) -> list[tuple[Place, float]]:
    """Return where in a conversation an utterance is heard, and how much it counts there."""
    if case.kind in NOT_OURS:  # it may come at any time
        return [(Place(), 1.0), (Place(led=True), 0.5), (Place(asked=True), 0.5)]
    return [(Place(led=case.kind == "command", asked=case.kind == "answer"), 1.0)]


def fitted(some: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Return weights: for a reading that is right, and for a chosen one that was said to the guide."""
    rows, right, counts, heard, names = [], [], [], [], []
    for case in some:
        fit = [n for n, c in enumerate(case.candidates) if c.is_ours]
        for where, count in placed(case) if fit else ():
            seen = [features(n, case.candidates, case.heard, where) for n in fit]
            names = list(seen[0])
            heard.append((np.array([list(s.values()) for s in seen]), case.kind not in NOT_OURS, count))
            rows += [list(s.values()) for s in seen]
            right += [case.right[n] for n in fit]
            counts += [count / len(fit)] * len(fit)
    likely = _regression(np.array(rows), np.array(right, dtype=float), np.array(counts))
    chosen = np.array([x[np.argmax(x @ likely)] for x, _, _ in heard])
    ours, counts = np.array([o for _, o, _ in heard], dtype=float), np.array([c for _, _, c in heard])
    found = (("right", likely), ("ours", _regression(chosen, ours, counts)))
    return {name: {n: round(float(v), 3) for n, v in zip(names, weights)} for name, weights in found}


def _regression(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the weights of a logistic regression with a ridge, by Newton's steps."""
    w = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (counts * (p - y)) + _RIDGE * w
        bend = (x * (counts * p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(len(w))
        w -= np.linalg.solve(bend, slope)
    return w


def crossed(some: Sequence[Case]) -> list[tuple[Case, dict]]:
    """Return every utterance with weights that never met its sentence."""
    sentences = sorted({c.sentence for c in some})
    random.Random(3).shuffle(sentences)
    found = []
    for fold in range(FOLDS):
        out = set(sentences[fold::FOLDS])
        weights = fitted([c for c in some if c.sentence not in out])
        found += [(c, weights) for c in some if c.sentence in out]
    return found


def border(judged: Sequence[tuple[Case, dict]]) -> float:
    """Return the chance above which no more of what is said to others is acted on than may be."""
    chances = []
    for case, weights in judged:
        if case.kind == "other":
            chosen, ours = best(case.candidates, case.heard, Place(), weights)
            is_shown = chosen is not None and chosen.intent not in _HARMLESS
            chances.append(
                ours
                if is_shown and not any(c.names_a_sign for c in chosen_for_signs(case.candidates, case.heard))
                else 0.0
            )
    return round(sorted(chances, reverse=True)[int(ACTED_ON * len(chances))] + 0.005, 2)


def told(judged: Sequence[tuple[Case, dict]], known: dict) -> None:
    """Print what would be done about every kind of sentence."""
    for kind in dict.fromkeys(c.kind for c, _ in judged):
        for number in range(3 if kind in NOT_OURS else 1):
            done: Counter[str] = Counter()
            for case, weights in judged:
                if case.kind != kind:
                    continue
                where = placed(case)[number][0]
                decision = decide(case.candidates, case.heard, where, {**known, **weights})
                taken = next(n for n, c in enumerate(case.candidates) if c.text == decision.text)
                shows = case.candidates[taken].is_ours and case.candidates[taken].intent not in _HARMLESS
                done["said"] += 1
                done["acted on"] += decision.taken and (shows or kind not in NOT_OURS)
                done["asked"] += decision.ask
                done["right"] += decision.taken and case.right[taken]
                done["asked right"] += decision.ask and case.right[taken]
            parts = [f"{n} {done[n] / done['said']:.3f}" for n in list(done)[1:]]
            print(kind, where, done["said"], ", ".join(parts))


def main() -> None:
    """Fit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="hear everything anew")
    parser.add_argument("--only", choices=ENGINES, default=ENGINES[0], help="which recogniser")
    options = parser.parse_args()
    kept = CACHE / "bench" / f"voice-heard-{options.only}.json"
    if options.again or not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(hear(options.only)), encoding="utf-8")
    some = list(cases(json.loads(kept.read_text(encoding="utf-8"))))
    judged = crossed(some)
    known = {"take": border(judged), "ask": ASKED, "ask_led": ASKED_LED, "clear": CLEAR}
    print(f"Acts from {known['take']}. With weights that never met the sentence:")
    told(judged, known)
    both = {**yaml.safe_load(FILE.read_text(encoding="utf-8")), options.only: {**known, **fitted(some)}}
    FILE.write_text(_HEAD + yaml.safe_dump(both, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
