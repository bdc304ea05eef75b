"""What is found in messages: points, complaints, and whether they are any of our business."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.nlu import data, worker
from benchmarks.nlu.curves import found, rate, separation
from benchmarks.nlu.held_out import wanted

OUT_OF_SCOPE = "out_of_scope"
_REFUSED = {OUT_OF_SCOPE, "other_health", worker.FALLBACK}
"""Intents that lead to none of the guide's answers."""
Rows = list[dict[str, Any]]


def measure(model: Path, every: int = 1) -> dict[str, Any]:
    """Let the pipeline read the held-out messages and the everyday queries, or every so manieth."""
    files = {name: data.messages(name, every) for name in (data.WORKED_ON, data.FRESH)}
    queries = data.outside(every)
    texts = [m["text"] for messages in files.values() for m in messages] + queries
    job = {"do": "understand", "name": "finding", "model": str(model), "texts": texts, "warm_up": []}
    rows: Rows = worker.run({**job, "outside": True})["rows"]
    pairs = {}
    for name, messages in files.items():
        pairs[name], rows = list(zip(messages, rows)), rows[len(messages) :]
    return {
        "entities": {name: entities(listed) for name, listed in pairs.items()},
        "outside": outside([pair for listed in pairs.values() for pair in listed], rows),
    }


def entities(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    """Return how well points and complaints are found: by the catalogue reader alone, and in the end.

    Points are looked for in messages about a point or a complaint (there none is right), complaints in messages
    about one. Of codes or complaints that will all do, one has to be found; the others are not held against it.
    """
    points = [(m, row) for m, row in pairs if m["kind"] in {"point", "complaint"}]
    # Complaints without points are general questions to the guide, answered by other means.
    complaints = [(m, row) for m, row in pairs if m["kind"] == "complaint" and m["expect"]["any_of"]]
    return {
        "point": {
            "reader": _count([(*_codes(m), _named(row, "point")) for m, row in points]),
            "all": _count([(*_codes(m), _meant(row)) for m, row in points]),
        },
        "complaint": {
            "reader": _count(
                [(set(wanted(m["expect"])), 1, _named(row, "complaint")) for m, row in complaints]
            ),
            "all": _count([(set(wanted(m["expect"])), 1, set(row["complaints"])) for m, row in complaints]),
        },
    }


def _codes(message: dict[str, Any]) -> tuple[set[str], int]:
    """Return the codes a message may mean, and how many of them it means."""
    if message["kind"] != "point":
        return set(), 0
    codes = set(message["expect"]["codes"])
    return codes, len(codes) if message["expect"].get("both") else 1


def _named(row: dict[str, Any], kind: str) -> set[str]:
    """Return what the catalogue reader found: codes or ids."""
    return {part for entity, value in row["named"] if entity == kind for part in value.split(",")}


def _meant(row: dict[str, Any]) -> set[str]:
    """Return the codes that stand in the end, those by the description of a place among them."""
    return {code for mention in row["points"] for code in mention["codes"] or [mention["other"]]}


def _count(judged: list[tuple[set[str], int, set[str]]]) -> dict[str, Any]:
    """Return precision, recall and F1 over (what may be meant, how many of it are, what was found)."""
    hits = false = missed = 0
    for may, many, seen in judged:
        right = min(many, len(may & seen))
        hits, false, missed = hits + right, false + len(seen - may), missed + many - right
    return {**found(hits, false, missed), "messages": len(judged)}


def outside(pairs: list[tuple[dict[str, Any], dict[str, Any]]], queries: Rows) -> dict[str, Any]:
    """Return how well the detector tells what is none of our business, near it and far from it."""
    ours = [row for m, row in pairs if m["kind"] != OUT_OF_SCOPE]
    near = [row for m, row in pairs if m["kind"] == OUT_OF_SCOPE]
    scores = [row["outside"] for row in ours]
    refused = rate(sum(_is_refused(row) for row in ours), len(ours))
    return {
        name: {
            **separation(scores, [row["outside"] for row in rows]),
            "in_use": {"refused": refused, "let_in": rate(sum(not _is_refused(r) for r in rows), len(rows))},
        }
        for name, rows in {"near": near, "everyday": queries, "both": [*near, *queries]}.items()
    }


def _is_refused(row: dict[str, Any]) -> bool:
    return row["intent"]["name"] in _REFUSED
