"""A fifth of the training phrases, asked of pipelines that learnt the other four: ours and two of Rasa's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.shared.nlu.training_data.message import Message
from sklearn.metrics import precision_recall_fscore_support

from benchmarks.nlu import alike, cost, data, worker
from benchmarks.nlu.curves import rate, reliability
from scripts.settings import ROOT, encoder_mark

PARTS = 5
EPOCHS = 100
PAIRS = 25
OURS, DIET, LOGISTIC = "ours", "diet", "logistic"
NAMES = {
    OURS: "This guide",
    DIET: "Rasa's default (DIET)",
    LOGISTIC: "The same with logistic regression",
}


def pipeline(side: str, epochs: int) -> dict[str, Any]:
    """Return the configuration of one of Rasa's pipelines, as its documentation gives it."""
    letters = {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4}
    diet = {"epochs": epochs, "constrain_similarities": True, "random_seed": data.SEED}
    return {
        "recipe": "default.v1",
        "assistant_id": f"benchmark-{side}",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", **letters},
            {"name": "DIETClassifier", **diet} if side == DIET else {"name": "LogisticRegressionClassifier"},
            {"name": "EntitySynonymMapper"},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
    }


def measure(
    listed: Sequence[Message], sides: Sequence[str], scratch: Path, every: int, epochs: int, folds: int
) -> dict[str, Any]:
    """Train the sides on the same phrases and ask them the same ones.

    Args:
        listed: the training phrases.
        sides: which of ours, diet and logistic.
        every: of the fresh messages every so manieth is asked too.
        epochs: of DIET.
        folds: how many of the five fifths are asked of our pipeline, one training each.
    """
    first, *rest = data.splits(listed, PARTS)[:folds]
    fresh = fresh_intents(every)
    result: dict[str, Any] = {
        "sides": {},
        "learnt": len(first.learnt),
        "asked": len(first.asked),
        "epochs": epochs,
    }
    own: list[tuple[Message, dict[str, Any]]] = []
    rows_of: dict[str, list[dict[str, Any]]] = {}
    for side in sides:
        trained, told = _train_and_ask(side, first, [m["text"] for m in fresh], scratch, epochs)
        asked, rest_rows = told["rows"][: len(first.asked)], told["rows"][len(first.asked) :]
        rows_of[side] = asked
        result["sides"][side] = {
            **judged(first.asked, asked),
            "fresh": judged_fresh(fresh, rest_rows),
            "training": trained,
            "serving": cost.serving({**told, "rows": rest_rows}),
        }
        if side == OURS:
            own = list(zip(first.asked, asked))
    for split in rest if OURS in sides else ():
        _, told = _train_and_ask(OURS, split, [], scratch, epochs)
        own += zip(split.asked, told["rows"])
    if own:
        result["intents"] = report(own)
    if encoder_mark():
        result["near"] = by_nearness(listed, first, rows_of)
    return result


def fresh_intents(every: int) -> list[dict[str, Any]]:
    """Return the fresh held-out messages that one intent answers, with the intents that will do."""
    found = []
    for message in data.messages(data.FRESH, every):
        expect = message["expect"]
        topics = [f"faq_{topic}" for topic in expect.get("topic", [])]
        if message["kind"] in {"faq", "smalltalk", "routine"}:
            found.append({**message, "intents": topics or expect["intent"]})
    return found


