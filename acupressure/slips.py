"""Puts right words of the safety catalogue that were typed badly, without touching everyday words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping

from acupressure.vocabulary import is_common

_PLAIN_WORD = re.compile(
    r"(?<![a-z\\'?*+\])-])([a-z]{2,})(?:(\??)(?=[|)]|\[\\s|$)|\(\?:([a-z|]+)\)(\??)(?=[|)]|\[\\s|$)|"
    r"(?=\\w\*|\[\\w))"
)
_TOKEN = re.compile(r"(?<![\w'])[a-z]{4,}(?![\w'])")


class SlipRepair:
    """Puts right words of the catalogue that were typed badly: one letter missing, doubled,
    wrong or swapped.
    """

    def __init__(self, table: Mapping) -> None:
        self._table = table  # kept, so that its identity stays its own
        targets: set[str] = set()
        stems: set[str] = set()
        self._targets: dict[str, list[str]] = {}
        for combo in (c for combos in table.values() for c in combos):
            for pattern in (*combo.parts, *([combo.unless] if combo.unless else [])):
                for match in _PLAIN_WORD.finditer(pattern.pattern):
                    whole, last_may_miss, ends, ends_may_miss = match.groups()
                    if ends:
                        targets.update(whole + end for end in ends.split("|"))
                    elif last_may_miss is None:
                        stems.add(whole)
                        continue
                    targets.update((whole,) if not ends or ends_may_miss else ())
                    targets.update((whole[:-1],) if last_may_miss else ())
        targets = {word for word in targets if len(word) >= 4}
        self._known = targets
        self._stems = tuple(stem for stem in stems if len(stem) >= 4)
        for word in sorted(targets):
            for cut in {word, *_cuts(word)}:
                self._targets.setdefault(cut, []).append(word)
        self._seen: dict[str, str] = {}

    @property
    def words(self) -> frozenset[str]:
        """The words of the catalogue it puts slips right to."""
        return frozenset(self._known)

    def corrected(self, text: str) -> tuple[str, Callable[[int], int]]:
        """Return the text put right, and a function from its positions to those of the text as said."""
        pieces, shifts, last, moved = [], [(0, 0)], 0, 0
        for match in _TOKEN.finditer(text):
            right = self._right(match.group())
            if right != match.group():
                pieces += [text[last : match.start()], right]
                last = match.end()
                moved += len(match.group()) - len(right)
                shifts.append((match.start() - moved + len(match.group()) - len(right) + len(right), moved))
        if not pieces:
            return text, lambda position: position
        starts = [at for at, _ in shifts]
        right_text = "".join([*pieces, text[last:]])
        return right_text, lambda at: max(0, at + shifts[bisect_right(starts, at) - 1][1])

    def _right(self, word: str) -> str:
        if word in self._known:
            return word
        found = self._seen.get(word)
        if found is None:
            if len(self._seen) > 20_000:
                self._seen.clear()
            found = self._seen[word] = self._look_up(word)
        return found

    def _look_up(self, word: str) -> str:
        if is_common(word):
            return word
        known_but_for_s = word + "s" in self._known or (word.endswith("s") and word[:-1] in self._known)
        if known_but_for_s or word.startswith(self._stems):
            return word
        near = {w for cut in {word, *_cuts(word)} for w in self._targets.get(cut, ())}
        fitting = [w for w in near if _is_slip(word, w)]
        return min(fitting, key=lambda w: (abs(len(w) - len(word)), w)) if fitting else word


def _cuts(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _is_slip(typed: str, word: str) -> bool:
    """Tell whether one slip turns the word into what was typed; short words must keep all their letters."""
    if len(typed) == len(word):
        differ = [i for i in range(len(word)) if typed[i] != word[i]]
        if len(differ) == 2 and differ[1] == differ[0] + 1:
            return typed[differ[0]] == word[differ[1]] and typed[differ[1]] == word[differ[0]]
        return len(differ) == 1 and differ[0] > 0 and len(word) >= 7
    if abs(len(typed) - len(word)) != 1 or typed[0] != word[0] or min(len(typed), len(word)) < 5:
        return False
    longer, shorter = (typed, word) if len(typed) > len(word) else (word, typed)
    return shorter in _cuts(longer)


_REPAIRS: dict[int, SlipRepair] = {}


def slip_repair(table: Mapping) -> SlipRepair:
    """Return the repair for a table of combinations, made once."""
    known = _REPAIRS.get(id(table))
    if known is None:
        if len(_REPAIRS) > 16:
            _REPAIRS.clear()
        known = _REPAIRS[id(table)] = SlipRepair(table)
    return known
