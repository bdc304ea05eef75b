"""How a routine begins: what is asked, what is planned for whom, and what is said before the first step."""

from __future__ import annotations

import re

import pytest

from acupressure.catalog import Catalog, catalog
from acupressure.memory import Memory
from acupressure.persons import SELF
from acupressure.policy import GENTLEST
from acupressure.routine import fits_posture
from tests.unit.build import Talk
from tests.unit.test_answers import SAID, forbidden, risky

NONE = ("none of those", "deny")
CAUTIONS = catalog().cautions.cautions
AGAINST = sorted(r.id for r in CAUTIONS.values() if r.routine == "none")
GENTLE = sorted(r.id for r in CAUTIONS.values() if r.routine == "gentle")
WISHES = ["the desk reset", "a routine for my lower back", "a twenty minute routine for my calf"]


def codes(talk: Talk) -> list[str]:
    """Return the points of the routine of the answer, in their order."""
    return list(dict.fromkeys(s["code"] for s in talk.card("routine")["steps"]))


def wish(talk: Talk, text: str) -> Talk:
    """Ask for a routine and answer the screen with "none of those"."""
    talk.say(text, "start_routine")
    return talk.say(*NONE) if talk.memory.asked == "screen" else talk


def left_out(talk: Talk) -> str:
    """Return the sentence about what there is no time for, empty where there is none."""
    found = re.search(r"There is no time for ([^;.]*)", talk.text)
    return found[1] if found else ""


# -- all at once, or piece by piece ----------------------------------------------------------------------------


def test_with_everything_said_the_screen_is_all_that_is_asked(talk: Talk, known: Catalog) -> None:
    talk.say("walk me through a ten minute routine for my lower back in bed", "start_routine")
    assert [c.get("about") for c in talk.cards] == ["screen"]
    assert talk.shown == []
    talk.say(*NONE)
    assert talk.kinds == ["routine", "step"]
    card = talk.card("routine")
    assert (card["state"], card["minutes"], card["seconds_left"]) == ("running", 10, 600)
    assert all(fits_posture(known.point(c), "bed") for c in codes(talk))
    assert talk.card("step")["index"] == 1
    assert "10 minutes" in talk.text
    assert "bed" in talk.text


def test_the_first_step_tells_where_how_long_and_what_to_mind(talk: Talk, known: Catalog) -> None:
    step = wish(talk, "a routine for my neck").card("step")
    point = known.point(step["code"])
    for words in (
        point.name,
        point.where,
        point.press,
        point.caution,
        f"{step['seconds']} seconds",
        "breathe",
    ):
        assert words in talk.text


def test_before_the_first_step_hands_are_warmed_and_the_pain_is_asked_lightly(talk: Talk) -> None:
    wish(talk, "a routine for my neck")
    assert "rub your palms" in talk.text
    assert "If you like" in talk.text
    assert "from 0 to 10" in talk.text


@pytest.mark.parametrize("channel", ["rest", "voice"])
def test_piece_by_piece_it_asks_for_what_is_missing_only(known: Catalog, channel: str) -> None:
    talk = Talk(known, channel=channel).say("walk me through a routine", "start_routine")
    assert talk.card("ask")["about"] == "screen"
    talk.say(*NONE)
    assert talk.card("ask")["about"] == "which_complaint"
    talk.say("my neck", "ask_complaint")
    assert talk.card("routine")["name"] == "a stiff or sore neck"
    assert talk.card("step")["index"] == 1


@pytest.mark.parametrize("text", ["lower back", "neck", "hip", "sleep", "for sleep", "My neck.", "sciatica"])
def test_every_answer_that_the_question_offers_is_understood(talk: Talk, known: Catalog, text: str) -> None:
    wish(talk, "walk me through a routine").say(text, "nlu_fallback")
    assert talk.card("step")["index"] == 1
    complaint = next(
        c for i, c in known.complaints.items() if i.replace("_", " ") in text.lower().rstrip(".")
    )
    led = next((r for r in known.routines.values() if r.id == talk.card("routine")["routine"]), None)
    assert complaint.id in led.fits if led else talk.card("routine")["name"] == complaint.name