def _train_and_ask(
    side: str, split: data.Split, others: list[str], scratch: Path, epochs: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    config, model = ROOT / "config.yml", scratch / f"{side}.tar.gz"
    if side != OURS:
        config = scratch / f"{side}.yml"
        config.write_text(yaml.safe_dump(pipeline(side, epochs), sort_keys=False), encoding="utf-8")
    # The labels of complaints are for our complaint finder; DIET would have to tag whole sentences with them.
    phrases = data.write(split.learnt, scratch / f"{side}-phrases.yml", labels=side == OURS)
    job = {"do": "train", "name": side, "config": str(config), "data": [str(phrases)], "model": str(model)}
    trained = worker.run(job)
    told = cost.understand(model, [*(m.get("text") for m in split.asked), *others])
    model.unlink()
    return trained, told


def guess(row: dict[str, Any]) -> tuple[str, float]:
    """Return the likeliest intent of a row and its confidence, before any fallback."""
    name, confidence = row["intent"]["name"], row["intent"]["confidence"]
    if name != worker.FALLBACK:
        return name, confidence
    return next(((n, c) for n, c in row["ranking"] if n != worker.FALLBACK), (worker.FALLBACK, 0.0))


def judged(asked: Sequence[Message], rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return accuracy with and without fallback, and how honest the confidence is."""
    wanted = [m.get("intent") for m in asked]
    guesses = [guess(row) for row in rows]
    right = [name == intent for (name, _), intent in zip(guesses, wanted)]
    answered = sum(row["intent"]["name"] == intent for row, intent in zip(rows, wanted))
    return {
        "accuracy": rate(sum(right), len(right)),
        "answered": rate(answered, len(right)),
        "fallback": rate(sum(row["intent"]["name"] == worker.FALLBACK for row in rows), len(rows)),
        "failed": sum(row["failed"] for row in rows),
        "reliability": reliability([confidence for _, confidence in guesses], right),
        "f1": report(list(zip(asked, rows)))["macro"]["f1"],
    }


def judged_fresh(fresh: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the share of fresh messages whose intent is right, in all and by kind."""
    right = [guess(row)[0] in message["intents"] for message, row in zip(fresh, rows)]
    kinds = sorted({m["kind"] for m in fresh})
    by_kind = {kind: [ok for message, ok in zip(fresh, right) if message["kind"] == kind] for kind in kinds}
    return {
        "all": rate(sum(right), len(right)),
        **{kind: rate(sum(own), len(own)) for kind, own in by_kind.items()},
    }


def report(pairs: Sequence[tuple[Message, dict[str, Any]]]) -> dict[str, Any]:
    """Return precision, recall and F1 of every intent, and which are taken for which most often."""
    wanted = [m.get("intent") for m, _ in pairs]
    got = [guess(row)[0] for _, row in pairs]
    names = sorted(set(wanted))
    numbers = precision_recall_fscore_support(wanted, got, labels=names, zero_division=0)
    intents = {
        name: {"precision": float(p), "recall": float(r), "f1": float(f), "phrases": int(n)}
        for name, p, r, f, n in zip(names, *numbers)
    }
    pairs_taken = Counter((w, g) for w, g in zip(wanted, got) if w != g)
    example = {(w, g): m.get("text") for (m, _), w, g in zip(pairs, wanted, got)}
    macro = {
        key: float(sum(row[key] for row in intents.values()) / len(intents))
        for key in ("precision", "recall", "f1")
    }
    return {
        "asked": len(pairs),
        "intents": intents,
        "macro": macro,
        "confused": [
            {"wanted": w, "got": g, "times": n, "example": example[w, g]}
            for (w, g), n in sorted(pairs_taken.items(), key=lambda item: (-item[1], item[0]))[:PAIRS]
        ],
    }


def by_nearness(
    listed: Sequence[Message], split: data.Split, rows_of: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return the accuracy of each side by how near the nearest phrase that was learnt is."""
    meaning = dict(zip(map(id, listed), alike.meanings(listed)))
    learnt = np.stack([meaning[id(m)] for m in split.learnt])
    near = np.stack([meaning[id(m)] for m in split.asked]) @ learnt.T
    nearest = near.max(axis=1)
    wanted = [m.get("intent") for m in split.asked]
    classes = []
    for low, high in pairwise(alike.NEAR):
        own = [at for at, cosine in enumerate(nearest) if low <= cosine < high]
        shares = {
            side: rate(sum(guess(rows[at])[0] == wanted[at] for at in own), len(own))
            for side, rows in rows_of.items()
        }
        classes.append({"from": low, "to": min(high, 1.0), "phrases": len(own), "right": shares})
    return classes
