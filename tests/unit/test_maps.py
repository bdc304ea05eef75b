"""Body maps: every point has its place, on the skin, where anatomy wants it, and a picture that says so."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from acupressure.catalog import Catalog, catalog
from acupressure.errors import CatalogError
from acupressure.maps import atlas, load, map_of_body, map_of_point
from acupressure.maps.atlas import FOLDER, Drawing, Marker
from acupressure.maps.geometry import Curve, Oval, Spot, above, contains, mirror
from acupressure.models import Point
from acupressure.wording import wording

MOST_BYTES = 10_000
SVG = "{http://www.w3.org/2000/svg}"
POINTS = list(catalog().points.values())
BOTH = [p for p in POINTS if p.sides == "both"]
every_point = pytest.mark.parametrize("point", POINTS, ids=lambda p: p.code)
every_point_of_two_sides = pytest.mark.parametrize("point", BOTH, ids=lambda p: p.code)


def markers(code: str) -> tuple[Marker, ...]:
    return atlas().markers(code, catalog().point(code).sides == "midline")


def drawing(code: str) -> Drawing:
    return atlas().drawings[atlas().places[code].drawing]


def spot(code: str, n: int = 0) -> Spot:
    return markers(code)[n].spot


def picture(point: Point, side: str | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(map_of_point(point, wording(), side))


def sides_named(tree: ElementTree.Element) -> list[str]:
    return [text.text for text in tree.iter(f"{SVG}text")]


# -- places --------------------------------------------------------------------------------------------------


def test_every_point_has_a_place_and_every_place_a_point(known: Catalog) -> None:
    assert set(atlas().places) == set(known.points)


@every_point
def test_every_marker_lies_on_the_skin_and_in_view(point: Point) -> None:
    place, drawn = atlas().places[point.code], drawing(point.code)
    left, top, width, height = drawn.views[place.view].box
    found = markers(point.code)
    assert found
    for marker in found:
        assert drawn.covers(marker.spot), marker
        # with room for the marker itself
        assert left + 0.03 * width < marker.spot.x < left + 0.97 * width
        assert top + 0.03 * height < marker.spot.y < top + 0.97 * height


@every_point_of_two_sides
def test_both_sides_mirror_each_other(point: Point) -> None:
    drawn, found = drawing(point.code), markers(point.code)
    if drawn.mirror is None:
        assert {m.side for m in found} == {"left"}  # the other limb is a mirrored drawing
        return
    turned = mirror(drawn.mirror)
    left = [m.spot for m in found if m.side == "left"]
    right = [turned(m.spot) for m in found if m.side == "right"]
    assert left == right
    assert all(abs(s.x - drawn.mirror) > 1 for s in left)


@pytest.mark.parametrize("point", [p for p in POINTS if p.sides == "midline"], ids=lambda p: p.code)
def test_what_lies_on_the_midline_is_drawn_there_once(point: Point) -> None:
    (found,) = markers(point.code)
    assert found.side == "midline"
    axis = drawing(point.code).mirror
    assert axis is None or found.spot.x == pytest.approx(axis)


@every_point_of_two_sides
def test_the_sides_are_where_the_view_puts_them(point: Point) -> None:
    """From behind the left side of a person is on the reader's left, from the front on the right."""
    drawn = drawing(point.code)
    if drawn.mirror is not None:
        for marker in markers(point.code):
            is_left = marker.spot.x < drawn.mirror
            assert marker.side == ("left" if is_left == (drawn.seen == "back") else "right")
    named = sides_named(picture(point))
    assert named == (
        ["right", "left"] if drawn.seen == "front" and drawn.mirror is None else ["left", "right"]
    )
    places = [float(text.get("x")) for text in picture(point).iter(f"{SVG}text")]
    if drawn.mirror is not None and drawn.seen == "front":
        assert places[0] > places[1]  # "left" comes first and stands on the right
    elif drawn.seen == "back":
        assert places[0] < places[1]


# -- anatomy -------------------------------------------------------------------------------------------------


