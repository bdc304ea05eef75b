"""Reads how old somebody says they are."""

from __future__ import annotations

import re

_OWN = re.compile(r"\b(?:i'?m|i am) (\d{1,2})\b(?! (?:weeks|months|days|kilos?|kg|stone|minutes|hours))")


def own_age(text: str) -> int | None:
    """Return the speaker's age in years, None where a text does not tell it."""
    told = _OWN.search(text.lower())
    return int(told[1]) if told else None
