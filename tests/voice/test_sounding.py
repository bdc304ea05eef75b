"""Names found by what a recogniser of general English writes for them."""

from __future__ import annotations

import pytest

from acupressure.catalog import Catalog
from voice.sounding import Sounding, coarse, sounding


@pytest.fixture(scope="module")
def by_sound(known: Catalog) -> Sounding:
    return sounding(known)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("where would i find way jong on me", "where would i find weizhong on me"),
        ("how is why he jong pressed", "how is weizhong pressed"),
        ("what do people use tie chong for", "what do people use taichong for"),
        ("i have to take river rocks a ban", "i have to take rivaroxaban"),
        ("i am on daby gatran", "i am on dabigatran"),
        ("my doctor gave me a pixel ban", "my doctor gave me apixaban"),
    ],
)
def test_a_name_is_found_behind_the_words_written_for_it(
    by_sound: Sounding, written: str, meant: str
) -> None:
    found = by_sound.named([written])
    assert list(found) == [meant]
    assert -0.34 <= found[meant] <= 0


@pytest.mark.parametrize(
    "written",
    [
        "what is the weather in paris tomorrow",
        "turn the kitchen lights off",
        "my lower back hurts when i sit",
        "who should not do this",
        "where is weizhong",
        "",
    ],
)
def test_other_words_stand_for_no_name(by_sound: Sounding, written: str) -> None:
    assert by_sound.named([written]) == {}


def test_of_several_readings_the_one_that_sounds_most_like_a_name_is_proposed(by_sound: Sounding) -> None:
    found = by_sound.named(["and then nothing", "tested way jong in a study"])
    assert list(found) == ["tested weizhong in a study"]


def test_sounds_that_are_taken_for_each_other_are_one() -> None:
    assert coarse("W EY JH UH NG") == coarse("W EH ZH UW N")
    assert coarse("K UH N") != coarse("T UH N")
