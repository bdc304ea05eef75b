"""The calendar file of the daily reminder, read back as a calendar would."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from acupressure.reminder import ics

START = date(2026, 3, 28)


def made(
    at: time = time(8), title: str = "Lower back", description: str = "Ten minutes.", uid: str = "r1@guide"
) -> str:
    """Return a calendar file with the given parts."""
    return ics(at, title, description, START, uid)


def event(text: str) -> Event:
    """Return the only event of a calendar file."""
    events = Calendar.from_ical(text).walk("VEVENT")
    assert len(events) == 1
    return events[0]


def unfolded(text: str) -> list[str]:
    """Return the content lines, long ones put together again."""
    return re.sub(r"\r\n[ \t]", "", text).split("\r\n")


def value(text: str, name: str) -> str:
    """Return the first text of a name, read as RFC 5545 says (the library's own reader loses a backslash before a mark)."""
    line = next(line for line in unfolded(text) if line.startswith(f"{name}:"))
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], line.partition(":")[2])


def test_rings_daily_for_ten_minutes_from_the_start_on() -> None:
    found = event(made(time(19, 30)))
    assert found.decoded("dtstart") == datetime(2026, 3, 28, 19, 30)
    assert found.decoded("duration") == timedelta(minutes=10)
    assert dict(found["rrule"]) == {"FREQ": ["DAILY"]}
    assert str(found["uid"]) == "r1@guide"
    assert str(found["summary"]) == "Lower back"
    assert str(found["description"]) == "Ten minutes."


def test_alarm_is_shown_when_the_event_begins() -> None:
    (alarm,) = event(made(title="Press now")).walk("VALARM")
    assert str(alarm["action"]) == "DISPLAY"
    assert alarm.decoded("trigger") == timedelta(0)
    assert str(alarm["description"]) == "Press now"


@pytest.mark.parametrize("at", [time(8, 5), time(8, 5, tzinfo=timezone.utc), time(8, 5, 33, 999)])
def test_time_floats_on_the_users_own_clock(at: time) -> None:
    lines = unfolded(made(at))
    assert "DTSTART:20260328T080500" in lines
    assert "TZID" not in "".join(lines)
    assert "VTIMEZONE" not in "".join(lines)


def test_lines_are_those_the_format_asks_for() -> None:
    text = made(description="A long text about pressing. " * 20)
    lines = unfolded(text)
    assert text.endswith("END:VCALENDAR\r\n")
    assert text.count("\n") == text.count("\r\n") == text.count("\r")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "VERSION:2.0" in lines
    assert "PRODID:-//Acupressure guide//Daily reminder//EN" in lines
    assert any(re.fullmatch(r"DTSTAMP:\d{8}T\d{6}Z", line) for line in lines)


def test_same_input_gives_the_same_file() -> None:
    assert made() == made()


def test_title_cannot_smuggle_in_lines() -> None:
    text = made(title="Back\r\nATTACH:http://example.org/x\nBEGIN:VALARM", description="a\r\nATTENDEE:b")
    found = event(text)
    assert str(found["summary"]) == "Back ATTACH:http://example.org/x BEGIN:VALARM"
    assert "attach" not in found
    assert "attendee" not in found
    assert len(found.walk("VALARM")) == 1


@example(time(8), "\\;", "one\\, two\\n")
@given(
    st.times(),
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=120),
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=300),
)
def test_any_words_come_back_unchanged(at: time, title: str, description: str) -> None:
    assume("\\N" not in title + description)  # the calendar library takes these two characters for a new line
    text = made(at, title, description)
    assert event(text).decoded("dtstart").time() == at.replace(second=0, microsecond=0)
    assert value(text, "SUMMARY") == title
    assert value(text, "DESCRIPTION") == description