def test_the_pairs_at_the_waist_are_level_with_the_second_bump_of_the_lower_back() -> None:
    back = drawing("BL23")
    cun, middle = back.cun("across"), back.mirror
    for code, out in (("BL23", 1.5), ("BL52", 3), ("GV4", 0)):
        assert spot(code).y == back.landmark("l2").y
        assert middle - spot(code).x == pytest.approx(out * cun)
    assert spot("BL52").x == pytest.approx(back.landmark("blade_edge").x)


def test_the_line_of_the_hip_bones_crosses_the_fourth_bump() -> None:
    back = drawing("BL25")
    top = back.landmark("hip_bone_top").y
    assert back.landmark("l3").y < top < back.landmark("l4").y
    for code, out in (("BL25", 1.5), ("EX-B7", 3.5), ("GV3", 0)):
        assert spot(code).y == back.landmark("l4").y
        assert back.mirror - spot(code).x == pytest.approx(out * back.cun("across"))
    assert spot("EX-B8").y > spot("GV3").y


def test_buttock_points_are_level_with_their_hollows() -> None:
    back = drawing("BL53")
    assert spot("BL53").y == back.landmark("dimple").y == back.landmark("s2").y
    assert spot("BL54").y == back.landmark("s4").y
    assert spot("BL53").x == spot("BL54").x == pytest.approx(back.mirror - 3 * back.cun("across"))


def test_the_second_sacral_hollow_is_midway_to_the_dimple() -> None:
    back, rows = drawing("BL31-34"), [m.spot for m in markers("BL31-34") if m.side == "left"]
    assert len(rows) == 4
    assert [s.y for s in rows] == sorted(s.y for s in rows)
    assert rows[1].x == pytest.approx((back.landmark("dimple").x + back.mirror) / 2)


def test_the_strips_beside_the_spine_have_seventeen_pairs() -> None:
    found = markers("EX-B2")
    assert len(found) == 34
    out = 0.5 * drawing("EX-B2").cun("across")
    assert all(abs(m.spot.x - 200) == pytest.approx(out) for m in found)


def test_the_belly_point_is_three_tenths_of_the_way_below_the_navel() -> None:
    front = drawing("CV6")
    navel, bone = front.landmark("navel").y, front.landmark("pubic_bone").y
    assert spot("CV6").y == pytest.approx(navel + 0.3 * (bone - navel))


@pytest.mark.parametrize(
    ("code", "start", "cun"),
    [
        ("SP6", "inner_ankle", 3),
        ("ST36", "eye_of_knee", 3),
        ("BL57", "crease", 8),
        ("PC6", "wrist_middle", 2),
    ],
)
def test_points_on_limbs_are_so_many_cun_from_their_landmark(code: str, start: str, cun: float) -> None:
    drawn = drawing(code)
    distance = abs(spot(code).y - drawn.landmark(start).y) / drawn.cun("down")
    assert distance == pytest.approx(cun, abs=0.1)


def test_the_inner_leg_point_is_behind_the_shin_and_above_the_ankle() -> None:
    leg = drawing("SP6")
    edge = spot("SP6").onto(leg.landmark("shin_edge_above"), leg.landmark("shin_edge_below"))
    assert spot("SP6").x < edge.x  # the toes point to the right
    assert spot("SP6").y < leg.landmark("inner_ankle").y


def test_the_shin_point_is_outside_the_crest() -> None:
    assert spot("ST36").x > drawing("ST36").landmark("kneecap_lower_end").x


@pytest.mark.parametrize(("code", "tip"), [("BL60", "outer_ankle"), ("KI3", "inner_ankle")])
def test_ankle_points_are_midway_to_the_heel_cord(code: str, tip: str) -> None:
    ankle = drawing(code)
    assert spot(code) == ankle.landmark(tip).toward(ankle.landmark("heel_cord"), 0.5)


def test_below_the_outer_ankle_is_straight_below() -> None:
    ankle = drawing("BL62").landmark("outer_ankle")
    assert spot("BL62").x == ankle.x
    assert spot("BL62").y > ankle.y


