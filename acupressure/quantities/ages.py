"""Reads how old somebody says they are."""

from __future__ import annotations

import re

_YOUNG = {"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15}
_COUNTED = (
    r"(?! ?(?:minutes?|mins?|hours?|hrs?|weeks?|wks?|months?|days?|years? (?!old\b)|stones?|st\b|kilos?|kgs?|lbs?|pounds?|miles?|km|metres?|meters?|feet|"
    r"foot|inch\w*|points?|steps?|sessions?|thousand|hundred|out of|per ?cent|%|o'?clock|[ap]m\b|times?|and a half)|[.,:/]\d)"
)
"""What a number counts, when it is no age."""
_OWN = re.compile(rf"\b(?:i'?m|i am) (\d{{1,2}})\b{_COUNTED}")
_NOT_SO = re.compile(
    r"\b(?:like|as if|as though|wish|say|says|said|saying|pretend|imagine|if|when)(?: that)?\W*$|\b(?:scale|score)\b"
)
"""Said before an age that is none: "explain it as if I'm twelve"."""
_OWN_YOUNG = re.compile(
    rf"\b(?:i'?m|i am) (?:only |just |nearly |almost |turning |about )*(1[1-5]|{'|'.join(_YOUNG)})\b{_COUNTED}"
)


def own_age(text: str) -> int | None:
    """Return the speaker's age in years, None where a text does not tell it."""
    told = _OWN.search(text.lower())
    return int(told[1]) if told else None


def own_young_age(text: str) -> int | None:
    """Return the speaker's age where a text tells one from 11 to 15 years, None elsewhere: below, it is rather a score.

    Nothing said before denies an age: "none of those, I'm thirteen".
    """
    lower = text.lower()
    told = next((m for m in _OWN_YOUNG.finditer(lower) if not _NOT_SO.search(lower[: m.start()])), None)
    return None if told is None else _YOUNG.get(told[1]) or int(told[1])
