"""Routines begin here: the questions before the first one, what is still to ask, the plan, the first step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from acupressure import cards, policy, quantities
from acupressure import routine as engine
from acupressure.answers import leading, safety
from acupressure.answers.points import withheld_bubble
from acupressure.catalog import Catalog
from acupressure.finder import Finder
from acupressure.memory import Memory
from acupressure.models import Routine
from acupressure.reply import Bubble, Say, bubble
from acupressure.routine import Command, NothingFits, Plan, Progress, Request
from acupressure.text import plain
from acupressure.understanding import Turn
from acupressure.wording import counted, duration, listing

SCREEN = "screen"
"""Value of ``Memory.asked`` while the screen waits for its answer."""
WHAT_FOR = "which_complaint"
DEFAULT = "lower_back"
"""What a routine is for where the user leaves it open."""
_SCREENED = (
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
    r"\W*(?:no[,. ]+)?(?:none|nothing|neither)(?: of (?:those|these|them|that))?(?: for me| here)?\s*[.,!;]"
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
    r"don'?t (?:mind|care|know)|surprise me|all over|everywhere|no idea|start|begin|go ahead|not sure|general(?:ly)?|in general)\b"
)
_THESE = re.compile(
    r"\b(?:with|through|of|using|press|do) (?:these|those|them|all of (?:them|these|those)|the points)\b"
)


def start(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Begin the routine that a message asks for, or ask what is still needed."""
    progress = leading.progress_of(turn.memory)
    request = _request(turn, catalog, progress)
    if progress and progress.status in {"offered", "running", "paused"} and not _is_new(turn, request):
        return leading.obey(turn, catalog, Command.RESUME if progress.status == "paused" else Command.START)
    return _go_on(turn, catalog, turn.memory, request)


def _go_on(turn: Turn, catalog: Catalog, memory: Memory, request: Request) -> tuple[list[Bubble], Memory]:
    """Ask the next thing that is needed, or begin."""
    blocked = safety.no_routine(catalog, memory)
    if blocked:
        return [blocked], replace(leading.ended(memory, turn.now), request={}, asked="")
    memory = replace(memory, request=request.to_dict())
    if not memory.screened:
        card = cards.ask_card(SCREEN, _SCREENED)
        return [bubble(Say("utter_safety_screen"), card=card)], replace(memory, asked=SCREEN)
    if not (request.complaint or request.routine or request.codes):
        if not _LEFT_OPEN.search(plain(turn.reading.text)) and memory.screened != "refused":
            return ask_what_for(memory)
        request = replace(request, complaint=DEFAULT)
    return begin(turn, catalog, memory, request)


def ask_what_for(memory: Memory) -> tuple[list[Bubble], Memory]:
    """Ask what the routine is for."""
    card = cards.ask_card(WHAT_FOR, ["lower back", "neck", "hip", "just start"])
    return [bubble(Say("utter_routine_ask_what_for"), card=card)], replace(memory, asked=WHAT_FOR)


