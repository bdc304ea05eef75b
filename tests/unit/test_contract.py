"""The checker of the contract complains of everything it is there for."""

from __future__ import annotations

import pytest

from acupressure import cards
from acupressure.catalog import Catalog
from tests.unit.contract import Broken, check_card, check_messages, promises, unspeakable


def point(known: Catalog, code: str = "BL40") -> dict:
    """Return a good card."""
    return {**cards.point_card(known.point(code), ["location"], known), "speech": "Behind the knee."}


def answer(*with_cards: dict) -> list[dict]:
    """Return a good answer with these cards."""
    return [{"text": "Some words."}, *({"custom": c} for c in with_cards)]


def urgent() -> dict:
    """Return a good urgent card."""
    return {**cards.urgent_card("emergency", ["saddle_numbness"], "Go."), "speech": "Go."}


def caution(code: str, *instead: str) -> dict:
    """Return a good caution."""
    return {**cards.caution_card([code], "pregnancy", list(instead)), "speech": "Not this one."}


def test_a_good_answer_passes(known: Catalog) -> None:
    check_messages(answer(point(known)), known)


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"code": "BL99"},
        {"name": "Other"},
        {"aspects": []},
        {"aspects": ["colour"]},
        {"aspects": ["location", "location"]},
        {"location": "On the nose."},
        {"press": "Hit it."},
        {"seconds": "60"},
        {"seconds": 61},
        {"sides": "left"},
        {"caution": "None."},
        {"caution": ""},
        {"picture": "/chat/maps/none.svg"},
        {"picture": "https://example.org/x.svg"},
        {"aliases": ["a", "a"]},
        {"aliases": ["Commanding Middle"]},
        {"speech": ""},
        {"speech": "Press BL40."},
        {"speech": "Press it (firmly)."},
        {"card": "pointy"},
    ],
    ids=str,
)
def test_a_point_card_with_a_fault_is_refused(known: Catalog, change: dict) -> None:
    with pytest.raises(Broken):
        check_card({**point(known), **change}, known)


@pytest.mark.parametrize("field", ["code", "name", "aspects", "location", "press", "seconds", "caution"])
def test_a_point_card_without_a_required_field_is_refused(known: Catalog, field: str) -> None:
    card = point(known)
    del card[field]
    with pytest.raises(Broken, match=field):
        check_card(card, known)


@pytest.mark.parametrize(
    "card",
    [
        {"card": "points", "points": []},
        {"card": "points", "points": [{"code": "BL40"}]},
        {"card": "urgent", "level": "soon", "signs": ["saddle_numbness"]},
        {"card": "urgent", "level": "crisis", "signs": ["self_harm"]},
        {"card": "urgent", "level": "emergency", "signs": []},
        {"card": "caution", "codes": ["LI4"], "risk": "unknown"},
        {"card": "caution", "codes": ["LI4"], "risk": "pregnancy", "instead": ["LI4"]},
        {"card": "ask", "about": "weather"},
        {"card": "noted", "what": ""},
        {"card": "faq", "topic": "weather"},
        {"card": "crisis", "lines": []},
        {
            "card": "step",
            "routine": "r",
            "index": 3,
            "of": 2,
            "code": "BL40",
            "seconds": 30,
            "state": "running",
        },
        {"card": "routine", "routine": "r", "state": "flying"},
        {"card": "forgotten", "who": "me"},
        {},
    ],
    ids=str,
)
def test_other_cards_with_a_fault_are_refused(known: Catalog, card: dict) -> None:
    with pytest.raises(Broken):
        check_card(card, known)


def test_faults_of_a_whole_answer_are_refused(known: Catalog) -> None:
    bad = [
        [],
        [{"custom": point(known)}],
        [{"text": ""}],
        [{"text": "Hold {code}."}],
        [{"text": "I know 0 points. . Ask."}],
        [{"text": "It is proven."}],
        [{"text": "ok", "image": "x"}],
        [{"text": "ok", "buttons": [{"title": "x", "payload": "/intent"}]}],
        [{"text": "ok", "buttons": [{"title": "", "payload": "x"}]}],
        answer(urgent(), point(known)),
        answer({"card": "crisis", "lines": ["x"], "speech": "Call."}, point(known)),
        answer(caution("LI4"), point(known, "LI4")),
        answer({k: v for k, v in point(known).items() if k != "speech"}),
        [{"text": known.point("LI4").where}, {"custom": caution("LI4")}],
    ]
    for messages in bad:
        with pytest.raises(Broken):
            check_messages(messages, known)


@pytest.mark.parametrize(
    "text",
    [
        "It cures pain.",
        "This will eliminate the pain.",
        "It is proven to work.",
        "Guaranteed relief.",
        "A permanent change.",
        "It has no side effects.",
        "It is not expensive. It cures all.",
    ],
)
def test_promises_are_seen(text: str) -> None:
    assert promises(text)


@pytest.mark.parametrize(
    "text",
    [
        "It does not cure pain.",
        "Nobody can guarantee that.",
        "No trial has proven it.",
        "It is not free of side effects.",
        "Secure shoes.",
        "I cannot say that it has no side effects.",
    ],
)
def test_promises_that_are_denied_are_none(text: str) -> None:
    assert promises(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "BL40",
        "EX-UE7",
        "a (b)",
        "50%",
        "see www.x.org",
        "e.g. so",
        "3 cm",
        "the WHO list",
        "two.five",
        "委中",
        "ok 👍",
        'say "so"',
    ],
)
def test_what_cannot_be_said_is_seen(text: str) -> None:
    assert unspeakable(text)


@pytest.mark.parametrize(
    "text",
    [
        "B L forty is behind the knee, on both sides.",
        "Don't press hard.",
        "Hold it for 30 seconds.",
        "So? Yes! No: never.",
    ],
)
def test_what_can_be_said_is_let_through(text: str) -> None:
    assert unspeakable(text) == []
