"""The parts of a message that say things of their own: "my neck is stiff, and how often do I press"."""

from __future__ import annotations

import re
from functools import lru_cache

MOST = 12
"""Parts of a message that are looked at; a flood is not read to its end."""
LONG = 14
"""Words from which a message of several parts is understood by its parts."""
_ASKING = r"where|how|what|which|why|when|is|are|can|could|do|does|should|tell|show|for|i|i'm|my|will|who"
_SPLIT = re.compile(
    r"[.?!;\n]+|,\s*(?=(?:and|but|also|then|where|how|what|which|why|when|is|can|do|does|so|now|since|i|my|or)\b)|"
    r":\s+(?=(?:so |and )?(?:where|how|what|which|why|when|is|are|can|could|do|does|should)\b)|"  # "no clots here: where is LI4"
    rf"\b(?:and|also|plus|then)\b(?=\s+(?:\w+\s+)?(?:{_ASKING})\b)|\b(?:but|and then|although|however)\b"
)


@lru_cache(maxsize=4_096)
def clauses(text: str) -> tuple[str, ...]:
    """Return the parts of a text in order, the text alone where it has only one."""
    parts = tuple(p for p in (piece.strip(" ,") for piece in _SPLIT.split(text)) if len(p) > 3)[:MOST]
    return parts if len(parts) > 1 else (text,)


def is_long(text: str) -> bool:
    """Tell whether a text of several parts is long enough to be understood by its parts."""
    return len(text.split()) > LONG
