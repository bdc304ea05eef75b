"""Measure understanding, safety, speed and memory, each in a process of its own, so that none disturbs another."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from scripts.settings import CACHE, ROOT

PARTS = {
    "accuracy": ["--json", str(CACHE / "bench" / "accuracy.json")],
    "safety": ["--json", str(CACHE / "bench" / "safety.json")],
    "speed": [],
}
"""What can be measured, in this order, with the arguments that keep the figures."""
OPTIONAL = {"nlu": []}
"""What takes an hour or more, and is measured only where it is named."""


def main() -> int:
    """Run all measurements, or those named with --only; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks")
    parser.add_argument("--only", choices=[*PARTS, *OPTIONAL], action="append", help="measure this alone")
    wanted = parser.parse_args().only or PARTS
    (CACHE / "bench").mkdir(parents=True, exist_ok=True)
    # Not the environment of `make run`: the baseline must not inherit what makes ours fast.
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    failed = 0
    for part, arguments in {**PARTS, **OPTIONAL}.items():
        if part not in wanted:
            continue
        print(f"== {part}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{part}", *arguments]
        failed |= bool(subprocess.call(command, cwd=ROOT, env=env))
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
