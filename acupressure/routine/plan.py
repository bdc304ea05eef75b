"""What a routine consists of: a request, the plan made for it, and the steps of the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

SIDES = ("left", "right", "both", "midline")
PLANNED = "planned"
"""``Plan.routine`` where no routine of the catalogue was used."""
SHORTEST_MINUTES, LONGEST_MINUTES = 2, 40
MOST_SECONDS = 600
"""No readable step holds longer before the pace counts; what is held in fact ends at five minutes."""


@dataclass(frozen=True)
class Step:
    """One hold of one point on one side."""

    code: str
    side: str
    """``left``, ``right``, ``both`` (pressed together) or ``midline``."""
    seconds: int
    """Length of the hold at pace 1."""
    how: str = ""
    """Said instead of the way to press that the catalogue gives."""
    tip: str = ""


@dataclass(frozen=True)
class Plan:
    """A routine made for one person."""

    routine: str
    """Id of the catalogue's routine, or ``planned``."""
    name: str
    complaint: str
    minutes: float
    """What was planned, which is not always what was asked."""
    posture: str
    steps: tuple[Step, ...]
    gentle: bool = False
    """True: everything is pressed as lightly as a feather."""
    left_out: tuple[str, ...] = ()
    """Codes that were wanted and found no place: no time, another posture, out of reach, not allowed."""
    close: str = ""
    """Said at the end."""

    @property
    def total(self) -> int:
        """Seconds of all holds together."""
        return sum(step.seconds for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan ready for JSON."""
        return {**asdict(self), "steps": [asdict(s) for s in self.steps], "left_out": list(self.left_out)}

    @classmethod
    def from_dict(cls, data: Any) -> Plan | None:
        """Return the plan of a mapping, None where anything in it is unreadable."""
        if not isinstance(data, Mapping) or not isinstance(data.get("steps"), (list, tuple)):
            return None
        steps = tuple(_step(entry) for entry in data["steps"])
        texts = {name: data.get(name, "") for name in ("routine", "name", "complaint", "posture", "close")}
        minutes, gentle, left_out = (
            data.get("minutes"),
            data.get("gentle", False),
            codes(data.get("left_out", ())),
        )
        readable = (
            None not in steps
            and all(isinstance(text, str) for text in texts.values())
            and is_number(minutes)
            and isinstance(gentle, bool)
            and left_out is not None
        )
        if not readable or not texts["routine"]:
            return None
        return cls(**texts, minutes=minutes, steps=steps, gentle=gentle, left_out=left_out)


@dataclass(frozen=True)
class Request:
    """What a person asked for; empty where nothing was said."""

    complaint: str = ""
    minutes: float | None = None
    posture: str = ""
    """``desk``, ``sitting``, ``lying``, ``standing`` or ``bed``."""
    routine: str = ""
    """Id of a routine that was named."""
    avoid: tuple[str, ...] = ()
    """Codes the person cannot reach or does not want."""
    gentle: bool = False
    codes: tuple[str, ...] = ()
    """Points that were named."""

    def to_dict(self) -> dict[str, Any]:
        """Return the request ready for JSON."""
        return {**asdict(self), "avoid": list(self.avoid), "codes": list(self.codes)}

    @classmethod
    def from_dict(cls, data: Any) -> Request | None:
        """Return the request of a mapping, None where anything in it is unreadable."""
        if not isinstance(data, Mapping):
            return None
        texts = {name: data.get(name, "") for name in ("complaint", "posture", "routine")}
        minutes, gentle = data.get("minutes"), data.get("gentle", False)
        avoid, wanted = codes(data.get("avoid", ())), codes(data.get("codes", ()))
        readable = (
            all(isinstance(text, str) for text in texts.values())
            and (minutes is None or is_number(minutes))
            and isinstance(gentle, bool)
        )
        if not readable or avoid is None or wanted is None:
            return None
        return cls(**texts, minutes=minutes, avoid=avoid, gentle=gentle, codes=wanted)


def is_number(value: Any) -> bool:
    """Tell whether a value is a finite number (JSON knows True and NaN as well)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def codes(value: Any) -> tuple[str, ...] | None:
    """Return a list of codes as a tuple, None where it is none."""
    if not isinstance(value, (list, tuple)) or not all(isinstance(code, str) and code for code in value):
        return None
    return tuple(value)


def sides(kind: str) -> tuple[str, ...]:
    """Return the sides of the holds that one point takes: ``each``, ``together`` or ``midline``."""
    return {"each": ("left", "right"), "together": ("both",), "midline": ("midline",)}[kind]


def _step(data: Any) -> Step | None:
    if not isinstance(data, Mapping):
        return None
    code, side, seconds = data.get("code"), data.get("side"), data.get("seconds")
    how, tip = data.get("how", ""), data.get("tip", "")
    readable = (
        isinstance(code, str)
        and code
        and isinstance(side, str)
        and side in SIDES
        and isinstance(seconds, int)
        and not isinstance(seconds, bool)
        and 1 <= seconds <= MOST_SECONDS
        and isinstance(how, str)
        and isinstance(tip, str)
    )
    return Step(code, side, seconds, how, tip) if readable else None
