"""What sends a message to the wrong errand: words that only sound like it, animals, the wheel of a car, what nobody noted."""

from __future__ import annotations

import re

from acupressure.answers import at_hand, faq, leading, offering, points
from acupressure.catalog import Catalog
from acupressure.quantities import own_age, score
from acupressure.understanding import Turn

_BEASTS = r"(?:(?!hot\b|downward\b|upward\b)\w+ )?(?:dog|puppy|cat|kitten|horse|pony|pet|rabbit|hamster|cow|goat|parrot|guinea pig)"
_ANIMAL = re.compile(
    rf"\b(?:my|our|the|his|her|a) {_BEASTS}(?:'s|s'|s)?(?:,? (?!has|have|hurts?|limps?|needs?|suffers?|back)[a-z]+,?)? (?:has|have|hurts?|limps?|needs?|suffers?|back|hips?|legs?|paws?|arthritis|spine|joints?)\b|"
    rf"\b(?:press\w*|points?|acupressure|massage|use|do|try|works?)\b[^.,;]{{0,24}}\b(?:for|on|to) (?:my|our|the|his|her|a) {_BEASTS}s?\b|"
    rf"\b(?:do|can|are|is|does) (?:dogs?|cats?|horses?|pets|(?:my|our|the|a) {_BEASTS}s?)\b"
)
"""Asks for an animal. One that is only told of, beside an ache of one's own, is no such thing: "sore from a day on a horse"."""
_OWN_ACHE = re.compile(
    r"\bmy (?:lower |upper |own |whole )?(?:back|neck|hips?|knees?|shoulders?|head|foot|feet|legs?|hands?|spine)\b"
)
_TRANSLATE = re.compile(
    r"\btranslate\b|\b(?:say|word|what)\b.*\b(?:in|into) (?:english|french|german|spanish|italian|polish|portuguese|dutch|russian|"
    r"turkish|arabic|hindi|swedish|greek|latin|japanese|korean|mandarin|chinese)\b"
)
_SAID_TO_US = {"greet", "goodbye", "thank", "how_are_you", "praise"}
_AT_THE_WHEEL = re.compile(
    r"\b(?:while|when|whilst|during)(?: (?:i'?m|i am|we'?re|she'?s|he'?s))? (?:driving|cycling|riding)\b|\b(?:at|behind) the wheel\b|\bwhile i drive\b|\bat (?:red|traffic|the) (?:traffic )?lights\b|\bin (?:heavy |slow )?traffic\b"
)
_AFTER_DRINKING = re.compile(
    r"\b(?:drunk|tipsy|(?<!rubbing )(?<!with )alcohol|hung ?over|(?:after|had|have|with) (?:\w+ ){0,3}(?:beers?|pints?|wines?|drinks?|shots?|gins?|whisk(?:e)?ys?|vodkas?|glass(?:es)? of wine))\b"
)
"""What a general answer speaks of: not at the wheel, not after drinking."""
_I_AM = re.compile(r"\bi(?:'?m| am)\b")
_OF_A_BOT = re.compile(
    r"\b(?:you|u|ur|your|this|robots?|bots?|machine|human|real|ai|computer|program|there|gpt|chat\w*)\b"
)
_NURSES = re.compile(r"\b(?:breast-?fe\w+|nursing|just had (?:a|the|my) baby)\b")
_WHEN = re.compile(r"\W*(?:(?:and|so|but|ok|okay)\W+)*(?:when|how (?:soon|long))\b")
_PRICE_OF_OTHERS = re.compile(
    r"\b(?:mri|scans?|x-?rays?|physio\w*|doctors?|dentists?|massages?|operations?|surger\w+|chiro\w*|osteo\w*|acupuncture|needles?|mattress\w*|chairs?|tickets?|tens)\b"
)
_ROUTINE = re.compile(r"\broutines?\b")
_ALL_FOR_TODAY = re.compile(
    r"\bthat'?s (?:everything|all|it|enough|me|the lot)(?: then)?(?: (?:for|from) (?:today|now|tonight|me))?\W*$|\bi'?m (?:all )?(?:done|finished|through)(?: (?:for )?(?:today|now|tonight|here))?\W*$"
)
_TAKES_BACK = {"retract_sign", "sign_cleared", "correct_risk"}
_AT_LEAST, _SECOND = 0.5, 0.1
"""Confidence that takes something back that is not noted; probability of what is meant instead."""


