"""The routine engine: whatever somebody says in whatever order, they are led well and never get lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acupressure import cards
from acupressure.catalog import catalog
from acupressure.routine import (
    Command,
    Outcome,
    Plan,
    Progress,
    Request,
    Step,
    apply,
    cues,
    interrupted,
    is_other_side,
    make_plan,
    offer,
    replace_point,
    round_of,
    seconds_left,
    step_seconds_left,
    without,
)
from tests.unit import contract

KNOWN = catalog()
NOW = 1_700_000_000.0
C, O = Command, Outcome  # noqa: E741
PLAN = Plan(
    "planned", "lower back pain", "lower_back", 4.5, "sitting",
    (
        Step("BL40", "left", 30), Step("BL40", "right", 30), Step("BL23", "both", 60),
        Step("LI4", "left", 45), Step("LI4", "right", 45), Step("EX-HN3", "midline", 60),
    ),
)  # fmt: skip


def after(*commands: Command, plan: Plan = PLAN, seconds: float = 0) -> Progress:
    """Return the state after some commands, with seconds between them."""
    progress = offer(plan, NOW)
    for number, command in enumerate(commands):
        progress, _ = apply(progress, command, NOW + number * seconds)
    return progress


def running(index: int = 0) -> Progress:
    """Return a routine that runs and has just come to a step."""
    return after(C.START, *[C.NEXT] * index)


def where(progress: Progress) -> tuple[str, str]:
    """Return point and side of the present step."""
    return progress.current.code, progress.current.side


# -- moving -----------------------------------------------------------------------------------------


def test_a_routine_is_gone_through_from_start_to_end() -> None:
    progress = offer(PLAN, NOW)
    assert (progress.status, progress.steps_left) == ("offered", 6)
    told = []
    for command in (C.START, *[C.NEXT] * 6):
        progress, outcome = apply(progress, command, NOW)
        told.append(outcome)
    assert told == [*[O.STEP] * 6, O.LAST_FINISHED]
    assert (progress.status, progress.steps_left, seconds_left(progress, NOW)) == ("finished", 0, 0)


def test_every_step_comes_once_and_in_order() -> None:
    assert [where(running(i)) for i in range(6)] == [(s.code, s.side) for s in PLAN.steps]


@pytest.mark.parametrize("command", [C.START, C.NEXT, C.RESUME, C.RESTART])
def test_what_starts_an_offered_routine(command: Command) -> None:
    progress, outcome = apply(offer(PLAN, NOW), command, NOW)
    assert (progress.status, progress.index, outcome) == ("running", 0, O.STEP)


@pytest.mark.parametrize("command", [C.BACK, C.REPEAT, C.SKIP, C.PAUSE, C.OTHER_SIDE, C.EASE])
def test_what_needs_a_routine_that_runs(command: Command) -> None:
    for progress in (offer(PLAN, NOW), after(C.START, C.STOP), after(C.START, *[C.NEXT] * 6)):
        same, outcome = apply(progress, command, NOW)
        assert (same, outcome) == (progress, O.NOT_RUNNING)


def test_back_goes_back_and_stays_at_the_first_step() -> None:
    progress, outcome = apply(running(2), C.BACK, NOW)
    assert (where(progress), outcome) == (("BL40", "right"), O.STEP)
    progress, outcome = apply(running(0), C.BACK, NOW + 5)
    assert (progress.index, outcome, step_seconds_left(progress, NOW + 5)) == (0, O.FIRST_ALREADY, 25)


@pytest.mark.parametrize(("command"), [C.REPEAT, C.START])
def test_a_repeated_step_is_held_from_its_start(command: Command) -> None:
    progress, outcome = apply(running(2), command, NOW + 50)
    assert (where(progress), outcome) == (("BL23", "both"), O.SAME)
    assert step_seconds_left(progress, NOW + 50) == 60


@pytest.mark.parametrize(
    ("at", "to"), [(0, ("BL23", "both")), (1, ("BL23", "both")), (2, ("LI4", "left")), (3, ("EX-HN3", "midline"))]
)  # fmt: skip
def test_skip_leaves_out_the_other_side_too(at: int, to: tuple[str, str]) -> None:
    progress, outcome = apply(running(at), C.SKIP, NOW)
    assert (where(progress), outcome) == (to, O.STEP)


def test_skipping_the_last_point_ends_the_routine() -> None:
    progress, outcome = apply(running(5), C.SKIP, NOW)
    assert (progress.status, outcome) == ("finished", O.LAST_FINISHED)


@pytest.mark.parametrize("status", ["offered", "running", "paused", "stopped", "finished"])
def test_stop_always_stops_and_restart_always_begins_anew(status: str) -> None:
    ways = {
        "offered": offer(PLAN, NOW), "running": running(3), "paused": after(C.START, C.NEXT, C.PAUSE),
        "stopped": after(C.START, C.STOP), "finished": after(C.START, *[C.NEXT] * 6),
    }  # fmt: skip
    progress = ways[status]
    assert progress.status == status
    stopped, outcome = apply(progress, C.STOP, NOW)
    assert (stopped.status, stopped.upcoming, outcome) == ("stopped", (), O.STOPPED)
    again, outcome = apply(progress, C.RESTART, NOW + 100)
    assert (again.status, again.index, outcome) == ("running", 0, O.STEP)
    assert seconds_left(again, NOW + 100) == PLAN.total


def test_after_the_end_start_begins_anew_and_going_on_does_not() -> None:
    assert apply(after(C.START, C.STOP), C.START, NOW)[1] is O.STEP
    assert apply(after(C.START, C.STOP), C.RESUME, NOW)[1] is O.NOT_RUNNING
    assert apply(after(C.START, *[C.NEXT] * 6), C.NEXT, NOW)[1] is O.NOT_RUNNING


# -- time -------------------------------------------------------------------------------------------


def test_time_runs_while_the_routine_runs() -> None:
    assert seconds_left(offer(PLAN, NOW), NOW + 999) == 270
    assert seconds_left(running(), NOW + 10) == 260
    assert seconds_left(running(2), NOW + 10) == 200
    assert seconds_left(running(2), NOW + 10_000) == 150
    assert step_seconds_left(running(2), NOW + 10_000) == 0


def test_a_pause_keeps_the_seconds_that_were_left() -> None:
    progress, outcome = apply(running(2), C.PAUSE, NOW + 40)
    assert outcome is O.PAUSED
    assert step_seconds_left(progress, NOW + 9_000) == 20
    assert apply(progress, C.PAUSE, NOW + 9_000)[1] is O.PAUSED_ALREADY
    progress, outcome = apply(progress, C.RESUME, NOW + 9_000)
    assert (where(progress), outcome) == (("BL23", "both"), O.RESUMED)
    assert step_seconds_left(progress, NOW + 9_005) == 15
    assert apply(progress, C.RESUME, NOW + 9_005)[1] is O.RUNNING_ALREADY


def test_two_pauses_in_one_hold_add_up() -> None:
    progress = running(2)
    for command, now in ((C.PAUSE, 10), (C.RESUME, 100), (C.PAUSE, 130)):
        progress, _ = apply(progress, command, NOW + now)
    assert step_seconds_left(progress, NOW + 500) == 20


@pytest.mark.parametrize(
    ("command", "to"), [(C.NEXT, ("LI4", "left")), (C.BACK, ("BL40", "right")), (C.REPEAT, ("BL23", "both"))]
)
def test_moving_ends_a_pause(command: Command, to: tuple[str, str]) -> None:
    paused, _ = apply(running(2), C.PAUSE, NOW + 20)
    progress, _ = apply(paused, command, NOW + 60)
    assert (progress.status, where(progress)) == ("running", to)
    assert step_seconds_left(progress, NOW + 60) == progress.current.seconds


def test_a_clock_set_back_adds_no_time() -> None:
    assert seconds_left(running(), NOW - 3_600) == 270


def test_a_routine_left_alone_counts_as_interrupted() -> None:
    progress = running(1)
    assert not interrupted(progress, NOW + 890)
    assert interrupted(progress, NOW + 901)
    long = running(0)
    long = replace(long, plan=replace(PLAN, steps=(*PLAN.steps, *[Step("PC6", "left", 300)] * 3)))
    assert not interrupted(long, NOW + 2_000)
    assert interrupted(long, NOW + 2 * 1_170 + 1)
    heard, _ = apply(progress, C.TIME_LEFT, NOW + 800)
    assert not interrupted(heard, NOW + 901)


@pytest.mark.parametrize("commands", [(), (C.START, C.PAUSE), (C.START, C.STOP)])
def test_only_what_runs_can_be_interrupted(commands: tuple[Command, ...]) -> None:
    assert not interrupted(after(*commands), NOW + 10**6)


@pytest.mark.parametrize(
    ("seconds", "marks"),
    [
        (5, {}), (19, {}), (20, {"last_ten": 10}), (30, {"last_ten": 20}), (60, {"half": 30, "last_ten": 50}),
        (180, {"half": 90, "last_ten": 170}),
    ],
)  # fmt: skip
def test_cues(seconds: int, marks: dict[str, int]) -> None:
    assert cues(seconds) == marks


# -- pace, holds, sides -----------------------------------------------------------------------------


def test_slower_and_faster_change_all_holds_within_limits() -> None:
    slower, outcome = apply(running(2), C.SLOWER, NOW)
    assert (outcome, [s.seconds for s in slower.steps]) == (O.SLOWER, [40, 40, 75, 55, 55, 75])
    back, outcome = apply(slower, C.FASTER, NOW)
    assert (outcome, back.steps) == (O.FASTER, PLAN.steps)
    for command, limit in ((C.SLOWER, 2.0), (C.FASTER, 0.5)):
        progress, outcomes = running(), []
        for _ in range(5):
            progress, outcome = apply(progress, command, NOW)
            outcomes.append(outcome)
        assert progress.pace == limit
        assert outcomes[-1] is O.AT_LIMIT


def test_a_slower_pace_leaves_more_of_the_present_hold() -> None:
    progress, _ = apply(running(2), C.SLOWER, NOW + 30)
    assert step_seconds_left(progress, NOW + 30) == 45


def test_longer_and_shorter_change_the_present_point_on_both_sides() -> None:
    longer, outcome = apply(running(1), C.LONGER, NOW)
    assert (outcome, [s.seconds for s in longer.steps]) == (O.LONGER, [45, 45, 60, 45, 45, 60])
    shorter, outcome = apply(running(3), C.SHORTER, NOW)
    assert (outcome, [s.seconds for s in shorter.steps]) == (O.SHORTER, [30, 30, 60, 30, 30, 60])


@pytest.mark.parametrize(("command", "limit"), [(C.LONGER, 300), (C.SHORTER, 10)])
@pytest.mark.parametrize("paces", [(), (C.SLOWER,), (C.FASTER,), (C.FASTER,) * 4, (C.SLOWER,) * 4])
def test_one_hold_stays_within_limits_at_any_pace(command: Command, limit: int, paces: tuple) -> None:
    progress = after(C.START, *paces)
    for _ in range(30):
        before = progress.current.seconds
        progress, outcome = apply(progress, command, NOW)
        if outcome is O.AT_LIMIT:
            break
        assert abs(abs(progress.current.seconds - before) - 15) <= 1 or progress.current.seconds == limit
    assert outcome is O.AT_LIMIT
    assert progress.current.seconds == limit


def test_other_side_swaps_the_sides_that_are_to_come() -> None:
    progress, outcome = apply(running(0), C.OTHER_SIDE, NOW + 5)
    assert (where(progress), outcome) == (("BL40", "right"), O.OTHER_SIDE)
    assert step_seconds_left(progress, NOW + 5) == 30
    progress, _ = apply(progress, C.NEXT, NOW)
    assert where(progress) == ("BL40", "left")
    assert is_other_side(progress)


def test_other_side_on_the_second_side_returns_to_the_first() -> None:
    progress, outcome = apply(running(1), C.OTHER_SIDE, NOW)
    assert (where(progress), outcome) == (("BL40", "left"), O.OTHER_SIDE)


@pytest.mark.parametrize("index", [2, 5])
def test_points_pressed_once_have_no_other_side(index: int) -> None:
    progress = running(index)
    assert apply(progress, C.OTHER_SIDE, NOW) == (progress, O.NO_OTHER_SIDE)


def test_the_second_side_is_known_as_such() -> None:
    assert [is_other_side(running(i)) for i in range(6)] == [False, True, False, False, True, False]


@pytest.mark.parametrize("command", [C.TIME_LEFT, C.WHERE, C.UPCOMING])
def test_questions_change_nothing(command: Command) -> None:
    for progress in (running(3), after(C.START, C.PAUSE), offer(PLAN, NOW)):
        assert apply(progress, command, NOW) == (progress, O.TOLD)
    assert apply(running(3), C.EASE, NOW) == (running(3), O.TOLD)


def test_what_comes_next_is_known() -> None:
    assert [s.code for s in running(2).upcoming] == ["LI4", "LI4", "EX-HN3"]
    assert offer(PLAN, NOW).upcoming == PLAN.steps
    assert after(C.START, C.STOP).upcoming == ()


def test_rounds_are_counted() -> None:
    twice = replace(PLAN, steps=(*PLAN.steps[:2], *PLAN.steps[:2]))
    progress = after(C.START, C.NEXT, C.NEXT, plan=twice)
    assert round_of(progress) == (2, 2)
    assert round_of(running()) == (1, 1)
    assert [is_other_side(after(C.START, *[C.NEXT] * i, plan=twice)) for i in range(4)] == [False, True] * 2
    assert after(C.START, C.SKIP, plan=twice).index == 2


# -- other points -----------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1])
def test_a_point_is_replaced_on_both_sides(index: int) -> None:
    progress = replace_point(running(index), "SI3", 50, "each", NOW + 9, how="Roll it.")
    assert [(s.code, s.side) for s in progress.steps[:3]] == [
        ("SI3", "left"),
        ("SI3", "right"),
        ("BL23", "both"),
    ]
    assert (progress.index, progress.current.how) == (0, "Roll it.")
    assert step_seconds_left(progress, NOW + 9) == 50
    assert progress.plan.left_out == ("BL40",)


def test_a_point_is_replaced_in_the_coming_rounds_too() -> None:
    twice = replace(PLAN, steps=(*PLAN.steps, *PLAN.steps))
    progress = replace_point(after(C.START, C.NEXT, plan=twice), "EX-HN3", 60, "midline", NOW)
    codes = [s.code for s in progress.steps]
    assert codes == ["EX-HN3", "BL23", "LI4", "LI4", "EX-HN3"] * 2
    assert progress.status == "running"


def test_replacing_while_paused_begins_with_the_new_point() -> None:
    progress = replace_point(after(C.START, C.NEXT, C.NEXT, C.PAUSE), "LI4", 30, "each", NOW)
    assert (progress.status, where(progress)) == ("running", ("LI4", "left"))


def test_a_new_risk_takes_points_out_and_goes_on() -> None:
    progress = without(running(2), ["BL40", "LI4"], NOW)
    assert [s.code for s in progress.steps] == ["BL23", "EX-HN3"]
    assert (progress.status, progress.index, where(progress)) == ("running", 0, ("BL23", "both"))
    assert set(progress.plan.left_out) == {"BL40", "LI4"}
    assert apply(progress, C.BACK, NOW)[1] is O.FIRST_ALREADY


def test_a_new_risk_on_the_present_point_leads_to_the_next_one() -> None:
    progress = without(running(1), ["BL40"], NOW + 20)
    assert (progress.status, where(progress)) == ("running", ("BL23", "both"))
    assert step_seconds_left(progress, NOW + 20) == 60


def test_a_new_risk_that_leaves_nothing_to_come_stops() -> None:
    last = without(running(5), ["EX-HN3"], NOW)
    assert (last.status, last.upcoming) == ("stopped", ())
    empty = without(running(0), [s.code for s in PLAN.steps], NOW)
    assert (empty.status, empty.current, seconds_left(empty, NOW)) == ("stopped", None, 0)
    for command in Command:
        same, outcome = apply(empty, command, NOW)
        assert same.status == "stopped"
        assert outcome is (O.STOPPED if command is C.STOP else O.NOT_RUNNING)


def test_a_paused_routine_stays_paused_when_points_fall_out() -> None:
    assert without(after(C.START, C.PAUSE), ["BL40"], NOW).status == "paused"
    assert without(offer(PLAN, NOW), ["BL40"], NOW).status == "offered"
    assert without(running(1), ["GV4"], NOW).plan == PLAN


# -- stored and read again --------------------------------------------------------------------------


def stored(progress: Progress) -> Progress | None:
    """Return a state as it comes back after the server was killed."""
    return Progress.from_dict(json.loads(json.dumps(progress.to_dict(), allow_nan=False)))


def test_nothing_is_lost_when_the_server_dies_between_two_steps() -> None:
    progress, _ = apply(stored(running(2)), C.PAUSE, NOW + 40)
    progress, _ = apply(stored(progress), C.RESUME, NOW + 50_000)
    assert step_seconds_left(stored(progress), NOW + 50_000) == 20


@pytest.mark.parametrize(
    "change",
    [
        {"index": 6}, {"index": -1}, {"index": True}, {"index": "0"}, {"status": "flying"}, {"status": None},
        {"pace": 9}, {"pace": float("nan")}, {"running_since": None}, {"running_since": "now"}, {"plan": None},
        {"step_seconds_spent": -1}, {"touched": None}, {"status": ["running"]}, {"status": "paused"},
    ],
)  # fmt: skip
def test_a_state_that_cannot_be_read_is_none(change: dict) -> None:
    assert Progress.from_dict(running().to_dict() | change) is None


@pytest.mark.parametrize("garbage", [None, 1, "x", [], {}, {"plan": {}}, [{}]])
def test_what_is_no_state_is_none(garbage: object) -> None:
    assert Progress.from_dict(garbage) is None


def test_points_the_catalogue_no_longer_has_fall_out() -> None:
    fewer = set(KNOWN.points) - {"BL40"}
    progress = running(2).known_to(fewer)
    assert where(progress) == ("BL23", "both")
    assert {s.code for s in progress.steps} == {"BL23", "LI4", "EX-HN3"}
    assert "BL40" not in progress.plan.left_out
    assert running(2).known_to(set()) is None
    assert running(2).known_to(KNOWN.points) == running(2)


# -- any words in any order -------------------------------------------------------------------------

PLANS = [PLAN, replace(PLAN, steps=PLAN.steps[:1]), replace(PLAN, steps=PLAN.steps[:2] * 3)] + [
    make_plan(KNOWN, Request(complaint, minutes), tuple)
    for complaint, minutes in (("lower_back", 2), ("lower_back", 40), ("nausea", 40), ("sciatica", 8))
]
MOVES = st.one_of(
    st.sampled_from(Command),
    st.tuples(
        st.just("without"), st.lists(st.sampled_from(["BL40", "BL23", "LI4", "PC6", "EX-HN3"]), max_size=3)
    ),
    st.tuples(st.just("replace"), st.sampled_from(["each", "together", "midline"])),
)


def invariants(progress: Progress, now: float, forbidden: set[str]) -> None:
    """Check what holds at any moment."""
    assert 0 <= progress.index <= max(0, len(progress.plan.steps) - 1)
    assert 0 <= step_seconds_left(progress, now) <= seconds_left(progress, now)
    assert seconds_left(progress, now) <= sum(s.seconds for s in progress.steps)
    assert not forbidden & {s.code for s in progress.steps}
    assert (progress.running_since is not None) == (progress.status == "running")
    assert all(10 <= s.seconds <= 300 for s in progress.steps)
    assert stored(progress) == progress
    stopped, outcome = apply(progress, Command.STOP, now)
    assert (stopped.status, outcome) == ("stopped", Outcome.STOPPED)
    check_cards(progress, now)


def check_cards(progress: Progress, now: float) -> None:
    """Check the cards of a state against the contract."""
    newer = {"cues", "name", "minutes"}
    whole = cards.routine_card(progress, KNOWN, now)
    contract.check_card({k: v for k, v in whole.items() if k not in newer}, KNOWN)
    assert len(whole["steps"]) == len(progress.plan.steps)
    if progress.current:
        card = cards.step_card(progress, KNOWN, now)
        contract.check_card({k: v for k, v in card.items() if k not in newer - {"name"}}, KNOWN)
        assert card["code"] == whole["steps"][progress.index]["code"]


@settings(max_examples=150, deadline=None)
@given(
    plan=st.sampled_from(PLANS),
    moves=st.lists(st.tuples(MOVES, st.sampled_from([0.0, 0.4, 12.0, 61.0, 4_000.0, -30.0])), max_size=25),
)
def test_whatever_is_said_the_routine_stays_sound(plan: Plan, moves: list) -> None:
    progress, now, forbidden = offer(plan, NOW), NOW, set()
    for move, passed in moves:
        now += passed
        before = progress
        if isinstance(move, Command):
            progress, outcome = apply(progress, move, now)
            if outcome in (Outcome.NOT_RUNNING, Outcome.TOLD, Outcome.AT_LIMIT, Outcome.NO_OTHER_SIDE):
                assert replace(progress, touched=0) == replace(before, touched=0)
            if outcome in (Outcome.STEP, Outcome.SAME, Outcome.OTHER_SIDE):
                assert progress.status == "running"
                assert step_seconds_left(progress, now) == progress.current.seconds
            if outcome is Outcome.STOPPED:
                assert progress.status == "stopped"
        elif move[0] == "without":
            forbidden |= set(move[1])
            progress = without(progress, move[1], now)
        else:
            progress = replace_point(progress, "SI3", 40, move[1], now)
        invariants(progress, now, forbidden)


@settings(max_examples=60, deadline=None)
@given(moves=st.lists(st.sampled_from(Command), max_size=20))
def test_both_sides_stay_whatever_is_said(moves: list[Command]) -> None:
    """Skipping and swapping never loses a side from the plan."""
    progress = after(*moves)
    assert sorted((s.code, s.side) for s in progress.steps) == sorted((s.code, s.side) for s in PLAN.steps)


# -- cards ------------------------------------------------------------------------------------------


def test_the_card_of_a_step_tells_what_a_page_needs() -> None:
    card = cards.step_card(running(2), KNOWN, NOW + 10, "Rub your waist.")
    assert {k: v for k, v in card.items() if k != "picture"} == {
        "card": "step", "routine": "planned", "index": 3, "of": 6, "code": "BL23",
        "name": KNOWN.point("BL23").name, "side": "both", "seconds": 60, "instruction": "Rub your waist.",
        "state": "running", "seconds_left": 200, "cues": {"half": 30, "last_ten": 50},
    }  # fmt: skip
    assert cards.step_card(running(2), KNOWN, NOW)["instruction"] == KNOWN.point("BL23").press


def test_after_a_pause_the_card_counts_what_was_left() -> None:
    progress, _ = apply(running(2), C.PAUSE, NOW + 35)
    progress, _ = apply(progress, C.RESUME, NOW + 500)
    card = cards.step_card(progress, KNOWN, NOW + 500)
    assert (card["seconds"], card["cues"]) == (25, {"last_ten": 15})
    over, _ = apply(running(2), C.PAUSE, NOW + 900)
    assert cards.step_card(over, KNOWN, NOW + 900)["seconds"] == 5


def test_the_card_of_a_routine_lists_its_steps() -> None:
    card = cards.routine_card(running(2), KNOWN, NOW + 10)
    assert (card["state"], card["seconds_left"], card["steps_left"]) == ("running", 200, 4)
    assert (card["name"], card["minutes"]) == ("lower back pain", 4.5)
    point = KNOWN.point("BL40")
    assert card["steps"][0] == {
        "code": "BL40", "name": point.name, "side": "left", "seconds": 30, "where": point.where, "how": point.press
    }  # fmt: skip
    assert cards.routine_card(running(2), KNOWN, NOW, "paused")["state"] == "paused"
    assert json.loads(json.dumps(card)) == card


def test_a_routine_without_steps_has_no_step_card() -> None:
    with pytest.raises(ValueError, match="no step"):
        cards.step_card(without(running(), [s.code for s in PLAN.steps], NOW), KNOWN, NOW)
