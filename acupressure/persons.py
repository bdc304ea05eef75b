"""Whose body is spoken of: the speaker's, or that of another person."""

from __future__ import annotations

import re

SELF = "self"
"""The person of a mention when the speaker means themselves."""
_RELATION = (
    r"dad|father|mum|mom|mam|mammy|mother|wife|husband|partner|boyfriend|girlfriend|son|daughter|child|kid|baby|"
    r"toddler|grandson|granddaughter|"
    r"grandmother|grandfather|grandma|grandpa|granny|nan|nana|gran|brother|sister|aunt|auntie|uncle|cousin|"
    r"nephew|niece|friend|mate|"
    r"neighbou?r|colleague|coworker|co-worker|boss|patient|client|fianc[eé]e?|missus|hubby|flatmate|"
    r"roommate|teenager|little one|"
    r"girlfriend|girlfreind|gf|bf|boyfreind|freind|grandad|granddad|nanny|mate's|great-aunt|stepson|"
    r"stepdaughter|pal|husbend|"
    r"mother-in-law|father-in-law|sister-in-law|brother-in-law|other half|girl|boy|lad|bloke|woman|man|lady"
)
_OTHER = re.compile(
    rf"\b(?:my|our|a|the|his|her|this|wor|me(?= (?:old )?(?:mum|mam|mother|dad|da|wife|missus|husband|nan|gran|son|daughter|brother|sister|mate|pal|lad)))\s+"
    rf"(?:\w+(?:-\w+)?\s+){{0,2}}?(?P<who>{_RELATION})\b(?!'s (?:day|"
    rf"birthday))"
)
_NAMED_OTHER = re.compile(
    r"\b(?P<who>dad|daddy|mum|mom|mummy|mama|papa|grandma|grandpa|nan|gran|granny|auntie|mother|father|"
    r"wife|husband|hubby|(?<!yes )(?<!no )(?<!ok )(?<!yes, )(?<!no, )mam(?=(?:'s| is| has| was| gets| takes)\b))(?:s|'s)?\b"
)
_OWNED_AFTER = re.compile(
    rf"\s*(?:,? ?(?:but|and|no))?\s*(?:it'?s|that'?s|is|it is|that is|they'?re|are|was)\s+(?:actually |"
    rf"really |only |for |about |on )*(?:my|our)\s+(?:\w+\s+)?(?P<who>{_RELATION})\b"
)
_BEARER = re.compile(
    rf"\s+(?!(?:man|girl|boy|lad|mate|pal|lady)\b\W*(?:[,.!?;]|$))(?!(?:baby|child|kid|little one)\b)(?P<who>{_RELATION})\b(?!'s? )"
)
"""Whom an adjective belongs to: "pregnant wife"."""
_OF_BABIES = re.compile(r"\s*(?:aspirin|bump|due|in (?:the|my) belly)")
_UNBORN = re.compile(
    r"(?:wait(?:ing)? (?:of|for|on)|expecting|having|have|had|carrying|for|make|get|got|born|another)\s+$"
)
_SAYS = re.compile(
    r"\s*(?:told|said|says|thinks|thought|recommended|suggested|made me|gave me|showed me|reckons|"
    r"wants me)\b"
)
_PRONOUNS = frozenset({"he", "she", "him", "her", "his", "hers", "they", "them", "their"})
_PRONOUN_OTHER = re.compile(r"\b(?P<who>he|she|him|her|his|hers|they|them|their)\b")
ME = re.compile(r"\b(?:i|i'm|im|i've|ive|i'd|i'll|me|my|mine|myself|we|our)\b")
_TELLS_OF_ME = re.compile(r"\b(?:i am|i'?m|i have|i'?ve|i had|i take|i got|i was|my own|me too)\b")


def person_of(text: str, start: int, end: int, earlier: str) -> str:
    """Return whose body is meant in a sentence in lower case: the nearest subject before the mention decides.

    Args:
        start: where the mention begins.
        end: where it ends.
        earlier: what was said before the sentence.
    """
    owner = _OWNED_AFTER.match(text[end:]) or _BEARER.match(text[end:])
    if owner:
        return owner.group("who")
    before = text[:end]
    me = max((m.start() for m in ME.finditer(before) if not _OTHER.match(before, m.start())), default=-1)
    others = _others(before, text)
    if not others:
        return SELF
    last = others[-1]
    if me > last.end() - 1:  # "my wife ... my back": the back is mine
        return SELF
    who = last.group("who")
    if who not in _PRONOUNS:
        return who
    named = [m for pattern in (_OTHER, _NAMED_OTHER) for m in pattern.finditer(earlier + before)]
    if named:
        return named[-1].group("who")
    return SELF if who in {"they", "them", "their"} else who  # "they gave me ..."


def others(text: str) -> list[str]:
    """Return the words for other people in a text, in their order, without those who only say something."""
    return [m.group("who") for m in _others(text, text)]


def told_of(text: str) -> str:
    """Return the other person a whole text is about, empty where it tells of the speaker too, or of nobody else."""
    named = [who for who in others(text) if who not in _PRONOUNS]
    return named[0] if named and not _TELLS_OF_ME.search(text) else ""


def _others(before: str, text: str) -> list[re.Match[str]]:
    """Return where other people are met in the first part of a text, in their order."""
    met = [m for pattern in (_OTHER, _NAMED_OTHER, _PRONOUN_OTHER) for m in pattern.finditer(before)]
    met = [m for m in met if not _SAYS.match(text[m.end() :]) and not _is_unborn(before, m)]
    return sorted(met, key=lambda m: m.start("who"))


def _is_unborn(text: str, other: re.Match[str]) -> bool:
    """Tell whether the child spoken of is not a patient: "expecting a baby", "baby aspirin"."""
    if other.group("who") not in {"baby", "child", "kid", "boy", "girl", "little one"}:
        return False
    if other.group().split()[0] not in {"a", "another", "our", "the", "my"}:
        return False
    return bool(_UNBORN.search(text[: other.start()]) or _OF_BABIES.match(text[other.end() :]))
