"""Finds the complaints that are named in a message: what hurts, and parts of the body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from acupressure.catalog import Catalog
from acupressure.search import beginnings, needed_beginnings
from acupressure.text import plain

_IN_A_ROW = re.compile(r"\s*(?:and|&|plus|as well as|,)\s*(?:(?:my|the|both|also|of|my both)\s+){0,2}")
"""Stands between two parts of the body, or a part and an ache, that hurt both."""
_SORE = re.compile(
    r"\b(?:achy|aching|sore|stiff|painful|dodgy|tender|hurting|gammy|creaky|throbbing|cramped|tense|tight) (?:(?:old|left|right|lower|upper|my|poor) )?$"
)
"""Stands before a part of the body that hurts."""
_NOT_THIS = re.compile(r"\bnot (?:(?:in|for) )?(?:the |my )?$")
_SOMETHING_WRONG = re.compile(
    r"\b(?:hurt\w*|ach(?:e|es|ing|y)|sore\w*|pain\w*|stiff\w*|kill\w*|bother\w*|throb\w*|tight\w*|tens\w*|knots?|cramp\w*|bad|"
    r"trouble\w*|problems?|issues?|discomfort|tender|seized|locked|gone|playing up|giving me|tension|ouch|agony|sprain\w*|strain\w*|"
    r"burn\w*|spasms?|murder|grief|wrecked|knackered|gyp|twinge\w*|crick|relief|relieve|ease|sorry for|points?|help|for my|in my)\b"
)


@dataclass(frozen=True)
class ComplaintMention:
    """A complaint met in a text."""

    id: str
    text: str
    start: int
    end: int
    is_body_part: bool = False
    """True where only a body part is named ("neck"): a complaint only if something is said to be wrong with it."""


class Aches:
    """Looks the complaints of one catalogue up in texts. Build once, use for every message."""

    def __init__(self, catalog: Catalog) -> None:
        self._patterns = _patterns(catalog)

    def named(self, text: str) -> list[ComplaintMention]:
        """Return the complaints named in a text, the longest phrase of every stretch, in order.

        Body parts alone come along only where nothing more definite is said, or in one row with it.
        """
        lower = plain(text)
        met = beginnings(lower)
        found = [
            ComplaintMention(id_, m.group(), m.start(), m.end(), is_body_part)
            for id_, is_body_part, pattern, needed_ in self._patterns
            if not needed_.isdisjoint(met)
            for m in pattern.finditer(lower)
        ]
        kept: list[ComplaintMention] = []
        for mention in sorted(found, key=lambda m: (-(m.end - m.start), m.is_body_part)):
            if all(mention.end <= k.start or mention.start >= k.end for k in kept):
                kept.append(mention)
        meant = [m for m in kept if not _NOT_THIS.search(lower[: m.start])]
        kept = meant or kept  # "it's the knee that hurts, not the hip"
        kept = [replace(m, is_body_part=False) if _SORE.search(lower[: m.start]) else m for m in kept]
        definite = [m for m in kept if not m.is_body_part]
        definite += [m for m in kept if m.is_body_part and _hurts_too(m, definite, lower)]
        ordered = sorted(definite or kept, key=lambda m: m.start)
        return list({m.id: m for m in reversed(ordered)}.values())[::-1]


def _hurts_too(part: ComplaintMention, definite: Sequence[ComplaintMention], text: str) -> bool:
    """Tell whether a part of the body stands in one row with an ache: "my neck and my knees hurt"."""
    return any(
        part.end <= ache.start and _IN_A_ROW.fullmatch(text[part.end : ache.start]) for ache in definite
    )


def something_wrong(text: str) -> bool:
    """Tell whether a text says that a body part is troubled, or asks for something for it."""
    return bool(_SOMETHING_WRONG.search(text.lower()))


def _patterns(catalog: Catalog) -> list[tuple[str, bool, re.Pattern[str], frozenset[str]]]:
    """Return (complaint, whether a mere body part, pattern, beginnings of which one must be there)."""
    patterns = []
    for complaint in catalog.complaints.values():
        for is_body_part, phrases in ((False, complaint.says), (True, complaint.body)):
            alternatives = "|".join(
                _flexible(p) for p in sorted({plain(s) for s in phrases}, key=len, reverse=True)
            )
            if alternatives:
                pattern = re.compile(rf"(?<![\w])(?:{alternatives})(?!\w)")
                patterns.append((complaint.id, is_body_part, pattern, needed_beginnings(pattern)))
    return patterns


def _flexible(phrase: str) -> str:
    """Return a pattern that allows plural, hyphen or nothing between the words of a phrase."""
    parts = [re.escape(w) + ("" if w.endswith("s") else "s?") for w in phrase.split()]
    return r"[\s\-]*".join(parts) if len(phrase) > 6 else r"[\s\-]+".join(parts)