def test_what_it_is_for_may_come_with_the_minutes(talk: Talk) -> None:
    wish(talk, "walk me through a routine").say("my neck, fifteen minutes", "ask_complaint")
    card = talk.card("routine")
    assert (card["name"], card["minutes"]) == ("a stiff or sore neck", 15)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("just start", "start_routine"),
        ("whatever", "nlu_fallback"),
        ("you choose", "affirm"),
        ("ten minutes", "nlu_fallback"),
        ("ten", "nlu_fallback"),
    ],
)
def test_what_is_left_open_becomes_the_lower_back(talk: Talk, known: Catalog, text: str, intent: str) -> None:
    wish(talk, "walk me through a routine").say(text, intent)
    assert talk.card("step")["index"] == 1
    meant = {p.code for p in known.complaints["lower_back"].points}
    meant |= {s.point for r in known.routines.values() if "lower_back" in r.fits for s in r.steps}
    assert set(codes(talk)) <= meant | set(GENTLEST)
    if "ten" in text:
        assert talk.card("routine")["seconds_left"] == 600


def test_a_complaint_told_before_is_what_the_routine_is_for(talk: Talk) -> None:
    talk.say("which points help with my neck", "ask_complaint")
    wish(talk, "walk me through a routine")
    assert talk.card("routine")["name"] == "a stiff or sore neck"


def test_these_points_are_the_ones_just_shown(talk: Talk) -> None:
    shown = talk.say("where are LI4, GB34 and ST36", "ask_location").shown
    wish(talk, "a routine with these points")
    assert set(codes(talk)) == set(shown)


def test_start_while_one_runs_stays_in_it_and_a_new_wish_does_not(talk: Talk) -> None:
    wish(talk, "the desk reset").say("next", "routine_next").say("let's start", "start_routine")
    assert talk.card("step")["index"] == 2
    talk.say("a routine for my neck instead", "start_routine")
    assert talk.card("routine")["name"] == "a stiff or sore neck"
    assert talk.card("step")["index"] == 1


# -- the screen ------------------------------------------------------------------------------------------------


def test_the_screen_comes_once(talk: Talk) -> None:
    wish(talk, "a routine for my neck").say("stop", "routine_stop")
    talk.say("a routine for my knee", "start_routine")
    assert talk.kinds == ["routine", "step"]


@pytest.mark.parametrize("answer", ["none of those", "no", "nope", "all good, nothing", "I'm fine"])
def test_no_in_any_words_goes_on(talk: Talk, answer: str) -> None:
    talk.say("a routine for my neck", "start_routine").say(answer, "nlu_fallback")
    assert talk.kinds == ["routine", "step"]


@pytest.mark.parametrize(("text", "intent"), [("yes", "affirm"), ("blub", "nlu_fallback")])
def test_an_answer_that_says_nothing_asks_which(talk: Talk, text: str, intent: str) -> None:
    talk.say("a routine for my neck", "start_routine").say(text, intent)
    assert talk.shown == []
    assert talk.card("ask")["about"] == "screen"
    assert talk.say(*NONE).card("routine")["name"] == "a stiff or sore neck"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what is acupressure?", "faq_what_is"),
        ("who should not do it?", "faq_who_should_not"),
        ("where is LI4?", "ask_location"),
    ],
)
def test_a_question_during_the_screen_is_answered_and_the_screen_asked_again(
    talk: Talk, text: str, intent: str
) -> None:
    talk.say("a routine for my neck", "start_routine").say(text, intent)
    assert talk.kinds[0] in {"faq", "point"}
    assert talk.cards[-1]["about"] == "screen"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what is acupressure?", "faq_what_is"),
        ("where is LI4?", "ask_location"),
        ("hello", "greet"),
        ("thanks", "thank"),
        ("what do you store about me?", "ask_privacy"),
        ("where is LI4? and BL40?", "ask_location"),
    ],
)
def test_whatever_is_asked_meanwhile_the_screen_stays_open(talk: Talk, text: str, intent: str) -> None:
    talk.say("a twelve minute routine for my neck", "start_routine").say(text, intent)
    assert "step" not in talk.kinds
    talk.say(*NONE)
    assert talk.card("routine")["name"] == "a stiff or sore neck"
    assert talk.card("routine")["minutes"] == 12


def test_another_wish_during_the_screen_does_not_pass_it(talk: Talk) -> None:
    talk.say("a routine for my neck", "start_routine").say("or for my knee rather", "start_routine")
    assert talk.shown == []
    assert talk.card("ask")["about"] == "screen"
    assert talk.say(*NONE).card("routine")["name"] == talk.known.complaints["knee"].name


def test_a_warning_sign_during_the_screen_comes_first(talk: Talk) -> None:
    talk.say("a routine for my neck", "start_routine").say(SAID["emergency"], "report_warning_sign")
    assert talk.kinds == ["urgent"]
    assert talk.say(*NONE).shown == []


REFUSALS = [
    ("I'd rather not say", "deny"),
    ("none of your business", "insult"),
    ("skip", "routine_skip"),
    ("just start", "start_routine"),
    ("no questions please", "deny"),
    ("I won't tell you that", "nlu_fallback"),
]


