"""What the whole assistant makes of single held-out messages, and why it went wrong where it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rasa.shared.nlu.training_data.message import Message

from benchmarks import accuracy
from benchmarks.nlu import alike, data
from benchmarks.nlu.curves import rate
from scripts.settings import encoder_mark
from tests.support.assistant import LocalAssistant, cards, shown

IN_DETAIL = "right, but not in detail"
_COMPLAINING = {"ask_complaint", "start_routine", "ask_routines"}
"""Intents for which a complaint is looked for."""
CAUSES = ("wrong intent", "wrong point", "wrong complaint", "none found", IN_DETAIL)


def measure(assistant: LocalAssistant, listed: Sequence[Message], every: int = 1) -> dict[str, Any]:
    """Ask both held-out files and the everyday queries, or every so manieth of each.

    Args:
        listed: the training phrases.
    """
    files = {}
    for name in (data.WORKED_ON, data.FRESH):
        messages = data.messages(name, every)
        told = accuracy.run(assistant, messages)
        for rows in (told["kinds"], told["personas"]):
            for row in rows.values():
                row["right"] = rate(round(row["right"] * row["messages"]), row["messages"])
        told["right"] = rate(round(told["right"] * told["messages"]), told["messages"])
        told["misses"] = [{**miss, "cause": cause(miss), **told_of(miss)} for miss in told["misses"]]
        told["causes"] = dict(Counter(miss["cause"] for miss in told["misses"]))
        if encoder_mark():
            told["near"] = by_nearness(messages, told["misses"], listed)
        files[name] = told
    return {"files": files, "outside": _outside(assistant, every)}


def by_nearness(
    messages: Sequence[dict[str, Any]], misses: Sequence[dict[str, Any]], listed: Sequence[Message]
) -> list[dict[str, Any]]:
    """Return the share of right answers by how near the nearest training phrase is.

    Held-out messages are worth what they are worth only while nothing like them is learnt; this tells.
    """
    wrong = {miss["text"] for miss in misses if not miss["right"]}
    nearest = alike.nearest_phrase([m["text"] for m in messages], listed)
    classes = []
    for low, high in pairwise(alike.NEAR):
        own = [m for m, cosine in zip(messages, nearest) if low <= cosine < high]
        right = rate(sum(m["text"] not in wrong for m in own), len(own))
        classes.append({"from": low, "to": min(high, 1.0), "right": right})
    return classes


def _outside(assistant: LocalAssistant, every: int) -> dict[str, Any]:
    queries = data.outside(every)
    misses = []
    for query in queries:
        answer = assistant.say(assistant.new_sender(), query)
        begun = any(c["card"] in {"step", "routine"} or c.get("about") == "screen" for c in cards(answer))
        if shown(answer) or begun:
            intent = assistant.parse(query)["intent"]["name"]
            misses.append({"text": query, "shown": shown(answer)[:4], "begun": begun, "intent": intent})
    return {
        "shown": rate(sum(bool(miss["shown"]) for miss in misses), len(queries)),
        "begun": rate(sum(miss["begun"] for miss in misses), len(queries)),
        "misses": misses,
    }


def cause(miss: dict[str, Any]) -> str:
    """Return what went wrong with a message, as far as it can be told from what was understood."""
    kind, expect = miss["kind"], miss["expect"]
    if miss["right"]:
        return IN_DETAIL
    if kind == "point":
        if set(miss["points"]) & set(expect["codes"]):
            return "wrong intent"  # the point was understood, and something else was answered
        return "wrong point" if miss["points"] or miss["shown"] else "none found"
    if kind == "complaint":
        if miss["points"]:
            return "wrong point"
        if miss["intent"] not in _COMPLAINING:
            return "wrong intent"
        if set(miss["complaints"]) & set(wanted(expect)):
            return "wrong point"
        return "wrong complaint" if miss["complaints"] else "none found"
    # A point was seen where none was meant, and the answer is about that.
    return "wrong point" if miss["points"] and miss["shown"] else "wrong intent"


def wanted(expect: dict[str, Any]) -> list[str]:
    """Return the complaints that a message may be taken for."""
    return expect["for"] if isinstance(expect["for"], list) else [expect["for"]]


def told_of(miss: dict[str, Any]) -> dict[str, str]:
    """Return in a few words what a message should have led to, and what it led to."""
    kind, expect = miss["kind"], miss["expect"]
    if kind == "point":
        aspects = f" ({', '.join(expect['aspects'])})" if expect.get("aspects") else ""
        expected = (" and " if expect.get("both") else " or ").join(expect["codes"]) + aspects
    elif kind == "complaint":
        expected = " or ".join(wanted(expect))
    else:
        expected = " or ".join(expect.get("topic") or expect.get("intent") or ["nothing shown"])
    seen = [*dict.fromkeys(miss["shown"])]
    if kind == "complaint" and miss["complaints"]:
        seen.insert(0, "/".join(miss["complaints"]))
    return {"expected": expected, "got": f"{miss['intent']}{': ' if seen else ''}{', '.join(seen)}"}
