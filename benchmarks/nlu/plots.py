"""The pictures of the page: SVG that is the same for the same figures, whenever and wherever it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from benchmarks.nlu.cost import COMPONENTS
from benchmarks.nlu.split import NAMES
from benchmarks.nlu.telling import FILES, Figures

_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")
"""Told apart by the colour-blind too (Okabe and Ito)."""
_GREY = "#666666"


def draw(parts: Figures, folder: Path) -> list[str]:
    """Draw every picture that there are figures for; return the names of the files."""
    matplotlib.use("svg")
    matplotlib.rcParams.update(
        {
            "svg.hashsalt": "acupressure-guide",
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.sans-serif": ["DejaVu Sans"],
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    return [
        name
        for name, (needed, picture) in PICTURES.items()
        if needed <= set(parts) and _save(picture, parts, folder / name)
    ]


def _save(picture: Callable[[Figures], plt.Figure], parts: Figures, file: Path) -> bool:
    figure = picture(parts)
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)
    # Matplotlib leaves blanks at the ends of lines, which editors and linters would take away.
    lines = [line.rstrip() for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return True


def _share(axes: Axes, label: str = "") -> None:
    axes.set_ylim(0, 1.02)
    axes.set_ylabel(label)
    axes.grid(axis="y", alpha=0.3)


def _colour(side: str) -> str:
    """Return the colour of a pipeline, the same in every picture."""
    return _COLOURS[list(NAMES).index(side)]


def accuracy(parts: Figures) -> plt.Figure:
    """Return the shares of right answers by kind and by persona, for both held-out files."""
    figure, rows = plt.subplots(2, 1, figsize=(8, 6), constrained_layout=True)
    files = parts["accuracy"]["files"]
    for axes, table in zip(rows, ("kinds", "personas")):
        keys = sorted({key for told in files.values() for key in told[table]})
        for number, (name, label) in enumerate(FILES.items()):
            shares = [files[name][table].get(key, {}).get("right") for key in keys]
            at = np.arange(len(keys)) + 0.4 * number - 0.2
            heights = [s["rate"] if s else 0 for s in shares]
            spread = [[s[end] if s else 0 for s in shares] for end in ("low", "high")]
            limits = [np.subtract(heights, spread[0]), np.subtract(spread[1], heights)]
            axes.bar(
                at, heights, 0.38, yerr=np.abs(limits), color=_COLOURS[number], ecolor=_GREY, label=label
            )
        axes.set_xticks(range(len(keys)), [key.replace("_", " ") for key in keys])
        _share(axes, f"right, by {table[:-1]}")
    rows[0].legend(loc="lower left", bbox_to_anchor=(0, 1), ncol=2, frameon=False)
    return figure


def reliability(parts: Figures) -> plt.Figure:
    """Return how often the confident are right, for every pipeline."""
    figure, (axes, counts) = plt.subplots(
        2, 1, figsize=(6, 6), sharex=True, constrained_layout=True, gridspec_kw={"height_ratios": [3, 1]}
    )
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle=":", label="honest")
    for side, told in parts["split"]["sides"].items():
        colour, bins = _colour(side), told["reliability"]["bins"]
        sure = [b["confidence"] for b in bins]
        label = f"{NAMES[side]} (error {told['reliability']['error']:.3f})"
        axes.plot(sure, [b["right"] for b in bins], marker="o", color=colour, label=label)
        counts.plot(sure, [b["messages"] for b in bins], marker=".", color=colour)
    axes.set_xlim(0, 1)
    _share(axes, "right")
    axes.legend(loc="upper left", frameon=True)
    counts.set_xlabel("confidence of the likeliest intent")
    counts.set_ylabel("phrases")
    return figure


def outside(parts: Figures) -> plt.Figure:
    """Return what is let in against what is refused."""
    figure, axes = plt.subplots(figsize=(6, 4.2), constrained_layout=True)
    labels = {"near": "near the domain", "everyday": "everyday queries"}
    for colour, (name, label) in zip(_COLOURS, labels.items()):
        told = parts["finding"]["outside"][name]
        curve = np.array(told["curve"])
        axes.plot(curve[:, 0], curve[:, 1], color=colour, label=f"{label} (AUROC {told['area']:.3f})")
        used = told["in_use"]
        axes.plot(used["refused"]["rate"], used["let_in"]["rate"], marker="o", color=colour)
    axes.set_xlim(0, 0.3)
    axes.set_xlabel("our business, refused (the dot: the whole decision)")
    _share(axes, "none of our business, let in")
    axes.legend(frameon=True)
    return figure


def latency(parts: Figures) -> plt.Figure:
    """Return the milliseconds of each component."""
    figure, axes = plt.subplots(figsize=(7, 3.2), constrained_layout=True)
    told = parts["cost"]["serving"]["with"]
    names = [*COMPONENTS, "all together"]
    rows = [*(told["components"].get(name, {"p50": 0, "p95": 0}) for name in COMPONENTS), told["ms"]]
    at = np.arange(len(names))
    for number, key in enumerate(("p50", "p95")):
        axes.barh(
            at + 0.4 * number - 0.2, [row[key] for row in rows], 0.38, color=_COLOURS[number], label=key
        )
    axes.set_yticks(at, names)
    axes.invert_yaxis()
    axes.set_xlabel("ms of one message, one core")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(frameon=True)
    return figure


def comparison(parts: Figures) -> plt.Figure:
    """Return our pipeline and Rasa's side by side: accuracy, time of a message, training, size."""
    sides = parts["split"]["sides"]
    rows = (
        ("right, of a fifth of the phrases", lambda t: t["accuracy"]["rate"]),
        ("right, of fresh messages", lambda t: t["fresh"]["all"]["rate"]),
        ("ms of a message, p50", lambda t: t["serving"]["ms"]["p50"]),
        ("s of training", lambda t: t["training"]["wall"]),
        ("MB of memory, serving", lambda t: t["serving"]["memory_mb"]["served"]),
        ("MB of model", lambda t: t["serving"]["model_bytes"] / 1e6),
    )
    figure, grid = plt.subplots(2, 3, figsize=(9, 4.6), constrained_layout=True)
    for axes, (label, value) in zip(grid.flat, rows):
        values = [value(told) for told in sides.values()]
        bars = axes.bar(range(len(sides)), values, color=[_colour(side) for side in sides])
        axes.bar_label(bars, [f"{v:.3g}" for v in values])
        axes.set_xticks(range(len(sides)), list(sides))
        axes.set_title(label, fontsize=9)
        axes.set_ylim(0, 1.15 * max(values))
    return figure