@pytest.mark.parametrize(("text", "intent"), REFUSALS)
def test_who_refuses_gets_the_gentlest_points_only(
    talk: Talk, known: Catalog, text: str, intent: str
) -> None:
    talk.say("a routine for my knee", "start_routine").say(text, intent)
    assert talk.card("step")["index"] == 1
    assert all(known.point(c).pregnancy == "fine" for c in codes(talk))
    assert "gentlest" in talk.text


@pytest.mark.parametrize(
    "text",
    [
        "the desk reset",
        "a thirty minute routine for my calf, standing",
        "a routine with LI4, SP6 and BL60",
        "walk me through a routine",
        "three points of doctor peng",
    ],
)
def test_a_refusal_counts_for_whatever_was_wished_for(talk: Talk, known: Catalog, text: str) -> None:
    talk.say(text, "start_routine").say("I'd rather not say", "deny")
    assert all(known.point(c).pregnancy == "fine" for c in codes(talk))
    talk.say("stop", "routine_stop").say("now the wind-down", "start_routine")
    assert all(known.point(c).pregnancy == "fine" for c in codes(talk))


# -- personal risks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", WISHES)
@pytest.mark.parametrize("risk", AGAINST)
def test_no_routine_is_led_against_a_risk(known: Catalog, risk: str, text: str) -> None:
    talk = wish(Talk(known, risky(risk)), text)
    assert talk.kinds == ["caution"]
    card = talk.card("caution")
    assert card["risk"] == risk
    assert not set(card["instead"]) & forbidden(known, (risk,))
    assert known.cautions.cautions[risk].advice in talk.text
    assert talk.say("yes, start", "start_routine").shown == []


@pytest.mark.parametrize("text", WISHES)
@pytest.mark.parametrize("risk", GENTLE)
def test_a_gentle_routine_is_led_where_a_risk_asks_for_it(known: Catalog, risk: str, text: str) -> None:
    talk = wish(Talk(known, risky(risk)), text)
    assert "light" in talk.text
    assert not forbidden(known, (risk,)) & set(codes(talk))
    assert all(known.point(c).reach == "self" for c in codes(talk))
    if talk.card("routine")["routine"] == "planned":
        for step in talk.card("routine")["steps"]:
            assert step["seconds"] <= known.point(step["code"]).seconds.default


@pytest.mark.parametrize("text", WISHES)
@pytest.mark.parametrize("risk", sorted(set(CAUTIONS) - set(AGAINST) - set(GENTLE)))
def test_any_other_risk_leaves_out_what_it_forbids(known: Catalog, risk: str, text: str) -> None:
    talk = wish(Talk(known, risky(risk)), text)
    assert talk.card("step")["index"] == 1
    if not known.cautions.cautions[risk].local:
        assert not forbidden(known, (risk,)) & set(codes(talk))


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("I'm pregnant", "pregnancy"),
        ("I'm fourteen", "under_16"),
        ("I've got an aneurysm", "aneurysm"),
        ("I bruise easily", "bleeding_disorder"),
    ],
)
def test_a_risk_told_to_the_screen_can_end_it(talk: Talk, text: str, risk: str) -> None:
    talk.say("a routine for my knee", "start_routine").say(text, "tell_risk")
    assert talk.card("noted")["what"] == risk
    assert talk.card("caution")["risk"] == risk
    assert talk.shown == []
    assert talk.say(*NONE).shown == []


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("I take warfarin", "blood_thinners"),
        ("osteoporosis", "osteoporosis"),
        ("yes, varicose veins", "varicose_veins"),
    ],
)
def test_a_risk_told_to_the_screen_makes_it_gentle(talk: Talk, known: Catalog, text: str, risk: str) -> None:
    talk.say("a routine for my calf", "start_routine").say(text, "tell_risk")
    assert talk.card("noted")["what"] == risk
    assert talk.card("step")["index"] == 1
    assert not forbidden(known, (risk,)) & set(codes(talk))
    assert "gentle" in talk.text


@pytest.mark.parametrize(
    "text",
    [
        "I have an artificial hip",
        "I had an operation on my knee",
        "numb feet",
        "varicose veins in my calves",
        "a slipped disc in the lower back",
    ],
)
def test_the_place_of_a_risk_is_not_what_the_routine_is_for(talk: Talk, text: str) -> None:
    talk.say("a twelve minute routine for my neck", "start_routine").say(text, "tell_risk")
    assert talk.card("routine")["name"] == "a stiff or sore neck"
    assert talk.card("routine")["minutes"] == 12


