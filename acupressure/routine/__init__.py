"""Routines that lead from point to point: the plan, where somebody is in it, and what commands do."""

from acupressure.routine.engine import Command, Outcome, apply, replace_point
from acupressure.routine.plan import PLANNED, Plan, Request, Step
from acupressure.routine.planner import NothingFits, fits_posture, make_plan, sides_of
from acupressure.routine.progress import (
    Progress,
    cues,
    interrupted,
    is_other_side,
    offer,
    round_of,
    seconds_left,
    step_seconds_left,
    without,
)

__all__ = [
    "PLANNED",
    "Command",
    "NothingFits",
    "Outcome",
    "Plan",
    "Progress",
    "Request",
    "Step",
    "apply",
    "cues",
    "fits_posture",
    "interrupted",
    "is_other_side",
    "make_plan",
    "offer",
    "replace_point",
    "round_of",
    "seconds_left",
    "sides_of",
    "step_seconds_left",
    "without",
]
