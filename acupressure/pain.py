"""The pain log of one user: scores around a routine, what they tell over time, and ways to hand them on."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any, Literal, get_args

Phase = Literal["before", "after", "now"]
"""``before`` and ``after`` a routine, or ``now``: told with no routine about."""

MAX_ENTRIES = 400
"""Entries kept, the oldest go first: about half a year of one routine a day."""
SAME_SESSION = timedelta(hours=24)
"""Longest time between the two scores of a routine; it may be paused overnight."""
SIX_WEEKS = timedelta(weeks=6)
LATELY = timedelta(weeks=2)
"""A score this fresh shows that the log is still being kept."""
NOTICEABLE = 0.5
"""Points of the 0 to 10 scale; smaller differences between averages count as none."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Outcome(Enum):
    """What the log tells, the first that fits of: WORSE_TWICE, NO_GAIN_SIX_WEEKS, then the rest."""

    NOTHING_YET = "nothing_yet"
    """No score at all."""
    FIRST = "first"
    """One session or score, so nothing to set beside it."""
    BETTER = "better"
    """The scores before the routine have gone down since the first ones."""
    SAME = "same"
    WORSE = "worse"
    WORSE_TWICE = "worse_twice"
    """Pain was higher after the routine than before it, in each of the last two sessions: see a clinician."""
    NO_GAIN_SIX_WEEKS = "no_gain_six_weeks"
    """Six weeks or more and the scores before the routine have not gone down: see a clinician."""


@dataclass(frozen=True)
class Entry:
    """One pain score.

    Raises:
        ValueError: the time is no ISO date and time, the phase is unknown, or the value is not 0 to 10.
    """

    when: str
    """ISO date and time; without a zone it counts as UTC."""
    phase: Phase
    value: float
    """0 (none) to 10 (worst)."""
    routine: str = ""
    """Id of the routine, empty if none."""

    def __post_init__(self) -> None:
        moment(self.when)
        if self.phase not in get_args(Phase):
            raise ValueError(f"phase {self.phase!r} is none of {get_args(Phase)}")
        number = not isinstance(self.value, bool) and isinstance(self.value, (int, float))
        if not (number and math.isfinite(self.value) and 0 <= self.value <= 10):
            raise ValueError(f"pain value {self.value!r} is not from 0 to 10")
        if not isinstance(self.routine, str):
            raise ValueError(f"routine {self.routine!r} is no id")


@dataclass(frozen=True)
class Session:
    """The scores before and after one routine."""

    before: Entry
    after: Entry

    @property
    def change(self) -> float:
        """Points from before to after; below zero is less pain."""
        return self.after.value - self.before.value


@dataclass(frozen=True)
class PainLog:
    """Scores in the order of time, at most ``MAX_ENTRIES``."""

    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        ordered = sorted(self.entries, key=lambda entry: moment(entry.when))
        object.__setattr__(self, "entries", tuple(ordered[-MAX_ENTRIES:]))

    def add(self, entry: Entry) -> PainLog:
        """Return the log with one more score."""
        return PainLog((*self.entries, entry))

    def to_slots(self) -> list[dict[str, Any]]:
        """Return the log as JSON values."""
        return [asdict(entry) for entry in self.entries]

    @classmethod
    def read(cls, value: Any) -> PainLog:
        """Return the log from JSON values; anything unreadable is left out."""
        listed = value if isinstance(value, (list, tuple)) else ()
        return cls(tuple(entry for entry in map(_entry, listed) if entry))

    def sessions(self) -> tuple[Session, ...]:
        """Return the routines scored before and after, in the order of time."""
        found, waiting = [], None
        for entry in self.entries:
            if entry.phase == "before":
                waiting = entry  # a second one before any "after": the routine was begun anew
            elif entry.phase == "after" and waiting and _together(waiting, entry):
                found.append(Session(waiting, entry))
                waiting = None
        return tuple(found)


