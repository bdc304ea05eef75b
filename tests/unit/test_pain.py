"""The pain log: what is kept, paired, told and handed on."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acupressure.pain import (
    MAX_ENTRIES,
    Entry,
    Outcome,
    PainLog,
    Trend,
    change,
    moment,
    scores,
    to_csv,
    trend,
)

NOW = datetime(2026, 3, 28, 9, 0, tzinfo=timezone.utc)


def entry(days: float, phase: str, value: float, routine: str = "back") -> Entry:
    """Return a score of so many days before NOW."""
    return Entry((NOW - timedelta(days=days)).isoformat(), phase, value, routine)


def log(*sessions: tuple[float, float, float | None]) -> PainLog:
    """Return the log of sessions, each (days before NOW, score before, score after or None)."""
    entries = []
    for days, before, after in sessions:
        entries.append(entry(days, "before", before))
        if after is not None:
            entries.append(entry(days - 0.01, "after", after))
    return PainLog(tuple(entries))


ENTRIES = st.builds(
    Entry,
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 3, 1))
    .map(datetime.isoformat)
    .filter(lambda w: len(w) >= 16),
    st.sampled_from(["before", "after", "now"]),
    st.floats(0, 10),
    st.sampled_from(["", "back", "knee", "=1+1"]),
)
LOGS = st.lists(ENTRIES, max_size=12).map(lambda entries: PainLog(tuple(entries)))


@pytest.mark.parametrize(
    "parts",
    [
        ("2026-03-28T08:00:00", "before", 11),
        ("2026-03-28T08:00:00", "before", -0.5),
        ("2026-03-28T08:00:00", "before", float("nan")),
        ("2026-03-28T08:00:00", "before", True),
        ("2026-03-28T08:00:00", "before", "7"),
        ("2026-03-28T08:00:00", "during", 5),
        ("yesterday", "before", 5),
        ("2026-13-28T08:00:00", "before", 5),
        ("2026-03-28", "before", 5),
        ("", "before", 5),
        ("2026-03-28T08:00:00", "before", 5, None),
    ],
)
def test_an_entry_is_checked(parts: tuple) -> None:
    with pytest.raises(ValueError, match="is no"):
        Entry(*parts)


def test_read_drops_garbage_and_keeps_the_rest() -> None:
    good = {"when": "2026-03-28T08:00:00", "phase": "before", "value": 6, "routine": "back"}
    loose = {"when": "2026-03-28T08:10:00Z", "phase": "after", "value": 2.5, "routine": None, "more": 1}
    bad = [
        None,
        7,
        "x",
        [],
        {},
        {**good, "value": "6"},
        {**good, "value": 60},
        {**good, "phase": []},
        {**good, "when": 5},
    ]
    read = PainLog.read([bad[0], good, *bad, loose])
    assert read.entries == (
        Entry("2026-03-28T08:00:00", "before", 6, "back"),
        Entry("2026-03-28T08:10:00Z", "after", 2.5, ""),
    )


@pytest.mark.parametrize("value", [None, 5, "garbage", {}, {"entries": []}, [], [[]], True])
def test_read_of_no_log_is_empty(value: object) -> None:
    assert PainLog.read(value) == PainLog()


@given(LOGS)
def test_a_log_survives_slots_and_json(kept: PainLog) -> None:
    assert PainLog.read(json.loads(json.dumps(kept.to_slots()))) == kept


@given(LOGS, ENTRIES)
def test_entries_stay_in_the_order_of_time(kept: PainLog, more: Entry) -> None:
    longer = kept.add(more)
    moments = [moment(e.when) for e in longer.entries]
    assert moments == sorted(moments)
    assert sorted(map(repr, longer.entries)) == sorted(map(repr, (*kept.entries, more)))
    assert more not in kept.entries or kept.entries.count(more) == longer.entries.count(more) - 1


def test_the_oldest_go_first() -> None:
    full = PainLog(tuple(entry(500 - n, "now", 5) for n in range(MAX_ENTRIES)))
    longer = full.add(entry(1, "now", 3))
    assert len(longer.entries) == MAX_ENTRIES == 400
    assert longer.entries[0] == full.entries[1]
    assert longer.entries[-1].value == 3
    assert PainLog.read([*full.to_slots(), *longer.to_slots()]).entries[-1].value == 3


def test_times_with_and_without_zone_are_put_in_order() -> None:
    late = Entry("2026-03-28T08:30:00+02:00", "after", 2, "")  # 06:30 UTC
    early = Entry("2026-03-28T06:00:00", "before", 6, "")
    assert PainLog((late, early)).entries == (early, late)
    assert PainLog((late, early)).sessions()[0].change == -4


def test_sessions_pair_before_with_the_next_after() -> None:
    kept = log((3, 7, 5), (2, 6, None), (1, 6, 4))
    assert [(s.before.value, s.after.value, s.change) for s in kept.sessions()] == [(7, 5, -2), (6, 4, -2)]


@pytest.mark.parametrize(
    "entries",
    [
        [entry(1, "after", 3)],
        [entry(3, "before", 6), entry(1, "after", 3)],
        [entry(1, "before", 6, "back"), entry(0.9, "after", 3, "knee")],
        [entry(1, "before", 6), entry(0.9, "now", 3)],
    ],
    ids=["no before", "two days apart", "another routine", "told outside a routine"],
)
def test_what_does_not_belong_together_is_no_session(entries: list[Entry]) -> None:
    assert PainLog(tuple(entries)).sessions() == ()
    assert change(PainLog(tuple(entries))) is None


def test_a_routine_paused_overnight_is_one_session() -> None:
    assert len(PainLog((entry(1, "before", 6), entry(0.4, "after", 3, ""))).sessions()) == 1


def test_change_is_that_of_the_last_session() -> None:
    assert change(log((2, 7, 5), (1, 4, 6))) == 2
    assert change(PainLog()) is None


@pytest.mark.parametrize(
    ("sessions", "outcome"),
    [
        ([], Outcome.NOTHING_YET),
        ([(0.1, 6, None)], Outcome.FIRST),
        ([(0.1, 6, 2)], Outcome.FIRST),
        ([(0.1, 6, 8)], Outcome.FIRST),
        ([(3, 6, 4), (1, 4, 3)], Outcome.BETTER),
        ([(3, 6, 4), (1, 6, 3)], Outcome.SAME),
        ([(3, 6, 4), (1, 7, 5)], Outcome.WORSE),
        ([(3, 6, 7), (1, 6, 8)], Outcome.WORSE_TWICE),
        ([(3, 6, 7), (1, 3, 4)], Outcome.WORSE_TWICE),
        ([(5, 6, 7), (3, 6, 8), (1, 6, 5)], Outcome.SAME),
        ([(5, 6, 7), (3, 6, 5), (1, 6, 7)], Outcome.SAME),
        ([(5, 6, 5), (3, 6, 7), (1, 6, 7)], Outcome.WORSE_TWICE),
        ([(3, 6, 6), (1, 6, 6)], Outcome.SAME),
        ([(43, 6, 4), (20, 6, 4), (0.5, 6, 4)], Outcome.NO_GAIN_SIX_WEEKS),
        ([(43, 6, 4), (20, 7, 4), (0.5, 8, 4)], Outcome.NO_GAIN_SIX_WEEKS),
        ([(43, 6, 4), (20, 5, 4), (0.5, 4, 4)], Outcome.BETTER),
        ([(42, 6, 4), (3, 6, 4)], Outcome.NO_GAIN_SIX_WEEKS),
        ([(41, 6, 4), (3, 6, 4)], Outcome.SAME),
        ([(80, 6, 4), (30, 6, 4)], Outcome.NO_GAIN_SIX_WEEKS),
        ([(80, 6, 4), (79, 6, 4)], Outcome.SAME),
        ([(43, 0, 0), (1, 0, 0)], Outcome.SAME),
        ([(50, 6, 7), (1, 6, 8)], Outcome.WORSE_TWICE),
    ],
)
def test_outcome(sessions: list[tuple], outcome: Outcome) -> None:
    assert trend(log(*sessions), NOW).outcome is outcome


def test_six_weeks_are_counted_on_the_clock_given() -> None:
    kept = log((1, 6, 4), (0, 6, 4))
    assert trend(kept, NOW).outcome is Outcome.SAME
    assert trend(kept.add(entry(-38, "before", 6)), NOW + timedelta(days=38)).outcome is Outcome.SAME
    assert (
        trend(kept.add(entry(-38, "before", 6)), NOW + timedelta(days=42)).outcome
        is Outcome.NO_GAIN_SIX_WEEKS
    )


def test_numbers_of_a_trend() -> None:
    told = trend(log((10, 8, 6), (8, 7, 5), (6, 6, 5), (4, 5, 3), (2, 4, 3), (1, 3, 1)), NOW)
    assert told == Trend(Outcome.BETTER, change=-2, first=7.0, recent=4.0, sessions=6, days=10)


def test_scores_told_outside_a_routine_count_where_there_are_no_others() -> None:
    kept = PainLog((entry(5, "now", 7, ""), entry(1, "now", 4, "")))
    assert trend(kept, NOW) == Trend(Outcome.BETTER, first=7.0, recent=4.0, days=5)


def test_now_without_a_zone_is_utc() -> None:
    kept = log((3, 6, 4), (1, 4, 3))
    assert trend(kept, NOW.replace(tzinfo=None)) == trend(kept, NOW)


@given(LOGS)
def test_any_log_has_a_trend_and_a_table(kept: PainLog) -> None:
    told = trend(kept, NOW)
    assert (told.outcome is Outcome.NOTHING_YET) == (not kept.entries)
    assert told.sessions == len(kept.sessions()) <= len(kept.entries) / 2
    assert told.change is None or -10 <= told.change <= 10
    rows = list(csv.DictReader(io.StringIO(to_csv(kept), newline="")))
    assert [row["when"] for row in rows] == [s["when"] for s in scores(kept)]
    assert [row["phase"] for row in rows] == [s["phase"] for s in scores(kept)]
    assert [float(row["pain_0_to_10"]) for row in rows] == pytest.approx(
        [s["value"] for s in scores(kept)], rel=1e-4, abs=1e-9
    )
    assert not any(row["routine"].startswith("=") for row in rows)


def test_csv_as_written() -> None:
    kept = PainLog(
        (Entry("2026-03-28T08:00:00", "before", 6, "back"), Entry("2026-03-28T08:10:00", "after", 2.5, "a,b"))
    )
    assert to_csv(kept) == (
        'when,phase,pain_0_to_10,routine\r\n2026-03-28T08:00:00,before,6,back\r\n2026-03-28T08:10:00,after,2.5,"a,b"\r\n'
    )


@pytest.mark.parametrize(
    "routine", ["=1+1", "+1", "-1", "@sum", "\t=1", " =1", "\r=1", "\n=1", "=cmd|' /c calc'!a1", "＝1"]
)
def test_csv_holds_no_formula(routine: str) -> None:
    kept = PainLog((Entry("2026-03-28T08:00:00", "before", 6, routine),))
    (row,) = csv.DictReader(io.StringIO(to_csv(kept), newline=""))
    assert row["routine"] == f"'{routine}"


def test_scores_of_the_card() -> None:
    assert scores(PainLog((Entry("2026-03-28T08:00:00", "now", 6),))) == [
        {"when": "2026-03-28T08:00:00", "value": 6, "phase": "now"}
    ]