def alike(parts: Figures) -> plt.Figure:
    """Return each intent: how alike its phrases are, and how well it is told from others where that is known."""
    figure, axes = plt.subplots(figsize=(7, 4.2), constrained_layout=True)
    intents, told = parts["alike"]["intents"], parts.get("split", {}).get("intents", {}).get("intents", {})
    shown = [name for name in sorted(intents) if not told or name in told]
    x = [intents[name]["nearest"] for name in shown]
    y = [told[name]["f1"] if told else intents[name]["twins"] for name in shown]
    sizes = [6 + intents[name]["phrases"] / 5 for name in shown]
    axes.scatter(x, y, s=sizes, color=_COLOURS[0], alpha=0.6, linewidths=0)
    axes.set_xlabel("mean cosine of the nearest phrase of the same intent (larger dot: more phrases)")
    _share(axes, "F1" if told else "share of phrases with a twin")
    return figure


PICTURES: dict[str, tuple[set[str], Callable[[Figures], plt.Figure]]] = {
    "nlu-accuracy.svg": ({"accuracy"}, accuracy),
    "nlu-reliability.svg": ({"split"}, reliability),
    "nlu-outside.svg": ({"finding"}, outside),
    "nlu-latency.svg": ({"cost"}, latency),
    "nlu-comparison.svg": ({"split"}, comparison),
    "nlu-alike.svg": ({"alike"}, alike),
}
"""File name -> (parts it needs, what draws it)."""
