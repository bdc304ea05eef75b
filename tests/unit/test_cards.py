"""The machine-readable side of an answer."""

from __future__ import annotations

import json

import pytest

from acupressure import cards
from acupressure.answers.points import ASPECTS
from acupressure.catalog import Catalog, catalog
from acupressure.models import Point
from acupressure.wording import for_ear
from tests.unit import contract

every_point = pytest.mark.parametrize("point", list(catalog().points.values()), ids=lambda p: p.code)


@every_point
def test_the_card_of_every_point_keeps_the_contract(known: Catalog, point: Point) -> None:
    card = cards.point_card(point, ["location"], known)
    contract.check_card(card, known)
    assert json.loads(json.dumps(card)) == card


@every_point
def test_a_card_carries_all_names_of_its_point(known: Catalog, point: Point) -> None:
    card = cards.point_card(point, ["location"], known)
    for name in (*point.names, *point.old_codes):
        assert name in (card["name"], *card["aliases"])


@every_point
def test_the_whole_caution_is_on_the_card(known: Catalog, point: Point) -> None:
    caution = cards.point_card(point, ["location"], known)["caution"]
    assert point.caution in caution
    assert point.caution_more in caution


@pytest.mark.parametrize("aspect", sorted(set(ASPECTS.values())))
def test_every_aspect_that_can_be_asked_has_a_name_in_the_contract(known: Catalog, aspect: str) -> None:
    card = cards.point_card(known.point("BL40"), [aspect], known)
    assert card["aspects"]
    contract.check_card(card, known)


def test_aspects_are_told_in_the_order_asked_without_repetition(known: Catalog) -> None:
    card = cards.point_card(known.point("BL40"), ["duration", "frequency", "location", "find"], known)
    assert card["aspects"] == ["duration", "location"]


def test_without_an_aspect_the_place_is_told(known: Catalog) -> None:
    assert cards.point_card(known.point("BL40"), [], known)["aspects"] == ["location"]


def test_an_aspect_nobody_knows_is_an_error(known: Catalog) -> None:
    with pytest.raises(KeyError):
        cards.point_card(known.point("BL40"), ["colour"], known)


def test_personal_advice_stands_in_front_of_the_caution(known: Catalog) -> None:
    point = known.point("BL40")
    card = cards.point_card(point, ["location"], known, ["Mind your veins."])
    assert card["caution"].startswith("Mind your veins. ")
    assert point.caution in card["caution"]


@every_point
def test_every_point_has_a_picture(known: Catalog, point: Point) -> None:
    assert cards.point_card(point, ["location"], known)["picture"] == f"/chat/maps/{point.code}.svg"


def test_a_picture_is_of_one_side_where_only_one_is_meant(known: Catalog) -> None:
    point = known.point("BL40")
    assert cards.picture(point, "left") == "/chat/maps/BL40-left.svg"
    assert cards.picture(point, "right") == "/chat/maps/BL40-right.svg"
    assert cards.picture(point, "both") == "/chat/maps/BL40.svg"
    assert cards.picture(known.point("CV6"), "midline") == "/chat/maps/CV6.svg"


def test_a_point_of_another_catalogue_has_no_picture(known: Catalog) -> None:
    other = known.point("BL40").copy(update={"code": "XX1"})
    assert cards.picture(other) is None
    assert "picture" not in cards.point_card(other, ["picture"], known)


@every_point
def test_the_facts_of_every_point_fill_every_response_about_points(known: Catalog, point: Point) -> None:
    from tests.unit.build import words

    facts = cards.point_facts(point)
    for name in (
        "name", "location", "find", "pressure", "posture", "duration", "frequency", "benefits", "caution",
        "caution_more", "evidence",
    ):  # fmt: skip
        for channel in ("rest", "voice"):
            text = words().text(f"utter_points_{name}", facts, channel)
            contract.check_words(text)
            assert contract.unspeakable(for_ear(text)) == []


@pytest.mark.parametrize(
    ("per", "ending"), [("side", " on each side"), ("both", ", both sides together"), ("point", "")]
)
def test_how_long_a_point_is_held_says_for_which_side(known: Catalog, per: str, ending: str) -> None:
    point = next(p for p in known.points.values() if p.seconds.per == per)
    assert cards.hold(point).endswith(ending)
    assert ("side" in cards.hold(point)) is bool(ending)


def test_a_list_carries_reason_and_caution_of_every_point(known: Catalog) -> None:
    card = cards.points_card([known.point("BL40"), known.point("LI4")], {"BL40": "A reason."}, for_="neck")
    contract.check_card(card, known)
    assert [p["why"] for p in card["points"]] == ["A reason.", known.point("LI4").used_for]
    assert card["for"] == "neck"


def test_a_list_of_all_points_keeps_the_contract(known: Catalog) -> None:
    card = cards.points_card(known.points.values(), for_="all")
    contract.check_card(card, known)
    assert [p["code"] for p in card["points"]] == list(known.points)


@pytest.mark.parametrize(
    "card",
    [
        cards.caution_card(["LI4"], "pregnancy", ["PC6"]),
        cards.ask_card("which_point", ["BL40"]),
        cards.noted_card("pregnancy", True, "self"),
        cards.faq_card("what_is", ["Somebody, 2020"]),
        cards.urgent_card("emergency", ["saddle_numbness"], "Go now."),
        cards.out_of_scope_card([]),
    ],
    ids=lambda c: c["card"],
)
def test_other_cards_keep_the_contract(known: Catalog, card: dict) -> None:
    contract.check_card(card, known)


@every_point
def test_sources_are_told_by_their_titles(known: Catalog, point: Point) -> None:
    told = cards.point_card(point, ["location"], known)["source"]
    assert all(known.sources[s].title in told for s in point.sources)
