"""What is heard: every text can be said, no list is longer than one keeps in mind, and the voice really says it."""

from __future__ import annotations

import random
import re

import pytest

from acupressure.catalog import Catalog
from acupressure.wording import DOMAIN, Wording, for_ear, listing, read_yaml
from tests.unit.contract import unspeakable
from voice.espeak import has_voice, speak
from voice.words import FILE, split

RESPONSES = read_yaml(DOMAIN)["responses"]
OWN = read_yaml(FILE)
WHOLE = {
    "utter_safety_still_closed", "utter_safety_risk_unclear", "utter_safety_known_nothing", "utter_safety_ask_risks",
    "utter_safety_screen", "utter_safety_screen_which", "utter_routine_hurts_signs", "utter_pain_worse_signs", "utter_pain_worse",
}  # fmt: skip
"""Questions and warnings about health: nothing of them may be left out."""
ON_PAPER = {"utter_routine_card", "utter_routine_card_line", "utter_routine_card_foot"}
"""Written on a sheet, never said."""
_ITEM = r"[^,.!?:]{2,34}"
_LONG_LIST = re.compile(rf"(?:{_ITEM}, ){{3,}}(?:and |or )|(?:{_ITEM}, ){{2,}}{_ITEM} (?:and|or) ")


class Anything(dict):
    def __missing__(self, key: str) -> str:
        return "sample"


def heard() -> list[tuple[str, str]]:
    """Return every response in the variant that a voice gets, and the gateway's own sentences."""
    found = []
    for name, variants in RESPONSES.items():
        for variant in [v for v in variants if v.get("channel") == "voice"] or variants:
            found.append((name, for_ear(variant.get("text", "").format_map(Anything()))))
    return [*found, *((f"own {n}", t.format_map(Anything())) for n, t in OWN["says"].items())]


@pytest.mark.parametrize(("name", "text"), heard(), ids=lambda v: str(v)[:30])
def test_nothing_is_said_that_cannot_be_said_and_no_list_is_long(name: str, text: str) -> None:
    assert unspeakable(text) == []
    if name not in WHOLE | ON_PAPER:
        assert not _LONG_LIST.search(text), text


def test_a_list_is_cut_for_the_ear_alone() -> None:
    words = Wording({"utter_x": [{"text": "Take {points}."}]})
    facts = {"points": listing(["one", "two", "three", "four", "five"])}
    assert words.text("utter_x", facts) == "Take one, two, three, four and five."
    assert words.text("utter_x", facts, "voice") == "Take one, two, three, and more."
    short = {"points": listing(["one", "two", "three"], "or")}
    assert words.text("utter_x", short, "voice") == "Take one, two or three."


def test_what_is_noted_about_somebody_is_never_cut() -> None:
    words = Wording({"utter_x": [{"text": "Noted: {risks}."}]})
    assert "five" in words.text(
        "utter_x", {"risks": listing(["one", "two", "three", "four", "five"])}, "voice"
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [("at 8:00", "at eight o'clock"), ("at 20:05", "at twenty oh five"), ("at 7:30", "at seven thirty")],
)
def test_a_time_of_day_is_said_as_people_do(written: str, said: str) -> None:
    assert for_ear(written) == said


def test_the_voice_says_every_text(known: Catalog) -> None:
    if not has_voice():
        pytest.skip("no espeak-ng on this machine")
    texts = [text for _, text in heard() if text]
    for point in known.points.values():
        texts += [for_ear(t) for t in (point.name, point.where, point.press, point.caution)]
    texts += [for_ear(f.short) for f in known.faq.values()]
    for text in random.Random(1).sample(texts, 250):
        sound = speak(text)
        words = len(text.split())
        assert 0.1 * words < sound.seconds < 0.9 * words + 1.5, text


def test_sentences_are_cut_where_they_end() -> None:
    assert split("One. Two? Three! And four") == ["One.", "Two?", "Three!", "And four"]


def test_prompts_teach_the_words_that_are_recognised_best() -> None:
    said = " ".join(OWN["says"].values()).lower()
    assert {"bladder forty", "next point", "finish"} <= {
        w for w in ("bladder forty", "next point", "finish") if w in said
    }
