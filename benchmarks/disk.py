"""A small disk that can be filled and emptied again: a file system in memory, which only root on Linux may mount."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_BLOCK = b"\0" * 4096


class SmallDisk:
    """A folder on a file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Fill it to the last byte."""
        with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(_BLOCK)

    def empty(self) -> None:
        """Make room again."""
        self._ballast.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 16) -> Iterator[SmallDisk | None]:
    """Mount a small disk on a folder for as long as the block runs; None where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    if not sys.platform.startswith("linux"):
        yield None
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "acu-small", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        # Lazily: a program that ends at this moment may still hold its log open.
        subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)
