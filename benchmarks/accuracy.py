"""How well the assistant understands: the held-out messages, asked one by one, with what they should show."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import yaml

from acupressure.understanding import KEY, Reading
from scripts.settings import ROOT
from tests.support.assistant import LocalAssistant, card, cards, shown

HELD_OUT = ROOT / "tests" / "held_out"
FILES = (
    "answers",
    "messages",
    "messages_2",
    "messages_3",
    "messages_4",
    "messages_5",
    "messages_6",
    "messages_7",
)
"""Held-out files of single messages, the newest last."""
ASPECTS = {"frequency": "duration", "posture": "pressure", "describe": "location"}
"""What is asked of a point -> the aspect of its card that tells it."""


def point(expect: dict, messages: list[dict]) -> tuple[bool, bool]:
    """Return (right point, right aspect) for a question about one point."""
    codes, asked = shown(messages), card(messages, "ask")
    right = bool(codes) and (
        set(expect["codes"]) <= set(codes)
        if expect.get("both")
        else codes[0] in expect["codes"] and set(codes) <= set(expect["codes"])
    )
    if expect.get("both") and asked:
        right = True
    answered = {a for c in cards(messages) if c["card"] == "point" for a in c["aspects"]}
    wanted = {ASPECTS.get(a, a) for a in expect.get("aspects", [])}
    return right, right and (not answered or bool(answered & wanted) or not wanted)


def complaint(expect: dict, messages: list[dict]) -> tuple[bool, bool]:
    """Return (a right point is first or second, right complaint)."""
    codes, listed = shown(messages), card(messages, "points")
    named = expect.get("for", listed and listed.get("for"))
    wanted = named if isinstance(named, list) else [named]
    if not expect["any_of"]:  # the guide has no points for it and says so
        told = card(messages, "faq")
        known = not codes and bool(told) and (told["topic"] in wanted or told["topic"] == "claims")
        return known, known
    return bool(set(codes[:2]) & set(expect["any_of"])), bool(listed and listed.get("for") in wanted)


def judge(message: dict, messages: list[dict], intent: str) -> tuple[bool, bool]:
    """Return (right by the bar of its kind, right in detail)."""
    kind, expect = message["kind"], message["expect"]
    if kind == "point":
        return point(expect, messages)
    if kind == "complaint":
        return complaint(expect, messages)
    if kind == "faq":
        found = card(messages, "faq")
        right = bool(found and found["topic"] in expect.get("topic", [found["topic"]]))
        return right, right
    if kind == "smalltalk":
        right = intent in expect["intent"] if "intent" in expect else not cards(messages)
        return right, right and not shown(messages)
    if kind == "routine":
        begins = {c["card"] for c in cards(messages)} & {"routine", "step", "ask"}
        right = intent in expect["intent"] if "intent" in expect else bool(begins)
        return right, right
    return not shown(messages), card(messages, "out_of_scope") is not None


def held_out(name: str) -> list[dict]:
    """Return the messages of a held-out file."""
    return yaml.safe_load((HELD_OUT / f"{name}.yml").read_text(encoding="utf-8"))["messages"]


def run(assistant: LocalAssistant, messages: Iterable[dict]) -> dict:
    """Ask every held-out message in a conversation of its own; return counts, times and misses."""
    kinds: dict = defaultdict(lambda: [0, 0, 0])
    personas: dict = defaultdict(lambda: [0, 0])
    misses, times = [], []
    for message in messages:
        begun = time.perf_counter()
        answer = assistant.say(assistant.new_sender(), message["text"])
        times.append(time.perf_counter() - begun)
        parsed = assistant.parse(message["text"])
        intent, reading = parsed["intent"]["name"], Reading.from_dict(parsed.get(KEY))
        right, detail = judge(message, answer, intent)
        count = kinds[message["kind"]]
        count[0] += 1
        count[1] += right
        count[2] += detail
        personas[message["persona"]][0] += 1
        personas[message["persona"]][1] += right
        if not (right and detail):
            misses.append(
                {
                    **message,
                    "intent": intent,
                    "shown": shown(answer)[:4],
                    "cards": [c["card"] for c in cards(answer)],
                    "points": [code for mention in reading.points for code in mention.codes],
                    "complaints": [mention.id for mention in reading.complaints],
                    "right": right,
                }
            )
    times.sort()
    return {
        "messages": len(times),
        "right": sum(right for _, right in personas.values()) / len(times),
        "kinds": {
            k: {"messages": n, "right": r / n, "in detail": d / n} for k, (n, r, d) in sorted(kinds.items())
        },
        "personas": {k: {"messages": n, "right": r / n} for k, (n, r) in sorted(personas.items())},
        "turn_ms": {"p50": 1000 * times[len(times) // 2], "p95": 1000 * times[int(len(times) * 0.95)]},
        "misses": misses,
    }


def main() -> int:
    """Print the table; with --misses every message that went wrong; with --json the raw figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--file", choices=FILES, default=FILES[0])
    options = parser.parse_args()
    from scripts.train import ensure_model

    result = run(LocalAssistant(ensure_model(validate=False)), held_out(options.file))
    for name in ("kinds", "personas"):
        for key, row in result[name].items():
            print(
                f"{key:14} "
                + "  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())
            )
    print("turn in process, ms: " + "  ".join(f"{k} {v:.1f}" for k, v in result["turn_ms"].items()))
    if options.misses:
        for miss in result["misses"]:
            print(
                f"  {'aspect' if miss['right'] else 'WRONG'} [{miss['kind']}/{miss['persona']}] {miss['text'][:150]}\n"
                f"      -> {miss['intent']} {miss['shown']} {miss['cards']}  expected {miss['expect']}"
            )
    if options.json:
        options.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
