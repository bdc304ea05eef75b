"""The recogniser's models, made from what people say to the guide, and kept until that changes."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from acupressure.catalog import Catalog
from voice.vocabulary import ROOT, Corpus, corpus

CACHE = ROOT / ".cache" / "voice"
GENERAL_WORDS = 3_500
"""Common words that the witness knows besides ours."""
GENERAL_PAIRS = 900
"""The most common of them, whose pairs it knows too."""
GENERAL_SHARE = 0.2
"""How much of the witness is general English."""
_SOURCES = (
    "voice/vocabulary.py",
    "voice/models.py",
    "voice/pronounce.py",
    "data/nlu",
    "data/screening",
    "data/catalog",
)
_BONUS = 0.7
"""Powers of ten by which a pair must be likelier than by its words alone, or it is not worth keeping."""
_MOST_SEEN = 0.98
_KEPT = 2
_UNSEEN = -99.0

Grams = dict[tuple[str, ...], tuple[float, float]]
"""Words -> (logarithm of their likelihood, logarithm of the weight of what is not seen behind them)."""


@dataclass(frozen=True)
class Models:
    """Where the models are."""

    folder: Path

    @property
    def words(self) -> Path:
        """How words are pronounced."""
        return self.folder / "words.dict"

    @property
    def ours(self) -> Path:
        """What people say to the guide."""
        return self.folder / "guide.lm"

    @property
    def witness_words(self) -> Path:
        """How the witness's words are pronounced."""
        return self.folder / "witness.dict"

    @property
    def witness(self) -> Path:
        """The same within general English: what this hears as something else was not said to the guide."""
        return self.folder / "witness.lm"


