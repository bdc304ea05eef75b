"""Fits holds into a given time: how many points, how long each, how many rounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from acupressure.routine.plan import Step, sides

GRID = 5
"""Holds are whole multiples of this many seconds: nobody holds a point for 43 seconds."""
COMFORT = 2 / 3
"""Rather one point less than holds below this share of the usual length."""
MOST_ROUNDS = 3
"""Most points may be pressed up to three times a day, so no plan goes round more often."""


@dataclass(frozen=True)
class Unit:
    """A point with both its sides, and how far its hold may be stretched (seconds of one hold)."""

    code: str
    sides: str
    """``each``, ``together`` or ``midline``."""
    usual: int
    least: int
    most: int
    how: str = ""
    tip: str = ""

    @property
    def times(self) -> int:
        """Holds of the point: one for each side where the sides are pressed one after the other."""
        return len(sides(self.sides))

    @property
    def comfortable(self) -> float:
        """Seconds the point takes when time is short, but not too short."""
        return self.times * max(self.least, self.usual * COMFORT)


def shortest(units: Iterable[Unit]) -> int:
    """Return the fewest seconds some points take."""
    return sum(unit.times * unit.least for unit in units)


def longest(units: Iterable[Unit]) -> int:
    """Return the most seconds some points may take."""
    return sum(unit.times * unit.most for unit in units)


def choose(units: Sequence[Unit], seconds: float) -> list[Unit]:
    """Return the points that a time is enough for, the first ones before the later ones."""
    chosen, room = [], seconds
    for unit in units:
        if unit.comfortable <= room:
            chosen.append(unit)
            room -= unit.comfortable
    if len(chosen) < 2:  # two points with short holds are more of a routine than one
        tight, room = [], seconds
        for unit in units:
            if unit.times * unit.least <= room and len(tight) < 2:
                tight.append(unit)
                room -= unit.times * unit.least
        chosen = tight if len(tight) > len(chosen) else chosen
    return chosen or list(units[:1])


def rounds(units: Sequence[Unit], seconds: float) -> int:
    """Return how often the points have to be gone through to fill a time."""
    number = 1
    while number < MOST_ROUNDS and longest(units) * number < seconds:
        number += 1
    return number


def fit(units: Sequence[Unit], seconds: float) -> list[int]:
    """Return the hold of each unit, stretched or shortened alike, so that together they fill a time."""
    low, high = 0.0, max((unit.most / unit.usual for unit in units), default=1.0)
    for _ in range(20):
        middle = (low + high) / 2
        total = sum(unit.times * _within(unit, unit.usual * middle) for unit in units)
        low, high = (middle, high) if total < seconds else (low, middle)
    holds = [int(_within(unit, GRID * round(unit.usual * high / GRID))) for unit in units]
    return _evened_out(units, holds, seconds)


def _evened_out(units: Sequence[Unit], holds: list[int], seconds: float) -> list[int]:
    """Return the holds with what rounding left over or took too much spread over them."""
    gap = seconds - sum(unit.times * hold for unit, hold in zip(units, holds))
    moved = True
    while moved:
        moved = False
        for at, unit in enumerate(units):
            step = GRID if gap > 0 else -GRID
            if abs(gap) > unit.times * GRID / 2 and unit.least <= holds[at] + step <= unit.most:
                holds[at] += step
                gap -= unit.times * step
                moved = True
    return holds


def _within(unit: Unit, hold: float) -> float:
    return min(max(hold, unit.least), unit.most)


def steps(units: Sequence[Unit], holds: Sequence[int]) -> tuple[Step, ...]:
    """Return the steps of some points: left and then right where each side has a hold of its own."""
    return tuple(
        Step(unit.code, side, hold, unit.how, unit.tip)
        for unit, hold in zip(units, holds)
        for side in sides(unit.sides)
    )