def what_for_answered(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take the answer to what the routine is for."""
    request = _request(turn, catalog, None)
    if not (request.complaint or request.routine or request.codes):
        request = replace(request, complaint=DEFAULT)
    return _go_on(turn, catalog, replace(turn.memory, asked=""), request)


def answers_what_for(turn: Turn, catalog: Catalog) -> bool:
    """Tell whether a message answers what the routine is for."""
    memory = turn.memory
    if memory.asked != WHAT_FOR or not memory.request:
        return False
    text = plain(turn.reading.text)
    named = routine_named(catalog, text) or quantities.posture(text)
    said = (
        turn.reading.complaints or turn.reading.points or named or _minutes(turn) or _complaint(turn, catalog)
    )
    return bool(said or _LEFT_OPEN.search(text) or turn.reading.intent in {"affirm", "start_routine"})


def still_asked(before: Memory, after: Memory, said: Sequence[Bubble]) -> tuple[list[Bubble], Memory]:
    """Ask again, in short, what a side question put off: the routine that was asked for still waits for it."""
    waits = before.asked == SCREEN and after.asked in {"", SCREEN} and not after.screened
    asked = any(b.card and b.card["card"] in {"ask", "urgent", "crisis"} for b in said)
    if not waits or asked or not after.request or after.signs:
        return [], after
    card = cards.ask_card(SCREEN, _SCREENED)
    return [bubble(Say("utter_safety_screen_which"), card=card)], replace(after, asked=SCREEN)


# -- the screen -------------------------------------------------------------------------------------


def screen_answered(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take the answer to the screen: a risk, "none of those", or a refusal, which leads to the gentlest set."""
    news, text = turn.extra.get("news", []), turn.reading.text.lower()
    memory = replace(turn.memory, asked="")
    if _NOT_NOW.search(text) and not news and not turn.reading.risks and not _REFUSED.search(text):
        return [bubble(Say("utter_smalltalk_deny"))], replace(memory, request={})
    if news or any(catalog.cautions.counts(m) for m in turn.reading.risks):
        told = [safety.noted(n, catalog) for n in news]
        bubbles, led = _screened(turn, catalog, replace(memory, screened="answered"))
        return [*told, *bubbles], led
    if _REFUSED.search(text):
        return _screened(turn, catalog, replace(memory, screened="refused"))
    if _NONE.search(text) or turn.reading.intent == "deny":
        return _screened(turn, catalog, replace(memory, screened="clear"))
    wanted = _request(turn, catalog, None).to_dict() if memory.request else memory.request
    question = "utter_safety_screen_which" if wanted == memory.request else "utter_safety_screen"
    which = bubble(Say(question), card=cards.ask_card(SCREEN))  # "the travel one": another wish is no answer
    return [which], replace(memory, asked=SCREEN, request=wanted)


def _screened(turn: Turn, catalog: Catalog, memory: Memory) -> tuple[list[Bubble], Memory]:
    """Go on with the routine that was asked for; without one, only what the answer means is said."""
    if not memory.request:
        blocked = safety.no_routine(catalog, memory)
        return [blocked or bubble(Say("utter_safety_screen_done"))], memory
    return _go_on(turn, catalog, memory, _request(turn, catalog, None))


def answers_screen(turn: Turn) -> bool:
    """Tell whether a message answers the screen instead of asking something new."""
    if turn.memory.asked != SCREEN or turn.reading.points:
        return False
    text, intent = turn.reading.text.lower(), turn.reading.intent
    if _NONE_FIRST.match(text):  # whatever is asked behind it
        return True
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
    }
    return short or bool(_NONE.search(text) or _REFUSED.search(text) or turn.reading.risks)


# -- what is wanted ---------------------------------------------------------------------------------


def routine_named(catalog: Catalog, text: str) -> Routine | None:
    """Return the routine of the catalogue that a text names, by its longest name."""
    said = plain(text)
    found = [
        (len(phrase), routine)
        for routine in catalog.routines.values()
        for phrase in (routine.name.lower(), *routine.says)
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", said)
    ]
    return max(found, key=lambda item: item[0])[1] if found else None


LONGEST_WISH = 60
"""Minutes above which a length of time is no wish for a routine."""
_LEAD_ME = r"(?:guide|lead|walk|take|talk|run|coach|count) (?:me|us)"
_LED = re.compile(
    r"\b(?:routines?|root ?teens?|sessions?|sequences?|protocols?|programs?|programmes?|workout|sets? of points|guided?|"
    rf"{_LEAD_ME}|step[- ]by[- ]step|point by point|one (?:step |point )?(?:after|by) (?:the |an)?"
    r"(?:other|one)|in charge|call the shots|with me|with you|go through)\b"
)
_LED_THROUGH = re.compile(
    rf"\b{_LEAD_ME} (?:\w+ )?(?:through|thru|along|over)\b|\bdo (?:\S+ ){{1,9}}with me\b"
)


def led_through(turn: Turn) -> bool:
    """Tell whether somebody asks to be led through what the message names, and not only to be told of it."""
    return bool(_LED_THROUGH.search(plain(turn.reading.text)))


