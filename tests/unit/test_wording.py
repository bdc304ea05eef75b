"""Named responses turned into words for the eye and the ear."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acupressure.catalog import catalog
from acupressure.errors import WordingError
from acupressure.models import Record
from acupressure.settings import Settings, settings
from acupressure.wording import DOMAIN, Wording, duration, for_ear, listing, read_yaml, wording
from tests.unit.contract import promises, unspeakable

RESPONSES = read_yaml(DOMAIN)["responses"]
CODES_AND_IDS = {
    "code", "id", "chinese", "pinyin", "old_codes", "other_codes", "sources", "source", "trials", "any", "evidence_ids",
    "says", "body", "level", "group", "kind", "checked", "topic", "region", "sides", "reach", "strength", "pregnancy", "needs",
    "flags", "postures", "near", "codes", "only", "regions", "per", "routine", "who", "where_published", "hints",
}  # fmt: skip


def sentences(record: object, name: str, field: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield (entry, field, text) of everything in a record that is text and not a code or an id."""
    if isinstance(record, Record):
        for key, value in record:
            named_ids = (type(record).__name__, key) in {
                ("Faq", "evidence"),
                ("Study", "points"),
                ("Study", "where"),
            }
            if key not in CODES_AND_IDS and not named_ids:
                yield from sentences(value, name, f"{field}.{key}" if field else key)
    elif isinstance(record, (tuple, list)):
        for item in record:
            yield from sentences(item, name, field)
    elif isinstance(record, str):
        yield name, field, record


def everything_told() -> list[tuple[str, str, str]]:
    """Return every text field of the catalogue except the titles of sources."""
    known = catalog()
    tables = (
        known.points,
        known.complaints,
        known.faq,
        known.studies,
        known.signs.signs,
        known.cautions.cautions,
    )
    return [found for table in tables for id_, record in table.items() for found in sentences(record, id_)]


TOLD = everything_told()
FILLED = [
    (name, variant)
    for name, variants in RESPONSES.items()
    for variant in ([v for v in variants if v.get("channel") == "voice"] or variants)
]
"""Every response in the variant that a voice gets."""


class Anything(dict):
    """Values for every place of a template."""

    def __missing__(self, key: str) -> str:
        return "sample"


# -- every text of the catalogue and the domain ------------------------------------------------------------


@pytest.mark.parametrize(("entry", "field", "text"), TOLD, ids=lambda v: str(v)[:24])
def test_every_text_of_the_catalogue_can_be_said(entry: str, field: str, text: str) -> None:
    assert unspeakable(for_ear(text)) == []


@pytest.mark.parametrize(("entry", "field", "text"), TOLD, ids=lambda v: str(v)[:24])
def test_no_text_of_the_catalogue_promises_anything(entry: str, field: str, text: str) -> None:
    if field != "question":
        assert promises(text) == []


@pytest.mark.parametrize(("name", "variant"), FILLED, ids=lambda v: v if isinstance(v, str) else "")
def test_every_response_can_be_said(name: str, variant: dict) -> None:
    assert unspeakable(for_ear(variant.get("text", "").format_map(Anything()))) == []


@pytest.mark.parametrize(
    "name", [n for n, variants in RESPONSES.items() if any(v.get("channel") == "voice" for v in variants)]
)
def test_voice_variants_need_no_cleaning(name: str) -> None:
    for variant in RESPONSES[name]:
        if variant.get("channel") == "voice":
            assert unspeakable(variant.get("text", "").format_map(Anything())) == []
            assert not variant.get("buttons"), "buttons cannot be heard"


@pytest.mark.parametrize("name", RESPONSES)
def test_no_response_promises_anything(name: str) -> None:
    for variant in RESPONSES[name]:
        assert promises(variant.get("text", "")) == []


@pytest.mark.parametrize("name", RESPONSES)
def test_every_response_with_buttons_has_words_for_the_ear(name: str) -> None:
    """Buttons cannot be heard: a voice needs a variant of its own."""
    if any(v.get("buttons") for v in RESPONSES[name]):
        assert any(v.get("channel") == "voice" for v in RESPONSES[name]) or any(
            v.get("text") for v in RESPONSES[name]
        )


@pytest.mark.parametrize("name", RESPONSES)
def test_variants_of_a_response_need_the_same_values_or_fewer(name: str) -> None:
    def needed(variant: dict) -> set[str]:
        return {f for _, f, _, _ in string.Formatter().parse(variant.get("text", "")) if f}

    eye = set().union(*(needed(v) for v in RESPONSES[name] if not v.get("channel")), set())
    for variant in RESPONSES[name]:
        extra = needed(variant) - eye
        # a voice may say what the eye sees on a button or written as a code
        assert extra <= {"code_spoken", "second"}, f"{name} needs {extra} on {variant.get('channel')}"


# -- filling in ---------------------------------------------------------------------------------------------

SMALL = {
    "utter_x": [{"text": "For {name}: {what}."}, {"text": "Only {name}.", "channel": "voice"}],
    "utter_b": [{"text": "", "buttons": [{"title": "About {code}", "payload": "Where is {code}?"}]}],
    "utter_v": [{"text": "Heard only.", "channel": "voice"}],
    "utter_many": [{"text": "One."}, {"text": "Two."}, {"text": "Three."}],
    "utter_folded": [{"text": "two\n  lines"}],
}


def test_values_are_filled_in() -> None:
    assert Wording(SMALL).text("utter_x", {"name": "BL40", "what": "firm"}) == "For BL40: firm."


