"""What the fetching of weights has in common: packages of nothing else, and files that must be the published ones."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.processes import reason, run_logged
from scripts.settings import ROOT, engine_env, short


class NotThere(Exception):
    """Why something could not be had, in a few words."""


def sha256(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def verify(folder: Path, checksums: Mapping[str, str]) -> None:
    """Refuse files that are not the published ones."""
    for name, expected in checksums.items():
        if not (folder / name).is_file() or sha256(folder / name) != expected:
            raise NotThere(f"{name} is not the published file")


def run(what: str, command: list[str], log: Path) -> None:
    """Run a program to its end, its output in a log.

    Raises:
        NotThere: it failed; the sentence begins with ``what``.
    """
    if run_logged(command, log, engine_env()):
        raise NotThere(f"{what}, see {short(log)}: {reason(log)}")


def install(lock: Path, target: Path, log: Path) -> None:
    """Install the packages of a lock beside everything else, without what they ask for."""
    found = subprocess.run(
        ["sh", str(ROOT / "scripts/bootstrap.sh"), "uv"], capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise NotThere("the package installer is not there")
    command = [found.stdout.strip(), "pip", "install", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--python", sys.executable, "--target", str(target)]
    run("its package could not be installed", [*command, "-r", str(lock)], log)