def test_the_point_behind_the_knee_is_the_middle_of_the_crease() -> None:
    knee = drawing("BL40")
    assert spot("BL40") == knee.landmark("crease_outer").toward(knee.landmark("crease_inner"), 0.5)


def test_the_knob_of_the_leg_has_its_point_in_front_and_below() -> None:
    knob = drawing("GB34").landmark("knob")
    assert spot("GB34").x < knob.x
    assert spot("GB34").y > knob.y


def test_the_hip_point_is_a_third_of_the_way_to_the_tailbone() -> None:
    hip = drawing("GB30")
    knob, bone = hip.landmark("knob"), hip.landmark("tailbone_top")
    assert (spot("GB30") - knob).length == pytest.approx((bone - knob).length / 3, rel=0.01)


def test_hand_points_lie_on_their_side() -> None:
    hand = drawing("LI4")
    bone = hand.landmark("index_knuckle").toward(hand.landmark("index_bone_base"), 0.5)
    assert spot("LI4").x > bone.x  # the thumb of a left hand seen from its back is on the right
    index, little = (m.spot for m in markers("EX-UE7"))
    assert little.x < index.x < spot("LI4").x
    palm = drawing("HT7")
    assert palm.landmark("wrist_thumb_side").x < spot("HT7").x < palm.landmark("wrist_little_side").x
    assert spot("HT7").x > spot("PC6").x > spot("LU7").x
    assert spot("SI3").x > spot("HT7").x


def test_the_top_of_the_head_is_straight_above_the_ears() -> None:
    assert spot("GV20").x == drawing("GV20").landmark("ear_tip").x


def test_neck_points_keep_their_order() -> None:
    neck = drawing("GB20")
    assert neck.mirror - spot("GB20").x == pytest.approx(2 * neck.cun("across"))
    assert neck.landmark("ear_bump").x < spot("GB20").x
    shoulder = drawing("GB21")
    assert spot("GB21") == shoulder.landmark("c7").toward(shoulder.landmark("acromion"), 0.5)


def test_the_collarbone_points_are_just_below_the_bone() -> None:
    chest = drawing("KI27")
    assert chest.mirror - spot("KI27").x == pytest.approx(2 * chest.cun("across"))
    assert 0 < spot("KI27").y - chest.landmark("collarbone_end").y < chest.cun("across") * 1.2


def test_face_points_are_midway() -> None:
    face = drawing("GV26")
    assert spot("GV26").y == (face.landmark("nose_base").y + face.landmark("lip_edge").y) / 2
    assert spot("EX-HN3").y == face.landmark("brow_end").y


def test_the_sole_point_is_a_third_of_the_way_to_the_heel() -> None:
    sole = drawing("KI1")
    gap, heel = sole.landmark("gap_second_third"), sole.landmark("heel")
    assert spot("KI1").y == pytest.approx(gap.y + (heel.y - gap.y) / 3, abs=1)


def test_the_foot_point_is_just_before_the_bones_meet() -> None:
    foot = drawing("LR3")
    web, meet = foot.landmark("web"), foot.landmark("bones_meet")
    assert 0.75 < (spot("LR3") - web).length / (meet - web).length < 1


# -- pictures ------------------------------------------------------------------------------------------------


@every_point
@pytest.mark.parametrize("side", [None, "left", "right"])
def test_a_picture_is_small_well_formed_and_runs_nothing(point: Point, side: str | None) -> None:
    text = map_of_point(point, wording(), side)
    assert len(text.encode()) <= MOST_BYTES
    for element in ElementTree.fromstring(text).iter():
        assert element.tag.removeprefix(SVG) in {
            "svg", "title", "desc", "g", "path", "circle", "ellipse", "text",
        }  # fmt: skip
        for name, value in element.attrib.items():
            assert name not in {"id", "style", "href"}
            assert not name.startswith("on")
            assert "url(" not in value
            if name in {"fill", "stroke"}:
                assert value == "none" or value.startswith("var(--map-"), value


