"""What every channel may ask before it does anything: who calls, how often, and with which id."""

from __future__ import annotations

import contextvars
import hmac
import re
import time
import uuid
from collections import OrderedDict

from sanic.request import Request

from channels.messages import BadRequest

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""What goes with every answer of a program's address: it is data, for the one who asked."""
REQUEST_ID = "x-request-id"
MAX_CALLERS = 10_000
"""Callers whose number of messages is remembered; the one not seen for longest is forgotten first."""

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The id of the request that is being answered, for the log."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")


class TooMany(BadRequest):
    """Somebody sends faster than they may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(429, "Too many messages in a short time. Please wait a moment.")
        self.seconds = max(1, round(seconds))


class RateLimit:
    """Lets a caller send so many messages a minute, and some at once; 0 lets everybody send as they like."""

    def __init__(self, per_minute: float, at_once: int = 10) -> None:
        self.per_second, self._at_once = per_minute / 60, at_once
        self._callers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, caller: str, now: float | None = None) -> None:
        """Count a message; `TooMany` if it was one too many."""
        if not self.per_second:
            return
        now = time.monotonic() if now is None else now
        left, since = self._callers.pop(caller, (float(self._at_once), now))
        left = min(self._at_once, left + (now - since) * self.per_second)
        self._callers[caller] = (left - 1 if left >= 1 else left, now)
        if len(self._callers) > MAX_CALLERS:
            self._callers.popitem(last=False)
        if left < 1:
            raise TooMany((1 - left) / self.per_second)


def pace(at_once: int, seconds: float) -> RateLimit:
    """Return a limit of so many at once, then one more every so many seconds."""
    return RateLimit(60 / seconds, at_once)


def check_token(authorization: str | None, token: str | None) -> None:
    """Refuse who does not bring the token, where one is set: ``Authorization: Bearer ...``."""
    if token:
        given = (authorization or "").removeprefix("Bearer ").strip()
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise BadRequest(401, "This address needs the header Authorization: Bearer, with the token.")


def caller_of(request: Request) -> str:
    """Return where a request comes from; behind a proxy on this machine, what that says."""
    address = request.ip or ""
    forwarded = request.headers.get("x-real-ip")
    return forwarded if forwarded and address in {"127.0.0.1", "::1"} else address


def name_request(request: Request) -> str:
    """Give the request an id for the log: the caller's, if it is one, or a new one."""
    given = request.headers.get(REQUEST_ID) or ""
    name = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    request_id.set(name)
    return name
