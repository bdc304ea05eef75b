"""A daily reminder as a calendar file that the user's own calendar keeps and rings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from icalendar import Alarm, Calendar, Event

LENGTH = timedelta(minutes=10)
_PRODUCT = "-//Acupressure guide//Daily reminder//EN"


def ics(at: time, title: str, description: str, start: date, uid: str) -> str:
    """Return a calendar of one event that repeats every day and rings when it begins.

    Args:
        at: time of day on the user's own clock, wherever that is.
        title: one line, shown by the alarm.
        description: longer text, may have several lines.
        start: day of the first reminder.
        uid: id of the reminder; the same id replaces an earlier one in most calendars.
    """
    event = Event()
    event.add("uid", uid)
    # The format wants a moment of making in UTC. Taken from the start, the same input gives the same file.
    event.add("dtstamp", datetime.combine(start, time(), timezone.utc))
    # Without a zone the time "floats": eight o'clock stays eight o'clock on a journey and in summer.
    event.add("dtstart", datetime.combine(start, at.replace(second=0, microsecond=0, tzinfo=None)))
    event.add("duration", LENGTH)
    event.add("rrule", {"freq": "daily"})
    event.add("summary", " ".join(title.split()))
    event.add("description", description)
    event.add("transp", "TRANSPARENT")  # ten minutes of pressing points should not block a meeting
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", " ".join(title.split()))
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical().decode("utf-8")
