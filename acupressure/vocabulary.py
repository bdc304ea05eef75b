"""Everyday English words, to tell a slip of the finger from a word that was meant, and words that several rooms know."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

FREQUENT = 400_000
"""Words seen at least this often in the list's corpus count as everyday."""
_OURS = {
    "acupressure",
    "acupuncture",
    "lumbar",
    "sciatica",
    "navel",
    "ache",
    "aches",
    "achy",
    "acupoint",
    "acupoints",
}
_STEM = 4
"""Letters a stem has at least: shorter ones would make everyday words of slips ("stres")."""
FILLERS = frozenset(
    {
        "the",
        "of",
        "a",
        "an",
        "and",
        "my",
        "at",
        "on",
        "in",
        "to",
        "for",
        "s",
        "adn",
        "nad",
        "teh",
        "hte",
        "fo",
    }
)
"""Words that may be missing from a name without changing it."""

_TOOL = r"(?:thumbs?|knuckles?|fingers?|fingertips?|palms?|elbows?|fists?)(?: tips?)?"
WHICH_TOOL = (
    rf"\b{_TOOL},? or (?:(?:with|use|the|a|an|my|one|two|both|would|better) )*(?:\w+ )?(?:{_TOOL}|ball|tool|pen|rubber)\b|"
    rf"(?<!my )\b{_TOOL} (?:(?:is|are|'s) )?(?:(?:also|just as|only) )?(?:ok|okay|fine|alright|all right|allowed|good enough|enough)(?=\W*(?:$|[?.,]))|"
    rf"(?<!pain )(?<!hurts )(?<!trouble )\bwith (?:the |my |a )?{_TOOL},? (?:and )?(?:not|rather than|instead of)\b"
)
"""Pattern of the question what to press with: "thumb or knuckle"."""


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return frequent English words: the word list that ships with symspellpy."""
    file = resources.files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    entries = (line.split() for line in file.read_text(encoding="utf-8-sig").splitlines())
    return frozenset({e[0] for e in entries if len(e) == 2 and int(e[1]) > FREQUENT} | _OURS)


def is_common(word: str) -> bool:
    """Tell whether a lower-case word is everyday English, inflected forms and contractions included."""
    known = common_words()
    if word in known or "'" in word or word in FILLERS:
        return True
    return any(
        word.endswith(end) and len(word) - len(end) >= _STEM and word[: -len(end)] in known
        for end in ("s", "es", "ed", "ing", "d", "er", "ly")
    )
