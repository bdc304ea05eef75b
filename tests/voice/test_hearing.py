"""What the decision about what was heard is made of: sentences of its own, and numbers that fit the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from benchmarks import voice as benchmark
from benchmarks.voice_calibrate import SENTENCES
from channels import hearing
from channels.hearing import Candidate, Decision, Place, decide
from channels.voice import heard_of
from scripts.settings import ROOT
from voice.vocabulary import messages, training_phrases, words_of

NOTHING = ((), (), (), ())
SURE = {"agreement": 1.0, "confidence": 0.05, "margin": 3.0}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


def said(text: str) -> str:
    return " ".join(words_of(text))


def test_what_the_decision_is_tuned_on_is_measured_nowhere() -> None:
    tuned = {said(t) for t in texts(yaml.safe_load(SENTENCES.read_text(encoding="utf-8")))}
    measured = {said(t) for t in texts([list(benchmark.DOMAIN), list(benchmark.OFF_TOPIC)])}
    measured |= {said(t) for t in texts({k: list(v) for k, v in benchmark.COMMANDS.items()})}
    for file in (ROOT / "tests" / "held_out").glob("*.yml"):
        measured |= {said(t) for t in texts(yaml.safe_load(file.read_text(encoding="utf-8")))}
    assert len(tuned) > 200
    assert tuned & measured == set()


def test_what_the_decision_is_tuned_on_is_new_to_the_recogniser() -> None:
    kinds = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    tuned = {said(t) for kind in ("meant", "freely", "other") for t in kinds[kind]}
    trained = {said(p) for _, p in training_phrases()} | {said(m) for m in messages()}
    assert tuned & trained == set()


@pytest.mark.parametrize("heard", [SURE, {**SURE, "sound": {"next": 0.0}, "decoder": "next"}])
def test_every_feature_has_its_weight(heard: dict) -> None:
    seen = hearing.features(0, [Candidate("next", "routine_next", 0.9, NOTHING)], heard)
    for kind in ("right", "ours"):
        assert set(hearing.numbers(heard)[kind]) == set(seen)


def test_what_may_be_a_warning_sign_is_at_least_asked_back() -> None:
    heard = {"agreement": 0.1, "confidence": 1e-9, "margin": -10.0}
    unsure = decide(
        [Candidate("the film starts in half an hour", "report_warning_sign", 0.4, NOTHING)], heard
    )
    assert (unsure.taken, unsure.ask) == (False, True)


def test_a_sign_that_no_recogniser_chose_is_asked_back() -> None:
    sign = Candidate("my legs are numb", "out_of_scope", 0.9, ((), (), (), ("numb",)))
    noise = [Candidate(t, "nlu_fallback", 0.1, NOTHING) for t in ("my eggs are done", "my eggs are gone")]
    heard = {"agreement": 0.1, "confidence": 1e-9, "margin": -10.0, "witness": noise[1].text}
    assert decide([noise[0], sign], {**heard, "witness": sign.text}).taken
    unsure = decide([*noise, sign], heard)
    assert (unsure.text, unsure.taken, unsure.ask) == (sign.text, False, True)


def test_a_command_is_believed_sooner_by_somebody_who_is_led() -> None:
    heard = {"agreement": 0.0, "confidence": 0.05, "margin": 3.0, "witness": "nest"}
    readings = [
        Candidate("next", "routine_next", 1.0, NOTHING),
        Candidate("nest", "nlu_fallback", 0.1, NOTHING),
    ]
    assert decide(readings, heard, Place(led=True)).taken
    assert not decide(readings, heard).taken


def test_where_a_conversation_stands_is_read_from_its_slots() -> None:
    assert hearing.place({}) == Place()
    assert hearing.place({"routine__progress": {"status": "running"}}) == Place(led=True)
    assert hearing.place({"routine__progress": {"status": "finished"}, "conversation__asked": "minutes"}) == (
        Place(asked=True)
    )


def test_of_two_readings_the_one_that_people_say_is_believed_sooner() -> None:
    readings = [Candidate("find a hotel nervous patient", "ask_complaint", 0.9, NOTHING)]
    heard = {"agreement": 1.0, "confidence": 0.01, "margin": 0.0}
    usual = decide(readings, {**heard, "fluent": {readings[0].text: -0.6}})
    odd = decide(readings, {**heard, "fluent": {readings[0].text: -2.8}})
    assert (usual.taken, odd.taken) == (True, False)


@pytest.mark.parametrize("name", ["fluent", "sound"])
def test_what_a_client_tells_of_each_text_is_taken_in_its_bounds(name: str) -> None:
    given = {"Bladder forty": -1.23456, "it": 5.0, "far": -1e9, "no number": "x", "neither": True}
    kept = heard_of({"heard": {name: given}})[name]
    assert kept == {"Bladder forty": -1.2346, "it": 0.0, "far": -1000.0}
    many = {str(number): -1.0 for number in range(100)}
    assert len(heard_of({"heard": {name: many}})[name]) < 10
    assert name not in heard_of({"heard": {name: [-1.0]}})


def test_of_two_readings_the_one_that_goes_with_the_sound_is_chosen() -> None:
    readings = [
        Candidate("where is bladder forty", "ask_location", 0.9, (("BL40",), (), (), ())),
        Candidate("where is bladder sixty", "ask_location", 0.9, (("BL60",), (), (), ())),
    ]
    heard = {"agreement": 0.8, "confidence": 0.01, "margin": 0.0, "decoder": "where is it"}
    for fits in (0, 1):
        sound = {c.text: 0.0 if number == fits else -1.5 for number, c in enumerate(readings)}
        told = {**heard, "sound": sound, "witness": readings[fits].text}
        assert decide(readings, told).text == readings[fits].text


def test_a_sign_that_no_recogniser_chose_is_not_taken_for_what_both_heard() -> None:
    said = Candidate("i want to stop", "routine_stop", 1.0, NOTHING)
    other = Candidate("i want to stop you", "self_harm", 0.8, NOTHING)
    heard = {**SURE, "witness": said.text, "alternatives": [other.text], "fluent": {said.text: -0.8}}
    assert decide([said, other], heard, Place(led=True)) == Decision(said.text, taken=True)
    likelier = {**heard, "fluent": {said.text: -3.0, other.text: -0.5}}
    assert decide([said, other], likelier, Place(led=True)).text == said.text
    assert decide([said, other], {**heard, "witness": other.text}, Place(led=True)).text == other.text


def test_a_risk_that_one_recogniser_heard_is_asked_back() -> None:
    point = ("SP6",)
    plain = Candidate("i am on war thing where is spleen six", "ask_location", 1.0, (point, (), (), ()))
    risky = Candidate(
        "i am on warfarin where is spleen six", "ask_location", 1.0, (point, (), ("blood_thinners",), ())
    )
    told = decide([plain, risky], {**SURE, "decoder": risky.text})
    assert (told.text, told.taken, told.ask) == (risky.text, False, True)
    assert decide([plain, risky], {**SURE, "witness": risky.text}).text == risky.text
    assert decide([plain, risky], {**SURE, "witness": plain.text}).taken, "nobody chose it"
    assert decide([risky, plain], {**SURE, "witness": plain.text}).taken, "it is in what is taken"


def test_a_name_that_only_pocketsphinx_can_know_is_asked_back() -> None:
    english = Candidate("how hard should i press tension", "ask_pressure", 1.0, NOTHING)
    named = Candidate("how hard should i press chengshan", "ask_pressure", 1.0, (("BL57",), (), (), ()))
    told = decide([english, named], {**SURE, "decoder": named.text})
    assert (told.text, told.taken, told.ask) == (named.text, False, True)
    other = Candidate("now heart would like chengshan", "ask_pressure", 1.0, (("BL57",), (), (), ()))
    assert decide([english, other], {**SURE, "decoder": other.text}).text == english.text, (
        "more than the name differs"
    )


def test_a_name_is_asked_back_where_the_words_beside_it_were_heard_by_both() -> None:
    english = Candidate("you can't do an location please", "out_of_scope", 0.9, NOTHING)
    named = Candidate("yaoyangguan location please", "ask_location", 0.9, (("GV3",), (), (), ()))
    heard = {
        "agreement": 0.2,
        "confidence": 0.001,
        "margin": 0.0,
        "decoder": named.text,
        "witness": english.text,
    }
    told = decide([english, named], heard)
    assert (told.text, told.taken, told.ask) == (named.text, False, True)
    other = Candidate("shall we paint the fence", "out_of_scope", 0.9, NOTHING)
    assert not decide([other, named], {**heard, "witness": other.text}).ask, "our names are heard in anything"


GUESSED = Candidate("how firm should wise hung be pressed", "ask_pressure", 1.0, NOTHING)
BY_SOUND = Candidate("how firm should weizhong be pressed", "ask_pressure", 1.0, (("BL40",), (), (), ()))
FITS = {
    **SURE,
    "decoder": "how firm should my son be pressed",
    "sound": {GUESSED.text: 0.0},
    "fluent": {GUESSED.text: -1.9},
    "witness": GUESSED.text,
}


def test_a_name_that_sounds_like_what_was_written_is_asked_back() -> None:
    heard = {**FITS, "named": {BY_SOUND.text: -0.17}}
    told = decide([GUESSED], heard, named=[BY_SOUND])
    assert (told.text, told.taken, told.ask) == (BY_SOUND.text, False, True)
    led = decide([GUESSED], heard, Place(led=True), named=[BY_SOUND])
    assert led.text == GUESSED.text, "in a routine a question without a name is about the step"
    known = decide([GUESSED], {**heard, "decoder": GUESSED.text}, named=[BY_SOUND])
    assert known.text == GUESSED.text, "pocketsphinx knows the name and did not hear it"
    usual = decide([GUESSED], {**heard, "fluent": {GUESSED.text: -1.2}}, named=[BY_SOUND])
    assert usual.text == GUESSED.text, "people do say that"


def test_behind_a_point_only_what_sounds_very_much_like_a_name_is_one() -> None:
    shown = Place(of_a_point=True)
    near, far = ({**FITS, "named": {BY_SOUND.text: off}} for off in (-0.17, -0.3))
    assert decide([GUESSED], near, shown, named=[BY_SOUND]).text == BY_SOUND.text
    assert decide([GUESSED], far, shown, named=[BY_SOUND]).text == GUESSED.text


def test_a_medicine_that_sounds_like_what_was_written_is_asked_back() -> None:
    said = Candidate("i take river oaks a bun", "tell_risk", 0.9, NOTHING)
    risky = Candidate("i take rivaroxaban", "tell_risk", 1.0, ((), (), ("blood_thinners",), ()))
    heard = {**SURE, "decoder": "i take rivers", "witness": said.text, "named": {risky.text: -0.17}}
    heard["fluent"] = {said.text: -2.3}
    told = decide([said], heard, named=[risky])
    assert (told.text, told.taken, told.ask) == (risky.text, False, True)
    assert decide([said], {**heard, "named": {risky.text: -0.33}}, named=[risky]).text == said.text


def test_a_risk_in_words_that_nobody_says_is_not_asked_back() -> None:
    said = Candidate("which points help with sciatica", "ask_complaint", 1.0, ((), ("sciatica",), (), ()))
    heard_by_one = "which point is helped with she had a cut"
    other = Candidate(heard_by_one, "ask_complaint", 0.9, ((), (), ("skin",), ()))
    heard = {
        **SURE,
        "decoder": said.text,
        "witness": other.text,
        "sound": {said.text: -0.1, other.text: 0.0},
        "fluent": {said.text: -1.3, other.text: -2.4},
    }
    assert decide([said, other], heard).taken
    likely = {**heard, "fluent": {said.text: -1.3, other.text: -1.4}}
    assert decide([said, other], likely).text == other.text
    medicine = Candidate(other.text, "ask_complaint", 0.9, ((), (), ("blood_thinners",), ()))
    told = decide([said, medicine], heard)
    assert (told.text, told.ask) == (medicine.text, True), "a medicine is always asked back"


def test_a_name_of_ours_in_what_is_none_of_our_business_shows_no_card() -> None:
    heard = {"agreement": 1.0, "confidence": 0.01, "margin": 1.0}
    named = Candidate("set the oven to two hundred meetings", "out_of_scope", 0.9, (("GV20",), (), (), ()))
    assert not decide([named], heard).taken
    assert decide([Candidate("set the oven to two hundred", "out_of_scope", 0.9, NOTHING)], heard).taken
