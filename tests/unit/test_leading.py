"""Being led through a routine: commands, side questions, what gets in the way, and what survives."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acupressure import policy
from acupressure.answers.leading import COMMANDS
from acupressure.catalog import Catalog, catalog
from acupressure.memory import Memory
from acupressure.persons import SELF
from acupressure.routine import fits_posture
from tests.unit.build import Talk
from tests.unit.test_answers import SAID, forbidden

NEXT = ("next", "routine_next")
NONE = ("none of those", "deny")
HOUR = 3600
CRISIS = "I want to kill myself"


def begun(talk: Talk, wish: str = "the desk reset", steps: int = 0) -> Talk:
    """Lead to a step of a routine: as many steps behind the first one as told."""
    talk.say(wish, "start_routine")
    if talk.memory.asked == "screen":
        talk.say(*NONE)
    for _ in range(steps):
        talk.say(*NEXT)
    assert talk.card("step")["index"] == steps + 1
    return talk


def at(talk: Talk) -> tuple[str, str]:
    """Return point and side of the step that is shown."""
    card = talk.card("step")
    return card["code"], card["side"]


def status(talk: Talk) -> str:
    """Return what the routine is doing."""
    return talk.memory.progress["status"]


def plan(talk: Talk) -> list[str]:
    """Return the points of the routine on hand."""
    return list(dict.fromkeys(s["code"] for s in talk.memory.progress["plan"]["steps"]))


# -- commands --------------------------------------------------------------------------------------------------

THIRD = {
    "routine_next": ("step", 4, "running"),
    "routine_back": ("step", 2, "running"),
    "routine_skip": ("step", 5, "running"),
    "routine_pause": ("routine", 3, "paused"),
    "routine_resume": ("step", 3, "running"),
    "routine_stop": ("routine", 3, "stopped"),
    "routine_restart": ("step", 1, "running"),
    "routine_slower": ("step", 3, "running"),
    "routine_faster": ("step", 3, "running"),
    "routine_longer": ("step", 3, "running"),
    "routine_shorter": ("step", 3, "running"),
    "routine_other_side": ("step", 3, "running"),
    "routine_time_left": ("routine", 3, "running"),
    "routine_where": ("step", 3, "running"),
    "routine_upcoming": ("routine", 3, "running"),
}
"""Command at the third step -> (card, step afterwards, state afterwards)."""


def test_every_command_is_tried_below() -> None:
    assert set(THIRD) == set(COMMANDS)


@pytest.mark.parametrize("channel", ["rest", "voice"])
@pytest.mark.parametrize(("intent", "expected"), THIRD.items())
def test_a_command_does_what_it_says(known: Catalog, intent: str, expected: tuple, channel: str) -> None:
    talk = begun(Talk(known, channel=channel), steps=2).say("please", intent)
    card, index, state = expected
    assert talk.kinds == [card]
    assert talk.cards[0]["state"] == state
    assert (talk.memory.progress["index"] + 1, status(talk)) == (index, state)
    if card == "step":
        assert talk.card("step")["index"] == index
        assert f"Step {index} of 8" in talk.text


@pytest.mark.parametrize("channel", ["rest", "voice"])
@pytest.mark.parametrize("intent", COMMANDS)
def test_a_command_without_a_routine_offers_one(known: Catalog, intent: str, channel: str) -> None:
    talk = Talk(known, channel=channel).say("please", intent)
    assert talk.kinds == ["ask"]
    assert talk.card("ask")["about"] == "confirm"
    assert talk.memory.progress == {}
    talk.say("yes", "affirm")
    assert talk.card("ask")["about"] == "screen"


@pytest.mark.parametrize("intent", [i for i in COMMANDS if i not in {"routine_stop", "routine_pause"}])
def test_no_routine_is_offered_to_whom_none_may_be_led(known: Catalog, intent: str) -> None:
    talk = Talk(known, Memory(risks={SELF: ("pregnancy",)})).say("please", intent)
    assert talk.kinds == ["caution"]
    assert "begin" not in talk.text


def test_back_at_the_first_step_stays_there_and_says_so(talk: Talk) -> None:
    begun(talk).say("back", "routine_back")
    assert talk.card("step")["index"] == 1
    assert "first step already" in talk.text


def test_next_at_the_last_step_finishes_and_asks_lightly_for_a_score(talk: Talk, known: Catalog) -> None:
    begun(talk, steps=7).say(*NEXT)
    assert talk.kinds == ["routine", "ask"]
    card = talk.card("routine")
    assert (card["state"], card["seconds_left"], card["steps_left"]) == ("finished", 0, 0)
    assert known.routines["desk_reset"].close in talk.text
    assert talk.card("ask")["about"] == "pain_score"
    assert "skip it" in talk.text


def test_next_behind_the_end_says_that_it_is_over(talk: Talk) -> None:
    begun(talk, steps=7).say(*NEXT).say(*NEXT)
    assert talk.shown == []
    assert "over" in talk.text


def test_skipping_passes_both_sides_of_a_point(talk: Talk) -> None:
    first = at(begun(talk))[0]
    talk.say("skip this one", "routine_skip")
    assert at(talk)[0] != first
    assert talk.card("step")["index"] == 3


def test_skipping_the_second_side_goes_on_to_the_next_point(talk: Talk) -> None:
    begun(talk, steps=1).say("skip this one", "routine_skip")
    assert talk.card("step")["index"] == 3


def test_skipping_the_last_point_finishes(talk: Talk) -> None:
    begun(talk, steps=6).say("skip this one", "routine_skip")
    assert talk.card("routine")["state"] == "finished"


def test_the_second_side_is_told_in_short_as_the_other_side(talk: Talk, known: Catalog) -> None:
    code, side = at(begun(talk))
    talk.say(*NEXT)
    assert at(talk) == (code, {"left": "right", "right": "left"}[side])
    assert "Other side" in talk.text
    assert known.point(code).where not in talk.text


def test_where_are_we_tells_the_second_side_in_full(talk: Talk, known: Catalog) -> None:
    begun(talk, steps=1).say("where are we", "routine_where")
    point = known.point(at(talk)[0])
    assert point.where in talk.text
    assert point.find in talk.text


def test_the_same_again_begins_the_hold_anew(talk: Talk) -> None:
    begun(talk, steps=1)
    seconds = talk.card("step")["seconds"]
    talk.now += 10
    talk.say("again", "repeat")
    assert talk.card("step")["index"] == 2
    assert talk.card("step")["seconds"] == seconds


@pytest.mark.parametrize(
    ("intent", "longer"),
    [
        ("routine_slower", True),
        ("routine_longer", True),
        ("routine_faster", False),
        ("routine_shorter", False),
    ],
)
def test_a_hold_is_changed_as_asked_and_said_so(talk: Talk, intent: str, longer: bool) -> None:
    before = begun(talk).card("step")
    talk.say("please", intent)
    after = talk.card("step")
    assert (after["seconds"] > before["seconds"]) is longer
    assert (after["seconds_left"] > before["seconds_left"]) is longer
    assert f"{after['seconds']} seconds" in talk.text


def test_slower_holds_for_every_step_and_longer_for_its_point_only(talk: Talk, known: Catalog) -> None:
    usual = [s["seconds"] for s in begun(talk).memory.progress["plan"]["steps"]]
    talk.say("this one longer", "routine_longer").say("print it", "print_routine")
    longer = [s["seconds"] for s in talk.card("routine")["steps"]]
    assert [a > b for a, b in zip(longer, usual)] == [True, True, *[False] * 6]
    slow = begun(Talk(known)).say("slower", "routine_slower").say("how long left", "routine_time_left")
    assert all(a["seconds"] > b for a, b in zip(slow.card("routine")["steps"], usual))


@pytest.mark.parametrize("intent", ["routine_slower", "routine_faster", "routine_longer", "routine_shorter"])
def test_a_hold_cannot_be_changed_for_ever(talk: Talk, intent: str) -> None:
    begun(talk)
    for _ in range(25):
        talk.say("more", intent)
    assert "as far as I can change it" in talk.text
    assert 10 <= talk.card("step")["seconds"] <= 300


def test_the_other_side_comes_first_and_the_first_one_after_it(talk: Talk) -> None:
    code, side = at(begun(talk))
    talk.say("other side first", "routine_other_side")
    assert at(talk) == (code, {"left": "right", "right": "left"}[side])
    talk.say(*NEXT)
    assert at(talk) == (code, side)


def test_a_point_in_the_middle_has_no_other_side(talk: Talk) -> None:
    before = at(begun(talk, "the wind-down"))
    assert before[1] == "midline"
    talk.say("other side", "routine_other_side")
    assert at(talk) == before
    assert "no other side" in talk.text


def test_the_time_left_runs_down_as_the_clock_goes(talk: Talk) -> None:
    whole = begun(talk).card("step")["seconds_left"]
    talk.now += 20
    talk.say("how long left", "routine_time_left")
    assert talk.card("routine")["seconds_left"] == whole - 20
    assert "minutes to go" in talk.text
    assert talk.shown == []


def test_what_comes_next_is_the_next_point_and_not_its_other_side(talk: Talk, known: Catalog) -> None:
    begun(talk).say("what is after this", "routine_upcoming")
    assert known.point(plan(talk)[1]).name in talk.text
    assert known.point(plan(talk)[0]).name not in talk.text


def test_nothing_comes_behind_the_last_point(talk: Talk) -> None:
    begun(talk, steps=6).say("what is after this", "routine_upcoming")
    assert "last one" in talk.text


def test_starting_again_works_after_the_end(talk: Talk) -> None:
    begun(talk, steps=7).say(*NEXT).say("start again", "routine_restart")
    assert talk.card("step")["index"] == 1


def test_starting_over_means_the_routine_while_one_is_on(talk: Talk) -> None:
    begun(talk, steps=3).say("start over", "start_over")
    assert talk.card("step")["index"] == 1


def test_goodbye_stops_and_says_goodbye(talk: Talk) -> None:
    begun(talk, steps=1).say("bye", "goodbye")
    assert status(talk) == "stopped"
    assert "utter_smalltalk_goodbye" in talk.reply.responses


# -- the same words elsewhere ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "intent", "index"),
    [
        ("thanks, next", "thank", 4),
        ("ok done", "praise", 4),
        ("now what", "help", 4),
        ("nxet", "nlu_fallback", 4),
        ("yes", "affirm", 4),
        ("finish this one", "routine_stop", 4),
        ("skip", "deny", 5),
        ("the one before", "pick_point", 2),
        ("go back", "greet", 2),
        ("no", "deny", 3),
        ("start", "start_routine", 3),
        ("let's go", "start_routine", 3),
    ],
)
def test_plain_words_are_commands_while_a_routine_is_on(
    talk: Talk, text: str, intent: str, index: int
) -> None:
    begun(talk, steps=2).say(text, intent)
    assert talk.card("step")["index"] == index


def test_the_same_words_mean_points_without_a_routine(talk: Talk) -> None:
    talk.say("where is LI4", "ask_location").say("where is BL40", "ask_location")
    assert talk.say("the one before", "pick_point").shown == ["LI4"]


@pytest.mark.parametrize("text", ["um", "hmm...", "uh, er"])
def test_a_filler_moves_nothing(talk: Talk, text: str) -> None:
    begun(talk, steps=2).say(text, "routine_next")
    assert talk.shown == []
    assert talk.card("routine")["steps_left"] == 6
    assert "still at step 3" in talk.text


def test_go_on_behind_a_pause_does_not_pass_a_step(talk: Talk) -> None:
    begun(talk, steps=2).say("hang on", "routine_pause").say("go on", "routine_next")
    assert talk.card("step")["index"] == 3


def test_next_behind_a_pause_passes_one(talk: Talk) -> None:
    begun(talk, steps=2).say("hang on", "routine_pause").say(*NEXT)
    assert talk.card("step")["index"] == 4


# -- pauses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "intent"), [("go on", "routine_resume"), ("yes", "affirm"), ("go on", "routine_next")]
)
def test_a_pause_overnight_leaves_the_same_seconds(talk: Talk, text: str, intent: str) -> None:
    begun(talk, steps=1)
    hold = talk.card("step")["seconds"]
    talk.now += 12
    talk.say("pause", "routine_pause")
    left = talk.card("routine")["seconds_left"]
    talk.now += 9 * HOUR
    talk.say(text, intent)
    card = talk.card("step")
    assert (card["index"], card["seconds"], card["seconds_left"]) == (2, hold - 12, left)
    assert f"{hold - 12} seconds" in talk.text


def test_after_a_night_a_greeting_is_met_with_the_question_whether_to_go_on(talk: Talk) -> None:
    begun(talk, steps=1).say("pause", "routine_pause")
    talk.now += 9 * HOUR
    talk.say("good morning", "greet")
    assert "Shall we go on?" in talk.text
    assert "step 2 of 8" in talk.text
    assert talk.card("routine")["state"] == "paused"


def test_a_second_pause_is_still_a_pause(talk: Talk) -> None:
    begun(talk, steps=1)
    talk.now += 5
    left = talk.say("pause", "routine_pause").card("routine")["seconds_left"]
    talk.now += 60
    assert talk.say("wait", "routine_pause").card("routine")["seconds_left"] == left


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("where are we", "routine_where"),
        ("slower", "routine_slower"),
        ("this one longer", "routine_longer"),
        ("say that again", "repeat"),
    ],
)
def test_nothing_begins_to_count_while_it_is_paused(talk: Talk, text: str, intent: str) -> None:
    begun(talk, steps=1).say("pause", "routine_pause").say(text, intent)
    assert status(talk) == "paused"
    assert "step" not in talk.kinds
    assert talk.card("routine")["state"] == "paused"
    assert "Step 2 of 8" in talk.text


def test_left_alone_for_an_hour_it_asks_whether_to_go_on(talk: Talk) -> None:
    begun(talk, steps=1)
    talk.now += HOUR
    talk.say("hi", "greet")
    assert talk.shown == []
    assert talk.card("routine")["state"] == "paused"
    assert "Shall we go on?" in talk.text
    assert talk.say("yes", "affirm").card("step")["index"] == 2


def test_no_to_going_on_stops(talk: Talk) -> None:
    begun(talk, steps=1)
    talk.now += HOUR
    talk.say("hi", "greet").say("no", "deny")
    assert talk.card("routine")["state"] == "stopped"
    assert talk.shown == []


def test_left_alone_for_two_minutes_nothing_is_asked(talk: Talk) -> None:
    begun(talk, steps=1)
    talk.now += 120
    talk.say("hi", "greet")
    assert talk.card("routine")["state"] == "running"
    assert "Shall we go on?" not in talk.text


def test_who_says_next_after_an_hour_is_simply_led_on(talk: Talk) -> None:
    begun(talk, steps=1)
    talk.now += HOUR
    assert talk.say(*NEXT).card("step")["index"] == 3


def test_a_stopped_routine_goes_on_where_it_was(talk: Talk) -> None:
    begun(talk, steps=3).say("stop", "routine_stop")
    talk.now += 30
    talk.say("resume", "routine_resume")
    assert talk.card("step")["index"] == 4
    assert status(talk) == "running"


def test_stopping_asks_lightly_for_a_score(talk: Talk) -> None:
    begun(talk, steps=3).say("stop", "routine_stop")
    assert "you may skip it" in talk.text
    assert talk.say("skip", "routine_skip").reply.responses == ("utter_pain_skipped",)


# -- side questions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "intent", "field"),
    [
        ("what is this point good for", "ask_benefits", "used_for"),
        ("how hard do I press", "ask_pressure", "press"),
        ("how hard do I press", "faq_technique", "press"),
        ("should it be sore", "faq_does_it_hurt", "press"),
        ("how often should I do that", "faq_how_often", "often"),
        ("is it dangerous", "ask_point_safety", "caution_more"),
    ],
)
def test_a_side_question_is_about_the_present_point_and_moves_nothing(
    talk: Talk, known: Catalog, text: str, intent: str, field: str
) -> None:
    code = at(begun(talk, steps=3))[0]
    progress = {**talk.memory.progress, "touched": None}
    talk.say(text, intent)
    assert talk.shown == [code]
    assert getattr(known.point(code), field) in talk.text
    assert "still at step 4 of 8" in talk.text
    assert {**talk.memory.progress, "touched": None} == progress
    assert talk.say(*NEXT).card("step")["index"] == 5


def test_a_follow_up_to_a_side_question_is_about_the_present_point(talk: Talk) -> None:
    code = at(begun(talk, steps=2))[0]
    talk.say("how hard do I press", "ask_pressure").say("and how long", "ask_duration")
    assert talk.shown == [code]
    assert talk.card("point")["aspects"] == ["duration"]


def test_how_hard_is_about_the_new_point_after_next(talk: Talk) -> None:
    begun(talk, steps=2).say("how hard", "ask_pressure").say(*NEXT).say(*NEXT)
    code = at(talk)[0]
    assert talk.say("how hard", "ask_pressure").shown == [code]


def test_a_question_about_another_point_leaves_the_step_where_it_was(talk: Talk) -> None:
    begun(talk, steps=2).say("where is ST36", "ask_location")
    assert talk.shown == ["ST36"]
    assert talk.say(*NEXT).card("step")["index"] == 4


def test_a_question_in_general_is_answered_in_general(talk: Talk) -> None:
    begun(talk, steps=2).say("in general, how do I press points properly", "faq_technique")
    assert talk.card("faq")["topic"] == "technique"
    assert talk.card("routine")["steps_left"] == 6


def test_the_clock_of_the_hold_goes_on_during_a_side_question(talk: Talk) -> None:
    left = begun(talk).card("step")["seconds_left"]
    talk.now += 10
    talk.say("what is it good for", "ask_benefits")
    assert talk.card("routine")["seconds_left"] == left - 10


def test_a_side_question_in_a_pause_asks_whether_to_go_on(talk: Talk) -> None:
    begun(talk, steps=1).say("pause", "routine_pause").say("what is it good for", "ask_benefits")
    assert "Shall we go on?" in talk.text
    assert talk.say("yes", "affirm").card("step")["index"] == 2


# -- another point ---------------------------------------------------------------------------------------------


def test_a_named_point_takes_the_place_of_the_present_one_on_both_sides(talk: Talk) -> None:
    old = at(begun(talk))[0]
    talk.say("can I do ST36 instead", "routine_replace")
    assert at(talk) == ("ST36", "left")
    assert old not in plan(talk)
    assert at(talk.say(*NEXT)) == ("ST36", "right")
    assert talk.say(*NEXT).card("step")["index"] == 3


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 6, 7])
def test_without_a_name_a_point_within_reach_comes_in(talk: Talk, known: Catalog, steps: int) -> None:
    begun(talk, steps=steps)
    before, old = plan(talk), at(talk)[0]
    talk.say("I can't reach that", "routine_replace")
    new = known.point(at(talk)[0])
    assert new.code not in before
    assert old not in plan(talk)
    assert new.reach == "self"
    assert fits_posture(new, "desk")
    assert known.point(new.code).name in talk.text


def test_a_forbidden_point_does_not_come_in_although_it_is_named(talk: Talk) -> None:
    begun(talk).say("I take warfarin", "tell_risk")
    before = plan(talk)
    talk.say("can I do BL57 instead", "routine_replace")
    assert talk.shown == []
    assert talk.card("caution")["codes"] == ["BL57"]
    assert plan(talk) == before
    assert "still at step 1" in talk.text


@pytest.mark.parametrize("risk", sorted(catalog().cautions.cautions))
def test_a_forbidden_point_never_comes_in_unnamed(known: Catalog, risk: str) -> None:
    closed = forbidden(known, (risk,))
    talk = Talk(known, Memory(risks={SELF: (risk,)}, screened="answered"))
    talk.say("the desk reset", "start_routine")
    for _ in range(4):
        talk.say("another one please", "routine_replace")
        assert not closed & set(talk.shown)
        assert not closed & set(plan(talk) if talk.memory.progress else [])


def test_after_a_refusal_only_the_gentlest_points_come_in(talk: Talk) -> None:
    talk.say("a routine for my knee", "start_routine").say("I'd rather not say", "deny")
    for _ in range(4):
        talk.say("another one please", "routine_replace")
        assert set(plan(talk)) <= set(policy.GENTLEST)


def test_after_a_refusal_a_stronger_point_is_declined_with_words(talk: Talk) -> None:
    talk.say("a routine for my knee", "start_routine").say("I'd rather not say", "deny")
    talk.say("LI4 instead", "routine_replace")
    assert talk.shown == []
    assert "gentlest" in talk.text
    assert "LI4" not in plan(talk)


def test_another_point_without_a_routine_is_one_for_the_same_complaint(talk: Talk, known: Catalog) -> None:
    talk.say("points for my lower back", "ask_complaint").say("where is BL23", "ask_location")
    talk.say("I can't reach that", "routine_replace")
    assert len(talk.shown) == 1
    assert talk.shown != ["BL23"]
    assert known.point(talk.shown[0]).reach == "self"


# -- it hurts --------------------------------------------------------------------------------------------------

HURTS = ("ouch, that hurts", "routine_hurts")


def test_a_point_that_hurts_pauses_and_asks_for_signs(talk: Talk) -> None:
    begun(talk, steps=1).say(*HURTS)
    assert talk.shown == []
    assert talk.card("routine")["state"] == "paused"
    assert talk.card("ask")["about"] == "confirm"
    assert "ease off" in talk.text
    assert "numbness" in talk.text


def test_no_sign_leaves_the_point_out_on_both_sides(talk: Talk) -> None:
    code = at(begun(talk))[0]
    talk.say(*HURTS).say("no, nothing of that kind", "deny")
    assert talk.card("step")["index"] == 3
    assert at(talk)[0] != code


def test_a_last_point_that_hurts_ends_the_routine(talk: Talk) -> None:
    begun(talk, steps=6).say(*HURTS).say("no", "deny")
    assert talk.card("routine")["state"] == "finished"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("no, I go on lighter", "deny"), ("lighter", "routine_resume"), ("no, but softer", "deny")],
)
def test_lighter_stays_with_the_point_and_its_seconds(talk: Talk, text: str, intent: str) -> None:
    begun(talk, steps=1)
    hold = talk.card("step")["seconds"]
    talk.now += 10
    talk.say(*HURTS)
    talk.now += 45
    talk.say(text, intent)
    assert talk.card("step")["index"] == 2
    assert talk.card("step")["seconds"] == hold - 10


def test_a_sign_behind_the_question_is_answered_as_one(talk: Talk) -> None:
    begun(talk, steps=1).say(*HURTS).say(SAID["emergency"], "report_warning_sign")
    assert talk.kinds == ["urgent"]


def test_yes_to_the_signs_asks_which_and_never_goes_on(talk: Talk) -> None:
    begun(talk, steps=1).say(*HURTS).say("yes", "affirm")
    assert "own words" in talk.text
    assert "Shall we go on?" not in talk.text
    talk.say("yes", "affirm")
    assert talk.shown == []
    assert status(talk) == "paused"


def test_stop_stops_behind_the_question_too(talk: Talk) -> None:
    begun(talk, steps=1).say(*HURTS).say("stop", "routine_stop")
    assert talk.card("routine")["state"] == "stopped"


def test_a_point_that_hurts_without_a_routine_is_to_be_left_alone(talk: Talk) -> None:
    talk.say("where is BL40", "ask_location").say(*HURTS)
    assert talk.card("ask")["about"] == "confirm"
    talk.say("no", "deny")
    assert talk.shown == []
    assert "Leave that point alone" in talk.text


# -- warning signs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*SAID.values(), CRISIS])
def test_a_warning_sign_holds_the_routine(talk: Talk, text: str) -> None:
    begun(talk, steps=1).say(text, "report_warning_sign")
    assert talk.kinds == ["crisis" if text == CRISIS else "urgent"]
    assert status(talk) in {"paused", "stopped"}


FOLLOWING = [
    NEXT,
    ("go on", "routine_resume"),
    ("yes", "affirm"),
    ("say that again", "repeat"),
    ("where are we", "routine_where"),
    ("back", "routine_back"),
    ("skip", "routine_skip"),
    ("start again", "routine_restart"),
    ("slower", "routine_slower"),
    ("another point please", "routine_replace"),
    ("PC6 instead", "routine_replace"),
    ("a seven", "tell_pain"),
    ("start", "start_routine"),
    ("a routine for my neck", "start_routine"),
    ("what's next", "routine_upcoming"),
]
"""What people say after a warning sign."""


@pytest.mark.parametrize(("text", "intent"), FOLLOWING)
@pytest.mark.parametrize("level", ["emergency", "same_day"])
@pytest.mark.parametrize("steps", [0, 1])
def test_while_a_sign_stands_the_routine_shows_no_point(
    talk: Talk, known: Catalog, level: str, text: str, intent: str, steps: int
) -> None:
    place = known.point(at(begun(talk, steps=steps))[0]).where
    talk.say(SAID[level], "report_warning_sign").say(text, intent)
    assert talk.shown == []
    assert place not in talk.text
    assert status(talk) != "running"
    assert "go on?" not in talk.text


def test_after_words_of_self_harm_the_routine_is_over(talk: Talk) -> None:
    begun(talk, steps=1).say(CRISIS, "self_harm").say(*NEXT)
    assert status(talk) == "stopped"
    assert talk.shown == []


@pytest.mark.parametrize("level", ["emergency", "same_day"])
@pytest.mark.parametrize(
    ("text", "intent"),
    [("that was a misunderstanding", "retract_sign"), ("a doctor has checked it", "sign_cleared")],
)
def test_taken_back_it_asks_and_goes_on_at_the_same_step(
    talk: Talk, level: str, text: str, intent: str
) -> None:
    begun(talk, steps=1)
    hold = talk.card("step")["seconds"]
    talk.now += 7
    talk.say(SAID[level], "report_warning_sign").say(*NEXT)
    talk.now += 600
    talk.say(text, intent)
    assert talk.shown == []
    assert "Shall we go on?" in talk.text
    talk.say("yes", "affirm")
    assert talk.card("step")["index"] == 2
    assert talk.card("step")["seconds"] == hold - 7


def test_a_sign_for_soon_asks_and_yes_goes_on_at_the_same_step(talk: Talk) -> None:
    begun(talk, steps=1).say(SAID["soon"], "report_warning_sign").say("yes please", "affirm")
    assert talk.card("step")["index"] == 2


def test_a_sign_for_soon_asks_and_no_stops(talk: Talk) -> None:
    begun(talk, steps=1).say(SAID["soon"], "report_warning_sign").say("no thanks", "deny")
    assert talk.shown == []
    assert talk.card("routine")["state"] == "stopped"


def test_stopping_is_possible_while_a_sign_stands_and_loses_no_point(talk: Talk) -> None:
    before = plan(begun(talk, steps=1))
    talk.say(SAID["same_day"], "report_warning_sign").say("stop", "routine_stop")
    assert talk.card("routine")["state"] == "stopped"
    talk.say("a doctor has checked it", "sign_cleared").say("resume", "routine_resume")
    assert plan(talk) == before
    assert talk.card("step")["index"] == 2


# -- risks -----------------------------------------------------------------------------------------------------


def test_pregnancy_in_the_middle_ends_the_routine_with_caution(talk: Talk) -> None:
    begun(talk, steps=1).say("I'm pregnant by the way", "tell_risk")
    assert talk.shown == []
    assert talk.card("caution")["risk"] == "pregnancy"
    assert talk.card("routine")["state"] == "stopped"
    assert "start again" not in talk.text
    for text, intent in [
        NEXT,
        ("resume", "routine_resume"),
        ("start again", "routine_restart"),
        ("yes", "affirm"),
    ]:
        assert talk.say(text, intent).shown == [], text


def test_a_blood_thinner_drops_the_calf_and_goes_on(talk: Talk, known: Catalog) -> None:
    begun(talk, "three points of doctor peng", steps=1).say("I take warfarin", "tell_risk")
    assert talk.card("caution")["codes"] == ["BL57"]
    card = talk.card("step")
    assert (card["code"], card["index"], card["of"]) == ("EX-UE7", 2, 3)
    assert known.cautions.cautions["blood_thinners"].advice in talk.text
    talk.say(*NEXT).say(*NEXT)
    assert talk.card("routine")["state"] == "finished"


def test_a_risk_against_the_present_point_leads_to_the_next_one(talk: Talk) -> None:
    begun(talk, "three points of doctor peng", steps=3)
    assert at(talk)[0] == "BL57"
    talk.say("I take warfarin", "tell_risk")
    assert talk.shown == []
    assert talk.card("routine")["state"] == "stopped"


def test_a_cut_there_drops_the_present_point_only(talk: Talk) -> None:
    begun(talk, steps=3)
    before, code = plan(talk), at(talk)[0]
    talk.say("I have a cut there", "tell_risk")
    assert talk.card("caution")["codes"] == [code]
    assert plan(talk) == [c for c in before if c != code]
    assert at(talk)[0] == before[before.index(code) + 1]


@pytest.mark.parametrize("text", ["my wife is pregnant", "my husband takes warfarin", "my son is twelve"])
def test_a_risk_of_somebody_else_changes_nothing(talk: Talk, text: str) -> None:
    begun(talk, steps=2)
    before = plan(talk)
    talk.say(text, "tell_risk")
    assert talk.card("noted")["person"] != SELF
    assert plan(talk) == before
    assert "caution" not in talk.kinds
    assert talk.say(*NEXT).card("step")["index"] == 4
    assert talk.say("where is LI4", "ask_location").shown == ["LI4"]


def test_a_routine_for_somebody_else_goes_by_their_risks(talk: Talk) -> None:
    talk.say("my wife takes warfarin", "tell_risk").say("a routine for her calf", "start_routine").say(*NONE)
    assert "BL57" not in plan(talk)
    talk.say("I'm pregnant", "tell_risk")
    assert status(talk) == "running"
    talk.say("BL57 instead", "routine_replace")
    assert talk.shown == []
    talk.say("she is pregnant too", "tell_risk")
    assert status(talk) == "stopped"


def test_a_new_beginning_for_somebody_else_goes_by_their_risks(talk: Talk) -> None:
    begun(talk, steps=2).say("my wife is pregnant", "tell_risk")
    talk.say("start again, this time for her", "routine_restart")
    assert talk.shown == []
    assert talk.card("caution")["risk"] == "pregnancy"


@pytest.mark.parametrize(("text", "intent"), [("resume", "routine_resume"), ("again", "routine_restart")])
def test_a_risk_told_after_the_stop_counts_when_it_goes_on(talk: Talk, text: str, intent: str) -> None:
    begun(talk, "the leg ache routine", steps=2)
    assert at(talk)[0] == "GB34"
    talk.say("stop", "routine_stop").say("I have varicose veins", "tell_risk").say(text, intent)
    assert {"GB34", "BL57"} <= set(talk.card("caution")["codes"])
    assert not forbidden(talk.known, ("varicose_veins",)) & set(talk.shown)
    assert at(talk)[0] in {"GB30", "BL60"}


def test_nothing_goes_on_where_a_risk_leaves_nothing(talk: Talk) -> None:
    begun(talk, steps=6).say("stop", "routine_stop").say("I take warfarin", "tell_risk")
    talk.say("resume", "routine_resume")
    assert talk.shown == []
    assert talk.card("caution")["codes"] == ["BL40"]
    assert status(talk) == "stopped"


def test_a_risk_told_with_next_ends_at_the_next_step(talk: Talk) -> None:
    begun(talk, steps=2).say("I take warfarin. next", "tell_risk", "routine_next")
    steps = [c["index"] for c in talk.cards if c["card"] == "step"]
    assert steps[-1] == talk.memory.progress["index"] + 1 == 4


# -- what survives ---------------------------------------------------------------------------------------------


def test_being_forgotten_clears_the_routine_and_the_scores(talk: Talk) -> None:
    begun(talk).say("a seven", "tell_pain").say("forget me", "forget_me")
    assert talk.memory == Memory()
    assert talk.say(*NEXT).kinds == ["ask"]
    assert talk.say("how did my pain go", "ask_pain_trend").card("pain")["scores"] == []
    assert talk.say("a routine please", "start_routine").card("ask")["about"] == "screen"


SAYINGS = [
    *[("please", intent) for intent in sorted(COMMANDS)],
    *[NEXT] * 4,
    ("yes", "affirm"),
    ("no", "deny"),
    ("no", "deny"),
    ("hi", "greet"),
    ("again", "repeat"),
    HURTS,
    ("lighter", "deny"),
    ("another one please", "routine_replace"),
    ("ST36 instead", "routine_replace"),
    ("BL57 instead", "routine_replace"),
    ("the desk reset", "start_routine"),
    ("a ten minute routine for my neck", "start_routine"),
    ("a routine for my calf, just start", "start_routine"),
    ("do you have a routine for my hip", "ask_routines"),
    ("walk me through a routine", "start_routine"),
    NONE,
    ("I'd rather not say", "deny"),
    ("a seven", "tell_pain"),
    ("down to three", "tell_pain"),
    ("bit better", "tell_pain"),
    ("fifteen", "tell_pain"),
    ("how did it go", "ask_pain_trend"),
    ("my scores as a table", "export_pain"),
    ("print it", "print_routine"),
    ("remind me at eight", "set_reminder"),
    ("what is it good for", "ask_benefits"),
    ("how hard do I press", "faq_technique"),
    ("where is BL40", "ask_location"),
    ("points for my lower back", "ask_complaint"),
    ("I take warfarin", "tell_risk"),
    ("I have varicose veins", "tell_risk"),
    ("I have osteoporosis", "tell_risk"),
    ("I'm pregnant", "tell_risk"),
    ("I'm not pregnant", "correct_risk"),
    ("my wife is pregnant", "tell_risk"),
    ("and for her", "nlu_fallback"),
    ("and for me", "nlu_fallback"),
    ("I have a cut there", "tell_risk"),
    (SAID["same_day"], "report_warning_sign"),
    (SAID["soon"], "report_warning_sign"),
    (SAID["emergency"], "report_warning_sign"),
    (CRISIS, "self_harm"),
    ("that was a misunderstanding", "retract_sign"),
    ("a doctor has checked it", "sign_cleared"),
    ("um", "nlu_fallback"),
    ("blub", "nlu_fallback"),
    ("start over", "start_over"),
    ("bye", "goodbye"),
    ("forget me", "forget_me"),
]
WAITS = st.sampled_from([0, 0, 0, 7, 40, HOUR, 9 * HOUR])
TURNS = st.lists(st.tuples(st.sampled_from(SAYINGS), WAITS), min_size=1, max_size=12)
WISHES = ["the desk reset", "the leg ache routine", "three points of doctor peng", "a routine for my calf"]


@given(st.sampled_from(WISHES), st.integers(0, 3), TURNS)
@settings(max_examples=70, deadline=None)
def test_whatever_is_said_nothing_forbidden_is_ever_shown(wish: str, steps: int, turns: list) -> None:
    known = catalog()
    talk = begun(Talk(known), wish, steps)
    for (text, intent), wait in turns:
        talk.now += wait
        talk.say(text, intent)
        assert talk.text
        closed = forbidden(known, tuple(r for r in talk.memory.own_risks() if r != "skin"))
        assert not closed & set(talk.shown), (text, talk.memory.own_risks())
        for printed in (c["printable"] for c in talk.cards if "printable" in c):
            assert not [c for c in closed if known.point(c).where in printed], text
        led = [c for c in talk.cards if c["card"] == "step"]
        assert not (led and talk.memory.signs), text
        if led:
            assert (led[-1]["index"], led[-1]["state"]) == (talk.memory.progress["index"] + 1, status(talk))


@given(st.sampled_from(WISHES), TURNS)
@settings(max_examples=25, deadline=None)
def test_a_server_that_starts_anew_at_any_moment_loses_nothing(wish: str, turns: list) -> None:
    kept, lost = begun(Talk(catalog()), wish), begun(Talk(catalog()), wish)
    for (text, intent), wait in turns:
        slots = json.loads(json.dumps(lost.memory.to_slots(), allow_nan=False))
        lost.memory = Memory.from_slots(slots)
        kept.now, lost.now = kept.now + wait, lost.now + wait
        kept.say(text, intent)
        lost.say(text, intent)
        assert lost.reply.responses == kept.reply.responses
        assert lost.memory == kept.memory
        assert [{**c, "speech": ""} for c in lost.cards] == [{**c, "speech": ""} for c in kept.cards]


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = [
    "plan",
    "index",
    "status",
    "step_seconds_spent",
    "running_since",
    "pace",
    "touched",
    "person",
    "steps",
    "left_out",
    "code",
    "seconds",
    "side",
]


def damaged(value: Any, key: str, instead: Any) -> Any:
    """Return a copy of JSON data with everything under a key replaced."""
    if isinstance(value, dict):
        return {k: instead if k == key else damaged(v, key, instead) for k, v in value.items()}
    return [damaged(v, key, instead) for v in value] if isinstance(value, list) else value


@lru_cache(maxsize=1)
def in_the_middle() -> str:
    """Return the slots of a conversation in the middle of a routine, scores and all, as JSON."""
    talk = begun(Talk(catalog())).say("a seven", "tell_pain").say(*NEXT)
    return json.dumps(talk.memory.to_slots())


def slots_of_a_routine() -> dict:
    """Return those slots afresh."""
    return json.loads(in_the_middle())


@given(
    st.sampled_from(KEYS),
    GARBAGE,
    st.sampled_from(["routine__progress", "routine__request", "pain__log"]),
    GARBAGE,
    st.sampled_from(SAYINGS),
)
@settings(max_examples=60, deadline=None)
def test_damaged_slots_never_raise(
    key: str, instead: Any, slot: str, whole: Any, said: tuple[str, str]
) -> None:
    for slots in (
        damaged(slots_of_a_routine(), key, instead),
        {**slots_of_a_routine(), slot: whole},
    ):
        talk = Talk(catalog(), Memory.from_slots(slots)).say(*said).say(*NEXT)
        assert talk.text


@pytest.mark.parametrize(
    "garbage",
    [{}, [], "step 3", 7, {"plan": {}}, {"plan": {"steps": []}}, {"index": 2}, {"person": 3, "status": "running"}],
)  # fmt: skip
def test_a_routine_that_cannot_be_read_counts_as_none(known: Catalog, garbage: Any) -> None:
    slots = {**slots_of_a_routine(), "routine__progress": garbage}
    talk = Talk(known, Memory.from_slots(slots)).say(*NEXT)
    assert "step" not in talk.kinds
    assert talk.memory.progress == {}


def test_points_that_the_catalogue_no_longer_has_are_passed(known: Catalog) -> None:
    slots = damaged(slots_of_a_routine(), "nothing", None)
    for step in slots["routine__progress"]["plan"]["steps"][2:4]:
        step["code"] = "XX99"
    talk = Talk(known, Memory.from_slots(slots)).say(*NEXT)
    assert at(talk)[0] == "BL23"
    assert talk.card("step")["of"] == 6
