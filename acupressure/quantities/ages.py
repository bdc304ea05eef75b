"""Reads how old somebody says they are."""

from __future__ import annotations

import re

_OWN = re.compile(r"\b(?:i'?m|i am) (\d{1,2})\b(?! (?:weeks|months|days|kilos?|kg|stone|minutes|hours))")


def own_age(text: str) -> int | None:
    """Return the speaker's age in years, None where a text does not tell it."""
    told = _OWN.search(text.lower())
    return int(told[1]) if told else None


_YOUNG = {"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15}
_OWN_YOUNG = re.compile(
    rf"\b(?:i'?m|i am) (?:only |just |nearly |almost |turning |about )*(1[1-5]|{'|'.join(_YOUNG)})\b"
    r"(?! ?(?:minutes?|mins?|hours?|hrs?|weeks?|wks?|months?|days?|stones?|st\b|kilos?|kgs?|lbs?|pounds?|miles?|km|metres?|meters?|feet|foot|inch\w*|points?|"
    r"steps?|out of|per ?cent|%|o'?clock|[ap]m\b|times?|and a half)|[.,:/]\d)"
)


def own_young_age(text: str) -> int | None:
    """Return the speaker's age where a text tells one from 11 to 15 years, None elsewhere: below, it is rather a score.

    Nothing said before denies an age: "none of those, I'm thirteen".
    """
    told = _OWN_YOUNG.search(text.lower())
    return None if told is None else _YOUNG.get(told[1]) or int(told[1])