def wants_time(turn: Turn) -> bool:
    """Tell whether somebody who names a complaint wants to be led: by saying so, or by naming a length."""
    minutes = _minutes(turn)  # "eight hours at the computer" is no wish
    return bool(_LED.search(plain(turn.reading.text))) or minutes is not None and minutes <= LONGEST_WISH


_WHICH = re.compile(
    r"\W*(?:(?:hi|hello|so|and|ok|okay|um|please|could you|can you|may i ask)\W+)*(?:which|what|whether|is there|are there|"
    r"do you (?:have|know|offer)|have you|got|list|how many)\b.*\b(?:routines?|root ?teens?|sessions?|programs|programmes|"
    r"sequences|protocols|sets)\b"
)


def asks_which(turn: Turn) -> bool:
    """Tell whether somebody asks which routines there are instead of for one."""
    return bool(_WHICH.match(plain(turn.reading.text)))


_BEGIN_IT = re.compile(
    r"\b(?:let'?s|could we|can we|shall we|may we|i want to|i'd like to|i would like to) (?:do|try|have|start|begin)\b"
)
"""With the name of a routine: the wish to begin it."""
_ABOUT = re.compile(r"\W*(?:is|are|does|how|what|why|when|who|i don'?t|i do not|not|no)\b")
"""How a question about a routine begins, or the wish not to have it."""


def names_one(turn: Turn, catalog: Catalog) -> bool:
    """Tell whether a message names a routine of the catalogue and wants to be led through it."""
    text = plain(turn.reading.text)
    if {"print_routine", "set_reminder"} & set(turn.reading.intents):  # named to be taken along
        return False
    if _ABOUT.match(text):
        return False
    led = _LED.search(text) or _BEGIN_IT.search(text) or "together" in text
    return bool(led) and routine_named(catalog, text) is not None


def _minutes(turn: Turn) -> float | None:
    return quantities.minutes(turn.reading.text, asked=turn.memory.asked in {"minutes", WHAT_FOR})


def _request(turn: Turn, catalog: Catalog, progress: Progress | None) -> Request:
    """Return what is wanted by now: the message over what waited, over the routine that is on."""
    memory, text = turn.memory, turn.reading.text
    wanted = (Request.from_dict(memory.request) if memory.request else None) or Request()
    named = routine_named(catalog, text)
    answers_risk = memory.asked == SCREEN and turn.reading.risks  # an artificial hip is no wish for the hip
    complaint = "" if answers_risk else _complaint(turn, catalog)
    codes = tuple(c for m in turn.reading.points if m.how != "place" for c in m.codes)
    if not complaint and not codes and turn.reading.points:  # "it is for my neck" describes no point here
        complaint = next(
            (c.id for c in _finder(catalog).complaints(text) if catalog.complaints[c.id].points), ""
        )
    these = memory.asked != SCREEN and _THESE.search(plain(text))  # "none of those" is no wish
    if these and len(memory.offered) > 1 and not codes:
        codes = memory.offered
    if named:
        wanted = replace(wanted, routine=named.id, codes=())
    elif codes:
        wanted = replace(wanted, codes=codes, routine="", complaint="")
    elif complaint:
        wanted = replace(wanted, complaint=complaint, routine="", codes=())
    minutes, posture = _minutes(turn), quantities.posture(text)
    wanted = replace(wanted, minutes=minutes or wanted.minutes, posture=posture or wanted.posture)
    if not (wanted.complaint or wanted.routine or wanted.codes):
        wanted = _as_before(catalog, memory, progress, wanted)
    return wanted


def _as_before(catalog: Catalog, memory: Memory, progress: Progress | None, wanted: Request) -> Request:
    """Return the request for what the routine on hand, or the talk so far, is about."""
    if progress and progress.status in {"offered", "running", "paused"}:
        plan = progress.plan
        kept = plan.routine if plan.routine in catalog.routines and not wanted.posture else ""
        return replace(
            wanted, complaint=plan.complaint or DEFAULT, routine=kept, posture=wanted.posture or plan.posture
        )
    return replace(wanted, complaint=memory.complaint)


