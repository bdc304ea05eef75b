"""The page by voice, with the gateway of the guide's own server: a sound file is the microphone, all else is real."""

import json
import re

import numpy as np
import pytest
import requests
from playwright.sync_api import expect

from channels.web import WebInput
from tests.browser.pages import ANSWER, answered, pretend, pretend_in_turn, say, until
from tests.browser.test_routine import PAUSED, STOPPED, begin, control, step
from tests.support.pretended import served_beside

pytestmark = [pytest.mark.browser, pytest.mark.server]

HEARD = 30_000
"""Milliseconds until something that was said is understood, on a busy machine."""
NO_VOICE = """
delete window.SpeechRecognition;
delete window.webkitSpeechRecognition;
Object.defineProperty(window, "speechSynthesis", { value: undefined });
const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (how) => (window.stream = await get(how));
window.played = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function () { played.push(this.buffer.duration); return start.call(this); };
const stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.stop = function () { window.stopped = true; return stop.call(this); };
"""
PAUSED_STEP = [*step(1, 300), *PAUSED]
LONG = "This point lies in the middle of the crease behind the knee. Press it gently. Breathe slowly. " * 4


@pytest.fixture(scope="session")
def awake(gateway, spoken):
    """Wait until the recogniser is loaded: a machine that is busy with that drops sound of the pretended microphone."""
    requests.post(f"{gateway[0]}/hear", data=spoken("next").wav(), timeout=90).raise_for_status()


@pytest.fixture
def speaking(open_page, launch, spoken, tmp_path, awake):
    """Return a function that opens the page for somebody who says these sentences, with so much silence before each."""

    def opened(*sentences, before=(1.0,), allowed=True, **settings):
        from voice.audio import RATE, Audio, to_pcm

        sound = [np.zeros(RATE)]
        for number, sentence in enumerate(sentences):
            pause = before[min(number, len(before) - 1)]
            sound += [np.zeros(int(pause * RATE)), spoken(sentence, snr=None).samples]
        sound = np.concatenate([*sound, np.zeros(60 * RATE)])
        # A room is never as still as a file of zeros.
        sound = sound + np.random.default_rng(1).normal(0, 12, len(sound))
        file = tmp_path / "microphone.wav"
        file.write_bytes(Audio(to_pcm(sound), RATE).wav())
        arguments = [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={file}%noloop",
            "--autoplay-policy=no-user-gesture-required",
        ]
        # Refused, as by somebody who presses "Block".
        arguments.append("--use-fake-ui-for-media-stream" + ("" if allowed else "=deny"))
        return open_page(by=launch(*arguments), before=NO_VOICE, **settings)

    return opened


@pytest.fixture(scope="session")
def voiced_site(gateway):
    """The page with a pretended assistant and the real gateway."""
    limits = {"messages_pace": (10_000, 1), "sessions_pace": (10_000, 1), "voice": gateway[0]}
    with served_beside(WebInput(**limits)) as address:
        yield address


@pytest.fixture
def site(voiced_site):
    return voiced_site


def speak_button(page):
    return page.get_by_role("button", name="Speak", exact=True)


def read_aloud(page):
    page.get_by_role("button", name="About this guide").click()
    page.get_by_label("Read answers aloud").check()
    page.keyboard.press("Escape")


# Dictation


def test_a_spoken_question_reaches_the_card_of_its_point(speaking, gateway):
    page = speaking("where is the knee back point", real=True)
    box = page.get_by_label("Your message")
    # Who was misheard says it again: a busy machine drops sound of the pretended microphone.
    for _ in range(3):
        box.fill("")
        speak_button(page).click()
        expect(page.locator("#hint")).to_contain_text("own server and nowhere else")
        expect(box).not_to_have_value("", timeout=HEARD)
        expect(speak_button(page)).to_have_attribute("aria-pressed", "false")
        # The recogniser has a spelling of its own; the assistant knows that one too.
        if re.search("k?nee back point", box.input_value()):
            break
    box.press("Enter")
    answered(page)
    expect(page.locator(".card.point .code")).to_have_text("BL40", timeout=ANSWER)


