"""The files of the page, as the channel sends them: named by kind, packed, and loaded again only where they changed."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

WEB = Path(__file__).resolve().parent.parent / "web"

# Written out: the table of the operating system may say anything, on Windows even text/plain for scripts.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}


def language_file(accepted: str) -> Path:
    """Return the file of the first language in an Accept-Language header that there is; English otherwise.

    Browsers send the header with the best language first; adding a file to ``web/lang`` adds a language.
    """
    for tag in re.findall(r"[a-z]{2,3}(?=[-,;\s]|$)", accepted.lower()):
        file = WEB / "lang" / f"{tag}.json"
        if file.is_file():
            return file
    return WEB / "lang" / "en.json"


def content(request: Request, data: bytes, kind: str) -> HTTPResponse:
    """Return a file, with an ETag so that the browser asks but need not load again."""
    headers = {
        "ETag": f'"{hashlib.sha256(data).hexdigest()[:20]}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return response.empty(status=304, headers=headers)
    if kind != TYPES[".png"] and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"], data = "gzip", _zipped(data)
    return response.raw(data, headers=headers, content_type=kind)


@lru_cache(maxsize=128)
def _zipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
