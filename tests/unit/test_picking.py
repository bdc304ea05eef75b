"""Which point is meant by a trait, and what is asked in a few words."""

from __future__ import annotations

import pytest

from acupressure.answers import aspects
from acupressure.answers.ordinals import picked_codes
from acupressure.answers.picking import fitting
from acupressure.catalog import catalog
from acupressure.memory import Memory


@pytest.mark.parametrize(
    ("trait", "shown", "meant"),
    [
        ("outer", ("BL23", "BL52"), ("BL52",)),
        ("lying down", ("LR3", "KI1"), ("LR3",)),
        ("wrist", ("Anmian", "HT7"), ("HT7",)),
        ("back of the knee", ("BL40", "BL23", "EX-UE7"), ("BL40",)),
        ("elephant", ("BL40", "BL23"), ()),
        ("right", ("BL40", "BL23"), ()),
        ("knee", ("BL40",), ()),
        ("", ("BL40", "BL23"), ()),
    ],
)
def test_a_trait_fits_the_point_that_is_told_by_it(trait, shown, meant) -> None:
    assert fitting(catalog(), trait, shown) == meant


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("should it hurt, and how long each?", ("duration",)),
        ("thanks. where is it and how hard", ("location", "pressure")),
        ("how long does it take to work", ()),
        ("what is qi", ()),
    ],
)
def test_what_stands_alone_is_asked_of_the_point(text, asked) -> None:
    assert aspects.alone(text) == asked


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("how hard on the first and how long on the second", ("LI4", "BL40")),
        ("the first of those", ("LI4",)),
        ("one of the first", ("LI4",)),
        ("the others", ("BL40", "KI3")),
        ("those two", ("LI4", "BL40")),
        ("first of all, hello", ()),
    ],
)
def test_points_are_picked_by_their_turn(text, picked) -> None:
    assert picked_codes(text, Memory(offered=("LI4", "BL40", "KI3"), focus=("LI4",))) == picked
