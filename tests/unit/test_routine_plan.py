"""Routines of the catalogue, and plans made on request: what a person gets for what they asked."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from acupressure import policy
from acupressure.catalog import DEFAULT_FOLDER, Catalog, catalog, load, read_yaml
from acupressure.errors import AcupressureError, CatalogError
from acupressure.routine import NothingFits, Plan, Request, Step, fits_posture, make_plan
from acupressure.routine.planner import CALM
from acupressure.wording import for_ear
from tests.unit.contract import promises, unspeakable

KNOWN = catalog()
POSTURES = ("", "desk", "sitting", "lying", "standing", "bed")
COMPLAINTS = [c.id for c in KNOWN.complaints.values() if c.points]
BACK = {"lower_back", "whole_back", "stiffness", "upper_back", "sacrum"}
every_routine = pytest.mark.parametrize("routine", list(KNOWN.routines.values()), ids=lambda r: r.id)


def everybody(codes: Sequence[str]) -> tuple[str, ...]:
    """Allow every point."""
    return tuple(codes)


def in_pregnancy(codes: Sequence[str]) -> tuple[str, ...]:
    """Allow what the catalogue calls fine in pregnancy."""
    return tuple(c for c in codes if KNOWN.point(c).pregnancy == "fine")


def plan_for(allowed: Callable = everybody, **wanted: object) -> Plan:
    """Return the plan for a request."""
    return make_plan(KNOWN, Request(**wanted), allowed)


def codes_of(plan: Plan) -> list[str]:
    """Return the points of a plan in order, each once in a row."""
    return [s.code for i, s in enumerate(plan.steps) if not i or plan.steps[i - 1].code != s.code]


def minutes_of(routine_id: str) -> float:
    """Return the minutes of a catalogue routine as it stands."""
    return plan_for(routine=routine_id).total / 60


# -- routines of the catalogue ----------------------------------------------------------------------


def test_the_six_composed_routines_are_there() -> None:
    composed = [r.id for r in KNOWN.routines.values() if r.kind == "composed"]
    assert composed == ["desk_reset", "bed_knees_bent", "acute_stiff_back", "leg_ache", "wind_down", "gentle"]


@pytest.mark.parametrize(
    ("routine", "shortest", "longest"),
    [
        ("desk_reset", 4.5, 5),
        ("bed_knees_bent", 5, 8),
        ("acute_stiff_back", 5, 6),
        ("leg_ache", 5, 6),
        ("wind_down", 9, 9),
        ("gentle", 4, 5),
        ("michigan_relaxing", 27, 27),
    ],
)
def test_routines_take_the_time_they_are_known_for(routine: str, shortest: float, longest: float) -> None:
    assert shortest <= minutes_of(routine) <= longest


@every_routine
def test_every_sentence_of_a_routine_can_be_said_and_promises_nothing(routine) -> None:
    sentences = [routine.note, routine.close, *(t for s in routine.steps for t in (s.how, s.tip))]
    for text in filter(None, sentences):
        assert text.endswith("."), text
        assert not unspeakable(for_ear(text)), text
        assert not promises(text), text


@every_routine
def test_every_step_fits_the_posture_of_its_routine(routine) -> None:
    for step in routine.steps:
        assert fits_posture(KNOWN.point(step.point), routine.posture), step.point


@every_routine
def test_a_named_routine_keeps_its_order_sides_and_words(routine) -> None:
    plan = plan_for(routine=routine.id)
    assert plan.routine == routine.id
    assert plan.name == routine.name
    assert plan.posture == routine.posture
    assert plan.close == (routine.close or "")
    expected = []
    for step in routine.steps:
        for side in {"each": ("left", "right"), "together": ("both",), "midline": ("midline",)}[step.sides]:
            expected.append(Step(step.point, side, step.seconds, step.how or "", step.tip or ""))
    assert list(plan.steps) == expected
    assert plan.left_out == ()


def test_a_stiff_back_is_not_pressed() -> None:
    regions = {KNOWN.point(s.code).region for s in plan_for(routine="acute_stiff_back").steps}
    assert not regions & {"back", "buttock"}


@every_routine
@pytest.mark.parametrize("minutes", [2, 5, 9, 27])
def test_a_named_routine_is_stretched_to_the_minutes_asked(routine, minutes: int) -> None:
    plan = plan_for(routine=routine.id, minutes=minutes)
    most = {s.point: KNOWN.point(s.point).seconds.max for s in routine.steps}
    assert all(s.seconds <= most[s.code] for s in plan.steps)
    assert plan.total == pytest.approx(plan.minutes * 60, rel=0.1)
    rounds = max(plan.steps.count(step) for step in plan.steps)
    assert rounds <= 3
    if len(routine.steps) > 2 and minutes < 18:  # a few points are not pressed for half an hour
        assert plan.minutes == minutes


def test_points_not_allowed_or_avoided_fall_out_of_a_named_routine() -> None:
    plan = plan_for(
        lambda codes: tuple(c for c in codes if c != "BL23"), routine="desk_reset", avoid=("BL40",)
    )
    assert codes_of(plan) == ["LI4", "EX-UE7", "BL52"]
    assert set(plan.left_out) == {"BL23", "BL40"}


def test_the_gentle_routine_is_gentle_whoever_asks() -> None:
    assert plan_for(routine="gentle").gentle
    assert not plan_for(routine="desk_reset").gentle
    assert plan_for(routine="desk_reset", gentle=True).gentle


@pytest.mark.parametrize(
    ("wanted", "routine"),
    [
        ({}, "desk_reset"),
        ({"complaint": "lower_back"}, "desk_reset"),
        ({"complaint": "lower_back", "posture": "bed"}, "bed_knees_bent"),
        ({"complaint": "stiffness", "posture": "lying"}, "bed_knees_bent"),
        ({"complaint": "acute_back"}, "acute_stiff_back"),
        ({"complaint": "sciatica"}, "leg_ache"),
        ({"complaint": "sleep"}, "wind_down"),
        ({"complaint": "lower_back", "gentle": True}, "gentle"),
        ({"complaint": "headache"}, "planned"),
        ({"complaint": "lower_back", "minutes": 5}, "planned"),
        ({"complaint": "buttock", "posture": "sitting"}, "planned"),
        ({"complaint": "lower_back", "routine": "no_such_routine"}, "desk_reset"),
        ({"complaint": "lower_back", "codes": ("LI4",)}, "planned"),
    ],
)
def test_which_routine_is_taken(wanted: dict, routine: str) -> None:
    assert plan_for(**wanted).routine == routine


def test_a_routine_that_loses_most_of_its_points_is_not_offered() -> None:
    """Two left of four would be a routine in name only where the complaint has better points."""

    def hands(codes: Sequence[str]) -> tuple[str, ...]:
        return tuple(c for c in codes if KNOWN.point(c).region in ("hand", "arm", "head"))

    assert plan_for(hands, complaint="sciatica").routine == "planned"


# -- planned on request -----------------------------------------------------------------------------


def rank(code: str) -> int:
    """Return 0 for points on the limbs, 1 for the trunk and head, 2 for the calm ones."""
    if code in CALM:
        return 2
    return 0 if KNOWN.point(code).region in ("hand", "arm", "leg", "foot") else 1


@pytest.mark.parametrize("allowed", [everybody, in_pregnancy])
@pytest.mark.parametrize("posture", POSTURES)
@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_every_plan_keeps_time_sides_lengths_and_posture(complaint: str, posture: str, allowed) -> None:
    for minutes in range(2, 41) if allowed is everybody else (2, 3, 6, 11, 25, 40):
        plan = plan_for(allowed, complaint=complaint, minutes=minutes, posture=posture)
        told = f"{minutes} minutes: {plan.steps}"
        assert plan.total == pytest.approx(minutes * 60, rel=0.03), told
        assert plan.minutes == minutes
        used = {s.code for s in plan.steps}
        assert allowed(sorted(used)) == tuple(sorted(used)), told
        assert not used & set(plan.left_out)
        wanted = {p.code for p in KNOWN.complaints[complaint].points}
        assert wanted <= used | set(plan.left_out), told
        expected = iter(plan.steps)
        for step in expected:
            point = KNOWN.point(step.code)
            assert point.seconds.min <= step.seconds <= point.seconds.max, told
            assert fits_posture(point, plan.posture), told
            assert point.reach != "partner"
            if point.sides == "midline":
                assert step.side == "midline"
            elif point.seconds.per == "both":
                assert step.side == "both"
            else:
                second = next(expected)
                assert (step.side, second.side) == ("left", "right"), told
                assert (second.code, second.seconds) == (step.code, step.seconds), told


@pytest.mark.parametrize("posture", POSTURES)
@pytest.mark.parametrize("complaint", sorted(BACK))
def test_a_plan_for_the_back_goes_from_far_to_local_to_calm(complaint: str, posture: str) -> None:
    for minutes in range(2, 41):
        plan = plan_for(complaint=complaint, minutes=minutes, posture=posture)
        ranks = [rank(code) for code in codes_of(plan)]
        if len(set(codes_of(plan))) == len(codes_of(plan)):
            assert ranks == sorted(ranks), f"{minutes} minutes: {codes_of(plan)}"
        else:
            assert minutes > 15, f"a second round in {minutes} minutes"
        if minutes >= 6:
            assert ranks[-1] == 2, f"{minutes} minutes: {codes_of(plan)}"


def test_the_same_request_gets_the_same_plan_however_the_allowed_points_are_listed() -> None:
    for complaint in COMPLAINTS:
        plan = plan_for(complaint=complaint, minutes=15)
        assert plan_for(lambda codes: tuple(reversed(codes)), complaint=complaint, minutes=15) == plan


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_plans_of_six_minutes_and_more_end_calmly(complaint: str) -> None:
    for minutes in (6, 10, 20, 40):
        assert plan_for(complaint=complaint, minutes=minutes).steps[-1].code in CALM


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({"complaint": "lower_back", "minutes": 2}, ["BL40", "BL23"]),
        ({"complaint": "lower_back", "minutes": 6}, ["BL40", "EX-UE7", "BL23", "BL25", "BL52", "EX-HN3"]),
        ({"complaint": "lower_back", "minutes": 10, "posture": "bed"}, ["BL40", "LR3", "CV6", "BL53", "GB30", "EX-HN3"]),
        ({"complaint": "acute_back", "minutes": 2}, ["EX-UE7", "SI3"]),
        ({"complaint": "knee", "minutes": 5, "posture": "bed"}, ["LR3", "BL40", "SP6"]),
        ({"complaint": "headache", "minutes": 6}, ["LI4", "LR3", "GB20", "EX-HN3"]),
        ({"minutes": 2}, ["BL40", "BL23"]),
    ],
)  # fmt: skip
def test_the_points_of_some_plans(wanted: dict, codes: list[str]) -> None:
    assert codes_of(plan_for(**wanted)) == codes


def test_more_time_means_longer_holds_before_more_rounds() -> None:
    short, long = (plan_for(complaint="lower_back", minutes=m) for m in (10, 14))
    assert max(s.seconds for s in long.steps) > max(s.seconds for s in short.steps)
    assert len(long.steps) == len({(s.code, s.side) for s in long.steps})


def test_what_there_is_no_time_for_is_told() -> None:
    plan = plan_for(minutes=2, codes=("BL40", "BL23", "LI4", "EX-UE7", "BL60", "GB34", "LR3", "HT7"))
    assert plan.total == 120
    assert plan.left_out == ("LI4", "EX-UE7", "BL60", "GB34", "LR3", "HT7")


@pytest.mark.parametrize(("asked", "planned"), [(0, 2), (1, 2), (-5, 2), (41, 40), (600, 40), (7.5, 7.5)])
def test_minutes_out_of_reach_are_told_as_they_were_planned(asked: float, planned: float) -> None:
    plan = plan_for(complaint="lower_back", minutes=asked)
    assert plan.minutes == planned
    assert plan.total == pytest.approx(planned * 60, rel=0.03)


def test_without_minutes_a_plan_takes_about_six() -> None:
    assert plan_for(complaint="headache").total == pytest.approx(360, rel=0.1)


def test_one_who_named_points_gets_these_and_no_others() -> None:
    plan = plan_for(codes=("LI4", "BL23"), minutes=6)
    assert set(codes_of(plan)) == {"LI4", "BL23"}
    assert codes_of(plan_for(codes=("LI4", "BL23"))) == ["LI4", "BL23"]


def test_named_points_of_different_postures_all_stay_unless_a_posture_is_named() -> None:
    assert set(codes_of(plan_for(codes=("EX-B8", "BL60")))) == {"EX-B8", "BL60"}
    assert plan_for(codes=("LI4", "EX-B8", "SI3"), posture="desk").left_out == ("EX-B8",)


def test_avoided_points_are_left_out() -> None:
    for minutes in (2, 6, 20, 40):
        plan = plan_for(complaint="lower_back", minutes=minutes, avoid=("BL40", "EX-HN3"))
        assert not {"BL40", "EX-HN3"} & {s.code for s in plan.steps}
        assert "BL40" in plan.left_out


def test_one_asked_standing_for_the_knee_is_told_to_sit() -> None:
    plan = plan_for(complaint="knee", minutes=5, posture="standing")
    assert plan.posture == "sitting"
    assert "GB34" in codes_of(plan)


@pytest.mark.parametrize("posture", ["desk", "bed"])
def test_desk_and_bed_stay_what_was_asked(posture: str) -> None:
    assert plan_for(complaint="lower_back", minutes=10, posture=posture).posture == posture


def test_sitting_on_a_ball_stays_short() -> None:
    for minutes in (4, 10, 40):
        plan = plan_for(complaint="sciatica", minutes=minutes, posture="sitting")
        assert all(s.seconds <= 20 for s in plan.steps if s.code == "GB30")
    assert any(
        s.code == "GB30" and s.seconds > 20
        for s in plan_for(complaint="sciatica", minutes=10, posture="bed").steps
    )


def test_nobody_is_told_to_use_a_ball_standing_or_gently_or_to_find_a_partner() -> None:
    assert "GB30" not in codes_of(plan_for(codes=("GB30", "BL23", "SI3"), minutes=5, posture="standing"))
    assert "GB30" not in codes_of(plan_for(complaint="sciatica", minutes=5, gentle=True))
    assert "EX-B2" in plan_for(codes=("EX-B2", "LI4")).left_out


def test_gentle_holds_are_not_drawn_out() -> None:
    for minutes in (6, 20):
        plan = plan_for(complaint="lower_back", minutes=minutes, gentle=True)
        assert plan.gentle
        assert all(s.seconds <= KNOWN.point(s.code).seconds.default for s in plan.steps)


def test_a_point_that_is_listed_for_completeness_only_is_in_no_plan() -> None:
    assert codes_of(plan_for(codes=("GV26", "LI4"))) == ["LI4"]


@pytest.mark.parametrize("risk", [c.id for c in KNOWN.cautions.cautions.values() if c.routine != "none"])
def test_no_plan_holds_a_point_that_a_risk_forbids(risk: str) -> None:
    for complaint in COMPLAINTS:
        plan = plan_for(lambda codes: policy.allowed(KNOWN, codes, [risk]), complaint=complaint, minutes=12)
        used = list(dict.fromkeys(s.code for s in plan.steps))
        assert policy.allowed(KNOWN, used, [risk]) == tuple(used)
        assert plan.minutes == 12


@pytest.mark.parametrize(
    "wanted", [{}, {"complaint": "lower_back", "minutes": 5}, {"routine": "desk_reset"}, {"codes": ("LI4",)}]
)
def test_nothing_allowed_is_an_error_that_names_what_was_wanted(wanted: dict) -> None:
    with pytest.raises(NothingFits) as caught:
        plan_for(lambda codes: (), **wanted)
    assert isinstance(caught.value, AcupressureError)
    assert caught.value.codes


def test_a_complaint_the_guide_has_no_points_for_gets_no_plan() -> None:
    with pytest.raises(NothingFits):
        plan_for(complaint="skin")


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_a_plan_and_a_request_survive_being_stored(complaint: str) -> None:
    request = Request(complaint, 7.5, "bed", avoid=("BL40",), gentle=True, codes=())
    assert Request.from_dict(json.loads(json.dumps(request.to_dict()))) == request
    plan = make_plan(KNOWN, request, everybody)
    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


@pytest.mark.parametrize(
    "change",
    [
        {"steps": None}, {"steps": [1]}, {"steps": "BL40"}, {"steps": [{"code": "BL40"}]}, {"minutes": "ten"},
        {"steps": [{"code": "BL40", "side": "top", "seconds": 30}]}, {"minutes": float("nan")}, {"routine": ""},
        {"steps": [{"code": "BL40", "side": "left", "seconds": True}]}, {"gentle": "yes"}, {"left_out": "BL40"},
        {"steps": [{"code": "BL40", "side": ["left"], "seconds": 30}]}, {"name": None}, {"left_out": [{}]},
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_read_is_none(change: dict) -> None:
    data = plan_for(complaint="lower_back").to_dict()
    assert Plan.from_dict(data)
    assert Plan.from_dict({**data, **change}) is None


@pytest.mark.parametrize("data", [None, 3, "plan", [], {}, {"steps": {}}])
def test_what_is_no_plan_is_none(data: object) -> None:
    assert Plan.from_dict(data) is None


@pytest.mark.parametrize(
    "data", [None, [], "x", {"minutes": "6"}, {"avoid": 3}, {"gentle": 1}, {"complaint": 1}, {"codes": [1]}]
)
def test_a_request_that_cannot_be_read_is_none(data: object) -> None:
    assert Request.from_dict(data) is None


# -- faults of the file -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the catalogue that may be spoilt."""
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "catalog"))


