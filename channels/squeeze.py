"""Leaves out of the page's files what only their readers need, when they are sent: no build, no second copy."""

from __future__ import annotations

import re
from functools import lru_cache

_COMMENTS = re.compile(rb"^\s*(?:/\*.*?\*/[ \t]*$|//[^\n]*$)", re.DOTALL | re.MULTILINE)
"""Comments that have their lines to themselves; elsewhere two slashes may stand in a text."""
_LINES = re.compile(rb"\s*\n\s*")
_JOINTS = re.compile(rb"(?<=[{(\[,;])\n|\n(?=[})\].?:])")
"""Breaks after and before signs that leave a statement open or close it anyway."""
_CSS = re.compile(rb"\s*([{};,])\s*|(?<=[a-z-]:) (?=\S)")
_ZERO = re.compile(rb"(?<=[\s:,(-])0(?=\.\d)")


@lru_cache(maxsize=64)
def squeezed(content: bytes, suffix: str) -> bytes:
    """Return a file without its comments and indents; what it does is the same."""
    if suffix not in (".js", ".css"):
        return content
    if suffix == ".css":
        content = _CSS.sub(rb"\1", _LINES.sub(b"\n", _COMMENTS.sub(b"", content)).strip())
        return _ZERO.sub(b"", content).replace(b";}", b"}")
    return _JOINTS.sub(b"", _LINES.sub(b"\n", _COMMENTS.sub(b"", content)).strip())
