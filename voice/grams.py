"""Language models of a few words: made out of sentences, mixed, and written for the recogniser."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

Words = tuple[str, ...]
Grams = dict[Words, tuple[float, float]]
"""Words -> (logarithm of their likelihood, logarithm of the weight of what is not seen behind them)."""
ORDER = 3
BEGIN, END = "<s>", "</s>"
_UNSEEN = -99.0
_DISCOUNTS = (0.5, 0.85, 0.9, 0.9)
"""What is taken off every count, for one, two, three and four words, and given to what was never seen."""
_LEAST = 1e-6
_MOST_SEEN = 0.98


def grams_of(sentences: Mapping[str, int], order: int = ORDER) -> Grams:
    """Return the model of some sentences with how often each counts.

    Kneser and Ney's smoothing: what is not seen behind two words is guessed from how many different words it was seen
    behind, not from how often. The many sentences made of a pattern would otherwise drown what people say freely.

    Args:
        order: the most words that are looked at together, up to four.
    """
    seen = _counted(sentences, order)
    for length in range(order - 1, 0, -1):
        # Only the longest are counted as they come; the shorter by the number of words they follow.
        different = Counter(words[1:] for words in seen[length + 1])
        seen[length] = Counter({w: n if w[0] == BEGIN else different[w] for w, n in seen[length].items()})
    seen[1].pop((BEGIN,), None)
    result: Grams = {(BEGIN,): (_UNSEEN, 0.0)}
    lower = dict.fromkeys(seen[1], 1 / len(seen[1]))
    for length in range(1, order + 1):
        likely, rest = _discounted(seen[length], lower, _DISCOUNTS[length - 1])
        for words, share in rest.items():
            if words in result:
                result[words] = (result[words][0], math.log10(max(share, _LEAST)))
        result.update({words: (math.log10(max(p, 1e-30)), 0.0) for words, p in likely.items()})
        lower = likely
    return result


def _counted(sentences: Mapping[str, int], order: int) -> dict[int, Counter[Words]]:
    seen: dict[int, Counter[Words]] = {length: Counter() for length in range(1, order + 1)}
    for sentence, times in sentences.items():
        words = (BEGIN, *sentence.split(), END)
        for length, counts in seen.items():
            for place in range(len(words) + 1 - length):
                counts[words[place : place + length]] += times
    return seen


def _discounted(
    seen: Counter[Words], lower: Mapping[Words, float], discount: float
) -> tuple[dict[Words, float], dict[Words, float]]:
    """Return likelihoods, and for the words before them the share that is left for what was not seen."""
    total: Counter[Words] = Counter()
    taken: dict[Words, float] = {}
    for words, times in seen.items():
        total[words[:-1]] += times
        taken[words[:-1]] = taken.get(words[:-1], 0.0) + min(times, discount)
    rest = {before: taken[before] / total[before] for before in total}
    likely = {
        words: max(times - discount, 0.0) / total[words[:-1]]
        + rest[words[:-1]] * lower[words[1:] if len(words) > 1 else words]
        for words, times in seen.items()
    }
    return likely, rest


def likelihood(grams: Grams, words: Words) -> float:
    """Return the logarithm of how likely the last word is behind the others."""
    if words in grams:
        return grams[words][0]
    if len(words) == 1:
        return _UNSEEN
    return grams.get(words[:-1], (0.0, 0.0))[1] + likelihood(grams, words[1:])


def write(grams: Grams, path: Path) -> None:
    """Write a model in the form the recogniser reads."""
    listed = [sorted(words for words in grams if len(words) == order) for order in range(1, ORDER + 1)]
    with path.open("w", encoding="utf-8") as out:
        out.write("\\data\\\n")
        for order, some in enumerate(listed, start=1):
            out.write(f"ngram {order}={len(some)}\n")
        for order, some in enumerate(listed, start=1):
            out.write(f"\n\\{order}-grams:\n")
            for words in some:
                likely, weight = grams[words]
                tail = f" {weight:.4f}" if order < ORDER else ""
                out.write(f"{likely:.4f} {' '.join(words)}{tail}\n")
        out.write("\n\\end\\\n")


def added(first: float, second: float) -> float:
    """Return the logarithm of the sum of two numbers, of which the logarithms are given."""
    high, low = max(first, second), min(first, second)
    return high + math.log10(1 + 10 ** (low - high))


def weighed(grams: Grams) -> Grams:
    """Return the model with the weights that make all likelihoods behind some words add up to one."""
    total = sum(10**p for words, (p, _) in grams.items() if len(words) == 1 and words != (BEGIN,))
    result = {
        words: (p - math.log10(total) if len(words) == 1 else p, 0.0) for words, (p, _) in grams.items()
    }
    for order in (2, 3):
        behind: dict[Words, list[Words]] = {}
        for words in result:
            if len(words) == order:
                behind.setdefault(words[:-1], []).append(words)
        for before, seen in behind.items():
            mass = sum(10 ** result[words][0] for words in seen)
            # The mixture of two models may leave too little for what is not seen.
            scale = min(1.0, _MOST_SEEN / mass)
            for words in seen:
                result[words] = (result[words][0] + math.log10(scale), result[words][1])
            lower = sum(10 ** likelihood(result, words[1:]) for words in seen)
            weight = max(1e-5, 1 - mass * scale) / max(1e-5, 1 - lower)
            if before in result:
                result[before] = (result[before][0], math.log10(weight))
    return result
