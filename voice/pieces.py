"""How likely people are to say something to the guide, by the pieces of words that the neural recogniser writes.

It writes capitals, signs and numbers as it likes: pieces that differ in capitals only are one, signs are none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from acupressure.codes import spoken_number
from voice.grams import BEGIN, END, grams_of

ORDER = 4
"""Pieces that are looked at together: their numbers fit into 64 bits."""
_BITS = 15
_SILENT = 0
"""The class of signs: the piece of this number is never written."""
_BEGIN, _END = 1, 2
_LEAST = -5 * math.log(10)
"""For a piece that nobody said in the training phrases."""
_SIGNS = re.compile(r"▁?[^\w▁]*")
_NUMBERS = {spoken_number(n): str(n) for n in range(101)}
_NUMBER = re.compile(rf"\b(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b")
_LETTERS = re.compile(r"\b([a-z]) ([a-z]) (?=\d)")


def forms(text: str) -> list[str]:
    """Return the ways in which words may be written: as they stand, with numbers, and with letters of codes together."""
    numbers = _NUMBER.sub(lambda m: _NUMBERS[m[0]], text)
    return list(dict.fromkeys([text, numbers, _LETTERS.sub(r"\1\2", numbers)]))


class PieceModel:
    """A language model of pieces, in sorted tables."""

    def __init__(self, classes: np.ndarray, tables: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
        self.classes, self._tables = classes, tables

    @classmethod
    def made(cls, tokenizer: Any, sentences: Mapping[str, int]) -> PieceModel:
        """Return the model of some sentences with how often each counts.

        Args:
            tokenizer: what cuts text into pieces, as ``tokenizers.Tokenizer`` does.
        """
        classes, seen = _classes(tokenizer), Counter()
        for sentence, times in sentences.items():
            for form in forms(sentence):
                ids = tokenizer.encode(form, add_special_tokens=False).ids
                seen[" ".join(str(classes[i]) for i in ids if classes[i] != _SILENT)] += times
        numbers = {BEGIN: _BEGIN, END: _END}
        rows: list[dict[int, tuple[float, float]]] = [{} for _ in range(ORDER)]
        for words, weights in grams_of(seen, ORDER).items():
            rows[len(words) - 1][_packed([numbers.get(w) or int(w) for w in words])] = weights
        return cls(classes, [_table(row) for row in rows])

    def write(self, path: Path) -> None:
        """Keep the model in a file."""
        arrays = {f"{n}-{part}": a for n, t in enumerate(self._tables) for part, a in enumerate(t)}
        with path.open("wb") as out:
            np.savez(out, classes=self.classes, **arrays)

    @classmethod
    def read(cls, path: Path) -> PieceModel:
        """Return the model that is kept in a file."""
        with np.load(path) as kept:
            tables = [tuple(kept[f"{n}-{part}"] for part in range(3)) for n in range(ORDER)]
            return cls(kept["classes"], tables)

    @property
    def beginning(self) -> int:
        """What stands before the first piece."""
        return _BEGIN

    def after(self, before: int, piece: int) -> int:
        """Return what stands before the piece that follows this one."""
        told = int(self.classes[piece])
        return before if told == _SILENT else (before << _BITS | told) & ((1 << _BITS * (ORDER - 1)) - 1)

    def likely(self, before: np.ndarray, pieces: np.ndarray) -> np.ndarray:
        """Return how likely each piece is behind what stands before it, as natural logarithms; 0 for signs.

        Args:
            before: what ``beginning`` and ``after`` return, one for each row of pieces.
        """
        told = self.classes[pieces].astype(np.int64)
        result, waiting = np.zeros(told.shape), told != _SILENT
        for order in range(ORDER - 1, -1, -1):
            context = before & ((1 << _BITS * order) - 1)
            place, found = _find(self._tables[order][0], (context[:, None] << _BITS) | told)
            # Where fewer pieces stand before it, the longest tables hold nothing.
            here = waiting & found
            result[here] += self._tables[order][1][place[here]]
            waiting &= ~found
            if order:
                place, found = _find(self._tables[order - 1][0], context)
                result += np.where(waiting & found[:, None], self._tables[order - 1][2][place][:, None], 0.0)
        return result + np.where(waiting, _LEAST, 0.0)


def _classes(tokenizer: Any) -> np.ndarray:
    pieces = [tokenizer.id_to_token(n) or "" for n in range(tokenizer.get_vocab_size())]
    first: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        first.setdefault(piece.lower(), number)
    same = [_SILENT if _SIGNS.fullmatch(p) and p != "▁" else first[p.lower()] for p in pieces]
    same[_BEGIN], same[_END] = _BEGIN, _END
    return np.array(same, dtype=np.int32)


def _packed(numbers: list[int]) -> int:
    key = 0
    for number in numbers:
        key = key << _BITS | number
    return key


def _table(row: Mapping[int, tuple[float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys = np.array(sorted(row), dtype=np.int64)
    weights = np.array([row[key] for key in keys.tolist()], dtype=np.float32).reshape(-1, 2) * math.log(10)
    return keys, weights[:, 0], weights[:, 1]


def _find(keys: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted
