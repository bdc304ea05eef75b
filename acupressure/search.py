"""Looks many patterns up in one text, fast: what cannot match is not run, and the search jumps from word to word."""

from __future__ import annotations

import re
import sre_constants
import sre_parse
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

Span = tuple[int, int]
"""Start and end in a text."""
WORD_BEGINS = r"(?<![\w'])"
"""What every pattern begins with."""
_MARK = "\x01"
_WORD_START = re.compile(r"(?<![\w'\-])(?<!\d[.,])(?=[^\s,])")
_LOOK_BEHIND = re.compile(r"(\(\?<[=!])([^)]*)(\))")
_SHORTEST = 2
"""Letters below which a stretch tells nothing: nearly every text has it."""
_BEGINNING = 3
_REPEATS = {sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT}


@dataclass(frozen=True)
class _Sought:
    """A pattern, made ready to be looked for."""

    pattern: re.Pattern[str]
    marked: re.Pattern[str]
    """For a text with a mark in front of every word."""
    needed: tuple[str, ...]
    """Every match contains at least one of these; none: nothing is known."""
    beginnings: frozenset[str]
    """As ``needed_beginnings`` returns them."""


_KNOWN: dict[int, _Sought] = {}
"""By identity: working out the hash of a pattern takes longer than looking for it."""


def _sought(pattern: re.Pattern[str]) -> _Sought:
    found = _KNOWN.get(id(pattern))
    if found is None or found.pattern is not pattern:
        found = _Sought(pattern, _for_marked(pattern), needed(pattern), needed_beginnings(pattern))
        _KNOWN[id(pattern)] = found
    return found


def prepare(patterns: Iterable[re.Pattern[str]]) -> None:
    """Prepare patterns ahead of their first use, which otherwise takes some milliseconds for each."""
    for pattern in patterns:
        _sought(pattern)


class Places:
    """Where the patterns stand in one text; each pattern is looked for once.

    A sign in front of every word lets the search jump from word to word instead of from letter to letter.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._marked = _WORD_START.sub(_MARK, text)
        self._plain = list(accumulate((ch != _MARK for ch in self._marked), initial=0))
        self._found: dict[int, list[Span]] = {}
        self._beginnings = beginnings(text)

    def of(self, pattern: re.Pattern[str]) -> list[Span]:
        """Return the spans of a pattern in the whole text."""
        found = self._found.get(id(pattern))
        if found is None:
            found = self._found[id(pattern)] = self._look_for(_sought(pattern))
        return found

    def _look_for(self, sought: _Sought) -> list[Span]:
        text, plain = self.text, self._plain
        if sought.beginnings.isdisjoint(self._beginnings):
            return []
        for stretch in sought.needed:
            if stretch in text:
                break
        else:
            if sought.needed:
                return []
        spans = (match.span() for match in sought.marked.finditer(self._marked))
        return [(plain[start], plain[end]) for start, end in spans]

    def within(self, pattern: re.Pattern[str], start: int, end: int) -> list[Span]:
        """Return the spans of a pattern in a stretch of the text."""
        spans = self.of(pattern)
        first = bisect_left(spans, (start, 0))
        return [span for span in spans[first : bisect_right(spans, (end, 0))] if span[1] <= end]


def _for_marked(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Return the pattern for a text with ``_MARK`` in front of every word."""
    body = pattern.pattern.replace(WORD_BEGINS, "").replace(r"[\s,]+", r"[\s,]+" + _MARK)
    body = body.replace(r"[\s,]*", rf"(?:[\s,]+{_MARK})?")
    return re.compile(_MARK + _LOOK_BEHIND.sub(lambda m: m[1] + m[2].replace(" ", " " + _MARK) + m[3], body))


def needed(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return stretches of letters of which every match of a pattern contains at least one, if any are known."""
    parsed = sre_parse.parse(pattern.pattern, pattern.flags & re.VERBOSE)
    return tuple(sorted(_of_sequence(parsed) or ()))


_ANYTHING = frozenset({""})


def needed_beginnings(pattern: re.Pattern[str]) -> frozenset[str]:
    """Return of which beginnings of a text one must be there for the pattern to match.

    They are the first letters of what is ``needed``; where that is unknown or too short, the empty one, which is
    always there.
    """
    stretches = needed(pattern)
    if not stretches or any(len(stretch) < _BEGINNING for stretch in stretches):
        return _ANYTHING
    return frozenset(stretch[:_BEGINNING] for stretch in stretches)


def beginnings(text: str) -> set[str]:
    """Return every row of letters in a text that a stretch may begin with, and the empty one."""
    return {"", *(text[at : at + _BEGINNING] for at in range(len(text) - _BEGINNING + 1))}


def _of_sequence(sequence: Iterable) -> frozenset[str] | None:
    """Return the most telling of the sets that the elements of a sequence need."""
    found: list[frozenset[str]] = []
    run = ""
    for kind, value in sequence:
        if kind is sre_constants.LITERAL:
            run += chr(value)
            continue
        if len(run) >= _SHORTEST:
            found.append(frozenset({run}))
        run = ""
        inner = _of_element(kind, value)
        if inner:
            found.append(inner)
    if len(run) >= _SHORTEST:
        found.append(frozenset({run}))
    return max(found, key=lambda group: (min(map(len, group)), -len(group)), default=None)


def _of_element(kind: int, value: object) -> frozenset[str] | None:
    if kind is sre_constants.SUBPATTERN:
        return _of_sequence(value[-1])
    if kind is sre_constants.BRANCH:
        groups = [_of_sequence(branch) for branch in value[1]]
        return frozenset().union(*groups) if all(groups) else None
    if kind in _REPEATS and value[0] >= 1:
        return _of_sequence(value[2])
    return None
