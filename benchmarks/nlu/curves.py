"""Figures from right and wrong: rates with their uncertainty, confidence against truth, separation of two kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

BINS = 10
REFUSED = (0.01, 0.03, 0.05, 0.10)
"""Shares of what is our business that are turned away by mistake, at which the other mistake is told."""


def rate(right: int, of: int) -> dict[str, Any]:
    """Return a share with the limits between which it lies with 95 % certainty (Wilson's interval)."""
    if not of:
        return {"right": 0, "of": 0, "rate": 0.0, "low": 0.0, "high": 1.0}
    share, z = right / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return {
        "right": right,
        "of": of,
        "rate": share,
        "low": float(middle - half),
        "high": float(middle + half),
    }


def found(hits: int, false: int, missed: int) -> dict[str, Any]:
    """Return precision, recall and F1 of things that were looked for, counted over all messages."""
    precision = hits / (hits + false) if hits + false else 0.0
    recall = hits / (hits + missed) if hits + missed else 0.0
    both = precision + recall
    return {
        "hits": hits,
        "false": false,
        "missed": missed,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / both if both else 0.0,
    }


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """Return how often the confident are right, in ten bins of equal width, and the expected calibration error.

    The error is the mean distance between confidence and share of right ones, each bin by its size.
    """
    sure, truth = np.asarray(confidences, float), np.asarray(right, float)
    at = np.minimum((sure * BINS).astype(int), BINS - 1)
    bins = [
        {"messages": int(own.sum()), "confidence": float(sure[own].mean()), "right": float(truth[own].mean())}
        for own in (at == number for number in range(BINS))
        if own.any()
    ]
    error = sum(b["messages"] * abs(b["confidence"] - b["right"]) for b in bins) / len(sure)
    return {"bins": bins, "error": error, "confidence": float(sure.mean()), "right": float(truth.mean())}


def separation(ours: Sequence[float], others: Sequence[float]) -> dict[str, Any]:
    """Return how well a score tells what is none of our business from what is.

    Args:
        ours: scores of messages that are our business: low ones are good.
        others: scores of those that are not: high ones are good.

    Returns:
        ``area`` under the curve (AUROC); ``at``: the share of others that is let in when so many of ours are
        refused; ``curve``: (share of ours refused, share of others let in) from strict to lax.
    """
    own, other = np.asarray(ours, float), np.asarray(others, float)
    curve = [(float((own >= t).mean()), float((other < t).mean())) for t in np.unique([*own, *other, 1.1])]
    at = {f"{share:.2f}": min(let_in for refused, let_in in curve if refused <= share) for share in REFUSED}
    truth = [0] * len(own) + [1] * len(other)
    return {
        "ours": len(own),
        "others": len(other),
        "area": float(roc_auc_score(truth, [*own, *other])),
        "at": at,
        "curve": curve,
    }


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Return median, 95th percentile and mean."""
    return {
        "p50": float(np.percentile(values, 50)),
        "p95": float(np.percentile(values, 95)),
        "mean": float(np.mean(values)),
    }
