"""How often somebody may ask: a pace that no reader notices and that a program runs into."""

from __future__ import annotations

import time
from collections.abc import Callable

KEPT = 10_000
"""Names of which the limit keeps count at once; more would be a way to fill the memory."""


class RateLimit:
    """Lets every name do ``burst`` things at once, and after that one more every ``seconds``."""

    def __init__(self, burst: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._seconds, self._clock = burst, seconds, clock
        self._free_at: dict[str, float] = {}

    def wait(self, name: str) -> float:
        """Count one thing done and return 0, or return the seconds until it would be let through."""
        now = self._clock()
        # The moment at which everything is paid off lies `burst` things in the future at most.
        due = max(now, self._free_at.get(name, now)) + self._seconds
        over = due - now - self._burst * self._seconds
        if over > 0:
            return over
        if len(self._free_at) >= KEPT:
            self._free_at = {n: at for n, at in self._free_at.items() if at > now}
        if len(self._free_at) < KEPT or name in self._free_at:
            self._free_at[name] = due
            return 0.0
        return self._seconds
