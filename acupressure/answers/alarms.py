"""Warning signs and words of self-harm: what stands, what is advised, and what is taken back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from acupressure import cards
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.mentions import Mention
from acupressure.persons import SELF, others
from acupressure.reply import Bubble, Say, bubble
from acupressure.settings import settings
from acupressure.signs import LEVELS, Sign
from acupressure.understanding import Turn
from acupressure.wording import listing

RETRACT_CONFIDENCE = 0.5


def closed_regions(catalog: Catalog, memory: Memory) -> set[str]:
    """Return the body regions whose points stay closed while warning signs stand."""
    regions: set[str] = set()
    for sign in (catalog.signs.signs[s] for s in memory.signs if s in catalog.signs.signs):
        if sign.level == "emergency":
            regions |= {p.region for p in catalog.points.values()}
        elif sign.level == "same_day":
            regions |= set(sign.near)
    return regions


def present_signs(turn: Turn, catalog: Catalog) -> list[Sign]:
    """Return the signs that the message states as here and now, most urgent first."""
    order = ("crisis", "emergency", "same_day", "soon")
    told = [*turn.reading.signs, *_of_the_pregnant(turn, catalog), *_after_a_sign(turn, catalog)]
    found = [
        catalog.signs.signs[m.id] for m in told if m.id in catalog.signs.signs and catalog.signs.counts(m)
    ]
    return sorted({s.id: s for s in found}.values(), key=lambda s: order.index(s.level))


_PREGNANCY, _BEFORE_IT = "pregnancy", "pregnant, "
_OF_PRESSING = re.compile(
    r"\b(?:press(?:ing)? (?:it|this|that|every)|hold\w*|massag\w*|rub\w*|(?:legs?|calf|calves|foot|feet) cramps?|cramps? in (?:my|the|her) (?:legs?|calf|calves|feet|foot))\b"
)


_HERS = re.compile(r"\b(?:she|her|hers|wife|girlfriend|sister|daughter|friend|partner|it|the baby)\b")


def _of_the_pregnant(turn: Turn, catalog: Catalog) -> list[Mention]:
    """Return the signs that a message states only of somebody who is pregnant, as was told before: "it comes in waves"."""
    text = turn.reading.text.lower()
    if not any(_PREGNANCY in risks for risks in turn.memory.risks.values()) or _OF_PRESSING.search(text):
        return []
    hers = SELF not in (p for p, risks in turn.memory.risks.items() if _PREGNANCY in risks)
    if hers and not _HERS.search(text):
        return []
    plain = {m.id for m in catalog.signs.find(text)}
    return [m for m in catalog.signs.find(_BEFORE_IT + text) if m.id not in plain]


_OWN = re.compile(
    r"\b(?:i|i'm|im|i've|ive|me|my)\b(?! (?:mum|mother|dad|father|wife|husband|partner|friend|son|daughter)\b)"
)
_IN_GENERAL = re.compile(r"\b(?:people|someone|somebody|anyone|anybody)\b[^?]*\?")
_CLOT, _CLOT_BEFORE_IT, _CLOT_MOVES = "calf_clot", "swollen calf, ", "dvt_breathless"


def _after_a_sign(turn: Turn, catalog: Catalog) -> list[Mention]:
    """Return the sign that a message completes together with one told before: a hot calf, and now "out of breath too"."""
    text = turn.reading.text.lower()
    hers = others(text) and turn.memory.person == SELF and not _OWN.search(text)
    if _CLOT not in turn.memory.signs or hers or _IN_GENERAL.search(text):
        return []
    return [m for m in catalog.signs.find(_CLOT_BEFORE_IT + text) if m.id == _CLOT_MOVES]


def standing_level(catalog: Catalog, memory: Memory) -> str:
    """Return the most urgent level of the signs that stand, or an empty string."""
    levels = {catalog.signs.signs[s].level for s in memory.signs if s in catalog.signs.signs}
    return next((level for level in ("emergency", "same_day") if level in levels), "")


def crisis() -> Bubble:
    """Return the answer to words of self-harm: help, no points."""
    here = settings()
    return bubble(
        Say("utter_safety_crisis", {"lines": here.crisis_lines, "emergency": here.emergency_numbers}),
        card={"card": "crisis", "lines": [here.crisis_lines, here.emergency_numbers]},
    )


def comfort(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer words of self-harm that no pattern names."""
    return [crisis()], turn.memory


