"""What a message asks for at this moment, and what answers it: intents, weighed with all else that was said."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from acupressure.aches import something_wrong
from acupressure.answers import (
    alarms,
    aspects,
    at_hand,
    complaints,
    context,
    faq,
    handouts,
    leading,
    lists,
    names,
    narrowing,
    offering,
    pain,
    points,
    privacy,
    routine,
    safety,
    smalltalk,
    unwell,
    whose,
    wishes,
)
from acupressure.answers.adjusting import adjusted
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.quantities import score
from acupressure.reply import Bubble
from acupressure.understanding import Turn

Handler = Callable[[Turn, Catalog], tuple[list[Bubble], Memory]]

ROUTES: dict[str, Handler] = {
    **dict.fromkeys(points.ASPECTS, points.answer),
    "pick_point": points.choose,
    "list_points": lists.list_all,
    "compare_points": lists.compare,
    "tell_more": smalltalk.more,
    "ask_complaint": narrowing.for_ache,
    "start_routine": routine.start,
    "ask_routines": offering.which,
    **leading.HANDLERS,
    "set_reminder": handouts.remind,
    "print_routine": handouts.print_card,
    "tell_pain": pain.tell,
    "ask_pain_trend": pain.trend,
    "export_pain": pain.export,
    "tell_risk": safety.tell_risk,
    "correct_risk": safety.correct_risk,
    "ask_known_risks": safety.ask_known,
    "ask_safe_for_me": safety.safe_for_me,
    "self_harm": alarms.comfort,
    "retract_sign": alarms.nothing_to_retract,
    "sign_cleared": alarms.nothing_to_retract,
    "affirm": smalltalk.affirm,
    "deny": smalltalk.deny,
    "repeat": smalltalk.repeat,
    "start_over": smalltalk.start_over,
    "forget_me": privacy.forget,
    "ask_privacy": privacy.explain,
    "other_health": smalltalk.out_of_scope,
    "out_of_scope": smalltalk.out_of_scope,
    "nlu_fallback": smalltalk.unclear,
    **{name[len("utter_smalltalk_") :]: smalltalk.talk for name in smalltalk.SMALLTALK},
}
"""Intent -> what answers it. Every ``faq_`` intent goes to the general questions."""

_YES_NO = re.compile(
    r"\W*(?:(?:so|and|but|then|ok|okay)\W+)*(?:is|are|can|could|may|should|shall|do|does|would|will|am)\b"
)
_HARDLY = 0.2
"""Confidence below which a question behind a point is not about that point."""
_MATTERS = re.compile(
    r"\bdo(?:es)? (?:that|it|this|they) (?:matter|count|change (?:anything|things|it|that))\b|\bis (?:that|it|this) (?:an? (?:issue|problem)|bad)\b|\bstill (?:ok|okay|al+ ?right|fine|safe)\b"
)
"""Asks what a risk just told means: what is said of it is the answer."""
_SHOW_ME = re.compile(r"\b(?:show|give|tell) me\b|\b(?:which|what) (?:points?|can|should|do)\b")
_NO_FIRST = re.compile(r"\W*(?:(?:oh|um|well|er)\W+)*(?:no|nope|nah|none|nothing)\b(?! (?:more|longer)\b)")
_STARTING = {"start_routine", "ask_routines"}
_SAID_WITH_A_START = {
    "ask_complaint", "describe_point", "pick_point", "ask_posture", "ask_duration", "routine_replace", "routine_next",
    "routine_hurts", "tell_pain", "ask_location", "list_points", "routine_longer", "routine_shorter", "explain_find",
    "ask_benefits",
}  # fmt: skip


def handler_of(intent: str) -> Handler:
    """Return what answers an intent; unknown ones are answered as not understood."""
    return faq.answer if intent.startswith(faq.PREFIX) else ROUTES.get(intent, smalltalk.unclear)


_MORE_THAN_NO = re.compile(
    r"\?|\bbut\b|\btingl|\bnumb|\bnothing (?:helps|works)\b|\bawful\b|\bworse\b|\bstop\b|\bnow\b"
)


def _plain_no(turn: Turn) -> bool:
    """Tell whether a message answers the questions after "it hurts" with no, and tells nothing else."""
    text, intent = turn.reading.text.lower(), turn.reading.intent
    other = intent in {"routine_stop", "routine_pause", "goodbye", "routine_hurts", *points.ASPECTS}
    return not other and bool(_NO_FIRST.match(text)) and not _MORE_THAN_NO.search(text)


def asks_more(turn: Turn) -> bool:
    """Tell whether a message names a point beside what it tells."""
    return bool([m for m in turn.reading.points if m.codes])


def _first_of_all(turn: Turn, catalog: Catalog) -> list[Handler]:
    """Return what answers a message that is known without a look at its intent: it answers a question of ours, or says how one feels."""
    if unwell.feels_faint(turn):
        return [unwell.answer]
    waits = turn.memory.asked in {routine.SCREEN, leading.BEGIN}
    if waits and wishes.wants_no_routine(turn.reading.text.lower()):
        turn.memory = replace(turn.memory, asked="", request={})
        if not (turn.reading.points or turn.reading.complaints) and turn.reading.intent in {"thank", "deny"}:
            return [smalltalk.deny]  # "no routine, thanks"
    if turn.memory.asked == leading.HURTS and _plain_no(turn):
        turn.extra["intents"] = ("deny",)
        return [leading.hurts_answered]  # "no, only a dull ache, nothing in the legs"
    if names.asked(turn):
        return [names.tell]
    if routine.answers_screen(turn):
        asked_too = any(i.startswith(faq.PREFIX) for i in turn.reading.intents) and "?" in turn.reading.text
        turn.extra["intents"] = turn.reading.intents
        return [routine.screen_answered, *([faq.answer] if asked_too else [])]
    idle = leading.active(turn.memory) is None
    if not idle and context.stops(turn) and _tells_a_score(turn) and not pain.answers_score(turn):
        return [leading.HANDLERS["routine_stop"], pain.tell]  # "stop now thanks. it's a 4"
    known: tuple[tuple[bool, Handler], ...] = (
        (routine.answers_what_for(turn, catalog), routine.what_for_answered),
        (offering.answers_offer(turn), offering.offer_taken),
        (offering.asks_length(turn), offering.tell_length),
        (pain.answers_score(turn), pain.tell),
        (handouts.answers_time(turn), handouts.remind),
        (handouts.answers_which(turn, catalog), handouts.print_card),
        (narrowing.asked(turn, catalog), narrowing.answer),
        (idle and safety.asks_what_to_avoid(turn), safety.what_to_avoid),
        (idle and safety.asks_what_is_left(turn), safety.what_is_left),
    )
    return next(([handler] for holds, handler in known if holds), [])


def _tells_a_score(turn: Turn) -> bool:
    return "tell_pain" in turn.reading.intents and score(turn.reading.text) is not None


def tasks(turn: Turn, catalog: Catalog) -> list[Handler]:
    """Return what has to be answered, in the order of the message."""
    first = _first_of_all(turn, catalog)
    if first:
        return first
    intents = context.in_context(turn)
    if turn.memory.focus and whose.names_only(turn):  # "and for her?"
        intents = [points.asking((*turn.memory.aspects, "overview")[0])]
    elif turn.memory.complaint and whose.names_only(turn):
        intents = ["ask_complaint"]
    if turn.reading.intent == "repeat" and "repeat" in intents and not turn.reading.points:
        intents = [_once_more(turn)]  # whatever the reason
    intents = _without_minor(intents)
    intents = list(dict.fromkeys(adjusted(i, turn, catalog) for i in intents))
    intents = _beside_news(_without_minor(intents), turn, catalog)
    if "pick_point" in intents and set(intents) & set(
        points.ASPECTS
    ):  # "the first one, how long?" is one question
        intents.remove("pick_point")
    if "routine_replace" in intents:  # "I can't get my fingers there, is there another one"
        intents = [i for i in intents if i not in points.ASPECTS]
    if turn.reading.complaints and "ask_complaint" in intents:  # "my neck is stiff, what can I do"
        said_how = "how" in turn.reading.text.lower()  # "which point should I press" asks for no technique
        beside = {
            "help",
            *(() if said_how else ("faq_technique",)),
            *(("faq_partner",) if turn.extra.get("news") else ()),
        }
        intents = [i for i in intents if i not in beside]
    if not turn.reading.points and not turn.memory.focus and any(i.startswith(faq.PREFIX) for i in intents):
        intents = [i for i in intents if i != "compare_points"]  # "... How do they compare": no two points
    if asks_more(turn) and "ask_complaint" in intents and not _tells_of_an_ache(turn):
        intents = [i for i in intents if i != "ask_complaint"] or [
            "describe_point"
        ]  # "the one behind the knee: BL40?"
    intents += _asked_besides(turn, intents)
    if intents == ["ask_complaint"] and faq.asks_for_a_cure(turn.reading.text):
        intents = ["faq_cure", *intents]  # "can it cure anxiety?" first of all wants an honest no
    if turn.extra.get("news") and asks_more(turn):  # "I'm pregnant, LI4?" asks about the point
        intents = [i for i in intents if i not in safety.OF_RISKS] or ["describe_point"]
    intents += _asked_with_a_denial(turn, intents, catalog)
    if "ask_duration" in intents and turn.memory.focus and not wishes.led_through(turn):
        # behind a point, "ten seconds? two minutes?" is about its hold; without a routine none is made shorter
        idle = leading.active(turn.memory) is None
        intents = [i for i in intents if i != "start_routine" and not (idle and i in leading.IN_ROUTINE)]
    if (
        asks_more(turn) and len(intents) > 1 and not wishes.wants_time(turn)
    ):  # "SP6 and PC6: what is each for" asks for no set
        intents = [i for i in intents if i != "ask_routines"]
    intents.sort(key=lambda i: i not in safety.OF_RISKS)  # safety first, whatever was asked before it
    if set(intents) & _STARTING:  # what it is for comes with it: no list of points besides
        intents = [i for i in intents if i not in _SAID_WITH_A_START]
    turn.extra["intents"] = tuple(intents)
    handlers = list(dict.fromkeys(_in_the_moment(i, turn) for i in intents))
    return [*handlers, offering.offered_again] if handlers == [pain.tell] else handlers


def _beside_news(intents: list[str], turn: Turn, catalog: Catalog) -> list[str]:
    """Return the intents that remain beside what was told of a risk, with an ache whose points it forbids."""
    news: list[safety.News] = turn.extra.get("news", [])
    if (
        turn.memory.own_risks()
        and "faq_partner" in intents
        and (news or "?" in turn.reading.text or _YES_NO.match(turn.reading.text.lower()))
    ):
        # "can I press his back for him", with his hip in mind: no "yes" in general, what his hip allows
        own = [i for i in intents if i != "faq_partner"]
        intents = own if news else list(dict.fromkeys([*own, "ask_safe_for_me"]))
    if not news:
        return intents
    unclear = not turn.memory.focus or turn.reading.confidence < _HARDLY
    if (
        unclear and _MATTERS.search(turn.reading.text.lower()) and not turn.reading.points
    ):  # "he's 81, does that matter?"
        kept = {*safety.OF_RISKS} | (
            {"ask_complaint"} if any(not c.is_body_part for c in turn.reading.complaints) else set()
        )
        return [i for i in intents if i in kept]
    if any(n.holds for n in news) and not turn.memory.signs:  # what tells a risk takes no sign back
        intents = [i for i in intents if i not in {"retract_sign", "sign_cleared"}]
    if not leading.progress_of(turn.memory):  # "hang about, it's my wife who ...": there is nothing to stop
        intents = [i for i in intents if i not in leading.IN_ROUTINE]
    if any(not n.holds for n in news) and "?" not in turn.reading.text:  # what is put right asks nothing
        return [i for i in intents if not i.startswith(faq.PREFIX)]
    if set(intents) <= safety.OF_RISKS and complaints.forbidden(turn, catalog):
        return [*intents, "ask_complaint"]
    return intents


def _asked_with_a_denial(turn: Turn, intents: list[str], catalog: Catalog) -> list[str]:
    """Return what is asked beside a risk that is only denied ("I never had a clot: LI4?")."""
    told = [*turn.reading.risks]
    if not told or not set(intents) <= safety.OF_RISKS or any(catalog.cautions.counts(m) for m in told):
        return []
    if turn.memory.complaint and _SHOW_ME.search(turn.reading.text.lower()):
        return ["ask_complaint"]  # "I'm not pregnant, just show me some points"
    about = asks_more(turn) or turn.memory.focus and "?" in turn.reading.text
    asked = aspects.named(turn.reading.text) if about else ()
    if asked:
        return [points.asking(asked[0])]
    return ["describe_point"] if asks_more(turn) else []


def _once_more(turn: Turn) -> str:
    """Return what is wanted again: all that was said last, or what the words name of the point shown last."""
    asked = aspects.named(turn.reading.text) if turn.memory.focus and not leading.active(turn.memory) else ()
    return points.asking(asked[0]) if asked else "repeat"


def _tells_of_an_ache(turn: Turn) -> bool:
    """Tell whether a message that names a point also tells of an ache, and not only of a part of the body."""
    coded = any(m.codes and m.how in {"code", "name"} for m in turn.reading.points)
    only_parts = all(c.is_body_part for c in turn.reading.complaints)
    return not coded or not only_parts or bool(something_wrong(turn.reading.text))


def _without_minor(intents: list[str]) -> list[str]:
    """Return the intents without courtesies, unless nothing else is said."""
    return ([i for i in intents if i not in at_hand.MINOR] or intents[:1]) if len(intents) > 1 else intents


def _asked_besides(turn: Turn, intents: list[str]) -> list[str]:
    """Return what a message of general questions asks of a point besides ("and how long each")."""
    if not all(i.startswith(faq.PREFIX) for i in intents) or leading.active(turn.memory):
        return []
    named = any(m.codes for m in turn.reading.points)
    asked = aspects.alone(turn.reading.text) if named or turn.memory.focus else ()
    if not asked:
        return ["describe_point"] if named else at_hand.told_of_it_too(turn, intents)
    return [points.asking(asked[0])]


def _in_the_moment(intent: str, turn: Turn) -> Handler:
    """Return what answers an intent at this point of the conversation: what was asked, what is on."""
    asked = turn.memory.asked
    if asked == leading.HURTS and intent in {
        "affirm",
        "deny",
        "routine_skip",
        "routine_next",
        "routine_resume",
    }:
        return leading.hurts_answered
    if asked == leading.BEGIN and intent in {
        "affirm",
        "routine_next",
        "routine_restart",
        "start_over",
        "start_routine",
    }:
        return offering.offer_taken
    if asked == "pain_after" and intent in {
        "deny",
        "routine_skip",
        "routine_next",
        "routine_stop",
        "routine_upcoming",
    }:
        return pain.skip_score if intent in {"deny", "routine_skip"} else leading.over
    if asked == "pain_after" and intent == "start_over":
        return leading.HANDLERS["routine_restart"]
    if leading.active(turn.memory) and intent in leading.ON:
        return leading.ON[intent]
    return handler_of(intent)