def mark() -> str:
    """Return a short name for the state of everything the models are made from."""
    from importlib.metadata import version

    digest = hashlib.sha256(version("pocketsphinx").encode())
    for name in _SOURCES:
        top = ROOT / name
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file()):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def ensure(catalog: Catalog, folder: Path = CACHE) -> Models:
    """Return the models for the present files, making them first when there are none."""
    models = Models(folder / mark())
    if models.folder.is_dir():
        with contextlib.suppress(OSError):
            os.utime(models.folder)
        return models
    folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder, prefix="making-"))
    try:
        make(catalog, Models(scratch))
        # Somebody else may have made them meanwhile: theirs are as good.
        with contextlib.suppress(OSError):
            scratch.rename(models.folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _tidy(folder)
    return models


def _tidy(folder: Path) -> None:
    made = sorted(
        (p for p in folder.iterdir() if p.is_dir() and len(p.name) == 12), key=lambda p: p.stat().st_mtime
    )
    for old in made[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def make(catalog: Catalog, models: Models) -> None:
    """Make all models."""
    said = corpus(catalog)
    models.words.write_text(said.pronunciations(said.words), encoding="utf-8")
    grams = _trigrams(said)
    _write(grams, models.ours)
    mixed, added = _with_general(grams)
    models.witness_words.write_text(said.pronunciations(said.words | added), encoding="utf-8")
    _write(mixed, models.witness)


def _trigrams(said: Corpus) -> Grams:
    from pocketsphinx.lm import ArpaBoLM

    lines = (f"<s> {sentence} </s>" for sentence, times in said.sentences.items() for _ in range(times))
    model = ArpaBoLM(text="\n".join(lines))
    model.compute()
    written = StringIO()
    model.write(written)
    return _read(written.getvalue().splitlines())


def _read(lines: Iterable[str]) -> Grams:
    grams: Grams = {}
    order = 0
    for line in lines:
        if line.endswith("-grams:"):
            order = int(line[1])
        elif order and line and not line.startswith("\\"):
            fields = line.split()
            words = tuple(fields[1 : 1 + order])
            grams[words] = (float(fields[0]), float(fields[1 + order]) if len(fields) > 1 + order else 0.0)
    return grams


def _write(grams: Grams, path: Path) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write("\\data\\\n")
        sorted_by_order = [sorted(words for words in grams if len(words) == order) for order in (1, 2, 3)]
        for order, listed in enumerate(sorted_by_order, start=1):
            out.write(f"ngram {order}={len(listed)}\n")
        for order, listed in enumerate(sorted_by_order, start=1):
            out.write(f"\n\\{order}-grams:\n")
            for words in listed:
                likelihood, weight = grams[words]
                tail = f" {weight:.4f}" if order < 3 else ""
                out.write(f"{likelihood:.4f} {' '.join(words)}{tail}\n")
        out.write("\n\\end\\\n")


def _likelihood(grams: Grams, words: tuple[str, ...]) -> float:
    """Return the logarithm of how likely the last word is behind the others."""
    if words in grams:
        return grams[words][0]
    if len(words) == 1:
        return _UNSEEN
    return grams.get(words[:-1], (0.0, 0.0))[1] + _likelihood(grams, words[1:])


def _with_general(ours: Grams) -> tuple[Grams, set[str]]:
    """Return our trigrams mixed with general English, and the words that came with it."""
    import pocketsphinx

    from voice.pronounce import dictionary

    math_ = pocketsphinx.LogMath()
    general = pocketsphinx.NGramModel(
        pocketsphinx.Config(), math_, pocketsphinx.get_model_path("en-us/en-us.lm.bin")
    )

    def asked(*words: str) -> float:
        return math_.log_to_log10(general.prob(list(reversed(words))))

    known = {w: asked(w) for w in dictionary() if w.isalpha() and len(w) > 1 or w in {"a", "i"}}
    common = sorted(known, key=known.__getitem__, reverse=True)[:GENERAL_WORDS]
    vocabulary = {w[0] for w in ours if len(w) == 1}
    added = set(common) - vocabulary
    share, rest = math.log10(GENERAL_SHARE), math.log10(1 - GENERAL_SHARE)

    def mixed(words: tuple[str, ...], pair: float) -> float:
        return _sum(rest + _likelihood(ours, words), share + pair)

    singles = {w: asked(w) if w not in ("<s>", "</s>") else ours[(w,)][0] for w in vocabulary | added}
    result: Grams = {}
    for word, alone in singles.items():
        result[(word,)] = (mixed((word,), alone), 0.0)
    frequent = common[:GENERAL_PAIRS]
    pairs = {
        words: asked(*words)
        for words in ours
        if len(words) == 2 and "<s>" not in words and "</s>" not in words
    }
    for first in frequent:
        for second in frequent:
            if (first, second) not in pairs:
                likelihood = asked(first, second)
                if likelihood > singles[second] + _BONUS:
                    pairs[(first, second)] = likelihood
    for words in ours:
        if len(words) == 2:
            pairs.setdefault(words, ours[words][0])
    for words, likelihood in pairs.items():
        result[words] = (mixed(words, likelihood), 0.0)
    for words in ours:
        if len(words) == 3:
            result[words] = (mixed(words, pairs.get(words[1:], singles[words[2]])), 0.0)
    return _weighed(result), added


def _sum(first: float, second: float) -> float:
    high, low = max(first, second), min(first, second)
    return high + math.log10(1 + 10 ** (low - high))


def _weighed(grams: Grams) -> Grams:
    """Return the model with the weights that make all likelihoods behind some words add up to one."""
    total = sum(10**p for words, (p, _) in grams.items() if len(words) == 1 and words != ("<s>",))
    result = {
        words: (p - math.log10(total) if len(words) == 1 else p, 0.0) for words, (p, _) in grams.items()
    }
    for order in (2, 3):
        behind: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for words in result:
            if len(words) == order:
                behind.setdefault(words[:-1], []).append(words)
        for before, seen in behind.items():
            mass = sum(10 ** result[words][0] for words in seen)
            # The mixture of two models may leave too little for what is not seen.
            scale = min(1.0, _MOST_SEEN / mass)
            for words in seen:
                result[words] = (result[words][0] + math.log10(scale), result[words][1])
            lower = sum(10 ** _likelihood(result, words[1:]) for words in seen)
            weight = max(1e-5, 1 - mass * scale) / max(1e-5, 1 - lower)
            if before in result:
                result[before] = (result[before][0], math.log10(weight))
    return result
