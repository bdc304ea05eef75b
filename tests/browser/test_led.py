"""What makes being led pleasant: sound, a lit screen, keys, a reload, speech, paper, scores."""

import re

import pytest
from playwright.sync_api import expect

from acupressure.catalog import catalog
from tests.browser.pages import answered, pretend, pretend_history, pretend_in_turn, say, until
from tests.browser.test_cards import OFFER, scores
from tests.browser.test_routine import PAUSED, STOPPED, control, goes_by, left, said_before, step, timer

pytestmark = pytest.mark.browser

MACHINE = """
window.seen = { tones: [], locks: 0, released: 0, shakes: [], spoken: [], ears: [] };
window.AudioContext = class {
  currentTime = 100;
  destination = {};
  resume() {}
  createGain() {
    const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: (next) => next };
  }
  createOscillator() {
    const tone = { frequency: {}, connect: (next) => next, stop() {}, disconnect() { this.off = true; } };
    tone.start = (at) => seen.tones.push([Math.round(at - 100), tone]);
    return tone;
  }
};
Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
  seen.locks += 1;
  return { release: async () => { seen.released += 1; } };
} } });
Object.defineProperty(navigator, "vibrate", { value: (how) => seen.shakes.push(how) });
navigator.mediaDevices.enumerateDevices = async () => (window.noMicrophone ? [] : [{ kind: "audioinput" }]);
window.SpeechRecognition = class {
  static available = async () => window.local ?? "unavailable";
  start() { seen.ears.push(this); this.on = true; }
  abort() { this.on = false; setTimeout(() => this.onend?.()); }
  says(transcript, isFinal = true) {
    this.onresult({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
  }
};
const voices = [{ localService: true, lang: "en-GB", name: "here" }];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => (window.mute ? [] : voices), addEventListener() {}, cancel() {}, speaking: false,
  speak: (utterance) => seen.spoken.push(utterance.text),
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


@pytest.fixture
def page(open_page):
    """The page on a machine that has everything, with a clock that the test moves."""
    page = open_page(before=MACHINE)
    page.locator("#note-ok").click()  # before a gesture, browsers let nothing sound
    page.clock.install()
    return page


def tones(page):
    return page.evaluate("seen.tones.filter(([, tone]) => !tone.off).map(([at]) => at)")


# Heard, felt and seen


def test_tones_are_set_ahead_on_the_clock_of_the_sound(page):
    pretend_in_turn(page, step(1, 60), PAUSED)
    say(page, "start")
    assert tones(page) == [30, 50, 60, 60]
    control(page, "Pause").click()
    answered(page)
    assert tones(page) == []


def test_sound_can_be_switched_off_for_good(page):
    pretend(page, *step(1, 60))
    say(page, "start")
    page.get_by_label("Sound").uncheck()
    assert tones(page) == []
    page.reload()
    say(page, "start")
    expect(page.get_by_label("Sound")).not_to_be_checked()
    assert tones(page) == []


def test_the_screen_stays_on_while_a_hold_runs(page):
    pretend_in_turn(page, step(1, 60), PAUSED)
    say(page, "start")
    assert page.evaluate("[seen.locks, seen.released]") == [1, 0]
    control(page, "Pause").click()
    answered(page)
    assert page.evaluate("[seen.locks, seen.released]") == [1, 1]


def test_a_phone_can_vibrate_at_the_end_of_a_hold(open_page):
    page = open_page(before=MACHINE, has_touch=True, is_mobile=True)
    page.locator("#note-ok").click()
    page.clock.install()
    pretend(page, *step(1, 20))
    say(page, "start")
    page.get_by_label("Vibrate").check()
    goes_by(page, 25)
    assert len(page.evaluate("seen.shakes")) == 1


# Keys


def test_space_and_arrows_steer_the_step(page):
    sent = pretend_in_turn(page, step(1, 60), step(2, 60), step(1, 60), PAUSED, step(1, 60))
    say(page, "start")
    for key in ("ArrowRight", "ArrowLeft", "Space", "Space"):
        page.keyboard.press(key)
        answered(page)
    assert sent == ["start", "Next", "Back", "Pause", "Go on"]


def test_keys_that_are_meant_for_something_else_steer_nothing(page):
    sent = pretend(page, *step(1, 60))
    say(page, "start")
    box = page.get_by_label("Your message")
    box.fill("a")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")
    expect(box).to_have_value("a ")
    box.fill("")
    page.get_by_label("Sound").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="About this guide").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("ArrowRight")
    assert len(sent) == 1


# A reload


def test_the_clock_goes_on_through_a_reload(page):
    sent = pretend_in_turn(page, step(1, 60), step(2, 60))
    say(page, "start")
    goes_by(page, 20)
    before = left(page)
    pretend_history(page, *said_before(*step(1, 60)))
    page.reload()
    expect(timer(page)).to_be_visible()
    assert before - 3 <= left(page) <= before
    expect(control(page, "Pause")).to_be_visible()
    goes_by(page, 45)
    answered(page)
    assert sent == ["start", "Next"]


def test_a_pause_stays_a_pause_through_a_reload(page):
    pretend_in_turn(page, step(1, 60), PAUSED)
    say(page, "start")
    goes_by(page, 20)
    control(page, "Pause").click()
    answered(page)
    before = left(page)
    pretend_history(page, *said_before(*step(1, 60), *PAUSED))
    page.reload()
    expect(control(page, "Go on")).to_be_visible()
    assert left(page) == before


def test_what_is_forgotten_is_forgotten_here_too(page):
    pretend(page, *step(1, 60))
    say(page, "start")
    assert page.evaluate("Object.keys(localStorage).length") > 0
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("dialog").get_by_role("button", name="Forget everything").click()
    expect(page.locator(".notice")).to_contain_text("deleted")
    assert page.evaluate("Object.keys(localStorage)") == []


# Speech


def hears(page, text, final=True):
    page.evaluate("([text, final]) => seen.ears.at(-1).says(text, final)", [text, final])


def test_what_is_spoken_is_written_and_can_be_sent(page):
    page.evaluate("window.local = 'available'")
    page.get_by_role("button", name="Speak").click()
    expect(page.locator("#hint")).to_contain_text("Listening")
    assert page.evaluate("seen.ears[0].processLocally") is True
    hears(page, "where is", False)
    hears(page, "where is BL forty")
    expect(page.get_by_label("Your message")).to_have_value("where is BL forty")
    expect(page.get_by_role("button", name="Speak")).to_have_attribute("aria-pressed", "false")


def test_audio_leaves_the_machine_only_after_a_yes(page):
    speak = page.get_by_role("button", name="Speak", exact=True)
    speak.click()
    expect(page.get_by_role("dialog")).to_contain_text("would leave this machine")
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.evaluate("seen.ears.length") == 0
    speak.click()
    page.get_by_role("button", name="Speak anyway").click()
    expect(page.locator("#hint")).to_contain_text("Listening")
    until(page, "seen.ears.length > 0")
    assert page.evaluate("seen.ears.map(e => e.processLocally ?? false)") == [False]


def test_buttons_hide_where_nothing_can_work(open_page):
    page = open_page(before=f"{MACHINE}; window.noMicrophone = window.mute = true;")
    pretend(page, *step(1, 60))
    say(page, "start")
    expect(page.locator("#mic")).to_be_hidden()
    expect(page.get_by_label("Hands-free")).to_have_count(0)
    expect(page.get_by_label("Vibrate")).to_have_count(0)
    page.get_by_role("button", name="About this guide").click()
    expect(page.get_by_label("Read answers aloud")).to_have_count(0)


def test_answers_are_read_aloud_in_words_for_the_ear(page):
    page.get_by_role("button", name="About this guide").click()
    page.get_by_label("Read answers aloud").check()
    page.keyboard.press("Escape")
    point = {"custom": {"card": "point", "code": "BL40", "name": "X", "speech": "B L forty is there."}}
    pretend(page, {"text": "BL40 (X) is there."}, point, {"text": "Anything else?"})
    say(page, "where is BL40")
    assert page.evaluate("seen.spoken") == ["B L forty is there.", "Anything else?"]


def test_hands_free_listens_for_commands(page):
    page.evaluate("window.local = 'available'")
    sent = pretend_in_turn(page, step(1, 60), step(2, 60), PAUSED, step(2, 60), step(2, 60), STOPPED)
    say(page, "start")
    page.get_by_label("Hands-free").check()
    until(page, "seen.ears.length > 0")
    for words in ("uh", "next please", "hold on", "go on", "say that again", "stop"):
        hears(page, words)
        answered(page)
    assert sent == ["start", "Next", "Pause", "Go on", "Say that again", "Stop the routine"]
    until(page, "!seen.ears.at(-1).on")


# Paper


def test_a_routine_is_printed_on_one_page_with_pictures(page):
    codes = ["BL23", "BL23", "BL40", "BL40", "LI4", "GV4", "KI3", "BL60", "GB34", "ST36", "LR3", "KI1"]
    sides = ["left", "right", "left", "right", *["both"] * 8]
    points = catalog().points
    steps = [
        {
            "code": c,
            "name": points[c].name,
            "side": s,
            "seconds": 60,
            "where": points[c].where,
            "how": points[c].press,
        }
        for c, s in zip(codes, sides)
    ]
    pretend(page, {"custom": {**OFFER, "state": "offered", "steps": steps}})
    say(page, "print it")
    page.evaluate(
        "void (window.print = () => { window.sheet = document.querySelector('#sheet').cloneNode(true) })"
    )
    page.get_by_role("button", name="Print with pictures").click()
    until(page, "Boolean(window.sheet)")
    expect(page.locator("#sheet")).to_have_count(0)
    page.evaluate("document.body.append(sheet)")
    assert page.locator("#sheet li").count() == len(set(codes))
    assert page.locator("#sheet figure > svg").count() == len(set(codes))
    expect(page.locator("#sheet li").first).to_contain_text("Left side, Right side · 1 minute")
    pdf = page.pdf(format="A4", prefer_css_page_size=False)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


# Scores


def test_pain_is_told_by_a_slider_with_words(page):
    sent = pretend_in_turn(
        page, [{"text": "How bad?"}, {"custom": {"card": "ask", "about": "pain_score"}}], [{"text": "Noted."}]
    )
    say(page, "hello")
    slider = page.get_by_role("slider", name="Pain from 0")
    expect(page.locator(".scale output")).to_have_text("5, moderate")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "8, severe")
    page.get_by_role("button", name="Say 8").click()
    answered(page)
    assert sent == ["hello", "8"]


def test_scores_come_as_a_table_on_request(page):
    pretend(page, {"custom": {"card": "pain", "scores": scores(6, 3, 5, 2)}})
    say(page, "hello")
    expect(page.get_by_role("table")).to_be_hidden()
    page.get_by_text("Show as a table").click()
    expect(page.get_by_role("row")).to_have_count(5)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Before")
    assert page.locator("svg.line .before").count() == 2