_finders: dict[int, tuple[Catalog, Finder]] = {}


def _finder(catalog: Catalog) -> Finder:
    """Return the finder of a catalogue, built once (the catalogue is kept, so that its id stays its own)."""
    if id(catalog) not in _finders:
        _finders[id(catalog)] = (catalog, Finder(catalog))
    return _finders[id(catalog)][1]


_FOR_THAT = re.compile(
    r"\bfor (?:that|it|this)\b(?! (?:\w+ )?(?:ache|pain|back|neck|hip|knee|foot|head|shoulder))"
)
"""The ache that was talked about, not another one."""


_BEDTIME = re.compile(
    r"\b(?:before|at) (?:i go to |going to )?(?:bed|bedtime|sleep)\b|\bto (?:relax|unwind|wind down|nod off)\b"
)


def _complaint(turn: Turn, catalog: Catalog) -> str:
    """Return the complaint a routine can be planned for, the more definite one where several are named."""
    said_before = catalog.complaints.get(turn.memory.complaint)
    if said_before and said_before.points and _FOR_THAT.search(plain(turn.reading.text)):
        return said_before.id
    if (
        not turn.reading.complaints
        and "sleep" in catalog.complaints
        and _BEDTIME.search(plain(turn.reading.text))
    ):
        return "sleep"
    ids = [m.id for m in turn.reading.complaints if catalog.complaints[m.id].points]
    if not ids:  # "sleep" alone is no ache, but what a routine may be for
        said = plain(turn.reading.text)
        named = ((i, i.replace("_", " ")) for i, c in catalog.complaints.items() if c.points)
        ids = [i for i, name in named if re.search(rf"(?:^|\bfor (?:my |better |good )?){name}\b", said)]
    definite = [i for i in ids if i not in {"whole_back", "stiffness", "computer_work"}]
    return (definite or ids or [""])[0]


def _is_new(turn: Turn, request: Request) -> bool:
    """Tell a wish for another routine from "start" and "let's go" while one is on."""
    said = turn.reading
    return bool(
        said.complaints
        or said.points
        or request.routine
        and request.minutes
        or _minutes(turn)
        or quantities.posture(said.text)
        or re.search(r"\b(?:new|another|different|other) (?:one|routine|session)\b", said.text.lower())
    )


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
    facts = {"name": plan.name, "length": duration(_rounded(plan.total)), "count": len(plan.steps)}
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


def _rounded(seconds: int) -> int:
    """Return a length to the half minute, as people speak of it."""
    return max(30, round(seconds / 30) * 30)


# -- which there are --------------------------------------------------------------------------------


def which(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Tell which routines there are, or offer the one for what was named."""
    memory = turn.memory
    named, complaint = routine_named(catalog, turn.reading.text), _complaint(turn, catalog)
    if not (named or complaint):
        names = listing([r.name for r in catalog.routines.values() if not r.partner], "or")
        card = cards.ask_card(WHAT_FOR, [r.name for r in catalog.routines.values() if not r.partner])
        return [bubble(Say("utter_routine_which", {"names": names}), card=card)], replace(
            memory, asked=WHAT_FOR, request=Request().to_dict()
        )
    blocked = safety.no_routine(catalog, memory)
    if blocked:
        return [blocked], memory
    request = _request(turn, catalog, None)
    planned = plan_for(catalog, memory, request)
    if isinstance(planned, Bubble):
        return [planned], memory
    progress = engine.offer(planned, turn.now)
    facts = {"name": planned.name, "length": duration(_rounded(planned.total)), "count": len(planned.steps)}
    card = cards.routine_card(progress, catalog, turn.now)
    memory = replace(memory, request=request.to_dict(), asked="begin")
    return [
        bubble(
            Say(
                "utter_routine_offer"
                if planned.routine in catalog.routines
                else "utter_routine_offer_planned",
                facts,
            ),
            card=card,
        )
    ], memory


def offer_taken(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Begin the routine that was offered."""
    request = _request(turn, catalog, None)
    return _go_on(turn, catalog, replace(turn.memory, asked=""), request)