def test_a_missing_value_is_named() -> None:
    with pytest.raises(WordingError, match=r"utter_x.*what"):
        Wording(SMALL).text("utter_x", {"name": "BL40"})


def test_a_missing_value_of_a_button_is_named() -> None:
    with pytest.raises(WordingError, match=r"utter_b.*code"):
        Wording(SMALL).buttons("utter_b", {})


def test_an_unknown_response_is_named() -> None:
    with pytest.raises(WordingError, match="utter_nothing"):
        Wording(SMALL).text("utter_nothing")
    assert "utter_nothing" not in Wording(SMALL)
    assert "utter_x" in Wording(SMALL)


def test_a_voice_hears_its_own_variant() -> None:
    assert Wording(SMALL).text("utter_x", {"name": "BL40"}, channel="voice") == "Only BL40."


def test_other_channels_get_the_plain_variant() -> None:
    assert Wording(SMALL).text("utter_x", {"name": "a", "what": "b"}, channel="rest") == "For a: b."


def test_a_voice_without_variant_hears_the_plain_one() -> None:
    assert Wording(SMALL).text("utter_folded", channel="voice") == "two lines"


def test_a_response_that_has_only_a_voice_variant_is_still_said() -> None:
    assert Wording(SMALL).text("utter_v", channel="rest") == "Heard only."


def test_buttons_are_filled_in() -> None:
    assert Wording(SMALL).buttons("utter_b", {"code": "BL40"}) == [
        {"title": "About BL40", "payload": "Where is BL40?"}
    ]


def test_chance_decides_between_variants() -> None:
    said = {Wording(SMALL, random.Random(seed)).text("utter_many") for seed in range(30)}
    assert said == {"One.", "Two.", "Three."}
    assert Wording(SMALL, random.Random(1)).text("utter_many") == Wording(SMALL, random.Random(1)).text(
        "utter_many"
    )


def test_braces_in_a_value_are_left_alone() -> None:
    assert Wording(SMALL).text("utter_x", {"name": "{what}", "what": "b"}) == "For {what}: b."


def test_the_responses_of_this_checkout_are_read() -> None:
    assert wording().text("utter_points_location", {"where": "Here."}) == "Here."


# -- for the ear ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Press BL40.", "Press B L forty."),
        ("Hold 30-60 seconds", "Hold thirty to sixty seconds"),
        ("10–20 times", "ten to twenty times"),
        ("Commanding Middle (BL40) helps.", "Commanding Middle, B L forty, helps."),
        ("knee & hip", "knee and hip"),
        ("e.g. a ball", "for example a ball"),
        ("half; then rest", "half, then rest"),
        ("50%", "fifty percent"),
        ("left/right", "left or right"),
        ("See https://example.org/x now", "See now"),
        ("*Firm* pressure", "Firm pressure"),
        ("EX-HN3 👍", "E X H N three"),
        ("BL31-34", "B L thirty one to thirty four"),
    ],
)  # fmt: skip
def test_what_is_written_is_said(written: str, said: str) -> None:
    assert for_ear(written).replace("E X,", "E X") == said


@pytest.mark.parametrize(
    ("written", "wrong"),
    [("2.28 points", "two.twenty"), ("1.5 minutes", "one.five"), ("1,000 people", "one,zero")],
)
def test_decimals_and_thousands_stay_numbers(written: str, wrong: str) -> None:
    assert wrong not in for_ear(written)


@pytest.mark.parametrize("number", ["911", "999", "112", "000", "111", "988", "116 123"])
def test_a_number_to_call_is_said_digit_by_digit_or_left_alone(number: str) -> None:
    digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    aloud = " ".join(digits[int(d)] for d in number if d.isdigit())
    said = for_ear(f"Call {number} now.")
    assert number in said or aloud in said.replace(",", "")


@pytest.mark.parametrize("country", ["", "GB", "US", "IE", "AU", "NZ", "CA", "EU", "IN"])
def test_the_emergency_number_of_a_country_is_heard_as_people_dial_it(
    country: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACU_COUNTRY", country)
    for name in ("ACU_EMERGENCY_NUMBERS", "ACU_SAME_DAY_LINE", "ACU_CRISIS_LINES"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    try:
        here: Settings = settings()
    finally:
        settings.cache_clear()
    for text in (here.emergency_numbers, here.same_day_line, here.crisis_lines):
        assert "hundred" not in for_ear(f"Call {text}.")


@given(st.text(max_size=80))
def test_for_the_ear_never_fails(text: str) -> None:
    said = for_ear(text)
    assert "  " not in said
    assert not set("()[]{}<>*_#`|~") & set(said)


# -- small helpers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "phrase"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_items_become_a_phrase(items: list[str], phrase: str) -> None:
    assert listing(items) == phrase


def test_the_last_joint_may_be_another() -> None:
    assert listing(["a", "b", "c"], "or") == "a, b or c"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (30, "30 seconds"),
        (45, "45 seconds"),
        (60, "one minute"),
        (75, "1 minute and 15 seconds"),
        (90, "1 and a half minutes"),
        (120, "2 minutes"),
        (150, "2 and a half minutes"),
        (180, "3 minutes"),
    ],
)
def test_a_length_of_time_in_words(seconds: int, words: str) -> None:
    assert duration(seconds) == words


@given(st.integers(10, 300))
def test_no_length_of_time_is_without_words(seconds: int) -> None:
    assert re.fullmatch(r"(?:\d+|one) .*(?:second|minute)s?", duration(seconds))
    assert not re.search(r"\b1 (?:seconds|minutes)\b", duration(seconds))
