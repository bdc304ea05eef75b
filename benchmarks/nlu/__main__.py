"""Measure understanding: print a table, keep the figures, draw the plots and write docs/understanding-measured.md.

The parts, each of which can be measured alone (--only) or left out (--skip):
  accuracy  the whole assistant on single held-out messages, by kind and persona, and on everyday queries
  finding   points and complaints found in them, and what is none of our business
  cost      time of a message, memory, training (cold: as if nothing had ever been encoded), size
  split     a fifth of the training phrases asked of our pipeline (ours), of Rasa's default one (diet) and of the
            same with logistic regression (logistic), which all learnt the other four; intents, confidence, cost
  alike     how alike the phrases of an intent are
Nobody else should be using the machine meanwhile. DIET alone takes an hour or more on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.processes import command
from scripts.settings import CACHE, ROOT, Problem, short

SIDES = ("ours", "diet", "logistic")
QUICK_PHRASES, QUICK_EVERY, QUICK_EPOCHS = 12, 8, 2
"""A trial: phrases of an intent, every so manieth held-out message, epochs of DIET."""

FORM = 2
"""Raise it when the kept figures change their form: older ones are not told then."""


@dataclass(frozen=True)
class Options:
    """What is measured, and how much of it."""

    skipped: frozenset[str]
    scratch: Path
    quick: bool
    folds: int
    epochs: int

    @property
    def every(self) -> int:
        """Every so manieth held-out message is asked."""
        return QUICK_EVERY if self.quick else 1

    def phrases(self) -> list:
        """Return the training phrases, for a trial some of each intent."""
        from benchmarks.nlu import data

        return data.phrases(QUICK_PHRASES if self.quick else None)

    def files(self) -> list[Path]:
        """Return what the whole assistant is trained on."""
        from benchmarks.nlu import data

        rules = ROOT / "data" / "rules"
        if not self.quick:
            return [ROOT / "data" / "nlu", rules]
        return [data.write(self.phrases(), self.scratch / "phrases.yml"), rules]

    def model(self) -> Path:
        """Return the model of the present files; for a trial one that learnt a few phrases."""
        from scripts.train import ensure_model

        if not self.quick:
            return ensure_model(validate=False)
        target = self.scratch / "trial.tar.gz"
        if not target.is_file():
            from benchmarks.nlu import cost

            print("Training a small assistant ...", flush=True)
            cost.train(self.files(), target, {})
        return target


# What is measured with is imported where it is used: TensorFlow takes its time, and --help should not.


def accuracy(options: Options) -> dict[str, Any]:
    """Return what ``held_out`` finds."""
    from benchmarks.nlu import held_out
    from tests.support.assistant import LocalAssistant

    return held_out.measure(LocalAssistant(options.model()), options.phrases(), options.every)


def finding(options: Options) -> dict[str, Any]:
    """Return what ``finding`` finds."""
    from benchmarks.nlu import finding

    return finding.measure(options.model(), options.every)


def cost(options: Options) -> dict[str, Any]:
    """Return what ``cost`` finds."""
    from benchmarks.nlu import cost

    options.model()  # so that every phrase has been encoded once
    return cost.measure(options.files(), options.scratch, options.every, "cold" not in options.skipped)


def split(options: Options) -> dict[str, Any]:
    """Return what ``split`` finds."""
    from benchmarks.nlu import split

    sides = [side for side in SIDES if side not in options.skipped]
    return split.measure(
        options.phrases(), sides, options.scratch, options.every, options.epochs, options.folds
    )


def alike(options: Options) -> dict[str, Any]:
    """Return what ``alike`` finds."""
    from benchmarks.nlu import alike

    return alike.measure(options.phrases())


PARTS: dict[str, Callable[[Options], dict[str, Any]]] = {
    "accuracy": accuracy,
    "finding": finding,
    "cost": cost,
    "split": split,
    "alike": alike,
}


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.nlu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone")
    parser.add_argument(
        "--skip", choices=[*PARTS, *SIDES, "cold"], action="append", default=[], help="leave this out"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a trial on few phrases and messages; docs stay as they are"
    )
    parser.add_argument("--folds", type=int, choices=range(1, 6), default=1, help="fifths asked of ours (1)")
    parser.add_argument("--epochs", type=int, help="of DIET (Rasa's default: 100)")
    parser.add_argument("--misses", action="store_true", help="print every held-out message that went wrong")
    parser.add_argument(
        "--page", action="store_true", help="measure nothing, write page and plots from kept figures"
    )
    return parser.parse_args()


def measure(asked: argparse.Namespace, kept: dict[str, Any], file: Path) -> None:
    """Measure the parts that are asked for; what is measured is kept at once."""
    from scripts.fetch_encoder import ensure_encoder
    from scripts.train import fingerprint

    ensure_encoder()
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="bench-nlu-") as scratch:
        epochs = asked.epochs or (QUICK_EPOCHS if asked.quick else 100)
        options = Options(frozenset(asked.skip), Path(scratch), asked.quick, asked.folds, epochs)
        for name, part in PARTS.items():
            if name in asked.skip or (asked.only and name not in asked.only):
                continue
            print(f"== {name}", flush=True)
            begun, state = time.monotonic(), fingerprint()
            kept[name] = {**part(options), "state": state, "quick": asked.quick}
            kept["machine"] = {
                "system": platform.system(),
                "processor": platform.machine(),
                "cores": os.cpu_count(),
            }
            file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"   {time.monotonic() - begun:.0f} s", flush=True)


@command
def main() -> int:
    """Measure, print, keep and write; 1 if something could not be measured."""
    asked = arguments()
    from benchmarks.nlu import page, telling

    folder = CACHE / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / ("nlu-quick.json" if asked.quick else "nlu.json")
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    if kept.get("form") != FORM:
        kept = {"form": FORM}
    if not asked.page:
        measure(asked, kept, file)
    if not set(kept) & set(PARTS):
        raise Problem("Nothing has been measured yet.")
    # A trial must not pass for a measurement: its page stands beside its figures.
    target = folder / "nlu-quick" if asked.quick else ROOT / "docs"
    written = page.write(kept, target)
    print(telling.table(kept))
    if asked.misses:
        print_misses(kept)
    print(f"Figures: {short(file)}. Page: {short(written)}.")
    return 0


def print_misses(kept: dict[str, Any]) -> None:
    """Print every held-out message that went wrong, with what was made of it."""
    told = kept.get("accuracy", {"files": {}, "outside": {"misses": []}})
    for name, found in told["files"].items():
        for miss in found["misses"]:
            print(f"  {name}/{miss['kind']}/{miss['persona']}: {miss['text'][:150]}")
            print(f"      {miss['cause']}: expected {miss['expected']}, got {miss['got']}")
    for miss in told["outside"]["misses"]:
        print(f"  everyday: {miss['text']}\n      got {miss['intent']}: {', '.join(miss['shown'])}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
