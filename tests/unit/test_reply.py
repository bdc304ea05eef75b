"""Replies become messages: words, buttons, cards."""

from __future__ import annotations

import pytest

from acupressure.errors import WordingError
from acupressure.memory import Memory
from acupressure.reply import Bubble, Reply, Say, bubble, render
from acupressure.wording import Wording

WORDS = Wording(
    {
        "utter_a": [{"text": "First {x}."}, {"text": "Heard {x}.", "channel": "voice"}],
        "utter_b": [{"text": "Second (BL40)."}],
        "utter_buttons": [
            {"text": "", "buttons": [{"title": "More", "payload": "Tell me more"}]},
            {"text": "Say more.", "channel": "voice"},
        ],
    }
)
CARD = {"card": "forgotten"}


def messages(*bubbles: Bubble, channel: str = "rest", replay: tuple = ()) -> list[dict]:
    """Return the messages of bubbles."""
    return render(Reply(bubbles, Memory(), replay), WORDS, channel)


def test_the_words_of_a_bubble_are_one_message() -> None:
    assert messages(bubble(Say("utter_a", {"x": "1"}), Say("utter_b"))) == [
        {"text": "First 1. Second (BL40)."}
    ]


def test_every_bubble_is_a_message_of_its_own() -> None:
    assert messages(bubble(Say("utter_b")), bubble(Say("utter_b"))) == [{"text": "Second (BL40)."}] * 2


def test_a_card_follows_its_words_with_the_same_content_for_the_ear() -> None:
    sent = messages(bubble(Say("utter_a", {"x": "1"}), Say("utter_b"), card=CARD))
    assert sent == [
        {"text": "First 1. Second (BL40)."},
        {"custom": {"card": "forgotten", "speech": "Heard one. Second, B L forty."}},
    ]


def test_a_speech_of_the_card_itself_wins() -> None:
    sent = messages(bubble(Say("utter_b"), card={**CARD, "speech": "My own."}))
    assert sent[1]["custom"]["speech"] == "My own."


def test_buttons_stand_beside_the_text() -> None:
    sent = messages(bubble(Say("utter_b"), Say("utter_buttons")))
    assert sent == [{"text": "Second (BL40).", "buttons": [{"title": "More", "payload": "Tell me more"}]}]


def test_a_voice_gets_words_instead_of_buttons() -> None:
    sent = messages(bubble(Say("utter_a", {"x": "1"}), Say("utter_buttons")), channel="voice")
    assert sent == [{"text": "Heard 1. Say more."}]


def test_places_without_words_are_left_out() -> None:
    assert bubble(None, Say("utter_b"), None).says == (Say("utter_b"),)


def test_what_is_repeated_comes_as_it_was() -> None:
    before = ({"text": "As it was."}, {"custom": CARD})
    assert messages(replay=before) == list(before)


def test_a_value_that_is_missing_is_an_error_and_no_half_message() -> None:
    with pytest.raises(WordingError, match="utter_a"):
        messages(bubble(Say("utter_b")), bubble(Say("utter_a")))


def test_names_and_cards_can_be_read_off_a_reply() -> None:
    reply = Reply((bubble(Say("utter_a"), Say("utter_b"), card=CARD), bubble(Say("utter_b"))), Memory())
    assert reply.responses == ("utter_a", "utter_b", "utter_b")
    assert reply.cards == (CARD,)
