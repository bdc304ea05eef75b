"""Point codes in every spelling, and numbers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acupressure.codes import find_codes, number_of, old_to_who, spoken, spoken_number

FORMS = {
    "LU7": ["LU7", "lu 7", "lu-7", "LU.7", "Lung 7", "lung seven", "L U seven", "L.U. 7", "el you seven"],
    "LI4": [
        "LI4",
        "Large Intestine 4",
        "large intestine four",
        "L I four",
        "el eye four",
        "colon 4",
        "GI4",
        "Di4",
        "L I for",
    ],
    "ST36": [
        "ST36",
        "Stomach 36",
        "stomach thirty-six",
        "stomach thirty six",
        "S T thirty six",
        "E36",
        "ess tee 36",
    ],
    "SP6": ["SP6", "Spleen 6", "spleen six", "S P six", "RP6", "ess pee six"],
    "HT7": ["HT7", "Heart 7", "heart seven", "H T seven", "H7", "aitch tee seven"],
    "SI3": ["SI3", "Small Intestine 3", "small intestine three", "S I three", "ID3", "ess eye three"],
    "BL23": [
        "BL23",
        "bl 23",
        "Bladder 23",
        "bladder twenty three",
        "B L twenty-three",
        "UB23",
        "U.B. 23",
        "urinary bladder 23",
        "V23",
        "B23",
        "bee el twenty three",
        "you bee twenty three",
        "bladder point 23",
        "bladder number 23",
        "BL no. 23",
        "bl#23",
        "BL_23",
    ],
    "KI3": ["KI3", "Kidney 3", "kidney three", "K I three", "K3", "KD3", "Kid 3", "R3", "kay eye three"],
    "PC6": ["PC6", "Pericardium 6", "pericardium six", "P C six", "P6", "MH6", "MC6", "pee see six"],
    "TE5": [
        "TE5",
        "Triple Energizer 5",
        "triple energiser five",
        "triple warmer 5",
        "triple burner 5",
        "triple heater 5",
        "San Jiao 5",
        "SJ5",
        "TW5",
        "TH5",
        "TR5",
    ],
    "GB34": [
        "GB34",
        "Gallbladder 34",
        "gall bladder thirty four",
        "G B thirty-four",
        "VB34",
        "gee bee thirty four",
    ],
    "LR3": ["LR3", "Liver 3", "liver three", "Liv3", "LV3", "L R three", "F3", "el are three"],
    "CV6": [
        "CV6",
        "Conception Vessel 6",
        "conception vessel six",
        "Ren 6",
        "ren mai 6",
        "RN6",
        "VC6",
        "C V six",
        "see vee six",
    ],
    "GV4": [
        "GV4",
        "Governing Vessel 4",
        "governor vessel four",
        "Du 4",
        "du mai 4",
        "VG4",
        "G V four",
        "gee vee four",
    ],
}


def codes(text: str) -> list[str]:
    """Return the codes met in a text."""
    return [m.code for m in find_codes(text.lower())]


@pytest.mark.parametrize(("code", "form"), [(code, form) for code, forms in FORMS.items() for form in forms])
def test_every_form_of_a_prefix_is_known(code: str, form: str) -> None:
    assert codes(form) == [code]
    assert codes(f"Where is {form}, please?") == [code]


def test_the_span_is_the_words_of_the_code() -> None:
    text = "how long do i press bladder forty then"
    (mention,) = find_codes(text)
    assert text[mention.start : mention.end] == "bladder forty"


def test_several_codes_come_in_their_order() -> None:
    assert codes("GB34, then BL40 and li 4 or kidney three?") == ["GB34", "BL40", "LI4", "KI3"]


@pytest.mark.parametrize(
    "text",
    [
        "I go to the bladder 2 times a night",
        "my stomach 3 days ago",
        "stomach 10 minutes after the meal",
        "liver 2 operations",
        "kidney 3 stones",
        "lung 4 infections",
        "spleen 2 weeks ago",
        "heart 90 percent",
        "heart 2 attacks",
        "press it 3 times for 30 seconds",
        "I am 40 years old",
        "my pain is 7 out of 10",
        "since 2019",
        "the discs L4 L5",
        "my C7 vertebra is fused",
        "a slipped disc at c5-c6",
        "type 2 diabetes",
        "for 2 people",
        "I want to be 4 hours there",
        "see you at 5 pm",
        "hold it one minute",
        "the best 3 points",
        "just 5 points",
        "tell me 2 things",
        "https://example.org/li4x",
        "vitamin B12",
        "vitamin k2",
        "k 2 miles",
    ],
)
def test_counts_and_other_numbers_are_no_codes(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("text", ["xBL40", "BL40x", "BL402", "BL4.5", "table 40", "able 40"])
def test_a_code_stands_alone(text: str) -> None:
    assert "BL40" not in codes(text)


def test_a_finger_slips_from_zero_to_o() -> None:
    assert codes("gb2o") == ["GB20"]


@pytest.mark.parametrize(
    ("form", "is_old"),
    [
        ("B 54", True),
        ("UB54", True),
        ("bladder 54", True),
        ("V54", True),
        ("BL54", False),
        ("B L 54", False),
        ("GB 34", False),
    ],
)
def test_prefixes_of_older_books_are_marked(form: str, is_old: bool) -> None:
    assert [m.old_style for m in find_codes(form.lower())] == [is_old]


@pytest.mark.parametrize(
    ("old", "who"),
    [
        (36, 41),
        (47, 52),
        (48, 53),
        (49, 54),
        (50, 36),
        (51, 37),
        (53, 39),
        (54, 40),
        (35, None),
        (55, None),
        (1, None),
        (67, None),
    ],
)
def test_old_numbers_of_the_outer_line_have_who_numbers(old: int, who: int | None) -> None:
    assert old_to_who(old) == who


def test_the_old_numbers_are_only_put_in_another_order() -> None:
    assert sorted(old_to_who(n) for n in range(36, 55)) == list(range(36, 55))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("40", 40),
        ("4o", 40),
        ("forty", 40),
        ("fourty", 40),
        ("thirty-six", 36),
        ("twenty three", 23),
        ("nineteen", 19),
        ("sixty seven", 67),
    ],
)
def test_digits_and_words_give_the_number(words: str, number: int) -> None:
    assert number_of(words) == number


@given(st.integers(1, 67))
def test_a_number_said_aloud_is_the_same_number(number: int) -> None:
    assert number_of(spoken_number(number)) == number
    assert codes(f"bladder {spoken_number(number)}") == [f"BL{number}"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (70, "seventy"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (112, "one hundred and twelve"),
        (361, "three hundred and sixty one"),
    ],
)
def test_numbers_are_said_as_in_english(number: int, said: str) -> None:
    assert spoken_number(number) == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("BL40", "B L forty"),
        ("LI4", "L I four"),
        ("GB34", "G B thirty four"),
        ("BL31-34", "B L thirty one to thirty four"),
        ("Anmian", "Anmian"),
    ],
)
def test_codes_are_said_letter_by_letter(code: str, said: str) -> None:
    assert spoken(code) == said


def test_the_code_of_an_extra_point_is_said_in_letters() -> None:
    assert spoken("EX-UE7").replace(",", "") == "E X U E seven"


@given(
    st.sampled_from(["LU", "LI", "ST", "SP", "HT", "SI", "BL", "KI", "PC", "TE", "GB", "LR", "CV", "GV"]),
    st.integers(1, 67),
)
def test_what_is_said_of_a_code_is_heard_as_that_code(family: str, number: int) -> None:
    assert codes(spoken(f"{family}{number}")) == [f"{family}{number}"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gall bladder thirty for where is it", "GB34"),
        ("what is gall bladder thirty for", "GB30"),
        ("is gall bladder thirty for the hip", "GB30"),
        ("what is governing vessel for used for", "GV4"),
        ("where is ell you seven", "LU7"),
    ],
)
def test_a_four_heard_as_for_is_one_where_a_question_follows(text: str, code: str) -> None:
    assert codes(text) == [code]
