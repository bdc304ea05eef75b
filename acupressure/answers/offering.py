"""Routines are offered here: which there are, whether one may begin, and what is answered to that."""

from __future__ import annotations

import re
from dataclasses import replace

from acupressure import cards, quantities
from acupressure import routine as engine
from acupressure.answers import leading, routine, safety, wishes
from acupressure.answers.wishes import DEFAULT, SCREEN, WHAT_FOR
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.routine import Request
from acupressure.understanding import Turn
from acupressure.wording import duration, listing

_EVERY = re.compile(r"\b(?:routines|sessions|sets|all|list|which ones)\b")
"""Asks for more than one."""


def which(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Tell which routines there are, or offer the one for what was named."""
    memory = turn.memory
    named, complaint = (
        wishes.routine_named(catalog, turn.reading.text),
        wishes.complaint_wished(turn, catalog),
    )
    posture = quantities.posture(turn.reading.text) if not _EVERY.search(turn.reading.text.lower()) else ""
    if posture and not (named or complaint):
        request = wishes.request_of(turn, catalog, None)
        return _offered(turn, catalog, replace(request, complaint=request.complaint or DEFAULT))
    if not (named or complaint):
        names = listing([r.name for r in catalog.routines.values() if not r.partner], "or")
        card = cards.ask_card(WHAT_FOR, [r.name for r in catalog.routines.values() if not r.partner])
        return [bubble(Say("utter_routine_which", {"names": names}), card=card)], replace(
            memory, asked=WHAT_FOR, request=Request().to_dict()
        )
    return _offered(turn, catalog, wishes.request_of(turn, catalog, None))


def _offered(turn: Turn, catalog: Catalog, request: Request) -> tuple[list[Bubble], Memory]:
    """Plan a routine and ask whether it may begin."""
    memory = turn.memory
    blocked = safety.no_routine(catalog, memory)
    if blocked:
        return [blocked], memory
    planned = routine.plan_for(catalog, memory, request)
    if isinstance(planned, Bubble):
        return [planned], memory
    progress = engine.offer(planned, turn.now)
    facts = {
        "name": planned.name,
        "length": duration(routine.rounded(planned.total)),
        "count": len(planned.steps),
    }
    card = cards.routine_card(progress, catalog, turn.now)
    words = "utter_routine_offer" if planned.routine in catalog.routines else "utter_routine_offer_planned"
    if memory.screened:
        return [bubble(Say(words, facts), card=card)], replace(
            memory, request=request.to_dict(), asked=leading.BEGIN
        )
    # The questions come with the offer: whoever answers them wants it.
    screen = bubble(Say("utter_safety_screen"), card=cards.ask_card(SCREEN, routine.SCREENED))
    return [bubble(Say(f"{words}_first", facts), card=card), screen], replace(
        memory, request={**request.to_dict(), routine.OFFERED: True}, asked=SCREEN
    )


_HOW_LONG = re.compile(
    r"\bhow (?:long|much time|many minutes)\b.*\b(?:whole|all of (?:it|this)|it all|routine|session|set|altogether|in all|in total|thing|lot)\b|"
    r"\bhow (?:long|much time|many minutes) (?:is|will|does|would) (?:it|this|that)(?: \w+)? ?(?:take|last|run|go on|be)?\W*$"
)


def asks_length(turn: Turn) -> bool:
    """Tell whether a message asks how long the routine takes that was asked for or offered."""
    memory = turn.memory
    waits = memory.request and memory.asked in {SCREEN, leading.BEGIN} and not turn.reading.points
    return bool(waits and not leading.active(memory) and _HOW_LONG.search(turn.reading.text.lower()))


def tell_length(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Tell how long the routine takes that waits, and ask whether it may begin."""
    request = Request.from_dict(turn.memory.request) or Request()
    return _offered(
        turn,
        catalog,
        replace(request, complaint=request.complaint or DEFAULT)
        if not (request.routine or request.codes)
        else request,
    )


_NOTHING_OF_IT = re.compile(
    r"\ball no\b|\bno (?:warning signs?|red flags?|alarm signs?|such (?:thing|things|signs?|symptoms?)|other symptoms?)\b|\b(?:don'?t|do not|dont) have (?:this|that|these|those|such)\b|"
    r"\bno (?:\w+ ){1,3}?or anything(?: like (?:that|this))?\b|\b(?:no|not any|without any|zero|don'?t have any|have no) (?:known |big |other |major |serious )?(?:health|medical) (?:problems?|issues?|conditions?|concerns?|trouble|stuff|things?)\b|"
    r"\bi(?:'?m| am) (?:otherwise |perfectly |completely |quite |all )?(?:healthy|fit and well)\b|\b(?:fine|healthy|well|ok|okay) (?:otherwise|apart from (?:that|this|it))\b|\botherwise (?:i'?m |i am )?(?:fine|healthy|well|ok|okay)\b|"
    r"\bi'?m (?:fine|ok|okay|grand|all right|alright)(?:,? honest(?:ly)?)?,? (?:it'?s )?(?:just|only)\b|^\W*(?:no|nope|nah)\W+(?:none|nothing)\b|\b(?:none|nothing) (?:of|like) (?:that|those|these|the)\b|"
    r"\b(?:no|nope|nah|nay) to (?:the lot|all|every\w*|any\w*|each|them all|those|these)\b|\b(?:none|nothing|neither|nowt|nun) (?:of|o'?|a) (?:that|those|these|them|it|what|this)\b|^\W*none\W*$|\bnone (?:at all|apply|applies)\b|"
    r"\b(?:don'?t|do not|not) have any(?:thing)? (?:of|like) (?:that|those|these)\b"
)


def nothing_of_it(text: str) -> bool:
    """Tell whether a text answers the questions about health with no, asked or not: "none of that, I'm fine otherwise"."""
    return bool(_NOTHING_OF_IT.search(text.lower()))


def answers_offer(turn: Turn) -> bool:
    """Tell whether a message answers the questions about health, where a routine was only offered: it is wanted."""
    memory = turn.memory
    return memory.asked == leading.BEGIN and nothing_of_it(turn.reading.text)


def offered_again(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Ask again, behind a score, what the routine is for or whether it may begin."""
    memory = turn.memory
    if memory.asked == WHAT_FOR:
        return routine.ask_what_for(memory)
    request = Request.from_dict(memory.request) if memory.request else None
    return _offered(turn, catalog, request) if request and memory.asked == leading.BEGIN else ([], memory)


def offer_taken(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Begin the routine that was offered."""
    request = wishes.request_of(turn, catalog, None)
    memory = replace(turn.memory, asked="")
    if memory.request.get(routine.DENIED):  # asked once more, the no was to the questions
        memory = replace(memory, screened="clear")
    return routine.go_on(turn, catalog, memory, request)