def urgent(signs: Sequence[Sign]) -> Bubble:
    """Return the answer to warning signs: what was heard, what to do, how to put a misunderstanding right."""
    level = signs[0].level
    heard = listing([s.heard for s in signs[:3]])
    do = " ".join(dict.fromkeys(s.do for s in signs[:2] if s.level == level))
    facts = {
        "heard": heard,
        "do": do,
        "emergency": settings().emergency_numbers,
        "same_day": settings().same_day_line,
    }
    return bubble(
        Say(f"utter_safety_urgent_{level}", facts), card=cards.urgent_card(level, [s.id for s in signs], do)
    )


def just_told(turn: Turn) -> tuple[str, ...]:
    """Return the warning signs that the last answer gave advice for, or left points out for."""
    shown = [m.get("custom") or {} for m in turn.recent]
    told = [s for card in shown if card.get("card") == "urgent" for s in card["signs"]]
    told += [
        card["risk"] for card in shown if card.get("card") == "caution" and card["risk"] in turn.memory.signs
    ]
    return tuple(told)


def reminder(catalog: Catalog, ids: Sequence[str]) -> Bubble:
    """Return the advice for warning signs again."""
    signs = [catalog.signs.signs[s] for s in ids if s in catalog.signs.signs]
    signs.sort(key=lambda s: LEVELS.index(s.level))
    level = signs[0].level
    facts = {
        "heard": listing([s.heard for s in signs[:3]]),
        "do": signs[0].do,
        "emergency": settings().emergency_numbers,
        "same_day": settings().same_day_line,
    }
    return bubble(
        Say(_AGAIN[level], facts), card=cards.urgent_card(level, [s.id for s in signs], signs[0].do)
    )


_AGAIN = {
    "emergency": "utter_safety_still_closed",
    "same_day": "utter_safety_still_same_day",
    "soon": "utter_safety_still_soon",
}
_SOMEONE_ELSES = re.compile(
    r"^\W*(?:(?:and|now|ok|okay|so|right)\W+)*(?:an)?(?:other|different|next|new) (?:patient|pt|client|customer|person|case)\b|"
    r"\b(?:that|it|this|i)(?: was|'?s| is| meant| mean)?(?: (?:all|only|just|really|actually|talking|meant))*"
    r" (?:(?:about|for|of|from|to do with) )?(?:some(?:thing|body|one) else(?:'s)?|(?:a |an)?(?:different|other) (?:person|patient|client|matter|thing|story|case))\b|"
    r"\bwrong (?:chat|window|person|patient|conversation|app)\b|\bnot (?:meant )?for you\b"
)
"""Says that what was told before does not belong here."""


_NOT_MEANT = re.compile(
    r"\b(?:figure|manner|way) of sp(?:eech|eaking)\b|\b(?:it was |it'?s |that was |that'?s |i was )?(?:only|just) (?:a |an |my )?(?:joke|joking|kidding|saying|expression|exaggerat\w+|"
    r"way of (?:saying|talking|putting it))\b|\bi (?:didn'?t|did not) mean (?:it|that) (?:like that|literally|that way|seriously)\b|\bnot literally\b"
)
"""Says that what sounded like a sign was only a way of speaking."""


_INSISTS = re.compile(
    r"\b(?:not|never|no|isn'?t|wasn'?t|ain'?t|don'?t|didn'?t)\b(?: (?:just|only|even|really|at all|being|a|an|my|here|you|dare|think|this|that|it|is|was|i'?m|i am|it'?s)){0,6} "
    r"(?:jok\w+|kidding|exaggerat\w+|lying|imagin\w+|mak(?:e|ing) (?:it|this) up|saying|expression|(?:figure|manner|way) of)\b"
)
THOUGHT_SO = re.compile(r"\b(?:think|thinks|thought|if|suppose|whether|you'?d say|you say)\b|\?")


def insists(text: str) -> bool:
    """Tell whether somebody says that a sign was told in earnest: "I'm not joking", "this is no exaggeration"."""
    return bool(_INSISTS.search(text))


