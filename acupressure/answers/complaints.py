"""Answers to complaints: which points tradition or trials use, and how good the evidence is."""

from __future__ import annotations

from dataclasses import replace

from acupressure import cards, policy
from acupressure.answers.points import sort_by_policy, withheld_bubble
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.models import Complaint
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn
from acupressure.wording import listing

MOST = 4
"""Points named in one answer; the card carries them all."""


def answer(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Answer the complaints named in a message, or ask what hurts."""
    complaints = [catalog.complaints[m.id] for m in turn.reading.complaints] or (
        [catalog.complaints[turn.memory.complaint]] if turn.memory.complaint else []
    )
    if not complaints:
        return ask_what(turn.memory)
    bubbles: list[Bubble] = []
    memory = turn.memory
    for complaint in _most_specific(complaints)[:2]:
        new, memory = for_complaint(catalog, memory, complaint)
        bubbles += new
    return bubbles, memory


def _most_specific(complaints: list[Complaint]) -> list[Complaint]:
    """Return the complaints without "back pain" where a part of the back is named too."""
    special = [c for c in complaints if c.id not in {"whole_back", "stiffness", "computer_work"}]
    return special or complaints


def forbidden(turn: Turn, catalog: Catalog) -> bool:
    """Tell whether a message names an ache, apart from what it tells of risks, whose points are withheld."""
    risks = [(m.start, m.end) for m in turn.reading.risks]
    aches = [
        m
        for m in turn.reading.complaints
        if not m.is_body_part and all(m.end <= start or m.start >= end for start, end in risks)
    ]
    codes = [p.code for m in aches for p in catalog.complaints[m.id].points]
    return bool(sort_by_policy(catalog, turn.memory, codes)[1])


def ask_what(memory: Memory) -> tuple[list[Bubble], Memory]:
    """Ask where it hurts."""
    return [
        bubble(
            Say("utter_complaints_ask_what"),
            card=cards.ask_card("which_complaint", ["lower back", "neck", "hip"]),
        )
    ], replace(memory, asked="which_complaint")


def for_complaint(catalog: Catalog, memory: Memory, complaint: Complaint) -> tuple[list[Bubble], Memory]:
    """Return the list of points for one complaint, starting with the first in full."""
    memory = replace(memory, complaint=complaint.id, asked="", topic="")
    if not complaint.points:
        says = [
            Say("utter_complaints_no_points", {"complaint": complaint.name, "evidence": complaint.evidence})
        ]
        if complaint.note:
            says.append(Say("utter_complaints_note", {"note": complaint.note}))
        return [
            bubble(
                *says,
                card=cards.faq_card(complaint.id, [catalog.sources[s].title for s in complaint.sources]),
            )
        ], memory
    codes = [p.code for p in complaint.points]
    open_, withheld = sort_by_policy(catalog, memory, codes)
    if not open_:
        return [withheld_bubble(catalog, memory, withheld)], memory
    points = [catalog.point(c) for c in open_]
    first = points[0]
    facts = cards.point_facts(first)
    named = listing([f"{p.name} ({p.area})" for p in points[:MOST]])
    limits = policy.verdict(catalog, first, memory.own_risks(), memory.places).limited
    says = [
        Say("utter_complaints_points", {"complaint": complaint.name, "points": named}),
        Say("utter_complaints_start" if len(points) > 1 else "utter_complaints_only", facts),
        *(Say("utter_safety_limit", {"advice": c.advice}) for c in limits[:1]),
        Say("utter_points_caution", facts),
        Say("utter_complaints_evidence", {"evidence": complaint.evidence}),
        Say("utter_complaints_note", {"note": complaint.note}) if complaint.note else None,
        Say("utter_complaints_next", {"second": points[1].name}) if len(points) > 1 else None,
    ]
    why = {p.code: p.why for p in complaint.points}
    bubbles = [bubble(*says, card=cards.points_card(points, why, for_=complaint.id))]
    if withheld:
        bubbles.append(withheld_bubble(catalog, memory, withheld))
    memory = replace(memory.with_focus((first.code,), ("location",)), offered=tuple(open_))
    return bubbles, memory
