"""What a user takes along: a calendar reminder and a routine to print."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta

from acupressure import cards, quantities, reminder
from acupressure import routine as engine
from acupressure.answers import leading, routine, safety, wishes
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.routine import Plan, Request
from acupressure.understanding import Turn
from acupressure.wording import duration, listing, wording

EVERY_MORNING = time(8)
"""When a reminder rings where no time was named."""
UID = "daily-routine@acupressure-guide"
"""One reminder for each calendar: a new one replaces the old one."""


ASKED = "reminder"
"""Value of ``Memory.asked`` while another time may still be named."""


def answers_time(turn: Turn) -> bool:
    """Tell whether a message names another time for the reminder that was just made."""
    short = len(turn.reading.text.split()) <= 8 and not turn.reading.points
    short = short and not _SUM.search(turn.reading.text.lower())
    return turn.memory.asked == ASKED and short and quantities.time_of_day(turn.reading.text) is not None


_SUM = re.compile(r"\b(?:percent|per cent|times|plus|minus|divided|multiplied|what(?:'s| is))\b|%")
"""Of a sum, not of a time: "what's eighteen percent of two hundred"."""
WHICH = "print_which"
"""Value of ``Memory.asked`` while the routine to print has to be named."""


def answers_which(turn: Turn, catalog: Catalog) -> bool:
    """Tell whether a message names the routine to print."""
    named = wishes.routine_named(catalog, turn.reading.text) or turn.reading.complaints
    return turn.memory.asked == WHICH and bool(named)


def remind(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Make a calendar file that rings every day; nothing has to keep running for it."""
    at = quantities.time_of_day(turn.reading.text) or EVERY_MORNING
    today = datetime.fromtimestamp(turn.now)
    first = today.date() if at > today.time() else today.date() + timedelta(days=1)
    words = wording()
    title, text = words.text("utter_routine_reminder_title"), words.text("utter_routine_reminder_text")
    clock = at.strftime("%H:%M")
    card = {
        **cards.noted_card("reminder", clock, turn.memory.person),
        "ics": reminder.ics(at, title, text, first, UID),
    }
    return [bubble(Say("utter_routine_reminder", {"time": clock}), card=card)], replace(
        turn.memory, asked=ASKED
    )


def print_card(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Write a routine down for the fridge: the one on hand, or the one that is named."""
    memory = turn.memory
    plan = _plan_for(turn, catalog)
    if isinstance(plan, Bubble):
        return [plan], memory
    if plan is None:
        names = [r.name for r in catalog.routines.values() if not r.partner][:3]
        card = cards.ask_card(routine.WHAT_FOR, names)
        ask = bubble(Say("utter_routine_card_ask", {"names": listing(names, "or")}), card=card)
        return [ask], replace(memory, asked=WHICH)
    facts = {"name": plan.name, "length": duration(max(30, round(plan.total / 30) * 30))}
    progress = engine.offer(plan, turn.now)
    on = leading.active(memory)
    card = {
        **cards.routine_card(on if on and on.plan.name == plan.name else progress, catalog, turn.now),
        "printable": printable(plan, catalog, facts),
    }
    return [bubble(Say("utter_routine_card", facts), card=card)], replace(memory, asked="")


def _plan_for(turn: Turn, catalog: Catalog) -> Plan | Bubble | None:
    memory = turn.memory
    progress = leading.progress_of(memory)
    named = wishes.routine_named(catalog, turn.reading.text)
    complaint = next((m.id for m in turn.reading.complaints if catalog.complaints[m.id].points), "")
    blocked = safety.no_routine(catalog, memory)
    if blocked:
        return blocked
    if named or complaint:
        minutes, posture = quantities.minutes(turn.reading.text), quantities.posture(turn.reading.text)
        request = Request(
            complaint=complaint, minutes=minutes, posture=posture, routine=named.id if named else ""
        )
        return routine.plan_for(catalog, memory, request)
    if progress:
        theirs = leading.for_owner(memory)
        left = engine.without(progress, leading.forbidden(catalog, theirs, progress.plan), turn.now)
        return replace(left.plan, steps=left.steps)  # with the lengths the user has chosen
    return (
        routine.plan_for(catalog, memory, Request(complaint=memory.complaint)) if memory.complaint else None
    )


def printable(plan: Plan, catalog: Catalog, facts: dict) -> str:
    """Return a routine as lines of text, one for each point."""
    words = wording()
    lines = [words.text("utter_routine_card_head", facts), ""]
    seen: list[tuple[str, int, str]] = []
    for step in plan.steps:
        kind = {"both": "together", "midline": "midline"}.get(step.side, "each")
        entry = (step.code, step.seconds, kind)
        if seen and seen[-1] == entry:  # the other side of the point before
            continue
        seen.append(entry)
        point = catalog.point(step.code)
        told = {
            **cards.point_facts(point),
            "number": len(seen),
            "hold": duration(step.seconds),
            "sides": words.text(f"utter_routine_card_{kind}"),
            "how": step.how or point.press,
        }
        lines.append(words.text("utter_routine_card_line", told))
    return "\n".join([*lines, "", plan.close, words.text("utter_routine_card_foot")]).strip() + "\n"
