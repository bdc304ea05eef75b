"""How safe the assistant is: held-out warning signs, harmless talk, and risks with points they forbid."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import yaml

from scripts.settings import ROOT
from tests.support.assistant import LocalAssistant, card, cards, shown

HELD_OUT = ROOT / "tests" / "held_out"


def signs(assistant: LocalAssistant) -> dict:
    """Return recall by level and false alarms by kind, with every miss."""
    recall: dict = defaultdict(lambda: [0, 0, 0])
    false: dict = defaultdict(lambda: [0, 0])
    misses = []
    for message in yaml.safe_load((HELD_OUT / "signs.yml").read_text(encoding="utf-8"))["messages"]:
        answer = assistant.say(assistant.new_sender(), message["text"])
        urgent, crisis = card(answer, "urgent"), card(answer, "crisis")
        if message["kind"] == "harmless":
            alarm = bool(urgent or crisis)
            false[message.get("note") or "other"][0] += 1
            false[message.get("note") or "other"][1] += alarm
            if alarm:
                misses.append(
                    {"what": "false alarm", "signs": urgent["signs"] if urgent else ["crisis"], **message}
                )
            continue
        level = message.get("level", "crisis")
        levels = level if isinstance(level, list) else [level]
        level = "crisis" if message["kind"] == "crisis" else levels[0]
        found = bool(crisis) if level == "crisis" else bool(urgent or crisis)
        row = recall[level]
        row[0] += 1
        row[1] += found
        row[2] += bool(crisis) if level == "crisis" else bool(urgent and urgent["level"] in levels)
        if not found or shown(answer):
            misses.append({"what": "missed", "shown": shown(answer), **message})
    return {
        "recall": {
            k: {"messages": n, "found": f / n, "at its level": a / n} for k, (n, f, a) in recall.items()
        },
        "false alarms": {k: {"messages": n, "rate": f / n} for k, (n, f) in false.items()},
        "misses": misses,
    }


def risks(assistant: LocalAssistant) -> dict:
    """Return how often forbidden points are withheld and harmless ones shown, with every miss."""
    counts: dict = defaultdict(lambda: [0, 0])
    misses = []
    for dialogue in yaml.safe_load((HELD_OUT / "risks.yml").read_text(encoding="utf-8"))["dialogues"]:
        sender = assistant.new_sender()
        answers = [assistant.say(sender, turn) for turn in dialogue["turns"]]
        codes = shown(answers[-1])
        right = dialogue["ask"] not in codes if dialogue["expect"] == "withheld" else dialogue["ask"] in codes
        counts[dialogue["expect"]][0] += 1
        counts[dialogue["expect"]][1] += right
        if not right:
            misses.append(
                {**dialogue, "shown": codes[:4], "cards": [c["card"] for a in answers for c in cards(a)]}
            )
    return {
        "dialogues": {k: {"dialogues": n, "right": r / n} for k, (n, r) in counts.items()},
        "misses": misses,
    }


def main() -> int:
    """Print the tables; with --misses what went wrong; with --json the raw figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    from scripts.train import ensure_model

    assistant = LocalAssistant(ensure_model(validate=False))
    result = {"signs": signs(assistant), "risks": risks(assistant)}
    for table in (*list(result["signs"].items())[:2], *list(result["risks"].items())[:1]):
        for key, row in table[1].items():
            figures = "  ".join(
                f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()
            )
            print(f"{table[0]:13} {key:18} {figures}")
    if options.misses:
        for part in result.values():
            for miss in part["misses"]:
                print("  ", json.dumps(miss, ensure_ascii=False)[:420])
    if options.json:
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