def edit(folder: Path, change: Callable[[list[dict]], object], file: str = "routines.yml") -> None:
    """Change the entries of a file of a catalogue as data."""
    content = copy.deepcopy(read_yaml(folder / file))
    change(content[file.removesuffix(".yml")])
    (folder / file).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


@pytest.mark.parametrize(
    ("change", "field", "names"),
    [
        ({"colour": "red"}, "colour", ""),
        ({"sources": []}, "__root__", "sources"),
        ({"sources": ["nowhere"]}, "sources", "'nowhere'"),
        ({"for": ["nowhere"]}, "for", "'nowhere'"),
        ({"says": []}, "__root__", "says"),
        ({"says": ["Desk Reset"]}, "says", "lower case"),
        ({"says": ["one", "one"]}, "says", "'one'"),
        ({"says": ["ball break"]}, "says", "desk_reset"),
        ({"kind": "invented"}, "kind", ""),
        ({"posture": "flying"}, "posture", ""),
        ({"steps": []}, "__root__", "steps"),
        ({"steps": [{"point": "BL99", "seconds": 30, "sides": "each"}]}, "steps", "'BL99'"),
        ({"steps": [{"point": "LI4", "seconds": 9, "sides": "each"}]}, "steps.0.seconds", ""),
        ({"steps": [{"point": "LI4", "seconds": 301, "sides": "each"}]}, "steps.0.seconds", ""),
        ({"steps": [{"point": "BL40", "seconds": 90, "sides": "each"}]}, "steps.0.seconds", "60"),
        ({"steps": [{"point": "LI4", "seconds": 30, "sides": "top"}]}, "steps.0.sides", ""),
        ({"steps": [{"point": "LI4", "seconds": 30, "sides": "midline"}]}, "steps.0.sides", "LI4"),
        ({"steps": [{"point": "GV4", "seconds": 30, "sides": "each"}]}, "steps.0.sides", "GV4"),
        ({"steps": [{"point": "EX-B2", "seconds": 30, "sides": "each"}]}, "steps.0.point", "partner"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_file_routine_and_field(
    folder: Path, change: dict, field: str, names: str
) -> None:
    edit(folder, lambda entries: entries[0].update(change))
    with pytest.raises(CatalogError) as caught:
        load(folder)
    error = caught.value
    assert error.file == "routines.yml"
    assert error.field == field
    assert error.entry == ("ball_break" if change.get("says") == ["ball break"] else "desk_reset")
    assert names in str(error)


def test_a_partner_may_press_where_the_routine_says_so(folder: Path) -> None:
    step = {"point": "EX-B2", "seconds": 30, "sides": "each"}
    edit(folder, lambda entries: entries[0].update(partner=True, steps=[step]))
    assert load(folder).routines["desk_reset"].partner


def test_a_routine_twice_is_an_error(folder: Path) -> None:
    edit(folder, lambda entries: entries.append(entries[0]))
    with pytest.raises(CatalogError, match="twice"):
        load(folder)


def test_a_routine_is_added_without_code(folder: Path) -> None:
    def change(entries: list[dict]) -> None:
        new = {
            **copy.deepcopy(entries[0]),
            "id": "ironing",
            "name": "ironing break",
            "says": ["ironing break"],
        }
        entries.insert(0, new)

    edit(folder, change)
    more: Catalog = load(folder)
    assert make_plan(more, Request(), everybody).name == "ironing break"
