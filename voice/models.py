"""The recogniser's models, made from what people say to the guide, and kept until that changes."""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from acupressure.catalog import Catalog
from voice.grams import Grams, added, grams_of, likelihood, weighed, write
from voice.pieces import PieceModel
from voice.vocabulary import ROOT, corpus
from voice.weights import FOLDER, TOKENIZER, mark_of

CACHE = ROOT / ".cache" / "voice"
GENERAL_WORDS = 3_500
"""Common words that the witness knows besides ours."""
GENERAL_PAIRS = 900
"""The most common of them, whose pairs it knows too."""
GENERAL_SHARE = 0.4
"""How much of the witness is general English."""
_SOURCES = (
    "voice/vocabulary.py",
    "voice/models.py",
    "voice/grams.py",
    "voice/pieces.py",
    "voice/pronounce.py",
    "data/nlu",
    "data/screening",
    "data/catalog",
)
_BONUS = 0.7
"""Powers of ten by which a pair must be likelier than by its words alone, or it is not worth keeping."""
_KEPT = 2


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

    @property
    def pieces(self) -> Path:
        """What people say to the guide, in pieces as Moonshine writes them; only where its weights are there."""
        return self.folder / "pieces.npz"


def mark() -> str:
    """Return a short name for the state of everything the models are made from."""
    from importlib.metadata import version

    digest = hashlib.sha256(f"{version('pocketsphinx')} {mark_of()}".encode())
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
    grams = grams_of(said.sentences)
    write(grams, models.ours)
    mixed, general = _with_general(grams)
    models.witness_words.write_text(said.pronunciations(said.words | general), encoding="utf-8")
    write(mixed, models.witness)
    if mark_of():
        from tokenizers import Tokenizer

        PieceModel.made(Tokenizer.from_file(str(FOLDER / TOKENIZER)), said.sentences).write(models.pieces)


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
    general_words = set(common) - vocabulary
    share, rest = math.log10(GENERAL_SHARE), math.log10(1 - GENERAL_SHARE)

    def mixed(words: tuple[str, ...], pair: float) -> float:
        return added(rest + likelihood(ours, words), share + pair)

    singles = {w: asked(w) if w not in ("<s>", "</s>") else ours[(w,)][0] for w in vocabulary | general_words}
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
                likely = asked(first, second)
                if likely > singles[second] + _BONUS:
                    pairs[(first, second)] = likely
    for words in ours:
        if len(words) == 2:
            pairs.setdefault(words, ours[words][0])
    for words, likely in pairs.items():
        result[words] = (mixed(words, likely), 0.0)
    for words in ours:
        if len(words) == 3:
            result[words] = (mixed(words, pairs.get(words[1:], singles[words[2]])), 0.0)
    return weighed(result), general_words