def test_a_browser_that_takes_no_sound_at_our_rate_is_heard_all_the_same(speaking):
    page = speaking(
        "my lower back hurts",
        # As Firefox does.
    )
    page.evaluate(
        """() => { const Own = AudioContext; window.rates = [];
        window.AudioContext = class extends Own { createMediaStreamSource(stream) {
          rates.push(this.sampleRate);
          if (this.sampleRate === 16000) throw new DOMException("", "NotSupportedError");
          return super.createMediaStreamSource(stream);
        } } }"""
    )
    speak_button(page).click()
    expect(page.get_by_label("Your message")).to_have_value(re.compile("my low"), timeout=HEARD)
    rates = page.evaluate("rates")
    assert rates[0] == 16_000
    assert rates[1] > 16_000


def test_a_refused_microphone_is_told_kindly(speaking):
    page = speaking("hello", allowed=False)
    speak_button(page).click()
    expect(page.locator(".notice")).to_contain_text("cannot be used", timeout=ANSWER)
    expect(speak_button(page)).to_have_attribute("aria-pressed", "false")
    say(page, "typed")
    expect(page.locator(".bot .bubble")).to_have_text("typed")


def test_who_says_nothing_is_told_so(speaking):
    page = speaking()
    speak_button(page).click()
    expect(page.locator(".notice")).to_contain_text("I heard no words", timeout=HEARD)
    expect(page.locator("#hint")).to_contain_text("not medical advice")


def test_a_gateway_that_went_away_is_told_and_typing_goes_on(speaking):
    page = speaking("where is the knee back point")
    away = {"status": 503, "json": {"error": "away"}}
    page.route("**/api/hear", lambda route: route.fulfill(**away))
    speak_button(page).click()
    expect(page.locator(".notice")).to_contain_text("does not answer just now", timeout=HEARD)
    expect(page.get_by_label("Your message")).to_have_value("")


def test_the_microphone_is_let_go_after_each_utterance(speaking):
    page = speaking("my lower back hurts")
    speak_button(page).click()
    until(page, "Boolean(window.stream?.active)")
    expect(page.get_by_label("Your message")).not_to_have_value("", timeout=HEARD)
    assert page.evaluate("stream.active") is False
    speak_button(page).click()
    until(page, "stream.active")
    speak_button(page).click()
    until(page, "!stream.active")


# Reading aloud


def test_answers_are_read_by_the_servers_voice(speaking):
    page = speaking()
    read_aloud(page)
    asked = []
    page.on("request", lambda r: asked.append(r.post_data_json["text"]) if "api/speak" in r.url else None)
    point = {"custom": {"card": "point", "code": "BL40", "name": "X", "speech": "B L forty is there. " * 9}}
    pretend(page, {"text": "BL40 (X) is there."}, point, {"text": "Anything else?"})
    say(page, "where is BL40")
    until(page, "played.length >= 1")
    assert page.evaluate("played[0]") > 1
    assert asked[0].startswith("B L forty is there.")
    # Another message ends it.
    page.unroute("**/api/message")
    pretend(page, {"text": ""})
    say(page, "thanks")
    assert page.evaluate("window.stopped") is True


def test_a_voice_that_went_away_is_told_once(speaking):
    page = speaking()
    read_aloud(page)
    page.route("**/api/speak", lambda route: route.fulfill(status=503, json={"error": "away"}))
    say(page, "hello")
    expect(page.locator(".notice")).to_contain_text("does not answer just now")
    say(page, "hello again")
    expect(page.locator(".notice")).to_have_count(1)


# Hands-free


