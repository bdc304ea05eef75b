"""The main figures as a table for the terminal, and how figures are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.nlu import data

Figures = dict[str, Any]
FILES = {data.WORKED_ON: "worked on", data.FRESH: "fresh"}


def percent(share: float) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.1f} %"


def spread(told: Figures) -> str:
    """Return a rate in per cent with the limits of its uncertainty."""
    return f"{percent(told['rate'])} ({100 * told['low']:.0f}–{100 * told['high']:.0f})"


def seconds(value: float) -> str:
    """Return a time, in minutes where it is long."""
    return f"{value:.0f} s" if value < 120 else f"{value / 60:.1f} min"


def megabytes(told: float) -> str:
    """Return bytes as MB."""
    return f"{told / 1e6:.1f} MB"


def table(kept: Figures) -> str:
    """Return the main figures for the terminal."""
    lines: list[str] = []
    for row in (row for part, rows in ROWS.items() if part in kept for row in rows(kept[part])):
        lines.append(f"{row[0]:52} " + "  ".join(f"{cell:>18}" for cell in row[1:]))
    return "\n".join(lines)


def _accuracy_rows(told: Figures) -> Iterable[tuple[str, ...]]:
    files = told["files"]
    yield ("single messages, right", *FILES.values())
    yield ("all", *(spread(files[name]["right"]) for name in FILES))
    for table_ in ("kinds", "personas"):
        for key in sorted({key for file in files.values() for key in file[table_]}):
            cells = [files[name][table_].get(key) for name in FILES]
            yield (f"  {table_[:-1]} {key}", *(spread(c["right"]) if c else "-" for c in cells))
    yield ("everyday queries shown a point", spread(told["outside"]["shown"]))


def _finding_rows(told: Figures) -> Iterable[tuple[str, ...]]:
    yield ("found, F1 (precision, recall)", "reader alone", "in the end")
    for name, label in FILES.items():
        for kind, ways in told["entities"][name].items():
            yield (
                f"  {kind}, {label}",
                *(f"{w['f1']:.3f} ({w['precision']:.2f}, {w['recall']:.2f})" for w in ways.values()),
            )
    for name, row in told["outside"].items():
        yield (f"none of our business, {name}: AUROC", f"{row['area']:.3f}")


def _cost_rows(told: Figures) -> Iterable[tuple[str, ...]]:
    serving, training = told["serving"], told["training"]
    yield ("cost", *serving, *(["cold"] if "cold" in training else []))
    for key in ("p50", "p95"):
        yield (f"  ms of a message, {key}", *(f"{row['ms'][key]:.1f}" for row in serving.values()))
    yield ("  MB after serving", *(f"{row['memory_mb']['served']:.0f}" for row in serving.values()))
    yield ("  s of training, wall", *(f"{row['wall']:.0f}" for row in training.values()))
    yield ("  MB of model", *(f"{row['model_bytes'] / 1e6:.1f}" for row in training.values()))


def _split_rows(told: Figures) -> Iterable[tuple[str, ...]]:
    sides = told["sides"]
    yield ("a fifth of the phrases", *sides)
    for label, value in COMPARED:
        yield (f"  {label}", *(value(side) for side in sides.values()))


def most_alike(told: Figures) -> list[tuple[str, Figures]]:
    """Return the intents with what is known of their phrases, the most alike first."""
    return sorted(told["intents"].items(), key=lambda item: -item[1]["nearest"])


def _alike_rows(told: Figures) -> Iterable[tuple[str, ...]]:
    yield ("most alike phrases", "nearest", "twins", "phrases")
    for name, row in most_alike(told)[:10]:
        yield (f"  {name}", f"{row['nearest']:.3f}", percent(row["twins"]), str(row["phrases"]))


COMPARED: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("likeliest intent right", lambda side: spread(side["accuracy"])),
    ("answered right (fallback counts as wrong)", lambda side: spread(side["answered"])),
    ("messages it fails on", lambda side: str(side["failed"])),
    ("macro F1", lambda side: f"{side['f1']:.3f}"),
    ("fresh messages, likeliest intent right", lambda side: spread(side["fresh"]["all"])),
    ("calibration error", lambda side: f"{side['reliability']['error']:.3f}"),
    ("ms of a message, p50", lambda side: f"{side['serving']['ms']['p50']:.1f}"),
    ("ms of a message, p95", lambda side: f"{side['serving']['ms']['p95']:.1f}"),
    ("processor ms of a message, mean", lambda side: f"{side['serving']['cpu_ms']['mean']:.1f}"),
    ("memory after serving", lambda side: f"{side['serving']['memory_mb']['served']:.0f} MB"),
    ("training, wall", lambda side: seconds(side["training"]["wall"])),
    ("training, processor", lambda side: seconds(side["training"]["cpu"])),
    ("most memory in training", lambda side: f"{side['training']['peak_mb']:.0f} MB"),
    ("model file", lambda side: megabytes(side["serving"]["model_bytes"])),
)

ROWS: dict[str, Callable[[Figures], Iterable[tuple[str, ...]]]] = {
    "accuracy": _accuracy_rows,
    "finding": _finding_rows,
    "cost": _cost_rows,
    "split": _split_rows,
    "alike": _alike_rows,
}
