"""Routines begin here: the questions before the first one, what is still to ask, the plan, the first step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from acupressure import cards, policy, quantities
from acupressure import routine as engine
from acupressure.answers import aspects, leading, safety, wishes
from acupressure.answers.points import withheld_bubble
from acupressure.answers.wishes import DEFAULT, SCREEN, WHAT_FOR
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.routine import Command, NothingFits, Plan, Request
from acupressure.text import plain
from acupressure.understanding import Turn
from acupressure.wording import counted, duration, listing

SCREENED = (
    "pregnant",
    "under sixteen",
    "weak bones",
    "blood thinners",
    "recent surgery",
    "numb feet",
    "none",
)
_NONE = re.compile(
    r"\b(?:none|no|nope|nah|nothing|neither|not that i know|not (?:me|any|one)|not a (?:single )?one|zero|negative|"
    r"all (?:fine|good|clear|no)|i'?m (?:all )?(?:fine|healthy|good|ok|okay|clear)|don'?t (?:have|think so)|doesn'?t apply|n/?a)\b"
)
_NONE_FIRST = re.compile(
    r"\W*(?:no[,. ]+)?(?:i(?:'ve|'d| have| had)? (?:had |got |have )?)?(?:none|nothing|neither)"
    r"(?: of (?:those|these|them|(?:that|the|this)(?: sort| kind)?))?(?: for me| here)?\s*[.,!;]"
)
_REFUSED = re.compile(
    r"\b(?:rather not|won'?t|don'?t want|not (?:telling|saying|answering|your business)|none of (?:your|ur)|private|skip|"
    r"just start|just show|just get|get on with|no questions|stop asking|doesn'?t matter|ignore|prefer not|can'?t be bothered|move on)\b"
)
_NOT_NOW = re.compile(
    r"\b(?:not (?:now|today|yet|right now|this time)|later|another time|(?<!fair )enough|never ?mind|forget (?:it|about it)|leave it|"
    r"stop|cancel|no thank(?:s| you)|changed my mind)\b"
)
"""Words that take the wish for a routine back, rather than answer the screen."""
_LEFT_OPEN = re.compile(
    r"\b(?:just (?:start|begin|go|do (?:it|one))|any(?:thing|where| one| of them)?|whatever|you (?:choose|decide|pick)|"
    r"don'?t (?:mind|care|know)|surprise me|all over|everywhere|no idea|start|begin|go ahead|(?:^|[.,;!] ?|let'?s )go\W*$|not sure|general(?:ly)?|in general)\b"
)


def start(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Begin the routine that a message asks for, or ask what is still needed."""
    progress = leading.progress_of(turn.memory)
    request = wishes.request_of(turn, catalog, progress)
    if progress and progress.status in {"offered", "running", "paused"} and not wishes.is_new(turn, request):
        return leading.obey(turn, catalog, Command.RESUME if progress.status == "paused" else Command.START)
    return go_on(turn, catalog, turn.memory, request)


def go_on(turn: Turn, catalog: Catalog, memory: Memory, request: Request) -> tuple[list[Bubble], Memory]:
    """Ask the next thing that is needed, or begin."""
    blocked = safety.no_routine(catalog, memory)
    if blocked:
        return [blocked], replace(leading.ended(memory, turn.now), request={}, asked="")
    memory = replace(memory, request=request.to_dict())
    if not memory.screened:
        card = cards.ask_card(SCREEN, SCREENED)
        return [bubble(Say("utter_safety_screen"), card=card)], replace(memory, asked=SCREEN)
    if not (request.complaint or request.routine or request.codes):
        told = request.posture or _LEFT_OPEN.search(plain(turn.reading.text))  # "at my desk" tells enough
        if not told and memory.screened != "refused":
            return ask_what_for(memory)
        request = replace(request, complaint=DEFAULT)
    return begin(turn, catalog, memory, request)


