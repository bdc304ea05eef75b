"""What was taken wrongly is put right: a warning sign or a risk that is doubted is asked about, never dropped by guess."""

from __future__ import annotations

import re
from dataclasses import replace

from acupressure import cards
from acupressure.answers import alarms, safety
from acupressure.catalog import Catalog
from acupressure.persons import others
from acupressure.reply import Reply, Say, bubble
from acupressure.signs import LEVELS
from acupressure.understanding import Turn
from acupressure.wording import listing

SIGN_CHECK = "sign_check"
"""Asked: whether a sign is really there."""
_PUTS_RIGHT = re.compile(
    r"^\W*(?:(?:oh|lol|haha|ha|omg|wait|hang on|hey|ok|okay|but|actually|honestly|seriously|ffs|for \w+'?s? sake|wtf|well|um|er)\W+)*"
    r"(?:no+(?! not yet)|nah|nope|sorry|promise)\b(?! (?:thanks|thank|points?|routine|one|way|doctor|car|ambulance)\b)|"
    r"\b(?:yo)?u (?:mis-?heard|mis-?understood|(?:got|heard|have) (?:me|it|that) wrong)\b|\bmis-?(?:heard|understanding)\b|\bi (?:only |just |never |did ?n'?t |did not )?(?:said|say|meant?)\b|"
    r"\b(?:that'?s|that is|that was|thats|it'?s|its|it is|it was|this is|they were|they'?re|they) (?:only|just|from|because|cos|nothing|not)\b|"
    r"\b(?:nothing new|for years|years like|old news|always been|only (?:one|the|my|a)|just (?:one|the|my|a)|not (?:both|that|a)|was ?n'?t (?:that |really )?(?:serious|bad|hurt|much))\b|"
    r"\b(?:tiny|little|small|minor) (?:bump|knock|fall|tumble|slip|graze|scratch)\b"
)
"""How somebody says that a sign was taken wrongly."""
_NO = re.compile(
    r"\W*(?:(?:oh|um|er|well|honestly|lol|god|thank god)\W+)*(?:no+|nope|nah|none|not at all|never)"
    r"(?:\W+(?:no|nope|not at all|none|nothing|thanks?|thank you|honestly|i (?:don'?t|do not|haven'?t|have not)(?: have)?(?: (?:it|that|this|any|any of (?:it|that|this)))?|"
    r"i have nothing of (?:that|the) (?:kind|sort)|nothing (?:of|like) that(?: (?:kind|sort))?|none of (?:that|it|those)))*\W*|"
    r"\W*(?:i (?:don'?t|do not|haven'?t|have not) (?:have|got) (?:it|that|this|any of (?:it|that|this))|nothing (?:of|like) that(?: (?:kind|sort))?|none of (?:that|it|those))\W*"
)
"""The only words that are believed as a no: whatever is told besides may be the sign itself."""
_YES = re.compile(
    r"^\W*(?:(?:oh|um|er|well)\W+)*(?:yes|yeah|yep|yup|aye|yh|i do(?!n'?t| not)|i have(?!n'?t| not| no)|a bit|sometimes|maybe|perhaps|kind of|sort of|i think so)\b"
)


def puts_right(turn: Turn) -> bool:
    """Tell whether somebody says, right behind the advice, that it was a misunderstanding, without saying so plainly."""
    text = turn.reading.text.lower()
    told = set(alarms.just_told(turn)) & set(turn.memory.signs)
    return (
        bool(told)
        and not alarms.insists(text)
        and not alarms.THOUGHT_SO.search(text)
        and bool(_PUTS_RIGHT.search(text))
    )


def check(turn: Turn, catalog: Catalog) -> Reply:
    """Ask whether the sign is there: nobody is kept out for a word that was taken wrongly, and none is dropped unasked."""
    heard = listing(
        [catalog.signs.signs[s].heard for s in turn.memory.signs if s in catalog.signs.signs], "or"
    )
    ask = bubble(Say("utter_safety_check", {"heard": heard}), card=cards.ask_card("confirm", ["no", "yes"]))
    return Reply((ask,), replace(turn.memory, asked=SIGN_CHECK))


def checked(turn: Turn, catalog: Catalog) -> Reply | None:
    """Take the answer to that question, None where a message is none."""
    memory, text = turn.memory, turn.reading.text.lower()
    if memory.asked != SIGN_CHECK or not memory.signs:
        return None
    if _YES.search(text):
        return Reply((alarms.reminder(catalog, memory.signs),), replace(memory, asked=""))
    if _NO.fullmatch(text):
        bubbles, memory = alarms.retract(turn, catalog, memory.signs)
        return Reply(tuple(bubbles), memory)
    turn.memory = replace(memory, asked="")  # a later "no" answers something else
    return None


def narrowed(turn: Turn, catalog: Catalog) -> tuple[str, ...]:
    """Return the signs that stand, a lesser one for one taken wrongly: "not both, it's only the left leg"."""
    signs, text = turn.memory.signs, _NOT_BOTH.sub("", turn.reading.text.lower())
    lower = turn.reading.text.lower()
    if not puts_right(turn) or not _LIMITS.search(lower) or _WORSE.search(lower):
        return signs
    return tuple(dict.fromkeys(catalog.signs.rather(s, text) for s in signs if s in catalog.signs.signs))


