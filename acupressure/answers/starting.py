"""The wish for a routine that another intent hides, and what only seems to be one."""

from __future__ import annotations

import re

from acupressure.answers import aspects, faq, leading, points, routine, wishes
from acupressure.catalog import Catalog
from acupressure.quantities import only_lengths
from acupressure.understanding import Turn

_MAY_NAME_A_ROUTINE = {
    "ask_complaint", "ask_frequency", "ask_location", "ask_point_safety", "ask_posture", "describe_point",
    "nlu_fallback", "pick_point", "affirm", "routine_next", "routine_resume", "start_over", "list_points",
}  # fmt: skip
"""Intents taken for the wish for a routine whose name the message holds ("the hand points together")."""
_START_WITH_ONE = re.compile(
    r"\b(?:start(?:ing)?|begin(?:ning)?|go) (?:off )?with (?:the |that |this )?(?:[\w'-]+ ){0,3}(?:one|point|spot|first|second|third|last)\b|"
    r"\b(?:just|only) the (?:first|second|third|last|top)\b|"
    r"\bwhich (?:one |point |spot )?(?:would|should|do|shall|can) (?:you|i|we) (?:start|begin|put|set)\b"
)
"""Which of the points just listed is wanted first: no routine."""
TELL_ABOUT = re.compile(r"\b(?:know|tell me|hear|learn|remind me|ask) (?:\w+ )?about\b")
"""Wishes to be told about something, not to do it."""
_WANTS_ONE = re.compile(
    r"^(?![^?]*\?)(?!\W*(?:(?:and|so|ok|okay|um)\W+)*(?:is|are|do you|does|have you|which|what|how|got any|any)\b)(?!.*\b(?:know|tell|list|hear|which|what)\b).*"
    r"\b(?:do|give|gimme|start|run|lead|take|walk|guide|let'?s|lets|i(?:'d| would) like|i want|i need)\b|"
    r"^[^?]*\b(?:go|now|please|pls)\W*$"
)
"""A wish for one routine, not the question which there are."""
_SET_OFF = re.compile(r"\b(?:start|begin|lead me|take me|guide me|run)\b.{0,24}\broutine\b")
_DO_ONE = re.compile(
    r"\b(?:can|could|will|would) (?:you|we) (?:please )?(?:do|run|lead|give me|start|take me through)\b(?! (?:it|this|that|them)\b)"
)
_FINDING = re.compile(r"\b(?:find(?:ing)?|locat(?:e|ing))\b")
_ANOTHER = {
    "routine_back",
    "routine_restart",
    "routine_resume",
    "start_over",
    "routine_replace",
    "routine_where",
}
_HARDLY = 0.3
"""Confidence below which nothing is begun by a guess."""
_QUESTION_WORD = re.compile(r"\b(?:how|when|what|which|why)\b")


def from_the_list(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return what is wanted of the points just shown where it is taken for the wish to begin something."""
    memory, text = turn.memory, turn.reading.text.lower()
    begins = intent in {"start_routine", "start_over"} and leading.active(memory) is None
    if intent in {"start_routine", "ask_routines"} and wishes.wants_no_routine(text):
        return "ask_complaint" if turn.reading.complaints else "deny"  # "nah, no guided stuff"
    if begins and wishes.asks_for_kindness(turn):
        return "nlu_fallback"
    if not begins or wishes.led_through(turn) or wishes.routine_named(catalog, turn.reading.text):
        return None
    chooses = turn.reading.points or _START_WITH_ONE.search(text)
    if turn.reading.confidence < _HARDLY and memory.focus and not (chooses or wishes.wants_time(turn)):
        told = aspects.named(text)  # "back to business: palm or knuckle?"
        if told:
            return points.asking(told[0])
    if memory.focus and "?" in text and only_lengths(text):
        return "ask_duration"  # "ten seconds? two minutes?"
    asks = not turn.reading.complaints and ("?" in text or "point" in turn.shown)
    asked = aspects.named(text) if asks and not wishes.wants_time(turn) else ()
    if asked and (memory.focus or any(m.codes and m.how != "place" for m in turn.reading.points)):
        return points.asking(asked[0])  # "it is time for class. What is the proof for KI27?"
    one = memory.offered and _START_WITH_ONE.search(text)
    return "pick_point" if one and not wishes.wants_time(turn) else None


def wished(intent: str, turn: Turn, catalog: Catalog) -> str | None:
    """Return the wish for a routine that an intent hides, or for the routines there are."""
    reading, memory = turn.reading, turn.memory
    on = leading.active(memory) is not None
    if intent == "ask_complaint" and memory.asked == routine.SCREEN and memory.request:
        return "start_routine"  # what it is for, told before the questions are answered
    if intent in {"start_routine", "ask_complaint", "faq_when"} and wishes.asks_which(turn):
        return "ask_routines"
    told_of = intent == "start_routine" and any(m.codes and m.how != "place" for m in reading.points)
    if told_of and TELL_ABOUT.search(reading.text.lower()) and not wishes.led_through(turn):
        return "describe_point"  # "I'd like to know about LR3, I've got ten minutes"
    if told_of and _FINDING.search(reading.text.lower()):
        return "ask_location"  # "talk me through finding K27"
    wanted = wishes.routine_named(catalog, reading.text) if on and intent in _ANOTHER else None
    if wanted and (memory.progress.get("plan") or {}).get("routine") != wanted.id:
        return "start_routine"  # "go back to the desk reset" while another one is on
    if (
        intent == "ask_routines"
        and not on
        and _WANTS_ONE.search(reading.text.lower())
        and not wishes.asks_which(turn)
    ):
        return "start_routine"
    if intent in {"ask_complaint", "start_over"} and reading.complaints and wishes.wants_time(turn):
        return "start_routine"
    may_name = intent in _MAY_NAME_A_ROUTINE or intent.startswith(faq.PREFIX) and "?" not in reading.text
    if (
        intent == "ask_posture"
        and not (on or memory.offered)
        and not memory.focus
        and not reading.points
        and _DO_ONE.search(reading.text.lower())
    ):
        return "start_routine"  # "can you do one with me lying down"
    waits = memory.asked == routine.SCREEN and memory.request  # "the seated one then"
    if waits and not on and intent in leading.IN_ROUTINE and wishes.minutes_wished(turn):
        return "start_routine"  # "I meant ten minutes, not twenty"
    if waits and intent in _MAY_NAME_A_ROUTINE and wishes.routine_named(catalog, reading.text):
        return "start_routine"
    if may_name and not on and wishes.names_one(turn, catalog):
        return "start_routine"
    starts = intent.startswith(faq.PREFIX) and _SET_OFF.search(reading.text.lower())
    if starts and not on and not _QUESTION_WORD.search(reading.text.lower()):
        return "start_routine"
    return None
