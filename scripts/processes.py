"""Start programs in process groups of their own and end them without leaving anything behind."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path

from scripts.settings import ROOT, Problem

# What a reason looks like, the surest kind first.
_REASONS = (
    re.compile(r"^[\w.]*(?:Error|Exception)\b|\bERROR\b"),
    re.compile(r"UserWarning: "),
    re.compile(r"error|exception|invalid|cannot|failed|no such|not found", re.IGNORECASE),
    re.compile(""),
)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# Lines a traceback prints around its reason.
_FRAME = re.compile(r'^\s*(File "|Traceback|\^|warnings\.warn|raise )')
_SET_PDEATHSIG = 1
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception, so that no handler swallows it on the way."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum


def stop_on_signals() -> None:
    """Turn Ctrl-C, a polite kill and a closed terminal into Stopped."""

    def handler(signum: int, _frame: object) -> None:
        raise Stopped(signum)

    for signum in _STOP_SIGNALS:
        signal.signal(signum, handler)


def command(main: Callable[[], int]) -> Callable[[], int]:
    """Return the main function of a command with its troubles told plainly: a Problem in a line, a stop by its signal."""

    @wraps(main)
    def plainly() -> int:
        stop_on_signals()
        try:
            return main()
        except Problem as problem:
            print(problem, file=sys.stderr)
            return 1
        except Stopped as stopped:
            return 128 + stopped.signum

    return plainly


def _die_with_parent() -> None:
    # Linux only: without it a `kill -9` of the launcher would leave its servers running.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGTERM)


def start(
    command: Sequence[str], log: Path, env: dict[str, str], again: bool = False
) -> subprocess.Popen[bytes]:
    """Start a program in its own process group, everything it prints going to a log.

    The log begins anew, unless the program is started ``again``: then what the last one said before it died is kept.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab" if again else "wb") as out:
        return subprocess.Popen(
            list(command),
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


def _signal_group(process: subprocess.Popen[bytes], signum: int) -> None:
    try:
        os.killpg(process.pid, signum)
    except (ProcessLookupError, PermissionError):
        pass  # the whole group is gone; macOS says "not permitted" for a dead one


def end(processes: Sequence[subprocess.Popen[bytes]], patience: float = 10.0) -> None:
    """End programs and whatever they started: politely first, then for good."""
    for process in processes:
        _signal_group(process, signal.SIGTERM)
    try:
        for process in processes:
            process.wait(timeout=patience)
    except (subprocess.TimeoutExpired, Stopped):
        pass  # a second Ctrl-C means: now
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    for process in processes:
        _signal_group(process, signal.SIGKILL)
        process.wait()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_logged(command: Sequence[str], log: Path, env: dict[str, str]) -> int:
    """Run a program to its end, output in a log, and return its exit code."""
    process = start(command, log, env)
    try:
        return process.wait()
    finally:
        end([process])


def reason(log: Path) -> str:
    """Pick the line of a log that most likely says what went wrong."""
    text = _ANSI.sub("", log.read_text(errors="replace")) if log.exists() else ""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not _FRAME.match(line)]
    for pattern in _REASONS:
        if found := [line for line in lines if pattern.search(line)]:
            return found[-1].split("UserWarning: ")[-1][:240].rstrip(". ")
    return "it said nothing"


def why_ended(process: subprocess.Popen[bytes], log: Path) -> str:
    """Say in a few words why a program is no longer there."""
    if process.returncode < 0:
        return f"something ended it ({signal.Signals(-process.returncode).name})"
    return f"exit {process.returncode}, {reason(log)}"