def ask_what_for(memory: Memory) -> tuple[list[Bubble], Memory]:
    """Ask what the routine is for."""
    card = cards.ask_card(WHAT_FOR, ["lower back", "neck", "hip", "just start"])
    return [bubble(Say("utter_routine_ask_what_for"), card=card)], replace(memory, asked=WHAT_FOR)


def what_for_answered(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take the answer to what the routine is for."""
    request = wishes.request_of(turn, catalog, None)
    if not (request.complaint or request.routine or request.codes):
        request = replace(request, complaint=DEFAULT)
    return go_on(turn, catalog, replace(turn.memory, asked=""), request)


def answers_what_for(turn: Turn, catalog: Catalog) -> bool:
    """Tell whether a message answers what the routine is for."""
    memory = turn.memory
    if memory.asked != WHAT_FOR or not memory.request:
        return False
    text = plain(turn.reading.text)
    if "?" in text and any(m.codes and m.how != "place" for m in turn.reading.points):
        return False  # "is SI3 on the thumb side?" asks about the point
    named = wishes.routine_named(catalog, text) or quantities.posture(text)
    said = (
        turn.reading.complaints
        or turn.reading.points
        or named
        or wishes.minutes_wished(turn)
        or wishes.complaint_wished(turn, catalog)
    )
    return bool(said or _LEFT_OPEN.search(text) or turn.reading.intent in _GETS_ON)


_GETS_ON = {"affirm", "start_routine", "start_over", "routine_next", "routine_resume"}
"""Behind the question what a routine is for: who says "next" leaves that open."""


def still_asked(before: Memory, after: Memory, said: Sequence[Bubble]) -> tuple[list[Bubble], Memory]:
    """Ask again, in short, what a side question put off: the routine that was asked for still waits for it."""
    waits = before.asked == SCREEN and after.asked in {"", SCREEN} and not after.screened
    asked = any(b.card and b.card["card"] in {"ask", "urgent", "crisis"} for b in said)
    if not waits or asked or not after.request or after.signs:
        return [], after
    card = cards.ask_card(SCREEN, SCREENED)
    return [bubble(Say("utter_safety_screen_which"), card=card)], replace(after, asked=SCREEN)


# -- the screen -------------------------------------------------------------------------------------


def screen_answered(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take the answer to the screen: a risk, "none of those", or a refusal, which leads to the gentlest set."""
    news, text = turn.extra.get("news", []), turn.reading.text.lower()
    memory = replace(turn.memory, asked="")
    offered = bool(memory.request.get(OFFERED))
    # "I'd rather not say" refuses an answer; behind an offer "not now" takes the wish back whatever else is said.
    declined = _NOT_NOW.search(text) and (offered or not _REFUSED.search(text)) or offered and _declines(text)
    if declined and not news and not turn.reading.risks:
        return [bubble(Say("utter_smalltalk_deny"))], replace(memory, request={})
    if news or any(catalog.cautions.counts(m) for m in turn.reading.risks):
        told = [safety.noted(n, catalog) for n in news]
        bubbles, led = _screened(turn, catalog, replace(memory, screened="answered"))
        return [*told, *bubbles], led
    if _REFUSED.search(text):
        return _screened(turn, catalog, replace(memory, screened="refused"))
    if _NONE.search(text) or turn.reading.intent == "deny":
        if offered and not _TO_THE_QUESTIONS.search(text):
            return _no_to_which(memory)
        return _screened(turn, catalog, replace(memory, screened="clear"))
    wanted = memory.request
    if wanted:
        flags = {OFFERED: True} if offered else {}
        wanted = {**wishes.request_of(turn, catalog, None).to_dict(), **flags}
    begins = turn.reading.intent in {"start_routine", "start_over", "routine_next", "routine_resume"}
    again = wanted == memory.request and not begins
    question = "utter_safety_screen_which" if again else "utter_safety_screen"
    which = bubble(Say(question), card=cards.ask_card(SCREEN))  # "the travel one": another wish is no answer
    return [which], replace(memory, asked=SCREEN, request=wanted)


OFFERED, DENIED = "offered", "denied"
"""Keys of ``Memory.request``: the questions came with an offer; a no was said that may have been to either."""
_TO_THE_QUESTIONS = re.compile(
    r"\b(?:none|neither|nothing|no to (?:all|each|every|any|the|both|them|those)|not any|not (?:one|a single one)|zero|negative|n/?a|"
    r"no (?:health )?(?:problems?|issues?|conditions?|risks?)|all (?:clear|no|fine|good)|healthy|(?:doesn'?t|don'?t|do not|does not) (?:apply|fit)|don'?t have (?:any|those|these|one))\b"
)
"""Says no to the questions about health and to nothing else."""
_DECLINES = re.compile(
    r"\b(?:not interested|not really|not for me|nothing for me|no need|(?:just|only) (?:curious|asking|wondering|want(?:ed)?|show|tell|looking)|"
    r"(?:don'?t|do not|didn'?t) (?:want|have (?:the |any |that much )?time|feel like|fancy|need)|rather not(?! (?:say|tell|answer))|i'?m (?:good|ok|okay)(?: thanks| thank you)?\W*$|"
    r"other time|too (?:long|many|short|much)|shorter one|not that one|another one|different one)\b|^\W*skip\b"
)
"""Does not want the routine that was offered together with the questions."""


def _declines(text: str) -> bool:
    return bool(_DECLINES.search(text)) and not re.search(r"\b(?:none|neither|no to all)\b", text)


def _no_to_which(memory: Memory) -> tuple[list[Bubble], Memory]:
    """Ask what a no was said to, behind an offer and its questions: no routine begins by a guess."""
    card = cards.ask_card("confirm", ["begin", "no routine"])
    request = {**memory.request, DENIED: True}
    return [bubble(Say("utter_routine_no_to_which"), card=card)], replace(
        memory, request=request, asked=leading.BEGIN
    )


def _screened(turn: Turn, catalog: Catalog, memory: Memory) -> tuple[list[Bubble], Memory]:
    """Go on with the routine that was asked for; without one, only what the answer means is said."""
    if not memory.request:
        blocked = safety.no_routine(catalog, memory)
        return [blocked or bubble(Say("utter_safety_screen_done"))], memory
    return go_on(turn, catalog, memory, wishes.request_of(turn, catalog, None))


def answers_screen(turn: Turn) -> bool:
    """Tell whether a message answers the screen instead of asking something new."""
    if turn.memory.asked != SCREEN or turn.reading.points:
        return False
    text, intent = turn.reading.text.lower(), turn.reading.intent
    if wishes.wants_no_routine(text):  # "no routine, just one point please"
        return False
    if turn.memory.request.get(OFFERED) and "?" not in text and _declines(text):
        return True
    if _NONE_FIRST.match(text):  # whatever is asked behind it
        return True
    if turn.memory.focus and "?" in text and aspects.named(text) and not turn.reading.risks:
        return False  # "and the time to hold?": asked of the point shown
    if intent.startswith(("faq_", "ask_")) and "?" in text and not turn.reading.risks:
        return False
    short = intent in {
        "affirm",
        "deny",
        "tell_risk",
        "correct_risk",
        "nlu_fallback",
        "out_of_scope",
        "routine_skip",
        "routine_next",
        "routine_resume",
    }
    if "?" not in text and turn.memory.request and _in_passing(turn):
        return True
    return short or bool(_NONE.search(text) or _REFUSED.search(text) or turn.reading.risks)


def _in_passing(turn: Turn) -> bool:
    """Tell whether a message says how long or in which posture the routine may be that waits for the screen."""
    text = turn.reading.text
    said = wishes.minutes_wished(turn) or quantities.posture(text)
    return bool(said) and turn.reading.intent in {"ask_duration", "faq_when", "ask_posture", "ask_frequency"}


# -- the beginning ----------------------------------------------------------------------------------


def begin(turn: Turn, catalog: Catalog, memory: Memory, request: Request) -> tuple[list[Bubble], Memory]:
    """Plan the routine and lead to its first step."""
    planned = plan_for(catalog, memory, request)
    if isinstance(planned, Bubble):
        return [planned], replace(memory, request={}, asked="")
    progress, _ = engine.apply(engine.offer(planned, turn.now), Command.START, turn.now)
    complaint = planned.complaint or memory.complaint
    memory = replace(memory, request={}, complaint=complaint, topic="", progress={})
    opening = bubble(
        *_opening(catalog, memory, planned, request), card=cards.routine_card(progress, catalog, turn.now)
    )
    step, memory = leading.step(catalog, memory, progress, turn.now)
    return [opening, step], replace(memory, asked="pain_before")


def plan_for(catalog: Catalog, memory: Memory, request: Request) -> Plan | Bubble:
    """Return the plan for this person, or the words where no point is left."""
    allowed = leading.allowed_for(catalog, memory)
    risks = [catalog.cautions.cautions[r] for r in memory.own_risks()]
    if memory.screened == "refused":
        gentlest = tuple(c for c in policy.GENTLEST if c in catalog.points)
        request = Request(minutes=request.minutes, codes=gentlest, gentle=True)
    elif any(r.routine == "gentle" for r in risks):
        request = replace(request, gentle=True)
    try:
        plan = engine.make_plan(catalog, request, allowed)
        if request.codes and not {s.code for s in plan.steps} & set(request.codes):
            raise NothingFits(request.codes)  # who names points does not mean other ones
        return plan
    except NothingFits as nothing:
        left = [c for c in nothing.codes if c in catalog.points and c not in allowed(nothing.codes)]
        if left:
            return withheld_bubble(catalog, memory, left)
        return bubble(Say("utter_routine_nothing_fits"), card=cards.ask_card(WHAT_FOR))


def _opening(catalog: Catalog, memory: Memory, plan: Plan, request: Request) -> list[Say | None]:
    """Return what is said before the first step: length, posture, what was left out, hands warm, the score."""
    routine = catalog.routines.get(plan.routine)
    facts = {"name": plan.name, "length": duration(rounded(plan.total)), "count": len(plan.steps)}
    if memory.screened == "refused":
        head = [Say("utter_safety_screen_refused"), Say("utter_routine_begin_gentle", facts)]
    elif plan.gentle:
        head = [Say("utter_safety_gentle_only"), Say("utter_routine_begin_gentle", facts)]
    else:
        head = [Say("utter_routine_begin" if routine else "utter_routine_begin_planned", facts)]
    wanted = [c for c in plan.left_out if c in catalog.points]
    forbidden = [c for c in wanted if c not in leading.allowed_for(catalog, memory)(wanted)]
    too_much = (
        [c for c in wanted if c not in forbidden]
        if request.minutes and (request.codes or request.minutes < 4)
        else []
    )
    return [
        *head,
        Say("utter_routine_clamped", {"minutes": f"{plan.minutes:g}"}) if _clamped(request, plan) else None,
        Say("utter_routine_left_out", {"names": _names(catalog, too_much)}) if too_much else None,
        Say("utter_safety_list_shortened", {"points": counted(len(forbidden), "point")})
        if forbidden
        else None,
        Say("utter_routine_published") if routine and routine.kind == "published" else None,
        Say("utter_routine_note", {"note": routine.note})
        if routine and routine.note
        else Say(f"utter_routine_posture_{plan.posture}"),
        Say("utter_routine_warm_up"),
        Say("utter_routine_pain_before"),
    ]


def _clamped(request: Request, plan: Plan) -> bool:
    return bool(request.minutes) and abs(plan.minutes - request.minutes) > 0.1 * request.minutes


def _names(catalog: Catalog, codes: list[str]) -> str:
    return listing([catalog.point(c).name for c in codes])


def rounded(seconds: int) -> int:
    """Return a length to the half minute, as people speak of it."""
    return max(30, round(seconds / 30) * 30)