def _was_a_figure(text: str) -> bool:
    """Tell whether a text says of the speaker that what was told before was only a way of speaking."""
    return bool(_NOT_MEANT.search(text)) and not THOUGHT_SO.search(text)


_WILL_ASK = re.compile(
    r"\b(?:i'?ll|ill|i will|going to|gonna|gunna|shall|will (?:go|see|call|ring|phone|ask|book|get)|let me|i can|i should|i'?d better|i better|plan(?:ning)? to|about to|"
    r"tomorrow|tmrw|tomoz|next week|later|on (?:mon|tues|wednes|thurs|fri)day|in the morning|once i|when i|until|till|can'?t (?:go|see|get)|cannot)\b"
)
"""Tells that a clinician is still to be asked."""
_WAS_ASKED = re.compile(
    r"\b(?:saw|said|says|told (?:me|him|her|us)|checked (?:me|it|him|her|them)|cleared (?:me|it|him|her)|ruled (?:it |that |\w+ )?out)\b|"
    r"\b(?:have|has|'ve|'s|was|were|been)(?: (?:already|just|been))* (?:seen|checked|cleared|examined|scanned)\b"
)
"""Tells that one was asked already."""


_PUTS_BACK = re.compile(
    r"\b(?:no|not|nope|nah|never|none|nothing|neither|without|cannot|\w+n'?t|jok\w*|kidding|lol|haha|wrong\w*|mis\w+|meant|mean|means|typo|oops|sorry|only|just|old|older|ago|"
    r"years?|months?|last|before|used to|was|were|had|gone|went|better|fine|ok|okay|good|normal|always|over|healed|cancel|scrap|ignore|forget|delete|exaggerat\w*|dramatic|"
    r"speech|metaphor\w*|speak|actually|rather|instead|hers|his|theirs|mum'?s|dad'?s|friend'?s|already|cleared|checked|doctor|false|autocorrect|dictat\w*)\b"
)
"""A message without any of these puts nothing right that was told of a sign."""


def taken_back(turn: Turn, catalog: Catalog) -> list[str]:
    """Return the standing signs that the message takes back: denied, past, or cleared by a clinician."""
    memory, reading = turn.memory, turn.reading
    if not memory.signs or insists(reading.text.lower()):
        return []
    again = {m.id for m in reading.signs if catalog.signs.counts(m)}
    if reading.intent == "sign_cleared":
        text = reading.text.lower()
        if _WILL_ASK.search(text) and not _WAS_ASKED.search(text):
            return []  # "ok, I'll ring the doctor": nobody has looked yet
    if reading.signs and not {m.id for m in reading.signs} & set(memory.signs):
        return []  # "no chest pain", behind a hot calf, takes nothing back
    if reading.intent == "retract_sign" and not _PUTS_BACK.search(reading.text.lower()):
        return []  # "I can walk though", behind a fall from a ladder, puts nothing right
    if reading.intent in {"retract_sign", "sign_cleared"} and reading.confidence >= RETRACT_CONFIDENCE:
        return [s for s in memory.signs if s not in again]
    if _SOMEONE_ELSES.search(reading.text.lower()):
        return [s for s in memory.signs if s not in again]
    if _was_a_figure(reading.text.lower()):
        return [s for s in memory.signs if s not in again]
    denied = {m.id for m in reading.signs if m.negated or m.past}
    return [s for s in memory.signs if s in denied and s not in again]


def retract(turn: Turn, catalog: Catalog, ids: Sequence[str]) -> tuple[list[Bubble], Memory]:
    """Take standing signs back and open the conversation again."""
    memory = replace(turn.memory, signs=tuple(s for s in turn.memory.signs if s not in ids), asked="")
    heard = listing([catalog.signs.signs[s].heard for s in ids if s in catalog.signs.signs])
    name = "utter_safety_cleared" if turn.reading.intent == "sign_cleared" else "utter_safety_retracted"
    return [
        bubble(
            Say(name, {"heard": heard}),
            card=cards.noted_card("warning_sign", {"taken_back": list(ids)}, memory.person),
        )
    ], memory


def nothing_to_retract(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer a retraction where no sign stands."""
    return [
        bubble(
            Say("utter_safety_nothing_stands"),
            card=cards.noted_card("warning_sign", {"taken_back": []}, SELF),
        )
    ], turn.memory
