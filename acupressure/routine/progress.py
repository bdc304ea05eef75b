"""Where somebody is in a routine. All times come in as ``now``, in seconds since the epoch."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from acupressure.routine.plan import Plan, Step, is_number

STATUSES = ("offered", "running", "paused", "stopped", "finished")
SHORTEST_HOLD, LONGEST_HOLD = 10, 300
"""A hold that was changed by the user stays within these seconds."""
SLOWEST, FASTEST = 2.0, 0.5
"""Factors on the length of all holds."""
SILENCE = 15 * 60
"""Seconds without a word after which a running routine may count as interrupted."""


@dataclass(frozen=True)
class Progress:
    """The state of one routine: small, explicit, ready for a slot."""

    plan: Plan
    index: int = 0
    """Present step, from 0."""
    status: str = "offered"
    step_seconds_spent: float = 0.0
    """Seconds of the present hold that were over when its clock was last stopped."""
    running_since: float | None = None
    """When the clock of the present hold was last started; None while it stands."""
    pace: float = 1.0
    """Factor on the length of every hold: above 1 is slower."""
    touched: float = 0.0
    """When anything was last heard of the user."""

    @property
    def current(self) -> Step | None:
        """The present step with its real length; None where the plan has no steps left."""
        return self.step(self.index) if self.plan.steps else None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps with their real lengths."""
        return tuple(self.step(index) for index in range(len(self.plan.steps)))

    @property
    def upcoming(self) -> tuple[Step, ...]:
        """The steps behind the present one; all of them before the start, none after the end."""
        if self.status in ("stopped", "finished"):
            return ()
        return self.steps[self.index + (self.status != "offered") :]

    @property
    def steps_left(self) -> int:
        """Steps that are not over yet, the present one among them; 0 once it is finished."""
        return 0 if self.status == "finished" else len(self.plan.steps) - self.index

    @property
    def is_active(self) -> bool:
        """True between start and end, also while paused."""
        return self.status in ("running", "paused")

    def step(self, index: int) -> Step:
        """Return a step with the length it has at the present pace."""
        step = self.plan.steps[index]
        if self.pace == 1:
            return step
        length = 5 * round(step.seconds * self.pace / 5)  # nobody holds a point for 44 seconds
        return replace(step, seconds=min(max(length, SHORTEST_HOLD), LONGEST_HOLD))

    def to_dict(self) -> dict[str, Any]:
        """Return the state ready for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)} | {"plan": self.plan.to_dict()}

    @classmethod
    def from_dict(cls, data: Any) -> Progress | None:
        """Return the state of a mapping, None where anything in it is unreadable."""
        plan = Plan.from_dict(data.get("plan")) if isinstance(data, Mapping) else None
        if plan is None:
            return None
        index, status, since = data.get("index"), data.get("status"), data.get("running_since")
        spent, pace, touched = data.get("step_seconds_spent"), data.get("pace"), data.get("touched")
        readable = (
            isinstance(index, int)
            and not isinstance(index, bool)
            and 0 <= index <= max(0, len(plan.steps) - 1)
            and isinstance(status, str)
            and status in STATUSES
            and (since is None or is_number(since))
            and (since is not None) == (status == "running")
            and all(is_number(value) for value in (spent, pace, touched))
            and spent >= 0
            and FASTEST <= pace <= SLOWEST
            and (bool(plan.steps) or status == "stopped")
        )
        return cls(plan, index, status, spent, since, pace, touched) if readable else None

    def known_to(self, points: Container[str]) -> Progress | None:
        """Return the state without points the catalogue no longer has, None where no step is left."""
        gone = {step.code for step in self.plan.steps if step.code not in points}
        kept = without(self, gone, self.touched) if gone else self
        left_out = tuple(code for code in kept.plan.left_out if code in points)
        return replace(kept, plan=replace(kept.plan, left_out=left_out)) if kept.plan.steps else None


def offer(plan: Plan, now: float) -> Progress:
    """Return the state of a plan that waits for its start."""
    return Progress(plan, touched=now)


# -- time -------------------------------------------------------------------------------------------


def step_seconds_left(progress: Progress, now: float) -> float:
    """Return the seconds left of the present hold, never negative."""
    step = progress.current
    if step is None or progress.status == "finished":
        return 0
    since = progress.running_since
    spent = progress.step_seconds_spent + (max(0.0, now - since) if since is not None else 0.0)
    return max(0.0, step.seconds - spent)


def seconds_left(progress: Progress, now: float) -> float:
    """Return the seconds left of the whole routine, never negative; frozen while paused or stopped."""
    coming = (
        0 if progress.status == "finished" else sum(s.seconds for s in progress.steps[progress.index + 1 :])
    )
    return step_seconds_left(progress, now) + coming


def interrupted(progress: Progress, now: float) -> bool:
    """Tell whether a running routine was left alone too long: a tab closed, the phone rang, the server fell.

    Too long is more than a quarter of an hour and more than twice what was left when anything was last
    heard.
    """
    if progress.status != "running":
        return False
    left = seconds_left(progress, progress.touched)
    return now - progress.touched > max(SILENCE, 2 * left)


def cues(seconds: float) -> dict[str, int]:
    """Return when to say half-time and the last ten seconds, in seconds from the start of a hold.

    Short holds get fewer cues, so that no two of them fall together.
    """
    marks = {}
    if seconds >= 40:
        marks["half"] = round(seconds / 2)
    if seconds >= 20:
        marks["last_ten"] = round(seconds) - 10
    return marks


# -- sides and rounds -------------------------------------------------------------------------------


def other_side(progress: Progress, index: int) -> int | None:
    """Return the index of the same point's other side in the same round, None where there is none."""
    steps = progress.plan.steps
    first = index
    while first and steps[first - 1].code == steps[index].code:
        first -= 1
    mate = first + ((index - first) ^ 1)
    if mate < len(steps) and steps[mate].code == steps[index].code:
        return mate if {steps[mate].side, steps[index].side} == {"left", "right"} else None
    return None


