"""The gateway's own words: they stand in wording.yml beside this file, this module only reads them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from acupressure.catalog import read_yaml

FILE = Path(__file__).with_name("wording.yml")
_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[a-z0-9']+")


@lru_cache(maxsize=1)
def _content() -> dict:
    return read_yaml(FILE)


def say(name: str, /, **facts: str) -> str:
    """Return one of the gateway's sentences."""
    return _content()["says"][name].format(**facts)


def tell(name: str) -> str:
    """Return what the gateway tells the assistant on its own."""
    return _content()["tells"][name]


def is_heard_as(kind: str, text: str) -> bool:
    """Tell whether what was heard is one of the phrases of a kind: ``yes``, ``no``, ``stop``, ``pause``."""
    return " ".join(plain_words(text)) in _content()["hears"][kind]


def plain_words(text: str) -> list[str]:
    """Return the words of a text in lower case without signs."""
    return _WORD.findall(text.lower())


def split(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part.strip() for part in _END.split(text.strip()) if part.strip()]
