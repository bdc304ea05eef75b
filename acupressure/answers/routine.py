"""Routines: the screen before the first one, and the points in order until the guide can lead step by step."""

from __future__ import annotations

import re
from dataclasses import replace

from acupressure import cards, policy
from acupressure.answers import complaints, safety
from acupressure.answers.points import sort_by_policy
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn
from acupressure.wording import listing

SCREEN = "screen"
"""Value of ``Memory.asked`` while the screen waits for its answer."""
_NONE = re.compile(
    r"\b(?:none|no|nope|nah|nothing|neither|not that i know|all (?:fine|good|clear)|i'?m (?:fine|healthy|good|ok))\b"
)
_REFUSED = re.compile(
    r"\b(?:rather not|won'?t|don'?t want|not (?:telling|saying|answering|your business)|none of your|private|skip|"
    r"just start|just show|get on with|no questions|stop asking|doesn'?t matter|ignore)\b"
)


def start(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Ask the screen before the first routine, else go on to the routine."""
    memory = turn.memory
    if turn.reading.complaints:
        memory = replace(memory, complaint=turn.reading.complaints[0].id)
    if memory.screened or _blocking(catalog, memory):
        return _lead(catalog, memory)
    options = [
        "pregnant",
        "under sixteen",
        "weak bones",
        "blood thinners",
        "recent surgery",
        "numb feet",
        "none",
    ]
    return [bubble(Say("utter_safety_screen"), card=cards.ask_card(SCREEN, options))], replace(
        memory, asked=SCREEN
    )


def screen_answered(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Take the answer to the screen: a risk, "none of those", or a refusal, which leads to the gentlest set."""
    news, text = turn.extra.get("news", []), turn.reading.text.lower()
    memory = replace(turn.memory, asked="")
    if news or any(catalog.cautions.counts(m) for m in turn.reading.risks):
        bubbles, led = _lead(catalog, replace(memory, screened="answered"))
        return [*(safety.noted(n, catalog) for n in news), *bubbles], led
    if _REFUSED.search(text):
        return _gentle(catalog, replace(memory, screened="refused"), "utter_safety_screen_refused")
    if _NONE.search(text):
        return _lead(catalog, replace(memory, screened="clear"))
    return [bubble(Say("utter_safety_screen_which"), card=cards.ask_card(SCREEN))], replace(
        memory, asked=SCREEN
    )


def answers_screen(turn: Turn) -> bool:
    """Tell whether a message answers the screen instead of asking something new."""
    if turn.memory.asked != SCREEN or turn.reading.points:
        return False
    text = turn.reading.text.lower()
    short = turn.reading.intent in {
        "affirm",
        "deny",
        "tell_risk",
        "correct_risk",
        "nlu_fallback",
        "out_of_scope",
    }
    return short or bool(_NONE.search(text) or _REFUSED.search(text) or turn.reading.risks)


def _blocking(catalog: Catalog, memory: Memory) -> bool:
    risks = [catalog.cautions.cautions[r] for r in memory.own_risks()]
    return any(r.routine == "none" for r in risks) or bool(safety.standing_level(catalog, memory))


def _lead(catalog: Catalog, memory: Memory) -> tuple[list[Bubble], Memory]:
    """Give the points that may stand in a routine for this person."""
    risks = [catalog.cautions.cautions[r] for r in memory.own_risks()]
    against = next((r for r in risks if r.routine == "none"), None)
    if against:
        fine, _ = sort_by_policy(catalog, memory, policy.instead(catalog, memory.own_risks(), memory.places))
        names = listing([catalog.point(c).name for c in fine])
        says = [Say("utter_safety_no_routine", {"risk": against.name, "advice": against.advice})]
        says.append(
            Say("utter_safety_instead", {"names": names}) if names else Say("utter_safety_no_instead")
        )
        return [bubble(*says, card=cards.caution_card([], against.id, fine))], memory
    if safety.standing_level(catalog, memory):
        heard = listing([catalog.signs.signs[s].heard for s in memory.signs])
        card = cards.caution_card([], memory.signs[0], [])
        return [bubble(Say("utter_safety_no_routine_sign", {"heard": heard}), card=card)], memory
    if memory.screened == "refused" or any(r.routine == "gentle" for r in risks):
        name = "utter_safety_screen_refused" if memory.screened == "refused" else "utter_safety_gentle_only"
        return _gentle(catalog, memory, name)
    complaint = catalog.complaints[memory.complaint or "lower_back"]
    bubbles, memory = complaints.for_complaint(catalog, memory, complaint)
    return [bubble(Say("utter_routine_not_yet")), *bubbles], memory


def _gentle(catalog: Catalog, memory: Memory, why: str) -> tuple[list[Bubble], Memory]:
    """Give the gentlest points, with a warning."""
    codes, _ = sort_by_policy(catalog, memory, [c for c in policy.GENTLEST if c in catalog.points])
    points = [catalog.point(c) for c in codes]
    says = [
        Say(why),
        Say("utter_safety_gentle_points", {"points": listing([f"{p.name} ({p.area})" for p in points])}),
    ]
    if points:
        facts = cards.point_facts(points[0])
        says += [Say("utter_complaints_start", facts), Say("utter_points_caution", facts)]
        memory = replace(memory.with_focus((points[0].code,), ("location",)), offered=tuple(codes))
    return [bubble(*says, card=cards.points_card(points, for_="gentle"))], memory
