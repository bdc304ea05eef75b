"""What users see while parts of the guide die, hang and come back, while its disk is full or its clock is set.

People talk to it (`benchmarks.crowd`) while one kind of trouble after the other is made (`benchmarks.scenes`): in a
cluster behind nginx, in the same under a clock that can be set, and in one process with an SQLite file. At the end
every conversation is read back: nothing that was answered may be lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict

from benchmarks.crowd import Scene, play
from benchmarks.scenes import MUST_BE_NOTICED, SCENES, LeftOut
from scripts.processes import command
from scripts.settings import CACHE, short

REPORT = CACHE / "bench" / "chaos.json"
SECONDS = 20.0
"""Time that people go on talking after the trouble of one scene."""


def is_good(scene: Scene) -> bool:
    """Tell whether a scene kept what docs/operations.md promises, and was one."""
    return scene.is_good and (scene.told_to_try_again > 0 or scene.name not in MUST_BE_NOTICED)


def table(played: list[Scene]) -> str:
    """Return the scenes as a table."""
    lines = [
        f"{'':50} {'messages':>8} {'answered':>8} {'again':>6} {'first':>7} {'answer':>7} {'lost':>5} {'twice':>5}"
    ]
    for s in played:
        lines.append(
            f"{s.name:50} {s.messages:8} {s.answered:8} {s.told_to_try_again:6} {s.longest_first_word:6.1f}s "
            f"{s.longest_answer:6.1f}s {s.lost:5} {s.doubled:5}{'' if is_good(s) else '  <- not good'}"
        )
    return "\n".join(lines)


def show(only: str | None, seconds: float) -> list[Scene]:
    """Play the scenes whose name holds some words."""
    played = []
    for start, scenes in SCENES.items():
        wanted = {name: trouble for name, trouble in scenes.items() if only is None or only in name}
        if not wanted:
            continue
        try:
            with start() as stage:
                for name, trouble in wanted.items():
                    print(f"{name} ...", flush=True)
                    played.append(asyncio.run(play(stage, name, trouble, seconds)))
                    print(table(played[-1:]).splitlines()[1], flush=True)
        except LeftOut as reason:
            print(f"Left out, for {reason}: {'; '.join(wanted)}", flush=True)
    return played


@command
def main() -> int:
    """Play all scenes, print the table and write .cache/bench/chaos.json; 1 if one was not good or none was played."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="the scenes with these words in their name")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long a scene goes on")
    options = parser.parse_args()
    played = show(options.only, options.seconds)
    if not played:
        print("No scene was played.", file=sys.stderr)
        return 1
    print(table(played))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    figures = [{**asdict(s), "good": is_good(s)} for s in played]
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {short(REPORT)}.")
    return int(not all(map(is_good, played)))


if __name__ == "__main__":
    sys.exit(main())