def test_a_risk_alone_leaves_open_what_the_routine_is_for(talk: Talk) -> None:
    talk.say("walk me through a routine", "start_routine").say("I have numb feet", "tell_risk")
    assert talk.card("ask")["about"] == "which_complaint"


def test_the_answer_to_the_screen_may_add_to_the_wish(talk: Talk, known: Catalog) -> None:
    talk.say("a routine for my neck", "start_routine").say("none, ten minutes in bed please", "deny")
    assert talk.card("routine")["name"] == "a stiff or sore neck"
    assert talk.card("routine")["minutes"] == 10
    assert all(fits_posture(known.point(c), "bed") for c in codes(talk))


def test_none_of_those_means_no_points_that_were_listed_before(talk: Talk) -> None:
    talk.say("points for my lower back", "ask_complaint").say("a routine for my neck", "start_routine")
    talk.say("none of those", "deny")
    assert talk.card("routine")["name"] == "a stiff or sore neck"


def test_several_risks_count_together(known: Catalog) -> None:
    risks = ("blood_thinners", "osteoporosis", "carpal_tunnel")
    talk = wish(Talk(known, risky(*risks)), "a routine for my lower back")
    assert not forbidden(known, risks) & set(codes(talk))


def test_what_a_risk_leaves_out_is_counted_for_the_user(known: Catalog) -> None:
    talk = wish(Talk(known, risky("blood_thinners")), "the desk reset")
    assert "BL40" not in codes(talk)
    assert "I left out 1 point" in talk.text


def test_where_all_points_named_are_forbidden_no_other_ones_are_led_to(known: Catalog) -> None:
    talk = Talk(known, Memory(risks={SELF: ("blood_thinners",)}, screened="answered"))
    talk.say("a routine with BL57 and BL40", "start_routine")
    assert talk.kinds == ["caution"]
    assert set(talk.card("caution")["codes"]) == {"BL57", "BL40"}


@pytest.mark.parametrize("code", ["EX-B2", "GV26"])
def test_a_point_that_nobody_can_be_led_to_is_declined(talk: Talk, code: str) -> None:
    wish(talk, f"a routine with {code}")
    assert talk.shown == []
    assert talk.card("ask")["about"] == "which_complaint"


@pytest.mark.parametrize("level", ["same_day", "emergency"])
def test_no_routine_begins_while_a_sign_stands(talk: Talk, level: str) -> None:
    talk.say(SAID[level], "report_warning_sign").say("a routine for my knee", "start_routine")
    assert talk.kinds in (["caution"], ["urgent"])


# -- minutes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "minutes"), [("ninety", 40), ("sixty", 40), ("one", 2), ("forty", 40), ("two", 2)]
)
def test_minutes_stay_within_what_can_be_planned(talk: Talk, said: str, minutes: int) -> None:
    wish(talk, f"a {said} minute routine for my neck")
    assert talk.card("routine")["minutes"] == minutes
    assert abs(talk.card("routine")["seconds_left"] - 60 * minutes) <= 6 * minutes
    told = f"about {minutes} minutes sensibly" in talk.text
    assert told is (said in {"ninety", "sixty", "one"})


@pytest.mark.parametrize("complaint", ["lower back", "neck", "hip", "calf", "headache"])
@pytest.mark.parametrize("minutes", [2, 3, 5, 8, 15, 30])
def test_a_routine_takes_the_time_that_was_asked_for(talk: Talk, complaint: str, minutes: int) -> None:
    wish(talk, f"a {minutes} minute routine for my {complaint}")
    card = talk.card("routine")
    if "sensibly" not in talk.text:
        assert abs(card["seconds_left"] - 60 * minutes) <= 6 * minutes
    assert card["seconds_left"] == sum(s["seconds"] for s in card["steps"])


def test_two_minutes_for_many_points_says_all_that_was_left_out(talk: Talk, known: Catalog) -> None:
    wanted = ["BL40", "LI4", "GB34", "ST36", "BL23", "SI3", "LR3", "KI3"]
    wish(talk, f"two minutes with {', '.join(wanted)} step by step")
    used = codes(talk)
    assert set(used) < set(wanted)
    assert talk.card("routine")["seconds_left"] <= 132
    for code in wanted:
        assert (known.point(code).name in left_out(talk)) is (code not in used), code


def test_enough_minutes_leave_nothing_out(talk: Talk) -> None:
    wish(talk, "a fifteen minute routine with BL40, LI4 and GB34")
    assert {"BL40", "LI4", "GB34"} <= set(codes(talk))
    assert left_out(talk) == ""