def rather(turn: Turn, catalog: Catalog) -> Reply | None:
    """Return the advice for a lesser sign that a message puts in the place of the one that stood, None where it does not."""
    kept = narrowed(turn, catalog)
    if kept == turn.memory.signs:
        return None
    signs = sorted((catalog.signs.signs[s] for s in kept), key=lambda s: LEVELS.index(s.level))
    return Reply((alarms.urgent(signs),), replace(turn.memory, signs=kept, asked=""))


_LIMITS = re.compile(
    r"\b(?:not|never(?: was)?|forget) (?:in )?both\b|\b(?:only|just) (?:in )?(?:the |my |his |her )?(?:one|left|right) (?:leg|foot|side)\b|\b(?:said|mean|meant) (?:only )?(?:the |my )?(?:one|left|right) (?:leg|foot)\b"
)
_WORSE = re.compile(r"\b(?:as well|too|also|worse|worst|now|and)\b")
_NOT_BOTH = re.compile(
    r"\b(?:not|never(?: was)?|forget|is ?n'?t|no) (?:in |the )?(?:both|two|my legs|down there|between)(?: (?:of them|legs|my legs))?\b"
)


# -- risks ---

RISK_CHECK = "risk_check:"
"""Asked: whether a risk that was noted does not apply; its id follows."""
_ENDED = re.compile(
    r"\b(?:came|come|been|went|gone|taken) off (?:them|it|those|that)\b|\b(?:stopped|quit|finished) taking (?:them|it|those|that)\b|"
    r"\b(?:don'?t|do not|no longer|doesn'?t|does not) take (?:them|it|those|that) any ?more\b|\bno longer take (?:them|it|those|that)\b|"
    r"\bnot in treatment\b|\btreatment (?:is|was|has) (?:long )?(?:over|ended|finished)\b"
)
"""Says of what was just noted that it is over."""
_DOUBTS = re.compile(
    r"\b(?:yo)?u mis-?(?:heard|understood)\b|\bmisunderstanding\b|\b(?:got|heard) (?:me|it|that) wrong\b|\btake (?:that|it|this) (?:off|back) (?:the|my|your) (?:list|notes?)\b|\bremove that\b|"
    r"\bi (?:never|did ?n'?t|did not) (?:say|said|mean|meant) (?:that|it|so)\b|\bdoes ?n'?t apply\b|"
    r"^\W*(?:(?:oh|sorry|but|well|lol)\W+)*no,? (?:no,? )?(?:i'?m |i am |they'?re )?not (?:numb|pregnant|diabetic|frail|ill)\b|\bi (?:don'?t|do not|haven'?t|have not) (?:have|got) (?:that|one)\b"
)
"""Says that what was just noted is not so."""


_THATS_RIGHT = re.compile(
    r"\W*(?:yes|yeah|yep|yup|right|correct|exactly|sure)(?:\W+(?:that'?s|that is|it is|is|right|correct|please|drop it|so|yes))*\W*"
)


def just_noted(turn: Turn) -> str:
    """Return the risk that the last answer noted or left points out for, if it stands for the person talked about."""
    card = turn.shown.get("noted") or turn.shown.get("caution") or {}
    risk = card.get("what") or card.get("risk") or ""
    return risk if risk in turn.memory.own_risks() else ""


def risk_put_right(turn: Turn, catalog: Catalog) -> Reply | None:
    """Drop a risk that is said to be over, ask where it only seems to be taken wrongly, and take the answer to that."""
    memory, text = turn.memory, turn.reading.text.lower()
    if memory.asked.startswith(RISK_CHECK):
        risk = memory.asked[len(RISK_CHECK) :]
        if risk in memory.own_risks() and _THATS_RIGHT.fullmatch(text):
            return _dropped(turn, catalog, risk)
        turn.memory = replace(memory, asked="")  # whatever else is said, it stays noted
        if turn.reading.intent == "deny" and risk in memory.own_risks():
            return Reply((safety.noted(safety.News(memory.person, risk, True), catalog),), turn.memory)
        return None
    risk = just_noted(turn)
    told = turn.reading.risks or turn.reading.points or turn.extra.get("news") or "?" in text or others(text)
    if not risk or told or memory.asked:
        return None
    if (
        _ENDED.search(text)
        and not catalog.cautions.cautions[risk].past_counts
        and catalog.cautions.cautions[risk].routine
        != "none"  # what closes everything is not dropped for a pronoun
    ):
        return _dropped(turn, catalog, risk)
    if _DOUBTS.search(text):
        name = catalog.cautions.cautions[risk].name
        ask = bubble(
            Say("utter_safety_check_risk", {"risk": name}), card=cards.ask_card("confirm", ["yes", "no"])
        )
        return Reply((ask,), replace(memory, asked=RISK_CHECK + risk))
    return None


def _dropped(turn: Turn, catalog: Catalog, risk: str) -> Reply:
    memory = replace(turn.memory.with_risk(turn.memory.person, risk, False), asked="")
    return Reply((safety.noted(safety.News(memory.person, risk, False), catalog),), memory)
