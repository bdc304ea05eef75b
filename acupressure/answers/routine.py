"""Routines: until the guide can lead step by step, it says so and gives the points in order."""

from __future__ import annotations

from acupressure.answers import complaints
from acupressure.catalog import Catalog
from acupressure.memory import Memory
from acupressure.reply import Bubble, Say, bubble
from acupressure.understanding import Turn


def start(turn: Turn, catalog: Catalog) -> tuple[list[Bubble], Memory]:
    """Say that step-by-step leading is not there yet, and give the points of the complaint."""
    bubbles, memory = complaints.answer(turn, catalog)
    return [bubble(Say("utter_routine_not_yet")), *bubbles], memory
