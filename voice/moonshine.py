"""The neural recogniser: Moonshine base (English, MIT licence), run by ONNX Runtime in the gateway's process.

It knows general English and hears freely; a language model of our phrases helps a second reading of the same sound,
and any text can be asked how well it fits. The weights are fetched by ``scripts/fetch_recogniser.py``.

Source: Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands", arXiv:2410.15608.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voice.audio import RATE
from voice.pieces import PieceModel, forms
from voice.weights import DECODER, ENCODER, TOKENIZER

LONGEST = 24.0
"""Seconds of sound that are listened to: nobody asks a question for longer."""
_LAYERS, _HEADS, _SIZE = 8, 8, 52
_BEGIN, _END = 1, 2
_FREELY, _OURS = 1, 4
"""Texts that are followed at the same time, without and with our language model."""
_LOOKED_AT = 10
"""Pieces that may follow each of them."""
_SHARE = 0.35
"""How much our language model counts beside the sound."""
_PER_PIECE = 2.0
"""What a piece is worth in it: long texts would otherwise never win."""
_TOO_FAR = 8.0
"""Texts that are so much less likely than a finished one are not followed any more."""
_PIECES_A_SECOND, _MORE = 6.5, 6
_AT_ONCE = 6
"""Texts that are asked for together how well they fit: more take more memory."""
_ENDS = (".", "?", "!", ",")
_WRITES = {"acupressure": ("a cup pressure", "aqua pressure")}
"""Words of ours that it hardly knows, and as what it writes them."""
_WRITTEN_FOR = re.compile(
    r"\ban? (?:cup|cop|cap|cut) pressure\b|\b(?:aqua|acqua|accu|acu|echo|co|eccle|eco) pressure\b|\baccupressure\b|\baquapressure\b"
)


@dataclass(frozen=True)
class Sound:
    """What the encoder made of an utterance."""

    states: np.ndarray
    seconds: float


@dataclass(frozen=True)
class Reading:
    """A text, and how well it fits."""

    text: str
    sound: float
    """Natural logarithm of its likelihood by the sound alone."""


class _Search:
    """Follows the likeliest texts, piece by piece."""

    def __init__(self, width: int, share: float, words: PieceModel) -> None:
        self._width, self._share, self._words = width, share, words
        self.open = [((), 0.0, 0.0, words.beginning)]
        self.done: list[tuple[float, tuple[int, ...], float]] = []

    def grow(self, likely: np.ndarray, pieces: np.ndarray) -> list[int]:
        """Take the next pieces; return from which of the open texts each of the new ones comes.

        Args:
            likely: how likely the sound makes each piece, a row for each open text.
        """
        total = likely.copy()
        if self._share:
            before = np.array([b for _, _, _, b in self.open], dtype=np.int64)
            total += self._share * (self._words.likely(before, pieces) + _PER_PIECE)
        total += np.array([s + w for _, s, w, _ in self.open])[:, None]
        rows, new = [], []
        for place in np.argsort(-total, axis=None):
            row, column = divmod(int(place), total.shape[1])
            ids, sound, _, before = self.open[row]
            piece, sound = int(pieces[row, column]), sound + float(likely[row, column])
            if piece == _END:
                self.done.append((float(total[row, column]), ids, sound))
                continue
            worth = float(total[row, column]) - sound
            new.append(((*ids, piece), sound, worth, self._words.after(before, piece)))
            rows.append(row)
            if len(new) == self._width:
                break
        best, hope = max((d[0] for d in self.done), default=-np.inf), new[0][1] + new[0][2]
        is_over = best > hope and (len(self.done) >= self._width or best > hope + _TOO_FAR)
        self.open = [] if is_over else new
        return [] if is_over else rows

    def found(self) -> list[tuple[tuple[int, ...], float]]:
        """Return (pieces, likelihood by the sound), likeliest first."""
        if not self.done:
            self.done = [(s + w, ids, s) for ids, s, w, _ in self.open]
        return [(ids, sound) for _, ids, sound in sorted(self.done, reverse=True)[: self._width]]


class Moonshine:
    """The recogniser; may be used by several threads at once."""

    def __init__(
        self, folder: Path, words: PieceModel, names: Collection[str] = (), threads: int = 1
    ) -> None:
        """Load the weights.

        Args:
            names: names in one word that it would write with a capital.
        """
        import onnxruntime
        from tokenizers import Tokenizer

        wanted = onnxruntime.SessionOptions()
        wanted.intra_op_num_threads, wanted.inter_op_num_threads = threads, 1
        cpu = ["CPUExecutionProvider"]
        self._encoder = onnxruntime.InferenceSession(str(folder / ENCODER), wanted, providers=cpu)
        self._decoder = onnxruntime.InferenceSession(str(folder / DECODER), wanted, providers=cpu)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._words, self._names = words, frozenset(names)
        parts = [f"past_key_values.{n}.{a}" for n in range(_LAYERS) for a in ("decoder", "encoder")]
        self._past = [f"{part}.{b}" for part in parts for b in ("key", "value")]
        self._ends = [n for n in map(self._tokenizer.token_to_id, _ENDS) if n is not None] + [_END]

    def listen(self, samples: np.ndarray) -> Sound:
        """Return what can be asked of an utterance.

        Args:
            samples: 16 bit numbers at 16 kHz, no more than ``LONGEST`` seconds of them.
        """
        heard = samples.astype(np.float32)[None] / 32_768
        return Sound(self._encoder.run(None, {"input_values": heard})[0], heard.shape[1] / RATE)

    def read(self, sound: Sound) -> tuple[list[Reading], list[Reading]]:
        """Return what is heard freely, and with our language model, each likeliest first."""
        searches = [_Search(_FREELY, 0.0, self._words), _Search(_OURS, _SHARE, self._words)]
        logits, past = self._begin(sound, np.array([[_BEGIN]]))
        beside = {n: np.repeat(v, _FREELY + _OURS, axis=0) for n, v in past.items() if ".encoder." in n}
        states = np.repeat(sound.states, _FREELY + _OURS, axis=0)
        # Both begin with the same empty text.
        logits, past = (
            np.repeat(logits[:, -1], 2, axis=0),
            {n: np.repeat(v, 2, axis=0) for n, v in past.items()},
        )
        for _ in range(int(sound.seconds * _PIECES_A_SECOND) + _MORE):
            likely, pieces = _likeliest(logits)
            parents, first = [], 0
            for search in searches:
                rows = len(search.open)
                if rows:
                    grown = search.grow(likely[first : first + rows], pieces[first : first + rows])
                    parents += [first + row for row in grown]
                first += rows
            if not parents:
                break
            last = [[ids[-1]] for search in searches for ids, *_ in search.open]
            past = {n: beside[n][: len(last)] if n in beside else v[parents] for n, v in past.items()}
            logits, past = self._go_on(states[: len(last)], np.array(last), past)
        return tuple([Reading(self._text(ids), s) for ids, s in search.found()] for search in searches)

    def fit(self, sound: Sound, texts: Sequence[str]) -> list[float]:
        """Return how likely the sound makes each text, as natural logarithms; texts have no capitals and no signs."""
        fits = [-np.inf] * len(texts)
        listed = sorted(
            ((n, self._ids(way)) for n, text in enumerate(texts) for way in self._ways(text)),
            key=lambda one: len(one[1]),
        )
        for first in range(0, len(listed), _AT_ONCE):
            some = listed[first : first + _AT_ONCE]
            for (number, _), fit in zip(some, self._fits(sound, [ids for _, ids in some])):
                fits[number] = max(fits[number], fit)
        return fits

    def _ways(self, text: str) -> list[str]:
        """Return the ways in which it may write a text; the likeliest one tells how well the text fits."""
        words, ways = text.split(), forms(text)
        if not self._names.isdisjoint(words):
            ways.append(" ".join(w.capitalize() if w in self._names else w for w in words))
        ways += [
            " ".join(other if w == word else w for w in words)
            for word, others in _WRITES.items()
            if word in words
            for other in others
        ]
        return ways

    def _fits(self, sound: Sound, some: Sequence[list[int]]) -> Iterator[float]:
        rows = np.full((len(some), max(map(len, some)) + 1), _END, dtype=np.int64)
        rows[:, 0] = _BEGIN
        for row, ids in zip(rows, some):
            row[1 : len(ids) + 1] = ids
        logits, _ = self._begin(sound, rows)
        for row, ids in zip(logits, some):
            told = row[: len(ids) + 1]
            told -= told.max(axis=-1, keepdims=True)
            chosen, ends = told[np.arange(len(ids)), ids].sum(), told[len(ids), self._ends].copy()
            whole = np.log(np.exp(told, out=told).sum(axis=-1)).sum()
            # However it ends: with a sign, or with none.
            yield float(chosen + np.log(np.exp(ends).sum()) - whole)

    def _ids(self, text: str) -> list[int]:
        written = " ".join("I" if w == "i" else w.upper() if _is_code(w) else w for w in text.split())
        return self._tokenizer.encode(written[:1].upper() + written[1:], add_special_tokens=False).ids

    def _text(self, ids: Sequence[int]) -> str:
        return self._tokenizer.decode(list(ids), skip_special_tokens=True).strip()

    def _begin(self, sound: Sound, ids: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        empty = np.zeros((0, _HEADS, 1, _SIZE), dtype=np.float32)
        states = np.repeat(sound.states, len(ids), axis=0)
        return self._run(states, ids, dict.fromkeys(self._past, empty), is_begun=False)

    def _go_on(
        self, states: np.ndarray, ids: np.ndarray, past: dict[str, np.ndarray]
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        logits, new = self._run(states, ids, past, is_begun=True)
        return logits[:, -1], {n: v if ".decoder." in n else past[n] for n, v in new.items()}

    def _run(
        self, states: np.ndarray, ids: np.ndarray, past: dict[str, np.ndarray], is_begun: bool
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        logits, *new = self._decoder.run(
            None,
            {
                "input_ids": ids,
                "encoder_hidden_states": states,
                "use_cache_branch": np.array([is_begun]),
                **past,
            },
        )
        return logits, dict(zip(self._past, new))


def meant(text: str) -> str:
    """Return the words of a reading with what it writes for a word of ours put right."""
    return _WRITTEN_FOR.sub("acupressure", text)


def _is_code(word: str) -> bool:
    return word[-1:].isdigit() and word[:1].isalpha()


def _likeliest(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how likely the likeliest pieces are, and which ones they are, a row for each text."""
    pieces = np.argpartition(-logits, _LOOKED_AT, axis=-1)[:, :_LOOKED_AT]
    top = logits.max(axis=-1, keepdims=True)
    whole = top + np.log(np.exp(logits - top).sum(axis=-1, keepdims=True))
    return np.take_along_axis(logits, pieces, axis=-1) - whole, pieces