# -- named routines --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("routine", list(catalog().routines.values()), ids=lambda r: r.id)
def test_a_routine_of_the_catalogue_is_begun_by_its_name(known: Catalog, routine) -> None:
    for name in (routine.name, *routine.says):
        talk = wish(Talk(known), f"{name} please")
        card = talk.card("routine")
        assert card["routine"] == routine.id, name
        assert card["steps"][0]["code"] == routine.steps[0].point
        assert set(codes(talk)) == {s.point for s in routine.steps}


@pytest.mark.parametrize("routine", list(catalog().routines.values()), ids=lambda r: r.id)
def test_a_routine_of_the_catalogue_tells_its_note_its_ways_and_its_close(known: Catalog, routine) -> None:
    talk = wish(Talk(known), routine.says[0])
    heard = [talk.text]
    assert ("published" in talk.text) is (routine.kind == "published")
    for _ in range(20):
        if talk.memory.asked == "pain_after":
            break
        heard.append(talk.say("next", "routine_next").text)
    told = " ".join(heard)
    for words in (
        routine.note,
        routine.close,
        *(s.how for s in routine.steps),
        *(s.tip for s in routine.steps),
    ):
        assert not words or words in told


def test_a_named_routine_takes_the_minutes_too(talk: Talk) -> None:
    wish(talk, "the wind-down, four minutes")
    assert talk.card("routine")["routine"] == "wind_down"
    assert talk.card("routine")["seconds_left"] == 240


# -- which there are -------------------------------------------------------------------------------------------


def test_the_list_names_every_routine(talk: Talk, known: Catalog) -> None:
    talk.say("which routines are there", "ask_routines")
    assert all(r.name in talk.text for r in known.routines.values())
    assert talk.card("ask")["about"] == "which_complaint"


@pytest.mark.parametrize(
    ("text", "intent"), [("the wind-down", "nlu_fallback"), ("the wind-down please", "start_routine")]
)
def test_the_list_is_answered_by_a_name(talk: Talk, text: str, intent: str) -> None:
    talk.say("which routines are there", "ask_routines").say(text, intent).say(*NONE)
    assert talk.card("routine")["routine"] == "wind_down"


@pytest.mark.parametrize("channel", ["rest", "voice"])
@pytest.mark.parametrize(("text", "intent"), [("yes", "affirm"), ("go on", "routine_next")])
def test_an_offer_is_taken_by_yes(known: Catalog, channel: str, text: str, intent: str) -> None:
    talk = Talk(known, channel=channel).say("do you have a routine for my hip", "ask_routines")
    offered = talk.card("routine")
    assert offered["state"] == "offered"
    assert talk.shown == []
    talk.say(text, intent)
    assert talk.card("ask")["about"] == "screen"
    talk.say(*NONE)
    assert talk.card("routine")["steps"] == offered["steps"]
    assert talk.card("routine")["state"] == "running"


def test_an_offer_of_a_length_is_kept_when_it_is_taken(talk: Talk) -> None:
    talk.say("do you have a twelve minute routine for my neck", "ask_routines").say("yes", "affirm")
    assert talk.say(*NONE).card("routine")["minutes"] == 12


def test_an_offer_is_declined_by_no(talk: Talk) -> None:
    talk.say("do you have a routine for my hip", "ask_routines").say("no thanks", "deny")
    assert talk.kinds == []
    assert talk.memory.progress == {}


@pytest.mark.parametrize("risk", AGAINST)
def test_nothing_is_offered_against_a_risk(known: Catalog, risk: str) -> None:
    talk = Talk(known, risky(risk)).say("do you have a routine for my hip", "ask_routines")
    assert talk.kinds == ["caution"]


def test_an_offer_shows_no_step_that_a_risk_forbids(known: Catalog) -> None:
    talk = Talk(known, risky("blood_thinners")).say("do you have a routine for my calf", "ask_routines")
    assert not forbidden(known, ("blood_thinners",)) & set(codes(talk))


def test_yes_behind_no_routine_is_running_begins_one(talk: Talk) -> None:
    talk.say("next", "routine_next").say("yes", "affirm").say(*NONE).say("just start", "start_routine")
    assert talk.card("step")["index"] == 1


def test_an_offer_while_a_routine_runs_leaves_it_where_it_was(talk: Talk) -> None:
    wish(talk, "the desk reset").say("next", "routine_next")
    talk.say("do you have one for my hip", "ask_routines")
    assert talk.card("routine")["state"] == "offered"
    talk.say("where are we", "routine_where")
    assert (talk.card("step")["routine"], talk.card("step")["index"]) == ("desk_reset", 2)