def is_other_side(progress: Progress) -> bool:
    """Tell whether the present step is the second side of the point of the step before."""
    return bool(progress.plan.steps) and other_side(progress, progress.index) == progress.index - 1


def round_of(progress: Progress) -> tuple[int, int]:
    """Return the round of the present step and how many there are, (1, 1) for most plans."""
    step = progress.current
    if step is None:
        return 1, 1
    same = [i for i, s in enumerate(progress.plan.steps) if (s.code, s.side) == (step.code, step.side)]
    return same.index(progress.index) + 1, len(same)


# -- fewer points -----------------------------------------------------------------------------------


def without(progress: Progress, codes: Iterable[str], now: float) -> Progress:
    """Return the state without some points, for a new risk: none of them can be reached by going back either.

    If the present point goes, the next one begins. If nothing comes behind it, the routine is stopped.
    """
    codes = set(codes)
    steps = progress.plan.steps
    gone = tuple(dict.fromkeys(step.code for step in steps if step.code in codes))
    if not gone:
        return replace(progress, touched=now)
    kept = tuple(step for step in steps if step.code not in codes)
    index = sum(step.code not in codes for step in steps[: progress.index])
    left_out = tuple(dict.fromkeys((*progress.plan.left_out, *gone)))
    changed = replace(progress, plan=replace(progress.plan, steps=kept, left_out=left_out), touched=now)
    if steps[progress.index].code not in codes:
        return replace(changed, index=index)
    ended = index >= len(kept)
    status = (
        progress.status if progress.status == "finished" and kept else "stopped" if ended else progress.status
    )
    return replace(
        changed,
        index=min(index, max(0, len(kept) - 1)),
        status=status,
        step_seconds_spent=0.0,
        running_since=now if status == "running" else None,
    )
