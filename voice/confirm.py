"""Names that are easily misheard, and how to ask whether they were meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from acupressure.catalog import Catalog
from acupressure.codes import find_codes, spoken_number
from voice.vocabulary import MERIDIANS, pinyin_names

_LIKE_OTHERS = {"GB", "GV", "TE"}
"""Letters that sound like others."""
_LETTERS = re.compile(r"\b(?:g b|g v|t e)\b")


@dataclass(frozen=True)
class Question:
    """What is asked back, and what is meant if the answer is yes."""

    said: str
    """The point in words that cannot be mistaken."""
    name: str
    """Its name, empty where there is none."""
    meant: str
    """The whole utterance with the point in those words."""


class Confirmer:
    """Knows the names that have to be confirmed."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._pinyin = pinyin_names(catalog)
        longest_first = sorted(self._pinyin, key=len, reverse=True)
        self._named = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b")

    def question(self, text: str) -> Question | None:
        """Return the question about a text, None where nothing in it needs one."""
        found = self._named.search(text)
        if found and len(found[0]) > 4:
            return self._asked(text, found.start(), found.end(), self._pinyin[found[0]])
        if _LETTERS.search(text):
            for mention in find_codes(text):
                if mention.family in _LIKE_OTHERS and _LETTERS.match(text, mention.start):
                    return self._asked(text, mention.start, mention.end, mention.code)
        return None

    def _asked(self, text: str, start: int, end: int, code: str) -> Question:
        said = full_name(code)
        known = self._catalog.points.get(code)
        return Question(said, known.name if known else "", f"{text[:start]}{said}{text[end:]}")


def full_name(code: str) -> str:
    """Return a code with the name of its line: ``GB20`` -> ``gallbladder twenty``."""
    match = re.fullmatch(r"([A-Z]+)(\d+)", code)
    if not match or match[1] not in MERIDIANS:
        return code
    return f"{MERIDIANS[match[1]][0]} {spoken_number(int(match[2]))}"
