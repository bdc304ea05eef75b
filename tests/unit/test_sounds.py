"""How a recogniser writes pinyin."""

from __future__ import annotations

import re

import pytest

from acupressure.catalog import Catalog
from acupressure.finder import Finder
from acupressure.sounds import MAX_SPELLINGS, spellings, syllables
from acupressure.text import joined


@pytest.mark.parametrize(
    ("pinyin", "parts"),
    [
        ("Wěizhōng", [("w", "ei"), ("zh", "ong")]),
        ("Hégǔ", [("h", "e"), ("g", "u")]),
        ("Tàichōng", [("t", "ai"), ("ch", "ong")]),
        ("Ānmián", [("", "an"), ("m", "ian")]),
        ("Sānyīnjiāo", [("s", "an"), ("y", "in"), ("j", "iao")]),
        ("Bāliáo", [("b", "a"), ("l", "iao")]),
        ("backache", []),
        ("", []),
    ],
)
def test_names_fall_into_syllables(pinyin: str, parts: list) -> None:
    assert syllables(pinyin) == parts


@pytest.mark.parametrize(
    ("pinyin", "heard"),
    [
        ("Tàichōng", "tie chong"),
        ("Tàichōng", "tai chung"),
        ("Hégǔ", "her goo"),
        ("Wěizhōng", "way jong"),
        ("Zúsānlǐ", "zoo san lee"),
        ("Qìhǎi", "chee high"),
        ("Shènshū", "shen shoe"),
        ("Nèiguān", "nay gwan"),
        ("Yǒngquán", "yong chwan"),
    ],
)
def test_english_spellings_are_expected(pinyin: str, heard: str) -> None:
    assert joined(heard) in spellings(pinyin)


def test_the_name_itself_is_one_of_its_spellings(known: Catalog) -> None:
    for point in known.points.values():
        for name in re.split(r"[,()]+\s*", point.pinyin):
            assert joined(name) in spellings(name), point.code


def test_words_that_are_no_pinyin_have_none() -> None:
    assert spellings("lower back") == frozenset()


def test_a_long_name_does_not_explode(known: Catalog) -> None:
    assert all(len(spellings(w.pinyin)) <= MAX_SPELLINGS for w in known.who.values())


@pytest.mark.parametrize(
    ("heard", "code"),
    [
        ("where is way jong", "BL40"),
        ("where is the tie chong point", "LR3"),
        ("how do I press zoo san lee", "ST36"),
        ("show me shen shoo", "BL23"),
        ("tell me about yung chuan", "KI1"),
        ("where is san yin jow", "SP6"),
        ("where is nay guan", "PC6"),
        ("where is ming mun", "GV4"),
    ],
)
def test_a_recognisers_spelling_leads_to_the_point(finder: Finder, heard: str, code: str) -> None:
    assert [m.codes for m in finder.points(heard)] == [(code,)]