def of_others(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return that it is none of our business where an animal is to be pressed, or a greeting only translated."""
    text = turn.reading.text.lower()
    asks = intent in {"ask_complaint", "list_points", *points.ASPECTS} or intent.startswith(faq.PREFIX)
    if asks and _ANIMAL.search(text) and not _OWN_ACHE.search(text):
        return "out_of_scope"
    if intent in _SAID_TO_US and _TRANSLATE.search(text):
        return "out_of_scope"
    if intent == "bot_challenge" and _I_AM.search(text) and not _OF_A_BOT.search(text):
        asks = turn.memory.focus and "?" in text
        return "ask_safe_for_me" if asks else "nlu_fallback"  # "I'm a man": told of oneself
    return None


def not_now(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return the question when acupressure is better left alone, where somebody drives or has been drinking."""
    text, reading = turn.reading.text.lower(), turn.reading
    asks = (
        "?" in reading.text
        or intent.startswith(("faq_", "ask_"))
        or intent in {"out_of_scope", "other_health", "nlu_fallback"}
    )
    if not asks or intent in {"ask_complaint", "ask_routines"} or reading.complaints or reading.risks:
        return None
    return "faq_when" if _AT_THE_WHEEL.search(text) or _AFTER_DRINKING.search(text) else None


def not_as_it_sounds(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what is meant by words that another errand is told in."""
    reading, memory = turn.reading, turn.memory
    text = reading.text.lower()
    idle = leading.active(memory) is None
    told = reading.risks or turn.extra.get("news")
    if intent == "tell_risk" and not told and _NURSES.search(text) and offering.nothing_of_it(text):
        return "deny"  # "none of those, I'm breastfeeding"
    if intent.startswith(faq.PREFIX) and "?" not in text and at_hand.NOW_A.search(text) and score(text):
        return "tell_pain"  # "did them on my own and now it's a 4"
    if intent == "start_over" and _WHEN.match(text):
        return "ask_safe_for_me" if memory.own_risks() else "faq_when"  # "when can I start again?"
    if intent == "faq_cost" and _PRICE_OF_OTHERS.search(text):
        return "out_of_scope"  # "what does an MRI cost?"
    if intent == "help" and _ROUTINE.search(text) and idle:
        return "ask_routines"  # "what's on offer, routine-wise"
    if intent == "routine_stop" and idle and not memory.asked and _ALL_FOR_TODAY.search(text):
        return "goodbye"  # "I suppose that's everything for today"
    return None


def nothing_taken_back(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what is meant by a message that seems to take something back, where nothing of that kind is noted."""
    if intent not in _TAKES_BACK or not _takes_nothing_back(turn):
        return None
    likely = zip(turn.reading.ranking[1:4], turn.reading.chances[1:4])
    second = next((i for i, c in likely if i not in _TAKES_BACK and c >= _SECOND), "")
    return second or ("nlu_fallback" if "?" in turn.reading.text else None)


def _takes_nothing_back(turn: Turn) -> bool:
    """Tell whether a message that seems to take something back asks a question, or tells of something, where nothing is noted."""
    reading, memory = turn.reading, turn.memory
    if memory.signs or reading.risks or reading.signs or turn.extra.get("news") or own_age(reading.text):
        return False
    asks = (
        "?" in reading.text
        and reading.intent != "correct_risk"
        or "?" in reading.text
        and not any(memory.risks.values())
    )
    return asks or not any(memory.risks.values()) and reading.confidence < _AT_LEAST
