"""How well the assistant talks: held-out dialogues about routines and about points, every turn held against
what it should do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import yaml

from benchmarks.accuracy import ASPECTS
from scripts.settings import ROOT
from tests.support.assistant import LocalAssistant, cards, shown, text

HELD_OUT = ROOT / "tests" / "held_out"
FILES = (
    "dialogues",
    "context",
    "talks",
    "talks_2",
    "talks_3",
    "talks_4",
    "talks_5",
    "talks_6",
    "talks_7",
    "talks_8",
    "talks_9",
    "talks_10",
    "talks_11",
    "talks_12",
    "talks_13",
    "talks_14",
    "talks_15",
    "talks_16",
    "talks_17",
    "talks_18",
    "talks_19",
    "talks_20",
    "talks_21",
    "talks_22",
    "talks_23",
    "talks_24",
    "talks_25",
)
_SHOW = {"point", "points", "step"}


def current_step(messages: list[dict]) -> dict | None:
    """Return the last step card of a reply."""
    return next((c for c in reversed(cards(messages)) if c["card"] == "step"), None)


def faults(expect: dict, messages: list[dict], last: int | None) -> list[str]:
    """Return what is wrong with a reply, by the expectations of its turn.

    Args:
        last: index of the step shown last, None before the first.
    """
    sent = cards(messages)
    kinds = {c["card"] for c in sent}
    wrong: list[str] = []
    if not messages:
        wrong.append("silence")
    if expect.get("cards") and not kinds & set(expect["cards"]):
        wrong.append(f"cards {sorted(kinds)}")
    if "asks" in expect and not {c["about"] for c in sent if c["card"] == "ask"} & set(expect["asks"]):
        wrong.append(f"asks {[c['about'] for c in sent if c['card'] == 'ask']}")
    if "state" in expect:
        states = {c["state"] for c in sent if c["card"] in {"routine", "step"}}
        if not states & set(expect["state"]):
            wrong.append(f"state {sorted(states)}")
    wrong += _moved(expect, current_step(messages), last)
    if set(expect.get("all_cards", ())) - kinds:
        wrong.append(f"no card {sorted(set(expect['all_cards']) - kinds)}")
    if "level" in expect and expect["level"] not in {c["level"] for c in sent if c["card"] == "urgent"}:
        wrong.append(f"level {[c['level'] for c in sent if c['card'] == 'urgent']}")
    codes = shown(messages)
    if set(expect.get("all_codes", ())) - set(codes):
        wrong.append(f"does not show {sorted(set(expect['all_codes']) - set(codes))}")
    told = {a for c in sent if c["card"] == "point" for a in c["aspects"]}
    missing = {ASPECTS.get(a, a) for a in expect.get("aspects", ())} - told
    if missing:
        wrong.append(f"says nothing of {sorted(missing)}")
    if "code" in expect and expect["code"] not in codes:
        wrong.append(f"shows {codes}")
    if set(codes) & set(expect.get("not_codes", ())):
        wrong.append(f"shows {sorted(set(codes) & set(expect['not_codes']))}")
    if expect.get("no_points") and kinds & _SHOW:
        wrong.append(f"points in {sorted(kinds & _SHOW)}")
    if "topic" in expect:
        wanted = expect["topic"] if isinstance(expect["topic"], list) else [expect["topic"]]
        if not {c["topic"] for c in sent if c["card"] == "faq"} & set(wanted):
            wrong.append("another topic")
    return wrong


def _moved(expect: dict, step: dict | None, last: int | None) -> list[str]:
    move = expect.get("move", "any")
    if move == "any":
        return []
    index = step["index"] if step else None
    if move == "stay":
        return [] if index is None or index == last else [f"moved from {last} to {index}"]
    if index is None:
        return [f"no step, where {move} was wanted"]
    right = {
        "first": index == 1,
        "next": last is None or index > last,
        "back": last is not None and index < last,
    }[move]
    return [] if right else [f"{move}: from {last} to {index}"]


def run(assistant: LocalAssistant, file: Path) -> dict:
    """Hold all dialogues of a file; return rates by phenomenon and every fault."""
    turns = right = whole = 0
    by: dict = defaultdict(lambda: [0, 0])
    misses = []
    dialogues = yaml.safe_load(file.read_text(encoding="utf-8"))["dialogues"]
    for dialogue in dialogues:
        sender, last, clean = assistant.new_sender(), None, True
        for number, turn in enumerate(dialogue["turns"], start=1):
            answer = assistant.say(sender, turn["say"])
            wrong = faults(turn.get("expect") or {}, answer, last)
            step = current_step(answer)
            last = step["index"] if step else last
            turns += 1
            right += not wrong
            if wrong:
                clean = False
                intent = assistant.parse(turn["say"])["intent"]["name"]
                misses.append(
                    {
                        "dialogue": dialogue["name"],
                        "phenomenon": dialogue["phenomenon"],
                        "turn": number,
                        "say": turn["say"],
                        "wrong": wrong,
                        "intent": intent,
                        "said": text(answer)[:160],
                    }
                )
        whole += clean
        by[dialogue["phenomenon"]][0] += 1
        by[dialogue["phenomenon"]][1] += clean
    return {
        "dialogues": len(dialogues),
        "whole right": whole / len(dialogues),
        "turns": turns,
        "turns right": right / turns,
        "phenomena": {k: f"{r}/{n}" for k, (n, r) in sorted(by.items())},
        "misses": misses,
    }


def main() -> int:
    """Print the rates; with --misses every fault; with --json the raw figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--file", nargs="+", default=FILES, choices=FILES, metavar="NAME", help="only these sets"
    )
    options = parser.parse_args()
    from scripts.train import ensure_model

    assistant, results = LocalAssistant(ensure_model(validate=False)), {}
    for file in options.file:
        result = results[file] = run(assistant, HELD_OUT / f"{file}.yml")
        print(f"{file}: {result['dialogues']} dialogues  whole right {result['whole right']:.3f}")
        print(f"  {result['turns']} turns  right {result['turns right']:.3f}")
        for name, rate in result["phenomena"].items():
            print(f"    {name:24} {rate}")
        if options.misses:
            for miss in result["misses"]:
                print("  ", json.dumps(miss, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
