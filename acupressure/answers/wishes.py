"""What is wanted of a routine: read out of the message, of what waited, and of what is on."""

from __future__ import annotations

import re
from dataclasses import replace

from acupressure import quantities
from acupressure.catalog import Catalog
from acupressure.finder import Finder
from acupressure.memory import Memory
from acupressure.models import Routine
from acupressure.routine import Progress, Request
from acupressure.text import plain
from acupressure.understanding import Turn

SCREEN = "screen"
"""Value of ``Memory.asked`` while the screen waits for its answer."""
WHAT_FOR = "which_complaint"
DEFAULT = "lower_back"
"""What a routine is for where the user leaves it open."""
_THESE = re.compile(
    r"\b(?:with|through|of|using|press|do) (?:these|those|them|all of (?:them|these|those)|the points)\b"
)


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
_BE_LED = r"(?:be|being|get|getting) (?:led|guided|walked|taken|talked|coached|run)"
_PLAY = r"(?:play|launch|put on|fire up|kick off|cue(?: up)?) (?:me )?(?:the|a|my|your|that) (?:[\w'-]+ ){1,3}?(?:one|set|thing)\b(?! (?:song|album|track))"
_LED = re.compile(
    r"\b(?:routines?|root ?teens?|sessions?|sequences?|protocols?|programs?|programmes?|workout|sets? of points|guided?|"
    rf"{_LEAD_ME}|step[- ]by[- ]step|point by point|one (?:step |point )?(?:after|by) (?:the |an)?"
    rf"(?:other|one)|in charge|call the shots|with me|with you|go through|{_BE_LED}|{_PLAY}|"
    r"(?:ache|pain|neck|back|desk|sleep|leg|hip|shoulder|headache|lumbar|bedtime|morning|evening)s? set|(?:warm|cool|wind)[- ]?down|timer on)\b"
)
_BE_KIND = re.compile(
    r"\b(?:gentle|patient|honest|straight|bear|kind|frank|easy|soft|careful|wrong|up) with me\b"
)
"""Asks for kindness, and not to be led."""
_LED_THROUGH = re.compile(
    rf"\b(?:{_LEAD_ME}|{_BE_LED}) (?:\w+ )?(?:through|thru|along|over)\b|\bdo (?:\S+ ){{1,9}}with me\b"
)


def asks_for_kindness(turn: Turn) -> bool:
    """Tell whether what seems the wish to be led only asks for patience: "be gentle with me"."""
    own = [c.text for c in turn.reading.clauses if c.intent == "start_routine"] or [turn.reading.text]
    said = [plain(text) for text in own]
    return all(_BE_KIND.search(text) and not _LED.search(_BE_KIND.sub(" ", text)) for text in said)


def led_through(turn: Turn) -> bool:
    """Tell whether somebody asks to be led through what the message names, and not only to be told of it."""
    return bool(_LED_THROUGH.search(plain(turn.reading.text)))


def wants_time(turn: Turn) -> bool:
    """Tell whether somebody who names a complaint wants to be led: by saying so, or by naming a length."""
    text = _BE_KIND.sub(" ", plain(turn.reading.text))
    minutes = minutes_wished(turn)  # "eight hours at the computer" is no wish
    return bool(_LED.search(text)) or minutes is not None and minutes <= LONGEST_WISH


_NO_ROUTINE = re.compile(
    r"\b(?:no|not|without|don'?t (?:want|need)) (?:a |any |the |another |your )?(?:guided|routines?|sessions?|sequences?|programmes?|programs?)\b"
)
_YET_ONE = re.compile(r"\b(?:start|begin|do|run|give|let'?s|lead|longer|shorter|instead|but)\b")
"""Wants another one all the same."""


def wants_no_routine(text: str) -> bool:
    """Tell whether a text says that no routine is wanted: "no guided stuff", "I don't want a routine"."""
    return "?" not in text and bool(_NO_ROUTINE.search(text)) and not _YET_ONE.search(text)


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
    led = _LED.search(_BE_KIND.sub(" ", text)) or _BEGIN_IT.search(text) or "together" in text
    return bool(led) and routine_named(catalog, text) is not None


def minutes_wished(turn: Turn) -> float | None:
    """Return the length that is wished for, in minutes."""
    return quantities.minutes(turn.reading.text, asked=turn.memory.asked in {"minutes", WHAT_FOR})


def request_of(turn: Turn, catalog: Catalog, progress: Progress | None) -> Request:
    """Return what is wanted by now: the message over what waited, over the routine that is on."""
    memory, text = turn.memory, turn.reading.text
    wanted = (Request.from_dict(memory.request) if memory.request else None) or Request()
    named = routine_named(catalog, text)
    answers_risk = memory.asked == SCREEN and turn.reading.risks  # an artificial hip is no wish for the hip
    complaint = "" if answers_risk else complaint_wished(turn, catalog)
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
    minutes, posture = minutes_wished(turn), quantities.posture(text)
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


def complaint_wished(turn: Turn, catalog: Catalog) -> str:
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


def is_new(turn: Turn, request: Request) -> bool:
    """Tell a wish for another routine from "start" and "let's go" while one is on."""
    said = turn.reading
    return bool(
        said.complaints
        or said.points
        or request.routine
        and request.minutes
        or minutes_wished(turn)
        or quantities.posture(said.text)
        or re.search(r"\b(?:new|another|different|other) (?:one|routine|session)\b", said.text.lower())
    )
