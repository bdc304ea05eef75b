"""A clock that can be set for the programs started under it, while this machine's own goes on (libfaketime)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_PLACES = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/local/lib/faketime")


def library() -> Path | None:
    """Return libfaketime for programs with threads, or None where it is not installed (Debian: faketime)."""
    found = (path for place in _PLACES for path in Path("/").glob(f"{place[1:]}/libfaketimeMT.so.1"))
    return next(found, None)


class Clock:
    """The time of day as the programs see it that were started inside ``rules``. What counts steadily is left alone."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        folder.mkdir(parents=True, exist_ok=True)
        self.set(0)

    def set(self, seconds: float) -> None:
        """Set the clock to so many seconds after the real time, or before it."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+g}\n", encoding="ascii")
        # Other users' programs (PostgreSQL's) read it too, and nobody may ever read half of it.
        new.chmod(0o644)
        new.replace(self._file)

    @contextlib.contextmanager
    def rules(self) -> Iterator[None]:
        """Start programs under this clock for as long as the block runs."""
        path = library()
        if path is None:
            raise FileNotFoundError("libfaketime is not installed")
        settings = {
            # The second name: Redis's own memory manager asks for the time before the first has found its feet.
            "LD_PRELOAD": f"{path} libc.so.6",
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        before = {name: os.environ.get(name) for name in settings}
        os.environ.update(settings)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
