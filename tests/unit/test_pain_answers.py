"""Pain scores in a conversation: asked lightly, taken in any words, told back as a course over time."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acupressure.catalog import Catalog, catalog
from acupressure.memory import Memory
from tests.unit.build import Talk

NEXT = ("next", "routine_next")
DAY = 86400


def begun(talk: Talk) -> Talk:
    """Lead to the first step of the desk reset, where the score before it is asked for."""
    talk.say("the desk reset", "start_routine")
    return talk.say("none of those", "deny") if talk.memory.asked == "screen" else talk


def through(talk: Talk) -> Talk:
    """Lead to the end, where the score after it is asked for."""
    while talk.memory.asked != "pain_after":
        talk.say(*NEXT)
    return talk


def session(talk: Talk, before: str, after: str) -> Talk:
    """Go through a whole routine on a new day, with a score before and after."""
    talk.now += 2 * DAY
    return through(begun(talk).say(before, "tell_pain")).say(after, "tell_pain")


def scores(talk: Talk) -> list[tuple[str, float]]:
    """Return (phase, value) of all scores on the card."""
    return [(s["phase"], s["value"]) for s in talk.card("pain")["scores"]]


# -- before ----------------------------------------------------------------------------------------------------

WORDS = [
    ("a seven", 7),
    ("7/10", 7),
    ("7", 7),
    ("about a six", 6),
    ("eight out of ten", 8),
    ("zero", 0),
    ("ten", 10),
    ("six and a half", 6.5),
    ("I'd say it's a four right now", 4),
]


@pytest.mark.parametrize(("text", "value"), WORDS)
def test_a_score_before_is_taken_in_any_words(talk: Talk, text: str, value: float) -> None:
    begun(talk).say(text, "tell_pain")
    assert scores(talk) == [("before", value)]
    assert f"{value:g} out of 10" in talk.text


@pytest.mark.parametrize("intent", ["nlu_fallback", "pick_point", "out_of_scope", "affirm", "ask_duration"])
def test_a_number_is_the_score_whatever_it_was_taken_for(talk: Talk, intent: str) -> None:
    begun(talk).say("seven", intent, confidence=0.5)
    assert scores(talk) == [("before", 7)]


def test_behind_the_score_the_first_step_is_there_again(talk: Talk) -> None:
    step = begun(talk).card("step")
    talk.say("a seven", "tell_pain")
    assert talk.kinds == ["pain", "step"]
    assert talk.card("step")["code"] == step["code"]
    assert talk.say(*NEXT).card("step")["index"] == 2


@pytest.mark.parametrize("text", ["it's a fifteen", "eleven", "minus two", "100 out of 10"])
def test_a_score_off_the_scale_is_asked_for_again(talk: Talk, text: str) -> None:
    begun(talk).say(text, "tell_pain")
    assert talk.card("ask")["about"] == "pain_score"
    assert "pain" not in talk.kinds
    talk.say("ten then", "tell_pain")
    assert scores(talk) == [("before", 10)]


@pytest.mark.parametrize(("text", "intent"), [NEXT, ("no", "deny"), ("where exactly is it", "ask_location")])
def test_the_score_before_may_be_passed_over(talk: Talk, text: str, intent: str) -> None:
    through(begun(talk).say(text, intent)).say("four", "tell_pain")
    assert scores(talk) == [("after", 4)]
    assert talk.card("pain").get("change") is None


def test_no_to_the_score_stays_at_the_first_step(talk: Talk) -> None:
    begun(talk).say("no", "deny")
    assert talk.card("step")["index"] == 1


def test_minutes_are_no_score(talk: Talk) -> None:
    begun(talk).say("a ten minute routine for my neck", "start_routine")
    assert talk.memory.pain == ()
    assert talk.card("routine")["minutes"] == 10


# -- after -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "change", "words"),
    [
        ("a seven", "down to three", -4, "4 less than before"),
        ("3", "five now", 2, "2 more than before"),
        ("a six", "still a six", 0, "as much as before"),
    ],
)
def test_the_change_is_told(talk: Talk, before: str, after: str, change: float, words: str) -> None:
    session(talk, before, after)
    assert talk.card("pain")["change"] == change
    assert words in talk.text


def test_more_pain_than_before_comes_with_the_signs_to_mind(talk: Talk) -> None:
    session(talk, "three", "six")
    assert "press lighter" in talk.text
    assert "numbness" in talk.text


def test_less_pain_comes_without_them(talk: Talk) -> None:
    session(talk, "six", "three")
    assert "numbness" not in talk.text


def test_both_scores_may_come_at_once(talk: Talk) -> None:
    through(begun(talk)).say("down from six to two", "tell_pain")
    assert scores(talk) == [("before", 6), ("after", 2)]
    assert talk.card("pain")["change"] == -4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bit better", "eased"),
        ("much better thanks", "eased"),
        ("about the same", "No change"),
        ("worse", "I am sorry"),
    ],
)
def test_a_word_will_do(talk: Talk, text: str, words: str) -> None:
    through(begun(talk).say("a seven", "tell_pain")).say(text, "tell_pain")
    assert words in talk.text
    assert scores(talk) == [("before", 7)]


def test_a_number_may_still_follow_the_word(talk: Talk) -> None:
    through(begun(talk).say("a seven", "tell_pain")).say("bit better", "tell_pain")
    assert "would let me keep track" in talk.text
    talk.say("say a five", "tell_pain")
    assert [v for _, v in scores(talk)] == [7, 5]


def test_worse_in_a_word_comes_with_the_signs_to_mind(talk: Talk) -> None:
    through(begun(talk)).say("it's worse", "tell_pain")
    assert "numbness" in talk.text


@pytest.mark.parametrize(("text", "intent"), [("skip", "routine_skip"), ("no thanks", "deny")])
def test_the_score_after_may_be_skipped(talk: Talk, text: str, intent: str) -> None:
    through(begun(talk).say("a seven", "tell_pain")).say(text, intent)
    assert talk.reply.responses == ("utter_pain_skipped",)
    assert talk.say("how did it go", "ask_pain_trend").card("pain")["scores"][-1]["phase"] == "before"


def test_a_score_behind_a_stop_is_the_one_after(talk: Talk) -> None:
    begun(talk).say("a seven", "tell_pain").say("stop", "routine_stop").say("a five", "tell_pain")
    assert scores(talk) == [("before", 7), ("after", 5)]


def test_a_question_instead_of_a_score_is_answered(talk: Talk) -> None:
    through(begun(talk)).say("where is LI4", "ask_location")
    assert talk.shown == ["LI4"]
    assert talk.memory.pain == ()


def test_a_score_without_a_routine_is_one_of_now(talk: Talk) -> None:
    talk.say("my pain is a four today", "tell_pain", screened=False)
    assert scores(talk) == [("now", 4)]


def test_a_score_without_a_number_is_asked_for(talk: Talk) -> None:
    talk.say("I'd like to note my pain", "tell_pain")
    assert talk.card("ask")["about"] == "pain_score"
    assert scores(talk.say("four", "nlu_fallback")) == [("now", 4)]


# -- over time -------------------------------------------------------------------------------------------------


def test_without_a_score_the_course_asks_for_one(talk: Talk) -> None:
    talk.say("how did my pain go", "ask_pain_trend")
    assert talk.card("pain")["scores"] == []
    assert "no score yet" in talk.text
    assert scores(talk.say("four", "nlu_fallback")) == [("now", 4)]


def test_one_score_is_no_course(talk: Talk) -> None:
    begun(talk).say("a seven", "tell_pain").say("how did my pain go", "ask_pain_trend")
    assert "last score was 7 out of 10" in talk.text


def test_two_scores_are_not_called_one(talk: Talk) -> None:
    session(talk, "a seven", "three").say("how did my pain go", "ask_pain_trend")
    assert len(talk.card("pain")["scores"]) == 2
    assert "one score" not in talk.text


@pytest.mark.parametrize(
    ("course", "words"),
    [
        ([("8", "7"), ("7", "5"), ("4", "3"), ("3", "2")], "gone down: from about 7.5 at first to about 3.5"),
        ([("3", "2"), ("4", "3"), ("7", "6"), ("8", "7")], "gone up: from about 3.5 at first to about 7.5"),
        ([("5", "4"), ("5", "3"), ("5", "4")], "about the same"),
    ],
)
def test_the_course_is_told_in_words(talk: Talk, course: list, words: str) -> None:
    for before, after in course:
        session(talk, before, after)
    talk.say("how did my pain go", "ask_pain_trend")
    assert words in talk.text
    assert [v for _, v in scores(talk)] == [float(v) for pair in course for v in pair]


def test_worse_twice_leads_to_a_clinician(talk: Talk) -> None:
    session(talk, "three", "six")
    assert "doctor" not in talk.text
    session(talk, "three", "six")
    assert "twice in a row" in talk.text
    assert "doctor or a physiotherapist" in talk.text
    assert "twice in a row" in talk.say("how did it go", "ask_pain_trend").text


def test_six_weeks_without_a_gain_lead_to_a_clinician(talk: Talk) -> None:
    session(talk, "five", "five")
    talk.now += 22 * DAY
    session(talk, "five", "five")
    talk.now += 22 * DAY
    session(talk, "five", "five")
    assert "six weeks" in talk.text
    assert "doctor" in talk.text


def test_the_scores_come_as_a_table(talk: Talk) -> None:
    session(talk, "seven", "three").say("give me my scores as a table", "export_pain")
    rows = list(csv.reader(io.StringIO(talk.card("pain")["csv"])))
    assert rows[0] == ["when", "phase", "pain_0_to_10", "routine"]
    assert [row[1:] for row in rows[1:]] == [["before", "7", "desk_reset"], ["after", "3", "desk_reset"]]


def test_there_is_no_table_without_scores(talk: Talk) -> None:
    talk.say("give me my scores as a table", "export_pain")
    assert "csv" not in talk.card("pain")
    assert "no score yet" in talk.text


def test_asking_for_the_course_leaves_the_routine_where_it_was(talk: Talk) -> None:
    begun(talk).say("seven", "tell_pain").say(*NEXT).say("how did my pain go", "ask_pain_trend")
    assert "still at step 2" in talk.text
    assert talk.say(*NEXT).card("step")["index"] == 3


def test_being_forgotten_forgets_the_scores(talk: Talk) -> None:
    session(talk, "seven", "three").say("forget me", "forget_me").say("how did it go", "ask_pain_trend")
    assert talk.card("pain")["scores"] == []


@pytest.mark.parametrize(
    "garbage", ["seven", 7, {}, [7], [{}], [{"when": "x", "phase": "after", "value": 99}]]
)
def test_scores_that_cannot_be_read_count_as_none(known: Catalog, garbage: object) -> None:
    talk = Talk(known, Memory.from_slots({"pain__log": garbage})).say("how did it go", "ask_pain_trend")
    assert talk.card("pain")["scores"] == []


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=3))
@settings(max_examples=8, deadline=None)
def test_every_score_told_is_on_the_card_and_in_the_table(course: list[tuple[int, int]]) -> None:
    talk = Talk(catalog())
    for before, after in course:
        session(talk, str(before), str(after))
    told = [float(v) for pair in course for v in pair]
    assert [v for _, v in scores(talk)] == told
    assert talk.card("pain")["change"] == course[-1][1] - course[-1][0]
    rows = list(csv.reader(io.StringIO(talk.say("as a table", "export_pain").card("pain")["csv"])))
    assert [float(row[2]) for row in rows[1:]] == told
