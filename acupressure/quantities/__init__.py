"""Reads minutes, days, ages, pain scores, change, posture and time of day from what people type or a recogniser writes.

Every function takes the text as said, with or without capitals, signs and apostrophes, and looks for its
own quantity only. None (or an empty string) means that the text tells none.
"""

from __future__ import annotations

from acupressure.quantities.ages import own_age, own_young_age
from acupressure.quantities.changes import Change, change
from acupressure.quantities.clock import time_of_day
from acupressure.quantities.lengths import minutes, only_lengths
from acupressure.quantities.postures import Place, posture
from acupressure.quantities.scores import Scores, score
from acupressure.quantities.since import days

__all__ = [
    "Change",
    "Place",
    "Scores",
    "change",
    "days",
    "minutes",
    "only_lengths",
    "own_age",
    "own_young_age",
    "posture",
    "score",
    "time_of_day",
]
