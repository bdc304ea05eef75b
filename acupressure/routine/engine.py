"""What a user's command does to a routine. Pure: the clock comes in as ``now`` (seconds since the epoch)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from acupressure.routine.plan import Plan, Step, sides
from acupressure.routine.progress import (
    FASTEST,
    LONGEST_HOLD,
    SHORTEST_HOLD,
    SLOWEST,
    Progress,
    other_side,
    step_seconds_left,
)

LONGER_BY = 15
"""Seconds by which one hold gets longer or shorter."""
SLOWER_BY, FASTER_BY = 1.25, 0.8


class Command(Enum):
    """What a user may want while a routine is offered or runs."""

    START = "start"
    NEXT = "next"
    BACK = "back"
    REPEAT = "repeat"
    SKIP = "skip"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESTART = "restart"
    SLOWER = "slower"
    FASTER = "faster"
    LONGER = "longer"
    SHORTER = "shorter"
    OTHER_SIDE = "other_side"
    TIME_LEFT = "time_left"
    WHERE = "where"
    UPCOMING = "upcoming"
    EASE = "ease"


class Outcome(Enum):
    """What came of a command, and so what there is to say."""

    STEP = "step"
    """Another step begins."""
    SAME = "same"
    """The present step begins anew."""
    FIRST_ALREADY = "first_already"
    LAST_FINISHED = "last_finished"
    PAUSED = "paused"
    PAUSED_ALREADY = "paused_already"
    RESUMED = "resumed"
    """The present hold goes on with the seconds that were left."""
    RUNNING_ALREADY = "running_already"
    STOPPED = "stopped"
    NOT_RUNNING = "not_running"
    SLOWER = "slower"
    FASTER = "faster"
    LONGER = "longer"
    SHORTER = "shorter"
    AT_LIMIT = "at_limit"
    """Neither pace nor hold can be changed further that way."""
    OTHER_SIDE = "other_side"
    """The present step begins anew on the other side."""
    NO_OTHER_SIDE = "no_other_side"
    TOLD = "told"
    """A question, or a word that pressing hurts: nothing changes."""


Result = tuple[Progress, Outcome]


def apply(progress: Progress, command: Command, now: float) -> Result:
    """Return the state after a command and what came of it.

    Stopping works in every state, starting (over) in every state that has steps. Everything that leads to
    a step also ends a pause. Before the start, "next" and "resume" start. Anything else needs a routine
    that runs or is paused, except that pace, holds and questions also make sense before the start.
    """
    progress = replace(progress, touched=now)
    if command is Command.STOP:
        return _halted(progress, "stopped", now), Outcome.STOPPED
    if not progress.plan.steps:
        return progress, Outcome.NOT_RUNNING
    offered = progress.status == "offered"
    if command is Command.RESTART or (command is Command.START and not progress.is_active):
        return _at(progress, 0, now), Outcome.STEP
    if offered and command in _STARTS:
        return _at(progress, 0, now), Outcome.STEP
    if not progress.is_active and not (offered and command in _BEFORE_START):
        return progress, Outcome.NOT_RUNNING
    return _COMMANDS[command](progress, now)


def replace_point(
    progress: Progress, code: str, seconds: int, kind: str, now: float, how: str = "", tip: str = ""
) -> Progress:
    """Return the state with another point in place of the present one, in this round and the coming ones.

    Both its sides are replaced and the new point begins with its first side.

    Args:
        seconds: length of one hold at pace 1.
        kind: ``each``, ``together`` or ``midline``.
    """
    if not progress.plan.steps:
        return replace(progress, touched=now)
    old, first = progress.plan.steps[progress.index].code, _first_side(progress)
    new = tuple(Step(code, side, seconds, how, tip) for side in sides(kind))
    steps, index = list(progress.plan.steps[:first]), first
    while index < len(progress.plan.steps):
        step = progress.plan.steps[index]
        mate = other_side(progress, index)
        steps += new if step.code == old else (step,)
        index += 2 if step.code == old and mate == index + 1 else 1
    left_out = [c for c in dict.fromkeys((*progress.plan.left_out, old)) if c != code]
    plan = replace(progress.plan, steps=tuple(steps), left_out=tuple(left_out))
    changed = replace(progress, plan=plan, index=first, touched=now)
    return _at(changed, first, now) if progress.is_active else changed


# -- moving -----------------------------------------------------------------------------------------


def _at(progress: Progress, index: int, now: float) -> Progress:
    """Return the state with a step that begins now."""
    return replace(progress, index=index, status="running", step_seconds_spent=0.0, running_since=now)


def _halted(progress: Progress, status: str, now: float) -> Progress:
    """Return the state with its clock stopped."""
    step, spent = progress.current, progress.step_seconds_spent
    if step and progress.running_since is not None:
        spent = step.seconds - step_seconds_left(progress, now)
    return replace(progress, status=status, step_seconds_spent=spent, running_since=None)


def _to(progress: Progress, index: int, now: float) -> Result:
    if index >= len(progress.plan.steps):
        done = _halted(progress, "finished", now)
        return replace(done, step_seconds_spent=float(done.current.seconds)), Outcome.LAST_FINISHED
    return _at(progress, index, now), Outcome.STEP


def _next(progress: Progress, now: float) -> Result:
    return _to(progress, progress.index + 1, now)


def _back(progress: Progress, now: float) -> Result:
    return _to(progress, progress.index - 1, now) if progress.index else (progress, Outcome.FIRST_ALREADY)


def _repeat(progress: Progress, now: float) -> Result:
    return _at(progress, progress.index, now), Outcome.SAME


def _skip(progress: Progress, now: float) -> Result:
    """Leave the present point: its other side as well, if that is still to come."""
    mate = other_side(progress, progress.index)
    return _to(progress, max(progress.index, mate if mate is not None else 0) + 1, now)


def _pause(progress: Progress, now: float) -> Result:
    if progress.status == "paused":
        return progress, Outcome.PAUSED_ALREADY
    return _halted(progress, "paused", now), Outcome.PAUSED


def _resume(progress: Progress, now: float) -> Result:
    if progress.status == "running":
        return progress, Outcome.RUNNING_ALREADY
    return replace(progress, status="running", running_since=now), Outcome.RESUMED


# -- pace, holds, sides -----------------------------------------------------------------------------


def _pace(factor: float, outcome: Outcome) -> Callable[[Progress, float], Result]:
    def change(progress: Progress, now: float) -> Result:
        pace = round(min(max(progress.pace * factor, FASTEST), SLOWEST), 4)
        if pace == progress.pace:
            return progress, Outcome.AT_LIMIT
        return replace(progress, pace=pace), outcome

    return change


def _hold(seconds: int, outcome: Outcome) -> Callable[[Progress, float], Result]:
    def change(progress: Progress, now: float) -> Result:
        held = progress.step(progress.index).seconds
        wanted = min(max(held + seconds, SHORTEST_HOLD), LONGEST_HOLD)
        if wanted == held:
            return progress, Outcome.AT_LIMIT
        changed = {progress.index, other_side(progress, progress.index)}
        # lengths are kept at pace 1, whatever the pace is
        base = min(max(round(wanted / progress.pace), 1), round(LONGEST_HOLD / FASTEST))
        return _with_steps(progress, changed, seconds=base), outcome

    return change


def _other_side(progress: Progress, now: float) -> Result:
    """Change the side: the two sides of a point swap, or the one that was first comes once more."""
    step = progress.plan.steps[progress.index]
    if step.side not in _OPPOSITE:
        return progress, Outcome.NO_OTHER_SIDE
    mate = other_side(progress, progress.index)
    if mate is not None and mate < progress.index:
        return _at(progress, mate, now), Outcome.OTHER_SIDE
    progress = _with_steps(progress, {progress.index}, side=_OPPOSITE[step.side])
    if mate is not None:
        progress = _with_steps(progress, {mate}, side=step.side)
    return _at(progress, progress.index, now), Outcome.OTHER_SIDE


def _told(progress: Progress, now: float) -> Result:
    return progress, Outcome.TOLD


def _with_steps(progress: Progress, indices: set[int | None], **changes: object) -> Progress:
    steps = tuple(replace(s, **changes) if i in indices else s for i, s in enumerate(progress.plan.steps))
    plan: Plan = replace(progress.plan, steps=steps)
    return replace(progress, plan=plan)


def _first_side(progress: Progress) -> int:
    """Return the index at which the present point begins in its round."""
    mate = other_side(progress, progress.index)
    return progress.index if mate is None else min(progress.index, mate)


_OPPOSITE = {"left": "right", "right": "left"}
_STARTS = {Command.NEXT, Command.RESUME}
_QUESTIONS = {Command.TIME_LEFT, Command.WHERE, Command.UPCOMING}
_COMMANDS: dict[Command, Callable[[Progress, float], Result]] = {
    Command.START: _repeat,
    Command.NEXT: _next,
    Command.BACK: _back,
    Command.REPEAT: _repeat,
    Command.SKIP: _skip,
    Command.PAUSE: _pause,
    Command.RESUME: _resume,
    Command.SLOWER: _pace(SLOWER_BY, Outcome.SLOWER),
    Command.FASTER: _pace(FASTER_BY, Outcome.FASTER),
    Command.LONGER: _hold(LONGER_BY, Outcome.LONGER),
    Command.SHORTER: _hold(-LONGER_BY, Outcome.SHORTER),
    Command.OTHER_SIDE: _other_side,
    Command.EASE: _told,
    **dict.fromkeys(_QUESTIONS, _told),
}
_BEFORE_START = {Command.SLOWER, Command.FASTER, Command.LONGER, Command.SHORTER, *_QUESTIONS}