def test_a_real_routine_moves_a_step_by_a_spoken_word(speaking, gateway):
    # As people do who were not heard the first time.
    page = speaking(*["next point"] * 4, before=(1.0, 3.0), real=True)
    begin(page)
    page.get_by_label("Go to the next step by itself").uncheck()
    page.get_by_label("Hands-free").check()
    expect(page.locator(".card.step").filter(has_text="Step 2 of")).to_be_visible(timeout=HEARD)
    expect(page.locator(".user .bubble").last).to_contain_text("Next")


def test_a_routine_is_steered_by_words_and_by_nothing_else(speaking):
    page = speaking("where is bladder forty", "repeat that", "continue", "stop", before=(1.0, 3.0))
    sent = pretend_in_turn(page, PAUSED_STEP, PAUSED_STEP, step(1, 300), STOPPED)
    say(page, "start")
    with page.expect_response("**/api/hear", timeout=HEARD) as heard:
        page.get_by_label("Hands-free").check()
    assert json.loads(heard.value.body())["text"] == "where is bladder forty"
    for number in range(2, 5):
        expect(page.locator(".user")).to_have_count(number, timeout=HEARD)
    assert sent == ["start", "Say that again", "Go on", "Stop the routine"]
    # At the end of a routine the microphone is let go.
    until(page, "window.stream?.active === false")


def test_stop_is_heard_over_the_guides_own_voice(speaking):
    page = speaking("stop", before=(3.0,))
    read_aloud(page)
    sent = pretend_in_turn(
        page, [*step(1, 300)[:1], {"custom": {**step(1, 300)[1]["custom"], "speech": LONG}}]
    )
    say(page, "start")
    page.get_by_label("Hands-free").check()
    until(page, "played.length > 0")
    expect(page.locator(".user")).to_have_count(2, timeout=HEARD)
    assert sent == ["start", "Stop the routine"]
    assert page.evaluate("window.stopped") is True


def test_the_guide_does_not_obey_its_own_voice(speaking):
    """What comes back from the loudspeaker stands in what is being said."""
    page = speaking("next point", before=(3.0,))
    read_aloud(page)
    speech = f"{LONG} Say next point when you are ready. {LONG}"
    sent = pretend(page, *step(1, 300)[:1], {"custom": {**step(1, 300)[1]["custom"], "speech": speech}})
    say(page, "start")
    with page.expect_response("**/api/hear", timeout=HEARD) as heard:
        page.get_by_label("Hands-free").check()
    assert json.loads(heard.value.body())["text"].startswith("next point")
    page.wait_for_timeout(500)
    assert len(sent) == 1
    expect(control(page, "Pause")).to_be_visible()


# What is there, and what is not


def test_the_page_says_where_the_sound_goes(speaking):
    page = speaking()
    page.get_by_role("button", name="About this guide").click()
    expect(page.get_by_role("dialog")).to_contain_text("guide’s own server and nowhere else")


def test_without_a_gateway_nothing_is_offered_that_cannot_work(launch, open_page):
    page = open_page(by=launch("--use-fake-device-for-media-stream"), before=NO_VOICE)
    page.route("**/api/voice", lambda route: route.fulfill(json={"there": False}))
    page.reload()
    pretend(page, *step())
    say(page, "start")
    expect(page.locator("#mic")).to_be_hidden()
    expect(page.get_by_label("Hands-free")).to_have_count(0)
    page.get_by_role("button", name="About this guide").click()
    expect(page.get_by_role("button", name="Save the conversation")).to_be_visible()
    expect(page.get_by_label("Read answers aloud")).to_have_count(0)


def test_a_browser_that_hears_on_the_machine_itself_needs_no_server(speaking):
    page = speaking("hello")
    page.add_init_script(
        """window.SpeechRecognition = class { static available = async () => "available";
        start() { window.own = true; } abort() {} };"""
    )
    page.reload()
    speak_button(page).click()
    until(page, "window.own === true")
    expect(page.locator("#hint")).to_have_text("Listening. Press again to stop.")
    assert not [url for url in page.requested if "api/hear" in url]