@dataclass(frozen=True)
class Trend:
    """What a log tells, with the numbers to say it."""

    outcome: Outcome
    change: float | None = None
    """Last score after a routine minus the one before it; below zero is less pain."""
    first: float | None = None
    """Average of the first (up to three) scores before a routine."""
    recent: float | None = None
    """Average of the last (up to three) of them, the first ones not among them."""
    sessions: int = 0
    """Routines scored before and after."""
    days: int = 0
    """Whole days since the first score."""


def moment(when: str) -> datetime:
    """Return an ISO date and time with its zone; without one it counts as UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        if len(when) < len("2026-01-01T00:00"):
            raise ValueError("it has no time")
        return _in_zone(datetime.fromisoformat(when.replace("Z", "+00:00")))
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{when!r} is no ISO date and time") from error


def trend(log: PainLog, now: datetime) -> Trend:
    """Return what the log tells at a moment; ``now`` without a zone counts as UTC."""
    if not log.entries:
        return Trend(Outcome.NOTHING_YET)
    now = _in_zone(now)
    sessions = log.sessions()
    levels = [entry for entry in log.entries if entry.phase == "before"]
    if len(levels) < 2:
        levels = [entry for entry in log.entries if entry.phase != "after"]
    some = max(1, min(3, len(levels) // 2))
    first, recent = _average(levels[:some]), _average(levels[-some:])
    return Trend(
        outcome=_outcome(levels, sessions, first, recent, now),
        change=change(log),
        first=first,
        recent=recent,
        sessions=len(sessions),
        days=max(0, (now - moment(log.entries[0].when)).days),
    )


def change(log: PainLog) -> float | None:
    """Return the last score after a routine minus the one before it, None without such a pair."""
    sessions = log.sessions()
    return sessions[-1].change if sessions else None


def scores(log: PainLog) -> list[dict[str, Any]]:
    """Return the scores of the pain card, in the order of time."""
    return [{"when": e.when, "value": e.value, "phase": e.phase} for e in log.entries]


def to_csv(log: PainLog) -> str:
    """Return the log as a table for spreadsheets, with CRLF line ends."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["when", "phase", "pain_0_to_10", "routine"])
    for entry in log.entries:
        table.writerow([entry.when, entry.phase, f"{entry.value:g}", _harmless(entry.routine)])
    return out.getvalue()


def _outcome(
    levels: list[Entry],
    sessions: tuple[Session, ...],
    first: float | None,
    recent: float | None,
    now: datetime,
) -> Outcome:
    if len(sessions) >= 2 and all(session.change > 0 for session in sessions[-2:]):
        return Outcome.WORSE_TWICE
    if len(levels) < 2 or first is None or recent is None:
        return Outcome.FIRST
    if first - recent >= NOTICEABLE:
        return Outcome.BETTER
    if recent > 0 and _six_weeks(levels, now):
        return Outcome.NO_GAIN_SIX_WEEKS
    return Outcome.WORSE if recent - first >= NOTICEABLE else Outcome.SAME


def _six_weeks(levels: list[Entry], now: datetime) -> bool:
    """Tell whether the log was kept for six weeks, not only begun six weeks ago and then left alone."""
    begun, last = moment(levels[0].when), moment(levels[-1].when)
    return last - begun >= SIX_WEEKS or (now - begun >= SIX_WEEKS and now - last <= LATELY)


def _average(entries: list[Entry]) -> float | None:
    return round(sum(entry.value for entry in entries) / len(entries), 2) if entries else None


def _together(before: Entry, after: Entry) -> bool:
    close = moment(after.when) - moment(before.when) <= SAME_SESSION
    return close and (before.routine == after.routine or not before.routine or not after.routine)


def _entry(value: Any) -> Entry | None:
    if not isinstance(value, Mapping):
        return None
    routine = value.get("routine")
    try:
        return Entry(
            value.get("when"),
            value.get("phase"),
            value.get("value"),
            routine if isinstance(routine, str) else "",
        )
    except (ValueError, TypeError, OverflowError):
        return None


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def _in_zone(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)
