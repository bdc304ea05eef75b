"""Leaves out of the page's files what only their readers need, when they are sent: no build, no second copy."""

from __future__ import annotations

import re
from functools import lru_cache

_COMMENTS = re.compile(rb"^\s*(?:/\*.*?\*/[ \t]*$|//[^\n]*$)", re.DOTALL | re.MULTILINE)
"""Comments that have their lines to themselves; elsewhere two slashes may stand in a text."""
_LINES = re.compile(rb"\s*\n\s*")
_JOINTS = re.compile(rb"(?<=[{(\[,;])\n|\n(?=[})\].?:])")
"""Breaks after and before signs that leave a statement open or close it anyway."""
_SPACES = re.compile(
    rb"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)| *([=!<>&|?:,;{}()\[\]]+) *"""
)
"""Spaces around signs, outside of texts; not around those that would become others, such as + and ++."""
_CSS = re.compile(rb"\s*([{};,])\s*|(?<=[a-z-]:) (?=\S)")
_ZERO = re.compile(rb"(?<=[\s:,(-])0(?=\.\d)")


@lru_cache(maxsize=64)
def squeezed(content: bytes, suffix: str) -> bytes:
    """Return a file without its comments and indents; what it does is the same."""
    if suffix == ".html":
        return _LINES.sub(b"\n", content).strip()
    if suffix not in (".js", ".css"):
        return content
    if suffix == ".css":
        content = _CSS.sub(rb"\1", _LINES.sub(b"\n", _COMMENTS.sub(b"", content)).strip())
        return _ZERO.sub(b"", content).replace(b";}", b"}")
    lean = _JOINTS.sub(b"", _LINES.sub(b"\n", _COMMENTS.sub(b"", content)).strip())
    return _SPACES.sub(lambda m: m[1] or m[2], lean)
