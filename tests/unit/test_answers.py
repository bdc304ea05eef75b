"""What the skill answers, message by message, without any server or model.

Every answer in here goes through ``tests.unit.build.answer`` and so through the contract.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acupressure.answers.deciding import ROUTES, handler_of
from acupressure.answers.points import ASPECTS, GENERAL, PARTICULAR
from acupressure.catalog import Catalog, catalog
from acupressure.memory import Memory
from acupressure.persons import SELF
from acupressure.wording import DOMAIN, read_yaml
from tests.unit.build import Talk, words

INTENTS = read_yaml(DOMAIN)["intents"]
RISKS = sorted(catalog().cautions.cautions)
CODES = list(catalog().points)
GATED = {"report_warning_sign", "self_harm"}
"""Intents that only come with a sign: the gate answers them."""


def forbidden(known: Catalog, risks: tuple[str, ...]) -> set[str]:
    """Return the codes that risks forbid: worked out from the file, not by the policy."""
    closed: set[str] = set()
    for caution in (known.cautions.cautions[r] for r in risks):
        reach = caution.forbids
        for code, point in known.points.items():
            if caution.only and code not in caution.only:
                closed.add(code)
            if (
                reach.every
                or code in reach.codes
                or point.region in reach.regions
                or set(point.flags) & set(reach.flags)
            ):
                closed.add(code)
    return closed


def risky(*risks: str) -> Memory:
    """Return the memory of somebody with risks."""
    return Memory(risks={SELF: risks})


# -- every intent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", [i for i in INTENTS if i not in GATED])
def test_every_intent_has_an_answer_of_its_own(intent: str) -> None:
    assert intent in ROUTES or intent.startswith("faq_"), f"{intent} would be answered as not understood"


@pytest.mark.parametrize("intent", [*INTENTS, "nlu_fallback", "never_heard_of"])
@pytest.mark.parametrize("text", ["ok", "tell me about that", "in general, how do I press points properly?"])
def test_no_intent_is_ever_met_with_silence(talk: Talk, intent: str, text: str) -> None:
    talk.say(text, intent)
    assert talk.text


@pytest.mark.parametrize("intent", [*INTENTS, "nlu_fallback"])
def test_every_intent_is_answered_on_a_voice_too(known: Catalog, intent: str) -> None:
    spoken = Talk(known, channel="voice").say("how do I press BL40", intent)
    assert spoken.text
    assert not any("buttons" in m for m in spoken.messages)


@pytest.mark.parametrize("intent", [*INTENTS, "nlu_fallback"])
def test_every_intent_is_answered_late_in_a_conversation(talk: Talk, intent: str) -> None:
    talk.say("which points for my lower back", "ask_complaint").say("where is BL40", "ask_location")
    talk.say("does it work", "faq_does_it_work").say("I take warfarin", "tell_risk").say("and now?", intent)
    assert talk.text


def test_every_general_question_has_facts() -> None:
    topics = {i[len("faq_") :] for i in INTENTS if i.startswith("faq_")}
    assert topics == set(catalog().faq)


def test_aspects_become_general_questions_that_exist() -> None:
    assert {handler_of(i).__module__ for i in GENERAL.values()} == {"acupressure.answers.faq"}
    assert {i[len("faq_") :] for i in GENERAL.values()} <= set(catalog().faq)
    assert set(PARTICULAR.values()) <= set(ASPECTS)


# -- points ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intent", "aspect", "field"),
    [
        ("ask_location", "location", "where"),
        ("explain_find", "location", "find"),
        ("ask_pressure", "pressure", "press"),
        ("ask_posture", "pressure", "posture"),
        ("ask_frequency", "duration", "often"),
        ("ask_benefits", "benefits", "used_for"),
        ("ask_point_safety", "caution", "caution_more"),
        ("ask_point_evidence", "evidence", "tested"),
    ],
)
def test_what_is_asked_of_a_point_is_answered(
    talk: Talk, known: Catalog, intent: str, aspect: str, field: str
) -> None:
    talk.say("BL40 please", intent)
    card = talk.card("point")
    assert (card["code"], card["aspects"]) == ("BL40", [aspect])
    assert getattr(known.point("BL40"), field) in talk.text


def test_how_long_is_answered_in_words(talk: Talk) -> None:
    talk.say("how long BL40", "ask_duration")
    assert talk.card("point")["aspects"] == ["duration"]
    assert "Hold it for" in talk.text


@pytest.mark.parametrize("intent", sorted(ASPECTS))
@pytest.mark.parametrize("code", CODES)
def test_every_answer_about_a_point_says_where_how_and_what_to_mind(
    known: Catalog, intent: str, code: str
) -> None:
    talk = Talk(known).say(code, intent)
    point = known.point(code)
    assert talk.shown == [code]
    for sentence in (point.press, point.caution):
        assert sentence in talk.text
    assert point.where in talk.text


def test_several_questions_about_a_point_are_answered_at_once(talk: Talk) -> None:
    talk.say("where is BL40 and how long do I hold it", "ask_location", "ask_duration")
    assert talk.card("point")["aspects"] == ["location", "duration"]
    assert talk.kinds == ["point"]


def test_two_points_are_both_told_in_full(talk: Talk, known: Catalog) -> None:
    talk.say("where are BL40 and LI4", "ask_location")
    assert talk.shown == ["BL40", "LI4"]
    assert all(known.point(c).where in talk.text for c in talk.shown)


def test_many_points_become_a_list(talk: Talk, known: Catalog) -> None:
    talk.say("where are BL40, LI4, GB34 and ST36", "ask_location")
    assert talk.shown == ["BL40", "LI4", "GB34", "ST36"]
    assert all(known.point(c).name in talk.text for c in talk.shown)


def test_a_name_that_fits_two_points_is_told_as_such(talk: Talk, known: Catalog) -> None:
    talk.say("where is the hand point", "ask_location")
    assert talk.card("points")["for"] == "ambiguous"
    assert sorted(talk.shown) == ["EX-UE7", "LI4"]


def test_a_name_that_fits_one_point_is_no_list(talk: Talk) -> None:
    talk.say("where is the hand point for the back", "ask_location")
    assert talk.shown == ["EX-UE7"]
    assert talk.kinds == ["point"]


def test_the_other_numbering_is_mentioned(talk: Talk) -> None:
    talk.say("where is B 47", "ask_location")
    assert talk.shown == ["BL52"]
    assert "BL47" in talk.text


def test_an_old_number_with_two_meanings_shows_both(talk: Talk) -> None:
    talk.say("where is B 54", "ask_location")
    assert sorted(talk.shown) == ["BL40", "BL54"]


def test_a_who_point_without_instructions_is_known_by_name(talk: Talk) -> None:
    talk.say("where is LI11", "ask_location")
    assert talk.kinds == ["out_of_scope"]
    assert "qūchí" in talk.text.lower().replace(" ", "")


def test_a_code_that_does_not_exist_is_told(talk: Talk) -> None:
    talk.say("where is BL99", "ask_location")
    assert talk.kinds == ["out_of_scope"]
    assert "BL99" in talk.text


def test_of_two_points_the_unknown_one_is_not_dropped_in_silence(talk: Talk) -> None:
    talk.say("where are BL40 and BL99", "ask_location")
    assert "BL40" in talk.shown
    assert "BL99" in talk.text


def test_without_a_point_the_assistant_asks_which(talk: Talk) -> None:
    talk.say("where is it", "ask_location")
    assert talk.card("ask")["about"] == "which_point"
    assert talk.shown == []


def test_the_answer_to_which_point_gets_what_was_asked(talk: Talk) -> None:
    talk.say("how long do I hold it", "ask_duration").say("BL40", "describe_point")
    assert talk.card("point")["aspects"] == ["duration"]


def test_yes_to_which_point_takes_the_first(talk: Talk) -> None:
    talk.say("how long do I hold it", "ask_duration")
    first = talk.card("ask")["options"][0]
    talk.say("yes", "affirm")
    assert talk.card("point")["name"] == first


def test_it_is_the_point_talked_about(talk: Talk) -> None:
    talk.say("where is GB34", "ask_location").say("how long do I hold it", "ask_duration")
    assert talk.shown == ["GB34"]
    assert talk.card("point")["aspects"] == ["duration"]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("the second one", 1),
        ("number three", 2),
        ("the first", 0),
        ("2", 1),
        ("the last one", -1),
        ("2nd please", 1),
        ("the fourth point", 3),
    ],
)
def test_a_point_is_picked_by_its_position(talk: Talk, text: str, index: int) -> None:
    talk.say("points for my lower back", "ask_complaint")
    offered = talk.shown
    talk.say(text, "pick_point")
    assert talk.shown == [offered[index]]


def test_a_position_beyond_the_list_is_not_taken_for_another_point(talk: Talk) -> None:
    talk.say("points for morning sickness", "ask_complaint").say("where are LI4 and BL40", "ask_location")
    talk.say("the fifth one", "pick_point")
    assert talk.shown in ([], ["LI4", "BL40"])  # what was talked about, or a question: no third point


def test_the_other_one_is_the_one_not_talked_about(talk: Talk) -> None:
    talk.say("where are LI4 and BL40", "ask_location").say("where is LI4", "ask_location")
    talk.say("and the other one", "pick_point")
    assert talk.shown == ["BL40"]


def test_the_one_before_comes_back(talk: Talk) -> None:
    talk.say("where is LI4", "ask_location").say("where is BL40", "ask_location").say(
        "the one before", "pick_point"
    )
    assert talk.shown == ["LI4"]


def test_one_minute_is_no_position_in_a_list(talk: Talk) -> None:
    talk.say("points for my lower back", "ask_complaint").say(
        "is one minute long enough for it", "ask_duration"
    )
    assert talk.shown == [talk.memory.focus[0]]
    assert talk.card("point")["aspects"] == ["duration"]


def test_comparing_tells_of_both(talk: Talk, known: Catalog) -> None:
    talk.say("what is the difference between LI4 and BL40", "compare_points")
    assert talk.shown == ["LI4", "BL40"]
    assert all(known.point(c).used_for in talk.text for c in talk.shown)


def test_comparing_with_the_point_talked_about(talk: Talk) -> None:
    talk.say("where is LI4", "ask_location").say("how does that compare to BL40", "compare_points")
    assert sorted(talk.shown) == ["BL40", "LI4"]


def test_comparing_nothing_asks_which(talk: Talk) -> None:
    talk.say("which is better", "compare_points")
    assert talk.kinds == ["ask"]


def test_the_list_of_all_points_is_whole(talk: Talk, known: Catalog) -> None:
    talk.say("which points do you know", "list_points")
    assert talk.shown == list(known.points)


def test_more_about_a_point_is_the_rest(talk: Talk, known: Catalog) -> None:
    talk.say("where is GB34", "ask_location").say("tell me more", "tell_more")
    point = known.point("GB34")
    assert talk.shown == ["GB34"]
    for sentence in (
        point.find,
        point.posture,
        point.often,
        point.used_for,
        point.tested,
        point.caution_more,
    ):
        assert sentence in talk.text


def test_who_asks_for_a_picture_gets_one(talk: Talk) -> None:
    talk.say("show me a picture of BL40", "ask_picture")
    assert "The picture shows it." in talk.text
    assert talk.card("point")["picture"] == "/chat/maps/BL40.svg"


def test_a_picture_is_promised_only_where_there_is_one(talk: Talk, monkeypatch) -> None:
    from acupressure import cards

    monkeypatch.setattr(cards, "picture", lambda point, side="": None)
    talk.say("show me a picture of BL40", "ask_picture")
    assert "picture" not in talk.text
    assert "picture" not in talk.card("point")


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Which points are on the hand?", "hand"),
        ("which points are on my hands", "hand"),
        ("Which points are on the back?", "back"),
        ("Which points are on the leg?", "leg"),
        ("what points have you got on the foot", "foot"),
    ],
)
def test_the_points_of_a_region_are_listed(talk: Talk, known: Catalog, text: str, region: str) -> None:
    talk.say(text, "list_points")
    assert talk.shown == [p.code for p in known.points.values() if p.region == region]
    assert talk.card("points")["for"] == region


@pytest.mark.parametrize("text", ["what points are on the back of my knee", "how many points do you know"])
def test_no_region_is_no_limit(text: str) -> None:
    from acupressure.answers.lists import regions_asked

    assert regions_asked(text) == ()


def test_the_only_point_of_a_region_is_told_in_full(talk: Talk) -> None:
    talk.say("Which points are on the chest?", "list_points")
    assert talk.card("point")["code"] == "KI27"


def test_points_of_a_region_that_hurts_are_those_for_the_complaint(talk: Talk) -> None:
    talk.say("my neck hurts, which points are on the neck", "list_points")
    assert talk.card("points")["for"] == "neck"
    assert "GB20" in talk.shown
    assert "BL60" in talk.shown


def test_the_points_of_a_region_leave_out_what_does_not_suit_the_person(known: Catalog) -> None:
    closed = forbidden(known, ("pregnancy",))
    talk = Talk(known, risky("pregnancy")).say("Which points are on the hand?", "list_points")
    assert talk.shown
    assert not closed & set(talk.shown)


@pytest.mark.parametrize(
    ("text", "intent", "aspect"),
    [
        ("how do I press LI4 properly", "faq_technique", "pressure"),
        ("how often may I do LI4", "faq_how_often", "duration"),
        ("does LI4 really work", "faq_does_it_work", "evidence"),
        ("has LI4 any side effects", "faq_side_effects", "caution"),
        ("who must not press LI4", "faq_who_should_not", "caution"),
    ],
)
def test_a_general_question_with_a_point_in_it_is_about_the_point(
    talk: Talk, text: str, intent: str, aspect: str
) -> None:
    talk.say(text, intent)
    assert talk.shown == ["LI4"]
    assert talk.card("point")["aspects"] == [aspect]


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("how do I press points properly", "ask_pressure", "technique"),
        ("how long do I hold a point in general", "ask_duration", "technique"),
        ("how many times a week is acupressure done", "ask_frequency", "how_often"),
        ("is there research", "ask_point_evidence", "does_it_work"),
        ("is acupressure dangerous", "ask_point_safety", "who_should_not"),
        ("what is acupressure good for", "ask_benefits", "what_is"),
    ],
)
def test_a_question_about_no_point_at_all_is_a_general_one(
    talk: Talk, text: str, intent: str, topic: str
) -> None:
    talk.say(text, intent)
    assert talk.card("faq")["topic"] == topic


# -- complaints ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("complaint", list(catalog().complaints.values()), ids=lambda c: c.id)
def test_every_complaint_is_answered_by_its_points(known: Catalog, complaint) -> None:
    talk = Talk(known).say(f"what helps with {complaint.says[0]}", "ask_complaint", screened=False)
    assert complaint.evidence in talk.text
    if not complaint.points:
        assert talk.kinds == ["faq"]
        assert talk.shown == []
        return
    card = talk.card("points")
    assert card["for"] == complaint.id
    assert [(p["code"], p["why"]) for p in card["points"]] == [(p.code, p.why) for p in complaint.points]
    first = known.point(complaint.points[0].code)
    assert first.where in talk.text
    assert first.caution in talk.text


def test_two_complaints_are_both_answered(talk: Talk) -> None:
    talk.say("my neck hurts and I have a headache", "ask_complaint")
    assert [c["for"] for c in talk.cards if c["card"] == "points"] == ["neck", "headache"]


def test_a_part_of_the_back_wins_over_the_back(talk: Talk) -> None:
    talk.say("back pain, in the lower back above all", "ask_complaint")
    assert [c["for"] for c in talk.cards if c["card"] == "points"] == ["lower_back"]


def test_without_a_complaint_the_assistant_asks_what(talk: Talk) -> None:
    talk.say("it hurts", "ask_complaint")
    assert talk.card("ask")["about"] == "which_complaint"


def test_the_answer_to_what_hurts_is_taken_as_such(talk: Talk) -> None:
    talk.say("it hurts", "ask_complaint").say("my neck", "nlu_fallback")
    assert talk.card("points")["for"] == "neck"


@pytest.mark.parametrize(
    "intent",
    ["ask_location", "ask_pressure", "list_points", "ask_benefits", "nlu_fallback", "describe_point"],
)
def test_a_complaint_without_a_point_asks_for_points(talk: Talk, intent: str) -> None:
    talk.say("where do I press for sciatica", intent)
    assert talk.card("points")["for"] == "sciatica"


# -- general questions, small talk, the rest ---------------------------------------------------------------------


@pytest.mark.parametrize("topic", list(catalog().faq))
def test_every_general_question_is_answered_short_and_then_long(known: Catalog, topic: str) -> None:
    talk = Talk(known).say("well?", f"faq_{topic}")
    assert known.faq[topic].short in talk.text
    assert talk.card("faq")["topic"] == topic
    assert talk.card("faq")["sources"]
    talk.say("tell me more", "tell_more")
    assert known.faq[topic].more in talk.text


def test_yes_behind_a_general_question_is_more(talk: Talk, known: Catalog) -> None:
    talk.say("what are meridians", "faq_meridians").say("yes please", "affirm")
    assert known.faq["meridians"].more in talk.text


def test_two_general_questions_are_both_answered(talk: Talk) -> None:
    talk.say("what is it and does it hurt", "faq_what_is", "faq_does_it_hurt")
    assert [c["topic"] for c in talk.cards] == ["what_is", "does_it_hurt"]


def test_more_after_a_point_is_about_the_point_again(talk: Talk) -> None:
    talk.say("what are meridians", "faq_meridians").say("where is LI4", "ask_location").say(
        "tell me more", "tell_more"
    )
    assert talk.shown == ["LI4"]


@pytest.mark.parametrize(
    "intent",
    [
        "greet",
        "goodbye",
        "thank",
        "how_are_you",
        "praise",
        "insult",
        "affirm",
        "deny",
    ],
)
def test_plain_talk_carries_no_card(talk: Talk, intent: str) -> None:
    assert talk.say("so so", intent).kinds == []


def test_thanks_are_left_out_beside_a_question(talk: Talk) -> None:
    talk.say("thanks, where is LI4", "thank", "ask_location")
    assert talk.reply.responses[0] == "utter_points_name"


def test_none_of_our_business_is_told_with_a_way_on(talk: Talk) -> None:
    talk.say("who won the cup", "out_of_scope")
    assert talk.kinds == ["out_of_scope"]
    assert talk.card("out_of_scope")["suggestions"]


def test_other_questions_of_health_are_sent_to_those_who_know(talk: Talk) -> None:
    talk.say("which cough syrup", "other_health")
    assert talk.kinds == ["out_of_scope"]
    assert "doctor" in talk.text


def test_what_is_not_understood_is_met_with_guesses(talk: Talk) -> None:
    talk.say("blub", "nlu_fallback", ranking=("ask_location", "greet", "ask_complaint"))
    titles = [b["title"] for m in talk.messages for b in m.get("buttons", ())]
    assert titles == [
        words().buttons(f"utter_suggest_{name}", {})[0]["title"]
        for name in ("ask_location", "ask_complaint", "help")
    ]


def test_what_was_said_is_said_again_as_it_was(talk: Talk) -> None:
    before = talk.say("where is LI4", "ask_location").messages
    assert talk.say("say that again", "repeat").messages == before


def test_there_is_nothing_to_say_again_at_the_beginning(talk: Talk) -> None:
    assert talk.say("say that again", "repeat").reply.responses == ("utter_smalltalk_nothing_to_repeat",)


def test_starting_over_keeps_what_is_known_of_health(talk: Talk) -> None:
    talk.say("I'm pregnant", "tell_risk").say("where is PC6", "ask_location").say("start over", "start_over")
    assert talk.memory == Memory(risks={SELF: ("pregnancy",)})


def test_being_forgotten_forgets_everything(talk: Talk) -> None:
    talk.say("I'm pregnant", "tell_risk").say("forget me", "forget_me")
    assert talk.kinds == ["forgotten"]
    assert talk.memory == Memory()


def test_privacy_is_explained(talk: Talk) -> None:
    talk.say("what do you store", "ask_privacy")
    assert talk.card("faq")["topic"] == "privacy"


# -- risks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("risk", RISKS)
def test_every_risk_withholds_what_it_forbids_from_every_list(known: Catalog, risk: str) -> None:
    closed = forbidden(known, (risk,))
    for text, intent in [("which points do you know", "list_points"), ("lower back pain", "ask_complaint")]:
        talk = Talk(known, risky(risk)).say(text, intent)
        assert not closed & set(talk.shown)


@pytest.mark.parametrize(
    ("risk", "code"), [(r, c) for r in RISKS for c in sorted(forbidden(catalog(), (r,)))[:3]]
)
def test_a_point_that_is_forbidden_is_a_caution_and_no_point(known: Catalog, risk: str, code: str) -> None:
    talk = Talk(known, risky(risk)).say(f"where is {code}", "ask_location")
    assert talk.shown == []
    card = talk.card("caution")
    assert (card["codes"], card["risk"]) == ([code], risk)
    assert not set(card["instead"]) & forbidden(known, (risk,))


def test_a_risk_told_with_a_question_counts_at_once(talk: Talk) -> None:
    talk.say("I'm pregnant, where is LI4?", "ask_location")
    assert talk.shown == []
    assert talk.card("caution")["codes"] == ["LI4"]
    assert talk.card("noted")["what"] == "pregnancy"


def test_a_risk_told_behind_the_question_counts_at_once(talk: Talk) -> None:
    talk.say("where is LI4? I should say that I'm pregnant", "ask_location", "tell_risk")
    assert talk.shown == []


def test_a_risk_is_noted_once(talk: Talk) -> None:
    talk.say("I take warfarin", "tell_risk")
    assert talk.kinds == ["noted"]
    assert talk.card("noted") | {"speech": ""} == {"card": "noted", "what": "blood_thinners", "value": True, "person": SELF, "speech": ""}  # fmt: skip


def test_a_risk_that_is_denied_is_none(talk: Talk) -> None:
    talk.say("I'm not pregnant", "tell_risk")
    assert talk.memory.risks == {}
    assert talk.card("noted")["value"] is False


def test_a_risk_can_be_taken_back(talk: Talk) -> None:
    talk.say("I'm pregnant", "tell_risk").say("sorry, I'm not pregnant", "correct_risk")
    assert talk.memory.risks == {}
    assert talk.say("where is LI4", "ask_location").shown == ["LI4"]


def test_a_risk_of_somebody_else_is_theirs(talk: Talk) -> None:
    talk.say("my wife is pregnant", "tell_risk")
    assert talk.memory.risks == {"wife": ("pregnancy",)}
    assert talk.say("where is LI4 on me", "ask_location").shown == ["LI4"]
    assert talk.say("and on her, where is LI4", "ask_location").shown == []


def test_a_risk_can_be_moved_to_whom_it_belongs(talk: Talk) -> None:
    talk.say("I'm pregnant", "tell_risk").say("not me, I meant my wife", "correct_risk")
    assert talk.memory.risks == {"wife": ("pregnancy",)}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("can she do LI4", []),
        ("is LI4 all right for the missus", []),
        ("and where on her is LI4", []),
        ("my wife told me of LI4, where is it", ["LI4"]),
        ("where is LI4 for me", ["LI4"]),
        ("can my brother press LI4", ["LI4"]),
    ],
)
def test_the_risk_of_somebody_counts_where_that_person_is_asked_for(text: str, shown: list[str]) -> None:
    talk = Talk(catalog(), Memory(risks={"wife": ("pregnancy",)}))
    assert talk.say(text, "ask_location").shown == shown


def test_who_only_speaks_of_another_keeps_own_risks(talk: Talk) -> None:
    talk.memory = Memory(risks={"mum": ("osteoporosis",), SELF: ("pregnancy",)})
    assert talk.say("my mum likes LI4, where is it", "ask_location").shown == []
    assert talk.say("can my mum press LI4", "ask_location").shown == ["LI4"]


def test_a_condition_nobody_knows_is_sent_to_a_doctor(talk: Talk) -> None:
    talk.say("I have the blorbs", "tell_risk")
    assert talk.card("ask")["about"] == "risk"


def test_a_question_about_a_risk_is_no_risk(talk: Talk) -> None:
    talk.say("is acupressure safe in pregnancy?", "faq_who_should_not")
    assert talk.memory.risks == {}


def test_a_limit_puts_the_advice_in_front(talk: Talk, known: Catalog) -> None:
    talk.say("I take warfarin", "tell_risk").say("where is LI4", "ask_location")
    advice = known.cautions.cautions["blood_thinners"].advice
    assert talk.shown == ["LI4"]
    assert advice in talk.text
    assert talk.card("point")["caution"].startswith(advice)


def test_what_is_known_can_be_asked(talk: Talk, known: Catalog) -> None:
    talk.say("I take warfarin", "tell_risk").say("my wife is pregnant", "tell_risk")
    talk.say("what do you know about me", "ask_known_risks")
    for risk in ("blood_thinners", "pregnancy"):
        assert known.cautions.cautions[risk].name in talk.text


def test_is_that_safe_for_me_asks_what_is_not_known(talk: Talk) -> None:
    talk.say("is that safe for me", "ask_safe_for_me")
    assert talk.card("ask")["about"] == "screen"


def test_is_that_safe_for_me_answers_from_what_is_known(talk: Talk) -> None:
    talk.say("I'm pregnant", "tell_risk").say("is LI4 safe for me", "ask_safe_for_me")
    assert talk.card("caution")["codes"] == ["LI4"]


def test_broken_skin_closes_the_place_named(talk: Talk) -> None:
    talk.say("I have a cut on my hand", "tell_risk").say("where is LI4", "ask_location")
    assert talk.shown == []
    assert talk.say("where is BL40", "ask_location").shown == ["BL40"]


def test_it_is_not_an_older_point_where_the_last_was_withheld(talk: Talk) -> None:
    """Who asks for LI4 and then "how hard do I press it" means LI4."""
    talk.say("I'm pregnant", "tell_risk").say("where is PC6", "ask_location").say(
        "where is LI4", "ask_location"
    )
    assert talk.say("how hard do I press it", "ask_pressure").shown == []


def test_what_was_shown_is_not_said_again_beside_a_new_risk(talk: Talk) -> None:
    talk.say("where is LI4", "ask_location").say("I'm pregnant. Say that again", "tell_risk", "repeat")
    assert talk.shown == []


def test_a_risk_told_while_asking_for_a_repeat_is_acknowledged(talk: Talk) -> None:
    talk.say("where is PC6", "ask_location").say("I'm pregnant, say that again", "repeat")
    assert talk.memory.risks == {SELF: ("pregnancy",)}
    assert "pregnan" in talk.text


def test_a_list_with_nothing_in_it_says_so(known: Catalog) -> None:
    talk = Talk(known, risky("under_16")).say("which points do you know", "list_points")
    assert talk.shown == []
    assert "0 points" not in talk.text


# -- warning signs -----------------------------------------------------------------------------------------------


SAID = {
    "emergency": "there is no feeling between my legs",
    "same_day": "my back hurts and I have a fever",
    "soon": "my back pain has not improved for eight weeks",
}


@pytest.mark.parametrize(("level", "text"), SAID.items())
def test_a_warning_sign_is_answered_alone(talk: Talk, level: str, text: str) -> None:
    talk.say(f"{text}. Where is BL40?", "report_warning_sign", "ask_location")
    assert talk.kinds == ["urgent"]
    assert talk.card("urgent")["level"] == level


@pytest.mark.parametrize(
    "intent", ["ask_location", "ask_complaint", "greet", "nlu_fallback", "faq_what_is", "forget_me"]
)
def test_a_warning_sign_wins_over_every_intent(talk: Talk, intent: str) -> None:
    talk.say(SAID["emergency"], intent)
    assert talk.kinds == ["urgent"]


def test_while_an_emergency_stands_nothing_is_shown(talk: Talk) -> None:
    talk.say(SAID["emergency"], "report_warning_sign")
    for text, intent in [
        ("where is LI4", "ask_location"),
        ("lower back pain", "ask_complaint"),
        ("all points", "list_points"),
        ("start a routine", "start_routine"),
        ("say that again", "repeat"),
        ("yes", "affirm"),
    ]:
        talk.say(text, intent)
        assert talk.kinds == ["urgent"], text
        assert talk.card("urgent")["level"] == "emergency"


@pytest.mark.parametrize(
    ("intent", "response"),
    [
        ("thank", "utter_smalltalk_thank"),
        ("ask_privacy", "utter_privacy_stored"),
        ("goodbye", "utter_smalltalk_goodbye"),
    ],
)
def test_courtesy_and_privacy_are_answered_while_an_emergency_stands(
    talk: Talk, intent: str, response: str
) -> None:
    talk.say(SAID["emergency"], "report_warning_sign").say("well", intent)
    assert talk.reply.responses == (response, "utter_safety_still_closed")


def test_being_forgotten_ends_an_emergency(talk: Talk) -> None:
    talk.say(SAID["emergency"], "report_warning_sign").say("forget me", "forget_me")
    assert talk.kinds == ["forgotten"]
    assert talk.say("where is LI4", "ask_location").shown == ["LI4"]


def test_starting_over_does_not_end_an_emergency(talk: Talk) -> None:
    talk.say(SAID["emergency"], "report_warning_sign").say("start over", "start_over").say(
        "where is LI4", "ask_location"
    )
    assert talk.shown == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("sorry, there is no numbness between my legs", "tell_risk"),
        ("that was a misunderstanding", "retract_sign"),
        ("a doctor has checked it", "sign_cleared"),
    ],
)
def test_an_emergency_can_be_taken_back(talk: Talk, text: str, intent: str) -> None:
    talk.say(SAID["emergency"], "report_warning_sign").say(text, intent)
    assert talk.memory.signs == ()
    assert talk.kinds == ["noted"]
    assert talk.say("where is LI4", "ask_location").shown == ["LI4"]


def test_a_doubtful_taking_back_does_not_count(talk: Talk) -> None:
    talk.say(SAID["emergency"], "report_warning_sign").say("hm", "retract_sign", confidence=0.3)
    assert talk.memory.signs
    assert talk.kinds == ["urgent"]


def test_taking_one_sign_back_leaves_the_other(talk: Talk) -> None:
    talk.say(f"{SAID['emergency']} and I have a fever", "report_warning_sign").say(
        "I have no fever after all", "tell_risk"
    )
    assert "fever" not in talk.memory.signs
    assert talk.say("where is LI4", "ask_location").shown == []


def test_a_sign_for_today_closes_its_regions_only(talk: Talk) -> None:
    talk.say("a constant strong pain between my shoulder blades", "report_warning_sign")
    talk.say("where is BL23", "ask_location")
    assert talk.shown == []
    assert talk.card("caution")["codes"] == ["BL23"]
    assert talk.say("where is LI4", "ask_location").shown == ["LI4"]


def test_an_infection_that_nobody_has_seen_closes_every_point(talk: Talk, known: Catalog) -> None:
    talk.say(SAID["same_day"], "report_warning_sign")
    for code in ("BL23", "LI4", "HT7"):
        assert talk.say(f"where is {code}", "ask_location").shown == []


@pytest.mark.parametrize("level", SAID)
@pytest.mark.parametrize(
    "text",
    [
        "is that bad",
        "really?",
        "who should I call",
        "can it wait until monday",
        "what could it be",
        "no routine then",
    ],
)
def test_who_asks_back_hears_the_advice_again(talk: Talk, level: str, text: str) -> None:
    talk.say(SAID[level], "report_warning_sign").say(text, "goodbye", confidence=0.3)
    assert talk.kinds == ["urgent"]
    assert talk.card("urgent")["level"] == level


def test_a_yes_in_other_words_is_no_asking_back(talk: Talk) -> None:
    talk.say(SAID["soon"], "report_warning_sign").say(
        "fine, let me have the points", "affirm", confidence=0.4
    )
    assert talk.shown


def test_behind_the_advice_other_questions_are_answered(talk: Talk) -> None:
    talk.say(SAID["soon"], "report_warning_sign").say("where is LI4", "ask_location")
    assert talk.shown == ["LI4"]


def test_a_short_time_is_no_sign_of_weeks(known: Catalog) -> None:
    assert not known.signs.present("my sciatica started ten days ago")
    assert known.signs.present("I have had sciatica for ten weeks")


def test_a_sign_for_soon_asks_whether_to_go_on(talk: Talk) -> None:
    talk.say(SAID["soon"], "report_warning_sign").say("yes please", "affirm")
    assert talk.shown


def test_no_to_going_on_shows_nothing(talk: Talk) -> None:
    talk.say(SAID["soon"], "report_warning_sign").say("no thanks", "deny")
    assert talk.shown == []


def test_taking_back_what_was_never_said_is_harmless(talk: Talk) -> None:
    talk.say("that was a misunderstanding", "retract_sign")
    assert talk.kinds == ["noted"]
    assert talk.say("where is LI4", "ask_location").shown == ["LI4"]


def test_words_of_self_harm_are_met_with_help_alone(talk: Talk) -> None:
    talk.say("I want to kill myself, where is LI4", "ask_location")
    assert talk.kinds == ["crisis"]
    assert talk.card("crisis")["lines"]


def test_a_risk_told_beside_an_emergency_is_kept(talk: Talk) -> None:
    talk.say(f"I'm pregnant and {SAID['emergency']}", "report_warning_sign")
    assert talk.memory.risks == {SELF: ("pregnancy",)}


def test_every_sign_has_an_answer(known: Catalog) -> None:
    from acupressure.answers import respond
    from acupressure.mentions import Mention
    from acupressure.reply import render
    from acupressure.understanding import Reading, Turn
    from tests.unit.contract import check_messages

    for sign in known.signs.signs.values():
        reading = Reading(text="x", intent="report_warning_sign", signs=(Mention(sign.id, "x", 0, 1),))
        reply = respond(Turn(reading, Memory()), known)
        messages = render(reply, words())
        check_messages(messages, known)
        (card,) = reply.cards
        assert card["card"] == ("crisis" if sign.level == "crisis" else "urgent")
        if sign.level != "crisis":
            assert (card["level"], card["signs"]) == (sign.level, [sign.id])
            assert sign.do in messages[0]["text"]


# -- routines --------------------------------------------------------------------------------------------------


def test_the_first_routine_begins_with_questions(talk: Talk) -> None:
    talk.say("lead me through a routine for my neck", "start_routine")
    assert talk.card("ask")["about"] == "screen"
    assert talk.shown == []


@pytest.mark.parametrize("text", ["none of those", "no", "nope, nothing"])
def test_who_has_no_risk_goes_on(talk: Talk, text: str) -> None:
    talk.say("a routine for my neck please", "start_routine").say(text, "deny")
    assert talk.card("routine")["name"] == "a stiff or sore neck"
    assert talk.card("step")["index"] == 1


def test_a_risk_told_to_the_questions_counts(talk: Talk, known: Catalog) -> None:
    talk.say("a routine for my lower back", "start_routine").say("I'm pregnant", "tell_risk")
    assert talk.memory.risks == {SELF: ("pregnancy",)}
    assert not forbidden(known, ("pregnancy",)) & set(talk.shown)


def test_who_does_not_want_to_answer_gets_the_gentlest_points(talk: Talk, known: Catalog) -> None:
    talk.say("a routine please", "start_routine").say("I'd rather not say", "deny")
    assert talk.shown
    assert all(known.point(c).pregnancy == "fine" for c in talk.shown)


def test_the_questions_are_asked_once(talk: Talk) -> None:
    talk.say("a routine for my neck", "start_routine").say("none of those", "deny")
    talk.say("another routine, for my knee", "start_routine")
    assert "ask" not in talk.kinds


def test_a_question_instead_of_an_answer_is_answered(talk: Talk) -> None:
    talk.say("a routine please", "start_routine").say("what is acupressure?", "faq_what_is")
    assert talk.card("faq")["topic"] == "what_is"


@pytest.mark.parametrize("risk", RISKS)
def test_a_routine_shows_nothing_forbidden(known: Catalog, risk: str) -> None:
    talk = Talk(known, risky(risk)).say("a routine for my lower back", "start_routine")
    if talk.memory.asked == "screen":
        talk.say("none", "deny")
    assert not forbidden(known, (risk,)) & set(talk.shown)


# -- whatever is said --------------------------------------------------------------------------------------------


@given(
    st.lists(st.sampled_from(RISKS), max_size=4, unique=True),
    st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True),
    st.sampled_from([i for i in INTENTS if i not in GATED] + ["nlu_fallback"]),
)
@settings(max_examples=300, deadline=None)
def test_nothing_forbidden_is_ever_shown(risks: list[str], codes: list[str], intent: str) -> None:
    known = catalog()
    talk = Talk(known, risky(*risks) if risks else Memory()).say(", ".join(codes), intent)
    assert not forbidden(known, tuple(risks)) & set(talk.shown)


STEPS = st.one_of(
    st.tuples(st.sampled_from(CODES).map(lambda c: f"where is {c}"), st.sampled_from(sorted(ASPECTS))),
    st.tuples(
        st.lists(st.sampled_from(CODES), min_size=2, max_size=2).map(" and ".join), st.just("compare_points")
    ),
    st.tuples(
        st.sampled_from([c.says[0] for c in catalog().complaints.values()]),
        st.sampled_from(["ask_complaint", "start_routine"]),
    ),
    st.sampled_from(
        [
            ("I'm pregnant", "tell_risk"),
            ("I'm not pregnant", "correct_risk"),
            ("I take warfarin", "tell_risk"),
            ("my wife is pregnant", "tell_risk"),
            ("and for her", "nlu_fallback"),
            ("and for me", "nlu_fallback"),
            ("I have osteoporosis and a pacemaker", "tell_risk"),
            ("I have a cut on my hand", "tell_risk"),
            ("I have a fever and my back hurts", "report_warning_sign"),
            ("a doctor has checked it", "sign_cleared"),
            ("which points do you know", "list_points"),
            ("the second one", "pick_point"),
            ("the other one", "pick_point"),
            ("both of them", "pick_point"),
            ("the one before", "pick_point"),
            ("tell me more", "tell_more"),
            ("yes", "affirm"),
            ("no", "deny"),
            ("none of those", "deny"),
            ("how long do I hold it", "ask_duration"),
            ("say that again", "repeat"),
            ("I'm pregnant, say that again", "repeat"),
            ("is that safe for me", "ask_safe_for_me"),
            ("what do you know of me", "ask_known_risks"),
            ("does it work", "faq_does_it_work"),
            ("start over", "start_over"),
            ("forget me", "forget_me"),
            ("which is better", "compare_points"),
            ("blub", "nlu_fallback"),
        ]
    ),
)


@given(st.lists(STEPS, min_size=1, max_size=7))
@settings(max_examples=150, deadline=None)
def test_in_no_conversation_is_anything_forbidden_shown(steps: list[tuple[str, str]]) -> None:
    known = catalog()
    talk = Talk(known)
    for text, intent in steps:
        if intent == "repeat" and text != "say that again" and not talk.messages:
            continue
        talk.say(text, intent)
        risks = talk.memory.own_risks()
        assert not forbidden(known, risks) & set(talk.shown), (text, risks)


def test_the_same_advice_is_not_said_twice(talk: Talk, known: Catalog) -> None:
    talk.say("I'm pregnant, where is LI4?", "ask_location")
    assert talk.kinds == ["noted", "caution"]
    assert talk.text.count(known.cautions.cautions["pregnancy"].advice) == 1
    assert "leave out Joining the Valley (LI4)" in talk.text


def test_who_asks_to_be_led_through_points_is_led(talk: Talk) -> None:
    talk.say("guide me through GB20, GB21 and SI3, 45 seconds each.", "ask_duration")
    talk.say("none of those", "deny")
    assert talk.kinds == ["routine", "step"]
    assert talk.card("routine")["minutes"] > 3


def test_what_is_asked_once_more_of_a_point_is_told_after_a_digression(talk: Talk) -> None:
    talk.say("where is SI3?", "ask_location")
    talk.say("does acupressure work at all?", "faq_does_it_work")
    talk.say("sorry, where did you say this one is?", "repeat")
    assert talk.shown == ["SI3"]


def test_nothing_about_a_point_is_said_twice(talk: Talk, known: Catalog) -> None:
    talk.say("SP6: where is it, and what is it?", "ask_location", "describe_point")
    assert talk.text.count(known.point("SP6").where) == 1


def test_a_risk_noted_of_the_wrong_person_moves_with_the_one_it_belongs_to(talk: Talk) -> None:
    talk.say("pregnant, 30 weeks, where is SP6?", "ask_location")
    talk.say("hold on, I'm the husband, my wife is the one who's pregnant", "correct_risk")
    assert [(c["person"], c["value"]) for c in talk.cards if c["card"] == "noted"] == [
        (SELF, False),
        ("wife", True),
    ]
    talk.say("then where is SP6 on me?", "ask_location")
    assert talk.shown == ["SP6"]


@pytest.mark.parametrize(
    "text",
    [
        "my wife takes warfarin too",
        "it's my wife who takes warfarin as well",
        "I'm a man of sixty, and my wife takes warfarin",
    ],
)
def test_a_risk_that_somebody_else_has_as_well_stays_with_the_speaker(talk: Talk, text: str) -> None:
    talk.say("I take warfarin", "tell_risk")
    talk.say(text, "tell_risk")
    talk.say("where is BL57?", "ask_location")
    assert talk.shown == []
