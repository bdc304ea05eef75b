"""Measure understanding, then speed and memory. Each in a process of its own, so that none disturbs the other."""

from __future__ import annotations

import argparse
import subprocess
import sys

from scripts.settings import CACHE, ROOT, engine_env

PARTS = {
    "accuracy": ["--json", str(CACHE / "bench" / "accuracy.json")],
    "speed": [],
}
"""What can be measured, in this order, with the arguments that keep the figures."""


def main() -> int:
    """Run all measurements, or those named with --only; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this alone")
    wanted = parser.parse_args().only or PARTS
    (CACHE / "bench").mkdir(parents=True, exist_ok=True)
    failed = 0
    for part in (name for name in PARTS if name in wanted):
        print(f"== {part}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{part}", *PARTS[part]]
        failed |= bool(subprocess.call(command, cwd=ROOT, env=engine_env()))
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
