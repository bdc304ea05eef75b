"""What a user takes along: the calendar reminder and the routine to print."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from icalendar import Calendar, Event

from acupressure.catalog import Catalog, catalog
from acupressure.policy import GENTLEST
from acupressure.wording import duration
from tests.unit.build import Talk
from tests.unit.test_answers import SAID, forbidden, risky

NEXT = ("next", "routine_next")


def begun(talk: Talk, wish: str = "the desk reset") -> Talk:
    """Lead to the first step of a routine."""
    talk.say(wish, "start_routine")
    return talk.say("none of those", "deny") if talk.memory.asked == "screen" else talk


def event(talk: Talk) -> Event:
    """Return the event of the calendar file on the card."""
    (found,) = Calendar.from_ical(talk.card("noted")["ics"]).walk("VEVENT")
    return found


def rings(talk: Talk) -> str:
    """Return the time of day at which the calendar file rings."""
    return event(talk).decoded("dtstart").strftime("%H:%M")


def lines(talk: Talk) -> list[str]:
    """Return the numbered lines of the printed routine."""
    return [line for line in talk.card("routine")["printable"].splitlines() if line[:1].isdigit()]


# -- the reminder ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("remind me every day at eight", "08:00"),
        ("remind me at 6pm", "18:00"),
        ("every evening please", "20:00"),
        ("a reminder at half past seven", "07:30"),
        ("remind me before bed", "22:00"),
        ("set a daily reminder", "08:00"),
        ("remind me", "08:00"),
    ],
)
def test_a_reminder_rings_daily_at_the_time_named_or_at_eight(talk: Talk, text: str, at: str) -> None:
    talk.say(text, "set_reminder")
    assert talk.card("noted")["what"] == "reminder"
    assert (talk.card("noted")["value"], rings(talk)) == (at, at)
    assert at in talk.text
    assert dict(event(talk)["rrule"]) == {"FREQ": ["DAILY"]}


@pytest.mark.parametrize("text", ["remind me at 0:01", "remind me at 23:59", "remind me at noon"])
def test_the_first_ring_is_still_to_come_and_within_a_day(talk: Talk, text: str) -> None:
    now = datetime.fromtimestamp(talk.now)
    first = event(talk.say(text, "set_reminder")).decoded("dtstart")
    assert 0 < (first - now).total_seconds() <= 86400


@pytest.mark.parametrize(
    ("text", "at"), [("make it half past seven", "07:30"), ("at 9 in the evening", "21:00"), ("no, at six", "06:00")]
)  # fmt: skip
def test_the_time_may_be_changed_afterwards(talk: Talk, text: str, at: str) -> None:
    old = str(event(talk.say("remind me at eight", "set_reminder"))["uid"])
    talk.say(text, "nlu_fallback")
    assert rings(talk) == at
    assert str(event(talk)["uid"]) == old


def test_the_time_may_be_changed_more_than_once(talk: Talk) -> None:
    talk.say("remind me at eight", "set_reminder").say("at nine", "nlu_fallback").say(
        "at ten", "nlu_fallback"
    )
    assert rings(talk) == "10:00"


def test_a_time_is_no_reminder_once_the_talk_went_on(talk: Talk) -> None:
    talk.say("remind me at eight", "set_reminder").say("where is LI4", "ask_location")
    talk.say("at half past seven", "nlu_fallback")
    assert "noted" not in talk.kinds


def test_without_any_reminder_a_time_means_nothing(talk: Talk) -> None:
    assert talk.say("at half past seven", "nlu_fallback").kinds == ["out_of_scope"]


def test_a_reminder_leaves_the_routine_where_it_was(talk: Talk) -> None:
    begun(talk).say(*NEXT).say("remind me at eight", "set_reminder")
    assert talk.card("routine")["steps_left"] == 7
    assert "still at step 2" in talk.text


def test_a_reminder_of_a_named_routine_does_not_begin_it(talk: Talk) -> None:
    talk.say("remind me of the bed routine every day at nine", "set_reminder")
    assert rings(talk) == "09:00"
    assert talk.kinds == ["noted"]


def test_a_reminder_behind_the_end_is_no_score(talk: Talk) -> None:
    begun(talk).say("stop", "routine_stop").say("remind me at eight", "set_reminder")
    assert rings(talk) == "08:00"
    assert talk.memory.pain == ()


def test_a_reminder_is_told_on_a_voice(known: Catalog) -> None:
    talk = Talk(known, channel="voice").say("remind me every day at eight", "set_reminder")
    assert "reminds you every day" in talk.text
    assert event(talk).decoded("dtstart").date() >= date(2023, 11, 14)


# -- the routine to print --------------------------------------------------------------------------------------


@pytest.mark.parametrize("routine", list(catalog().routines.values()), ids=lambda r: r.id)
def test_a_named_routine_is_written_down_point_by_point(known: Catalog, routine) -> None:
    talk = Talk(known).say(f"print the {routine.name}", "print_routine")
    card = talk.card("routine")
    assert card["routine"] == routine.id
    assert len(lines(talk)) == len(routine.steps)
    for number, (line, step) in enumerate(zip(lines(talk), routine.steps), 1):
        point = known.point(step.point)
        assert line.startswith(f"{number}. {point.name} ({point.code}), {duration(step.seconds)}")
        for words in (point.where, step.how or point.press, point.caution):
            assert words in line
    assert routine.close in card["printable"]
    assert "no medical advice" in card["printable"]
    assert talk.shown == []


def test_the_routine_on_hand_is_written_down_and_stays_where_it_is(talk: Talk) -> None:
    begun(talk).say(*NEXT).say("print this", "print_routine")
    assert talk.card("routine")["state"] == "running"
    assert len(lines(talk)) == 5
    assert talk.say(*NEXT).card("step")["index"] == 3


def test_both_sides_of_a_point_are_one_line(talk: Talk) -> None:
    begun(talk).say("print this", "print_routine")
    assert "left, then right" in lines(talk)[0]
    assert "both sides together" in lines(talk)[2]
    assert len({line.split(". ", 1)[1] for line in lines(talk)}) == len(lines(talk))


def test_the_lengths_are_those_the_user_chose(talk: Talk) -> None:
    begun(talk).say("this one longer", "routine_longer")
    seconds = talk.card("step")["seconds"]
    talk.say("print this", "print_routine")
    assert f"{seconds} seconds" in lines(talk)[0]
    assert f"{seconds} seconds" not in lines(talk)[1]


def test_a_routine_that_is_over_can_still_be_printed(talk: Talk) -> None:
    begun(talk).say("stop", "routine_stop").say("print it", "print_routine")
    assert len(lines(talk)) == 5


def test_another_routine_is_printed_with_a_card_of_its_own(talk: Talk) -> None:
    begun(talk).say(*NEXT).say("print the wind-down", "print_routine")
    card = talk.card("routine")
    assert card["routine"] == "wind_down"
    assert card["steps"][0]["code"] in lines(talk)[0]
    assert talk.say(*NEXT).card("step")["index"] == 3
    assert talk.card("step")["routine"] == "desk_reset"


def test_a_complaint_and_minutes_make_a_card(talk: Talk, known: Catalog) -> None:
    talk.say("print me a ten minute routine for my neck", "print_routine")
    card = talk.card("routine")
    assert card["name"] == known.complaints["neck"].name
    assert card["seconds_left"] == 600
    assert "10 minutes" in card["printable"]


def test_without_a_routine_the_guide_asks_which(talk: Talk, known: Catalog) -> None:
    talk.say("print me a routine", "print_routine")
    assert talk.card("ask")["about"] == "which_complaint"
    assert known.routines["desk_reset"].name in talk.text


@pytest.mark.parametrize(
    ("text", "intent"), [("the wind-down", "nlu_fallback"), ("my neck", "ask_complaint")]
)
def test_the_answer_to_which_is_printed(talk: Talk, text: str, intent: str) -> None:
    talk.say("print me a routine", "print_routine").say(text, intent)
    assert "printable" in talk.card("routine")


@pytest.mark.parametrize("risk", sorted(catalog().cautions.cautions))
@pytest.mark.parametrize("name", ["desk reset", "leg ache routine", "wind-down"])
def test_nothing_forbidden_is_printed(known: Catalog, risk: str, name: str) -> None:
    talk = Talk(known, risky(risk)).say(f"print the {name}", "print_routine")
    caution = known.cautions.cautions[risk]
    if caution.routine == "none":
        assert talk.kinds == ["caution"]
        return
    closed = set() if caution.local else forbidden(known, (risk,))
    printed = "\n".join(lines(talk)) if "routine" in talk.kinds else ""
    assert not [c for c in closed if f"({c})" in printed or known.point(c).where in printed]


def test_a_risk_told_after_the_end_counts_on_paper(talk: Talk) -> None:
    begun(talk).say("stop", "routine_stop").say("I take warfarin", "tell_risk").say(
        "print it", "print_routine"
    )
    assert len(lines(talk)) == 4
    assert "BL40" not in talk.card("routine")["printable"]


def test_after_a_refusal_only_the_gentlest_points_are_printed(talk: Talk) -> None:
    talk.say("the desk reset", "start_routine").say("I'd rather not say", "deny")
    talk.say("print the wind-down", "print_routine")
    assert {s["code"] for s in talk.card("routine")["steps"]} <= set(GENTLEST)


@pytest.mark.parametrize("level", ["same_day", "emergency"])
def test_nothing_is_printed_while_a_sign_stands(talk: Talk, level: str) -> None:
    talk.say(SAID[level], "report_warning_sign").say("print the desk reset", "print_routine")
    assert "routine" not in talk.kinds
