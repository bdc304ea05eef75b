"""Cleaning what comes in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acupressure.text import clean, has_words, joined, plain, word_spans, words


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("where is BL40?", "where is BL40?"),
        ("  where\tis\n\nBL40  ", "where is BL40"),
        ("B\u200bL\u200d4\ufeff0", "BL40"),
        ("\u202eBL40\u202c", "BL40"),
        ("ＢＬ４０", "BL40"),
        ("BL\u00a040", "BL 40"),
        ("it\u2019s \u201csore\u201d", 'it\'s "sore"'),
        ("back\x00pain\x07", "backpain"),
        ("back\r\npain", "back pain"),
        ("neck\x0bache", "neck ache"),
        ("sore \ud83d back", "sore back"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_invisible_and_odd_characters_are_made_plain(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text())
def test_cleaning_again_changes_nothing(raw: str) -> None:
    assert clean(clean(raw)) == clean(raw)


@given(st.text(alphabet=st.characters(blacklist_categories=())))
def test_cleaned_text_can_always_be_sent(raw: str) -> None:
    cleaned = clean(raw)
    cleaned.encode("utf-8")
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Wěizhōng", "weizhong"),
        ("QÌHǍI", "qihai"),
        ("lǜ", "lu"),
        ("委中", "委中"),
        ("Knee", "knee"),
        ("été", "ete"),
    ],
)
def test_tone_marks_and_accents_fall_away(written: str, expected: str) -> None:
    assert plain(written) == expected


def test_joined_keeps_letters_and_digits_only() -> None:
    assert joined("Hip-bone Points, 2nd Wěi zhōng!") == "hipbonepoints2ndweizhong"


def test_an_apostrophe_stays_inside_a_word() -> None:
    assert words("I can't find 'it', don't ask") == ["i", "can't", "find", "it", "don't", "ask"]


def test_spans_point_at_their_words() -> None:
    text = "where is bl-40, please"
    assert [text[start:end] for _, start, end in word_spans(text)] == ["where", "is", "bl", "40", "please"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("?!", False), ("👍🔥", False), ("", False), ("ok", True), ("委", True), ("7", True)],
)
def test_signs_alone_are_no_words(text: str, expected: bool) -> None:
    assert has_words(text) is expected
