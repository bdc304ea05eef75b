"""Settings of the skill that differ from place to place, read from the environment once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Settings:
    """What a deployment may change without touching the data."""

    emergency_numbers: str
    """Read out behind "call": ``ACU_EMERGENCY_NUMBERS``."""
    same_day_line: str
    """Whom to phone for advice today: ``ACU_SAME_DAY_LINE``."""
    crisis_lines: str
    """Whom to talk to in a crisis: ``ACU_CRISIS_LINES``."""


_EMERGENCY = {
    "": "112, 911 or 999",
    "GB": "999",
    "US": "911",
    "IE": "112 or 999",
    "AU": "000",
    "NZ": "111",
    "CA": "911",
    "EU": "112",
    "IN": "112",
}
_SAME_DAY = {
    "": "your doctor, an urgent care centre or a medical advice line",
    "GB": "your GP or 111",
    "US": "your doctor or an urgent care centre",
}
_CRISIS = {
    "": "a crisis line in your country, or someone you trust who can be with you",
    "GB": "Samaritans on 116 123",
    "IE": "Samaritans on 116 123",
    "US": "the Suicide and Crisis Lifeline on 988",
    "CA": "the Suicide Crisis Helpline on 988",
    "AU": "Lifeline on 13 11 14",
}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings; ``ACU_COUNTRY`` (two letters, EU) picks the numbers, single settings win over it."""
    country = os.environ.get("ACU_COUNTRY", "").upper()
    return Settings(
        os.environ.get("ACU_EMERGENCY_NUMBERS") or _EMERGENCY.get(country, _EMERGENCY[""]),
        os.environ.get("ACU_SAME_DAY_LINE") or _SAME_DAY.get(country, _SAME_DAY[""]),
        os.environ.get("ACU_CRISIS_LINES") or _CRISIS.get(country, _CRISIS[""]),
    )


def retention_days() -> float | None:
    """Return after how many days without a message a conversation is deleted: ``ACU_RETENTION_DAYS``, or ``off``."""
    text = os.environ.get("ACU_RETENTION_DAYS", "").strip().lower()
    if text in {"off", "never", "0"}:
        return None
    try:
        return max(float(text or 90), 0.001)
    except ValueError:
        raise ValueError(f"ACU_RETENTION_DAYS is set to '{text}', which is neither days nor off.") from None
