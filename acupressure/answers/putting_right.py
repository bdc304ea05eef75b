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

_SHORT = 14
"""Words of an answer."""
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
    r"^\W*(?:(?:oh|um|er|well|honestly|lol|god|thank god)\W+)*(?:no+|nope|nah|not|none|never|neither|nothing|i don'?t|i do not|i have not|i haven'?t|n)\b"
)
_YES = re.compile(
    r"^\W*(?:(?:oh|um|er|well)\W+)*(?:yes|yeah|yep|yup|aye|ye|yh|y|i do|i have|a bit|sometimes|maybe|perhaps|kind of|sort of|i think so|not sure|i don'?t know|dunno|unsure)\b"
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
    if _YES.search(text) or turn.reading.intent == "affirm":
        return Reply((alarms.reminder(catalog, memory.signs),), replace(memory, asked=""))
    if (
        "?" not in text
        and len(text.split()) <= _SHORT
        and (_NO.search(text) or turn.reading.intent == "deny")
    ):
        bubbles, memory = alarms.retract(turn, catalog, memory.signs)
        return Reply(tuple(bubbles), memory)
    return None


def narrowed(turn: Turn, catalog: Catalog) -> tuple[str, ...]:
    """Return the signs that stand, a lesser one for one taken wrongly: "not both, it's only the left leg"."""
    signs, text = turn.memory.signs, _NOT_BOTH.sub("", turn.reading.text.lower())
    if not puts_right(turn):
        return signs
    return tuple(dict.fromkeys(catalog.signs.rather(s, text) for s in signs if s in catalog.signs.signs))


def rather(turn: Turn, catalog: Catalog) -> Reply | None:
    """Return the advice for a lesser sign that a message puts in the place of the one that stood, None where it does not."""
    kept = narrowed(turn, catalog)
    if kept == turn.memory.signs:
        return None
    signs = sorted((catalog.signs.signs[s] for s in kept), key=lambda s: LEVELS.index(s.level))
    return Reply((alarms.urgent(signs),), replace(turn.memory, signs=kept, asked=""))


_NOT_BOTH = re.compile(
    r"\b(?:not|never(?: was)?|forget|is ?n'?t|no) (?:in |the )?(?:both|two|my legs|down there|between)(?: (?:of them|legs|my legs))?\b"
)


# -- risks ---

RISK_CHECK = "risk_check:"
"""Asked: whether a risk that was noted does not apply; its id follows."""
_ENDED = re.compile(
    r"\b(?:came|come|been|went|gone|taken) off (?:them|it|those|that)\b|\b(?:stopped|quit|finished) (?:taking )?(?:them|it|those|that)\b|"
    r"\b(?:don'?t|do not|no longer|doesn'?t|does not) (?:take|need|have|use|has) (?:them|it|those|that) ?(?:any ?more|now)?\b|"
    r"\bnot (?:in|on|under) (?:any )?(?:treatment|medication|them|it|that)(?: any ?more| now)?\b|\b(?:treatment|it|that) (?:is |was |has )?(?:long )?(?:over|ended|finished)\b"
)
"""Says of what was just noted that it is over."""
_DOUBTS = re.compile(
    r"\bmis-?(?:heard|understood|understanding)\b|\b(?:got|have|heard) (?:me|it|that) wrong\b|\btake (?:that|it|this) (?:off|back|out|away)\b|\bremove (?:that|it)\b|"
    r"\b(?:never|did ?n'?t|did not) (?:said|say|told|tell|mean|meant)\b|\bdoes ?n'?t apply\b|\bi can feel\b|\bthere(?:'s| is| was) (?:no|never)\b|"
    r"^\W*(?:(?:oh|sorry|but|well|lol)\W+)*no,? (?:no,? )?(?:i'?m |it'?s |they'?re |it is |i am |she'?s |he'?s )?not\b|\bi (?:don'?t|do not|haven'?t|have not) (?:have|got) (?:that|it|any|one|no)\b"
)
"""Says that what was just noted is not so."""


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
        if risk in memory.own_risks() and turn.reading.intent in {"affirm", "correct_risk", "retract_sign"}:
            return _dropped(turn, catalog, risk)
        if turn.reading.intent == "deny":
            return Reply(
                (safety.noted(safety.News(memory.person, risk, True), catalog),), replace(memory, asked="")
            )
        return None
    risk = just_noted(turn)
    told = turn.reading.risks or turn.reading.points or turn.extra.get("news") or "?" in text or others(text)
    if not risk or told or memory.asked:
        return None
    if (
        _ENDED.search(text)
        and risk in catalog.cautions.cautions
        and not catalog.cautions.cautions[risk].past_counts
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
