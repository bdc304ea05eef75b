"""Which points may be shown to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acupressure.catalog import Catalog, catalog
from acupressure.policy import CALM, allowed, instead, verdict

RISKS = sorted(catalog().cautions.cautions)
CODES = list(catalog().points)


@pytest.mark.parametrize(
    ("risk", "code"),
    [
        ("pregnancy", "LI4"),
        ("pregnancy", "SP6"),
        ("pregnancy", "BL60"),
        ("pregnancy", "GB21"),
        ("pregnancy", "BL23"),
        ("pregnancy", "CV6"),
        ("under_16", "PC6"),
        ("blood_thinners", "BL57"),
        ("blood_thinners", "BL40"),
        ("bleeding_disorder", "HT7"),
        ("clot_history", "BL57"),
        ("varicose_veins", "BL57"),
        ("osteoporosis", "BL23"),
        ("osteoporosis", "GV4"),
        ("weak_back", "BL23"),
        ("disc_surgery", "GV3"),
        ("spinal_implant", "EX-B2"),
        ("fracture", "GB30"),
        ("aneurysm", "CV6"),
        ("hernia", "CV6"),
        ("belly_surgery", "CV6"),
        ("neck_artery", "GB20"),
        ("pacemaker", "KI27"),
        ("hip_replacement", "GB30"),
        ("knee_surgery", "BL40"),
        ("knee_cyst", "BL40"),
        ("numb_feet", "KI1"),
        ("botox", "EX-HN3"),
        ("kidney_disease", "BL23"),
        ("recent_meal", "CV6"),
        ("cancer_treatment", "ST36"),
        ("alcohol", "ST36"),
    ],
)
def test_a_risk_withholds_its_points(known: Catalog, risk: str, code: str) -> None:
    decided = verdict(known, known.point(code), [risk])
    assert not decided.is_allowed
    assert decided.withheld.id == risk


@pytest.mark.parametrize(
    ("risk", "code"),
    [
        ("pregnancy", "PC6"),
        ("pregnancy", "HT7"),
        ("blood_thinners", "LI4"),
        ("osteoporosis", "LI4"),
        ("hip_replacement", "BL40"),
        ("pacemaker", "BL40"),
        ("weak_back", "BL40"),
        ("faints", "BL40"),
        ("diabetes", "LI4"),
    ],
)
def test_a_risk_leaves_other_points_open(known: Catalog, risk: str, code: str) -> None:
    assert verdict(known, known.point(code), [risk]).is_allowed


@pytest.mark.parametrize(
    "point", [p for p in catalog().points.values() if p.pregnancy == "avoid"], ids=lambda p: p.code
)
def test_what_the_catalogue_says_of_pregnancy_is_kept(known: Catalog, point) -> None:
    assert not verdict(known, point, ["pregnancy"]).is_allowed


@pytest.mark.parametrize(
    "point", [p for p in catalog().points.values() if p.pregnancy == "fine"], ids=lambda p: p.code
)
def test_what_is_fine_in_pregnancy_is_shown(known: Catalog, point) -> None:
    assert verdict(known, point, ["pregnancy"]).is_allowed


def test_without_risks_everything_is_open(known: Catalog) -> None:
    assert allowed(known, CODES, []) == tuple(CODES)


def test_a_limit_leaves_the_point_with_advice(known: Catalog) -> None:
    decided = verdict(known, known.point("LI4"), ["blood_thinners"])
    assert [c.id for c in decided.limited] == ["blood_thinners"]


def test_an_unknown_risk_changes_nothing(known: Catalog) -> None:
    assert verdict(known, known.point("LI4"), ["no_such_risk"]) == verdict(known, known.point("LI4"), [])


@pytest.mark.parametrize(
    ("places", "withheld"),
    [
        (["hand"], {"LI4", "EX-UE7", "SI3", "HT7"}),
        (["LI4"], {"LI4"}),
        (["knee"], {"BL40"}),
        (["foot"], {"LR3", "KI1", "BL60"}),
        ([], set()),
    ],
)
def test_broken_skin_closes_its_place_only(known: Catalog, places: list[str], withheld: set[str]) -> None:
    open_ = set(allowed(known, CODES, ["skin"], places))
    assert not withheld & open_
    assert "GV20" in open_
    assert (len(open_) == len(CODES)) is (not withheld)


def test_places_count_only_with_the_risk(known: Catalog) -> None:
    assert verdict(known, known.point("LI4"), [], ["hand"]).is_allowed


def test_the_order_is_kept(known: Catalog) -> None:
    assert allowed(known, ["PC6", "LI4", "HT7"], ["pregnancy"]) == ("PC6", "HT7")


def test_points_instead_begin_with_those_named(known: Catalog) -> None:
    assert instead(known, ["knee_cyst"], near=["GB34", "BL40"])[0] == "GB34"


def test_where_every_point_is_closed_there_is_nothing_instead(known: Catalog) -> None:
    assert instead(known, ["under_16"]) == ()


def test_the_calm_points_are_in_the_catalogue(known: Catalog) -> None:
    assert set(CALM) <= set(known.points)


@given(
    st.lists(st.sampled_from(RISKS), max_size=5),
    st.lists(st.sampled_from(CODES), max_size=6),
    st.lists(st.sampled_from(["hand", "knee", "foot", "back"]), max_size=2),
)
def test_nothing_forbidden_is_ever_offered_instead(
    risks: list[str], near: list[str], places: list[str]
) -> None:
    known = catalog()
    offered = instead(known, risks, places, near)
    assert len(offered) <= 3
    assert all(verdict(known, known.point(c), risks, places).is_allowed for c in offered)


@given(st.lists(st.sampled_from(RISKS), max_size=5), st.sampled_from(RISKS), st.sampled_from(CODES))
def test_one_risk_more_never_opens_a_point(risks: list[str], more: str, code: str) -> None:
    known = catalog()
    point = known.point(code)
    if not verdict(known, point, risks).is_allowed:
        assert not verdict(known, point, [*risks, more]).is_allowed


@pytest.mark.parametrize("risk", RISKS)
def test_every_risk_closes_or_limits_something(known: Catalog, risk: str) -> None:
    places = ["hand"] if known.cautions.cautions[risk].local else []
    verdicts = [verdict(known, p, [risk], places) for p in known.points.values()]
    assert any(v.withheld or v.limited for v in verdicts)
