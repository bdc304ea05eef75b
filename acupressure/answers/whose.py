"""Whose body a message is about: the speaker's, or that of somebody told of before."""

from __future__ import annotations

import re
from collections.abc import Callable

from acupressure.memory import Memory
from acupressure.mentions import Mention
from acupressure.persons import SELF, others
from acupressure.understanding import Turn

_FOR_ME = re.compile(
    r"\b(?:for me|on me|myself|i'?m (?:fine|ok|okay|not)|my own|i (?:have|take|am) (?:no|none)|"
    r"my (?:lower |upper )?(?:back|neck|hip|knee|shoulder|head|foot|leg|hand)s?)\b"
)
_ME_NOW = re.compile(
    r"\b(?:(?:what|how) about me|and me\b(?=\W*(?:\?|,|then|though))|and on me\b|as for me|but me\b|i'?m (?:just |all |a bit |so |really )*(?:stiff|sore|aching|achy))"
    r"(?!.*\b(?:her|him|them|she|he|they)\b)"
)
"""Turns from another person to the speaker, and does not go back to the other."""
_PRONOUNS = {"he", "she", "him", "her", "his", "hers", "they", "them", "their"}
_HERS, _HIS = {"she", "her", "hers"}, {"he", "him", "his"}
_SAME = (
    {"wife", "missus", "fianc\u00e9e", "fiancee", "girlfriend", "girlfreind", "gf", "other half", "partner"},
    {"husband", "husbend", "hubby", "fianc\u00e9", "fiance", "boyfriend", "boyfreind", "bf", "other half", "partner"},
    {"mum", "mom", "mam", "mammy", "mother", "mummy", "mama"},
    {"dad", "father", "daddy", "papa"},
    {"grandmother", "grandma", "granny", "nan", "nana", "nanny", "gran"},
    {"grandfather", "grandpa", "grandad", "granddad"},
    {"friend", "freind", "mate", "pal"},
    {"son", "boy", "lad"},
    {"daughter", "girl"},
)  # fmt: skip
"""Words that one person goes by."""
_WOMEN = {*_SAME[0], *_SAME[2], *_SAME[4], *_SAME[8], "sister", "aunt", "auntie", "niece", "granddaughter", "woman", "lady",
          "mother-in-law", "sister-in-law", "great-aunt", "stepdaughter"} - {"partner", "other half"}  # fmt: skip
_MEN = {*_SAME[1], *_SAME[3], *_SAME[5], *_SAME[7], "brother", "uncle", "nephew", "grandson", "man", "bloke",
        "father-in-law", "brother-in-law", "stepson"} - {"partner", "other half"}  # fmt: skip
_ON_SOMEBODY = re.compile(r"\b(?:on|for|to) (her|him|them)\b")
_WHO = r"(?:s?he|they|(?:my|the|our) [\w-]+)"
_ASKED_FOR = re.compile(
    rf"\b(?:can|could|may|might|should|would|will|does|is) {_WHO}\b|\b(?:on|for|to|with) (?:her|him|them|(?:my|the|our) [\w-]+)\b|"
    rf"\b{_WHO} (?:can|could|may|should|wants?|would|needs?|press|presses|do|does|use)\b"
)
"""Asks in so many words for what somebody else may do."""
_I_ASK = re.compile(r"\b(?:can|could|may|might|should|would|shall|do|am) i\b")
_ONLY_FOR = re.compile(
    r"\W*(?:(?:and|but|so|or|ok|okay|well|then|also)\W+){0,3}(?:what about |how about )?(?:for |on |with |if it(?:'s| is) for )?"
    r"(?:me|myself|her|him|them|(?:my|the|our) (?P<who>[\w-]+))(?: then| though| too| instead)?\W*"
)


def person(turn: Turn, memory: Memory, counts: Callable[[Mention], bool]) -> str:
    """Return whose body the message is about: somebody named in it, the speaker, or who it was before.

    Args:
        counts: tells whether a mention of a risk holds now (``CautionTable.counts``).
    """
    text = turn.reading.text.lower()
    told = [m.person for m in turn.reading.risks if m.person != SELF and counts(m)]
    if _FOR_ME.search(text) or _ME_NOW.search(text):
        return SELF
    if told:
        return canonical(told[-1], memory)
    pronoun = _ON_SOMEBODY.search(text)
    if pronoun:
        return canonical(pronoun.group(1), memory)
    denied = [m.person for m in turn.reading.risks if m.person != SELF and m.negated]
    if denied and _ASKED_FOR.search(text) and not _I_ASK.search(text):
        return canonical(denied[-1], memory)  # "it's my mum who'd use it, she isn't pregnant"
    # what holds for the speaker is only left aside where another is asked for in so many words
    if not memory.risks.get(SELF) or _ASKED_FOR.search(text):
        known = [name for word in others(text) if (name := _known(word, memory))]
        if known:
            return known[-1]
    return memory.person


def canonical(word: str, memory: Memory) -> str:
    """Return the name of a person; a pronoun, or another word, stands for the one told of before."""
    known = _known(word, memory)
    if known or word not in _PRONOUNS:
        return known or word
    if memory.person != SELF:
        return memory.person
    told = _told_of(memory)
    return (
        told[-1] if told else SELF
    )  # nobody is known: what was told of the speaker counts, rather than nothing


def names_only(turn: Turn) -> bool:
    """Tell whether a message only says for whom what was asked last is meant ("and for her?")."""
    only = _ONLY_FOR.fullmatch(turn.reading.text.lower())
    return bool(only) and (only["who"] is None or bool(others(turn.reading.text.lower())))


def _told_of(memory: Memory) -> list[str]:
    return [p for p in memory.risks if p != SELF]


def _known(word: str, memory: Memory) -> str:
    """Return the name under which risks of a person are known, empty where none are."""
    told = _told_of(memory)
    if word in told:
        return word
    if word in _PRONOUNS:
        apart = _MEN if word in _HERS else _WOMEN if word in _HIS else set()
        fits = [p for p in told if p not in apart]
        return memory.person if memory.person in fits else fits[-1] if fits else ""
    alike = set().union(*(names for names in _SAME if word in names))
    return next((p for p in reversed(told) if p in alike), "")