@every_point
def test_a_picture_says_in_words_where_the_point_is(point: Point) -> None:
    tree = picture(point)
    alt = tree.get("aria-label")
    assert tree.get("role") == "img"
    for part in (point.name, point.code, point.where, drawing(point.code).name):
        assert part in alt
    assert ("left and on the right" in alt) == (point.sides == "both")
    assert tree.find(f"{SVG}desc").text == alt
    assert point.code in tree.find(f"{SVG}title").text


@every_point
def test_a_picture_is_the_same_every_time(point: Point) -> None:
    assert map_of_point(point, wording()) == map_of_point(point, wording())


@every_point_of_two_sides
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_picture_of_one_side_names_that_side_only(point: Point, side: str) -> None:
    tree = picture(point, side)
    assert sides_named(tree) == [side]
    assert f"marked on the {side}." in tree.get("aria-label")


@every_point
def test_a_region_of_the_whole_body_is_marked_beside_it(point: Point) -> None:
    view = drawing(point.code).views[atlas().places[point.code].view]
    region = atlas().body.regions[view.shown]
    assert atlas().body.covers(Oval.parse(region.at).centre)


def test_every_region_of_the_catalogue_can_be_tapped(known: Catalog) -> None:
    tree = ElementTree.fromstring(map_of_body(wording()))
    found = {e.get("data-region"): e for e in tree.iter() if e.get("data-region")}
    assert set(found) == {p.region for p in known.points.values()}
    _, _, width, height = map(float, tree.get("viewBox").split())
    for element in found.values():
        assert 0 < float(element.get("data-x")) < width
        assert 0 < float(element.get("data-y")) < height


# -- geometry ------------------------------------------------------------------------------------------------


def test_a_curve_goes_through_its_anchors() -> None:
    pieces = list(Curve.parse("0,0 10,5 20,0! 30,5").pieces())
    assert [p.end for p in pieces] == [Spot(10, 5), Spot(20, 0), Spot(30, 5)]
    assert pieces[0].at(0) == Spot(0, 0)


def test_a_lifted_pen_leaves_no_line() -> None:
    assert [p.drawn for p in Curve.parse("0,0 0,10 | 10,10 10,0").closed_off().pieces()] == [
        True, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "1,2", "1,2 x", "1,2 3", "o 1,2", "o 1,2 3,4 5 6"])
def test_a_line_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever says so
        (Oval if text.startswith("o") else Curve).parse(text)


def test_inside_and_above() -> None:
    square = Curve.parse("0,0! 10,0! 10,10! 0,10! z").outline()
    assert contains(square, Spot(5, 5))
    assert not contains(square, Spot(15, 5))
    assert above(square, Spot(5, 5)) == Spot(5, 0)


def test_half_a_body_becomes_a_whole_one() -> None:
    whole = Curve.parse("10,0 0,5 10,10").closed_with_mirror(10)
    assert whole.closed
    assert contains(whole.outline(), Spot(18, 5))


# -- files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("places.yml", "from: navel", "from: nabel", "'nabel' is no landmark"),
        ("places.yml", "toward: pubic_bone, cun: 1.5", "toward: pubic_bone, cun: 55", "lies beside the skin"),
        ("places.yml", "toward: pubic_bone, cun: 1.5", "toward: pubic_bone", "a step goes"),
        ("places.yml", "drawing: sole", "drawing: soul", "'soul' is not known"),
        ("places.yml", "view: sole", "view: soul", "'soul' is not known"),
        ("places.yml", "view: belly", "view: chest", "does not show"),
        ("sole.yml", "skin: >-", "color: red\nskin: >-", "extra fields"),
        ("sole.yml", "shown: sole", "shown: soul", "'soul' is not known"),
        ("sole.yml", "heel: 200,388", "heel: here", "is no place"),
        ("front.yml", "to: pubic_bone", "to: knee", "needs the landmark 'knee'"),
    ],
)
def test_a_fault_in_the_drawings_is_told(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "maps"))
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(CatalogError, match=problem):
        load(folder)
