"""Cleaning what people type or say, before anything looks at it."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 4_000
"""Longest message that is read; longer ones are answered with a kind request to be shorter."""

_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201a": "'", "`": "'", "\u00b4": "'", "\u201c": '"', "\u201d": '"'}
)
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*", re.UNICODE)


def clean(text: str) -> str:
    """Return the text with compatibility forms folded and invisible or control characters removed.

    Zero-width characters, direction marks, lone surrogates and control characters break matching and
    serve nobody; full-width letters and curly quotes are written plainly.
    """
    if text.isascii() and text.isprintable():  # nearly every message: nothing to fold, nothing invisible
        return _SPACES.sub(" ", text.translate(_QUOTES)).strip()
    text = text.encode("utf-8", "ignore").decode("utf-8")
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    kept = (
        ch if ch in "\n\t" or unicodedata.category(ch)[0] != "C" else " " if ch in "\r\x0b\x0c" else ""
        for ch in text
    )
    return _SPACES.sub(" ", "".join(kept)).strip()


def plain(text: str) -> str:
    """Return the text in lower case without accents and tone marks (``Wěizhōng`` -> ``weizhong``)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower())
    return unicodedata.normalize("NFC", "".join(ch for ch in decomposed if unicodedata.category(ch) != "Mn"))


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, apostrophes kept inside a word."""
    return [match.group() for match in _WORD.finditer(text.lower())]


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Return (word, start, end) for every word of an already lower-case text."""
    return [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


def joined(text: str) -> str:
    """Return only the letters and digits of a text, plain and in lower case."""
    return "".join(ch for ch in plain(text) if ch.isalnum())


def has_words(text: str) -> bool:
    """Tell whether a cleaned text holds at least one letter or digit (not only emoji or signs)."""
    return any(ch.isalnum() for ch in text)
