"""The step that is under way on the chat page: its clock, its controls, and what stops it."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ANSWER, answered, overflow, pretend, pretend_history, pretend_in_turn, say

pytestmark = pytest.mark.browser

QUICK = [{"title": "Next", "payload": "Next"}, {"title": "Why?", "payload": "What is it good for?"}]
ASLEEP = 3600_000


def step(index=1, seconds=60, **more):
    """Return an answer that leads to a step."""
    cues = {**({"half": seconds // 2} if seconds >= 40 else {}), "last_ten": seconds - 10}
    card = {
        "card": "step",
        "routine": "back",
        "index": index,
        "of": 6,
        "code": "BL40",
        "name": "Commanding Middle",
        "side": "left",
        "seconds": seconds,
        "state": "running",
        "seconds_left": 480,
        "instruction": "Press behind the knee.",
        "cues": cues if seconds >= 20 else {},
        **more,
    }
    words = f"Step {index} of 6. On your left side: Commanding Middle. Press behind the knee."
    return [{"text": words, "buttons": QUICK}, {"custom": card}]


def routine(state, **more):
    return {"custom": {"card": "routine", "routine": "back", "state": state, "steps_left": 3, **more}}


PAUSED = [{"text": "Paused."}, routine("paused")]
STOPPED = [{"text": "Stopped."}, routine("stopped")]
FINISHED = [{"text": "Well done."}, routine("finished")]
URGENT = [
    {"text": "Please call."},
    {"custom": {"card": "urgent", "level": "emergency", "signs": ["a"], "advice": "Call now."}},
]
CRISIS = [{"text": "I am sorry."}, {"custom": {"card": "crisis", "lines": ["Somebody: 123"]}}]
CAUTION = {"custom": {"card": "caution", "codes": ["LI4"], "risk": "pregnancy", "instead": []}}
SIDE_ANSWER = [{"text": "It is used for backs."}, routine("running")]


@pytest.fixture
def page(page):
    """The page with a clock that the test moves."""
    page.clock.install()
    return page


def timer(page):
    return page.get_by_role("timer")


def control(page, name):
    return page.locator(".controls").get_by_role("button", name=name, exact=True)


def goes_by(page, seconds):
    page.clock.run_for(seconds * 1000)


def left(page):
    minutes, seconds = timer(page).inner_text().split("\n")[-1].split()[-1].split(":")
    return 60 * int(minutes) + int(seconds)


# Counting


def test_a_step_counts_and_goes_on_by_itself(page):
    sent = pretend_in_turn(page, step(1, 60), step(2, 30))
    say(page, "start")
    assert 55 <= left(page) <= 60
    goes_by(page, 20)
    assert 34 <= left(page) <= 40
    assert sent == ["start"]
    goes_by(page, 45)
    expect(page.locator(".card.step").last).to_contain_text("Step 2 of 6")
    assert sent == ["start", "Next"]
    expect(page.locator(".user .bubble").last).to_contain_text("Next")
    expect(timer(page)).to_have_count(1)
    assert 20 <= left(page) <= 30
    assert page.complaints == []


SHOWN = """
window.off = [];
window.watch = (seconds) => {
  const began = performance.now();
  const ring = document.querySelector(".ring .rest");
  new MutationObserver(() => {
    const shown = (seconds * (100 - ring.getAttribute("stroke-dashoffset"))) / 100;
    off.push(shown - (seconds - (performance.now() - began) / 1000));
  }).observe(ring, { attributes: true, attributeFilter: ["stroke-dashoffset"] });
  // A busy page: ticks that are counted would be lost here.
  setInterval(() => { const until = performance.now() + 400; while (performance.now() < until); }, 900);
};
"""


def test_a_shown_clock_does_not_drift_on_a_busy_page(open_page):
    """At most 0.25 seconds in 3 minutes: here in 20 seconds, against the browser's steady clock, so 0.028."""
    page = open_page(before=SHOWN)
    page.emulate_media(reduced_motion="reduce")
    pretend(page, *step(1, 60))
    say(page, "start")
    page.evaluate("watch(60)")
    page.wait_for_timeout(20_500)
    off = page.evaluate("off")
    assert len(off) > 20
    # What was between the start of the hold and that of our watch is the same all the time.
    assert max(off) - min(off) < 0.25 * 20 / 180
    drift = sorted(off[-5:])[2] - sorted(off[:5])[2]
    assert abs(drift) < 0.25 * 20 / 180


def test_half_time_and_the_last_ten_seconds_are_shown(page):
    pretend(page, *step(1, 60))
    say(page, "start")
    cue = page.locator(".cue")
    expect(cue).to_have_text("Hold, and breathe slowly.")
    goes_by(page, 31)
    expect(cue).to_have_text("Half-time.")
    goes_by(page, 21)
    expect(cue).to_have_text("Last ten seconds.")


def test_the_clock_is_right_after_the_tab_was_hidden(page):
    pretend(page, *step(1, 300))
    say(page, "start")
    page.clock.fast_forward(120_000)
    assert 170 <= left(page) <= 180


def test_a_machine_that_slept_does_not_go_on_by_itself(page):
    sent = pretend(page, *step(1, 60))
    say(page, "start")
    page.clock.fast_forward(ASLEEP)
    expect(control(page, "Go on")).to_be_visible()
    goes_by(page, 60)
    assert len(sent) == 1


def test_going_on_by_itself_can_be_switched_off_for_good(page):
    sent = pretend_in_turn(page, step(1, 20), step(2, 20))
    say(page, "start")
    page.get_by_label("Go to the next step by itself").uncheck()
    goes_by(page, 30)
    expect(page.locator(".cue")).to_contain_text("Press “Next”")
    assert sent == ["start"]
    control(page, "Next").click()
    answered(page)
    page.reload()
    say(page, "start")
    expect(page.get_by_label("Go to the next step by itself")).not_to_be_checked()
    goes_by(page, 30)
    assert sent == ["start", "Next", "start"]


def test_a_half_written_message_holds_the_next_step(page):
    sent = pretend_in_turn(page, step(1, 20), step(2, 60))
    say(page, "start")
    page.get_by_label("Your message").fill("what is")
    goes_by(page, 40)
    expect(page.locator(".cue")).to_contain_text("while you write")
    assert sent == ["start"]
    page.get_by_label("Your message").fill("")
    goes_by(page, 1)
    answered(page)
    assert sent == ["start", "Next"]


def test_an_answer_that_is_awaited_holds_the_next_step(page):
    pretend(page, *step(1, 20))
    say(page, "start")
    held = []
    page.route("**/api/message", lambda route: held.append(route))
    page.get_by_label("Your message").fill("what is it good for?")
    page.keyboard.press("Enter")
    goes_by(page, 40)
    assert len(held) == 1
    expect(timer(page)).to_contain_text("0:00")
    held[0].fulfill(content_type="application/x-ndjson", body='{"text": "For backs."}\n{"done": true}\n')
    answered(page)
    goes_by(page, 5)  # an answer wants to be read
    assert len(held) == 1
    goes_by(page, 6)
    expect(page.locator(".user")).to_have_count(3)
    assert held[1].request.post_data_json["message"] == "Next"


def test_a_side_question_leaves_the_clock_running(page):
    pretend_in_turn(page, step(1, 60), SIDE_ANSWER)
    say(page, "start")
    goes_by(page, 10)
    say(page, "what is it good for?")
    goes_by(page, 10)
    assert 30 <= left(page) <= 40
    expect(control(page, "Pause")).to_be_visible()


def test_a_question_of_the_guide_is_not_answered_by_the_clock(page):
    ask = [{"text": "Which one?"}, {"custom": {"card": "ask", "about": "which_point"}}]
    sent = pretend_in_turn(page, step(1, 20), ask)
    say(page, "start")
    say(page, "where is it?")
    goes_by(page, 60)
    assert sent == ["start", "where is it?"]


def test_a_next_that_fails_is_not_sent_again_and_again(page):
    pretend(page, *step(1, 20))
    say(page, "start")
    page.route("**/api/message", lambda route: route.abort())
    goes_by(page, 25)
    expect(page.locator(".failed")).to_have_count(1)
    goes_by(page, 60)
    expect(page.locator(".user")).to_have_count(2)


# Controls


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Next", "Next"),
        ("Back", "Back"),
        ("Pause", "Pause"),
        ("Repeat", "Say that again"),
        ("Skip", "Skip this one"),
        ("Stop", "Stop the routine"),
    ],
)
def test_every_control_says_a_plain_sentence(page, name, sentence):
    sent = pretend(page, *step())
    say(page, "start")
    control(page, name).click()
    answered(page)
    assert [message["message"] for message in sent] == ["start", sentence]


def test_pause_stops_the_clock_until_the_guide_goes_on(page):
    sent = pretend_in_turn(page, step(1, 60), PAUSED, step(1, 40))
    say(page, "start")
    goes_by(page, 20)
    control(page, "Pause").click()
    answered(page)
    before = left(page)
    goes_by(page, 120)
    assert left(page) == before
    assert sent == ["start", "Pause"]
    control(page, "Go on").click()
    answered(page)
    assert sent[2:] == ["Go on"]
    assert 30 <= left(page) <= 40
    expect(control(page, "Pause")).to_be_visible()


def test_a_control_pressed_twice_in_a_hurry_moves_once(page):
    sent = pretend_in_turn(page, step(1), step(2), step(3))
    say(page, "start")
    control(page, "Next").dblclick()
    answered(page)
    expect(page.locator(".card.step").last).to_contain_text("Step 2 of 6")
    assert sent == ["start", "Next"]


def test_an_old_step_is_only_a_picture(page):
    pretend_in_turn(page, step(1), step(2))
    say(page, "start")
    say(page, "next please")
    old = page.locator(".card.step").first
    expect(old).to_contain_text("Step 1 of 6")
    expect(old.locator("button, input, [role=timer]")).to_have_count(0)
    expect(page.locator(".card.step").last.get_by_role("button")).to_have_count(6)


def test_the_keyboard_stays_where_it_was_from_step_to_step(page):
    sent = pretend_in_turn(page, step(1), step(2), STOPPED)
    say(page, "start")
    control(page, "Next").focus()
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator(".card.step").last).to_contain_text("Step 2 of 6")
    expect(control(page, "Next")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(control(page, "Stop")).to_be_focused()
    page.keyboard.press("Space")
    answered(page)
    assert sent == ["start", "Next", "Stop the routine"]
    expect(page.get_by_label("Your message")).to_be_focused()


def test_going_on_by_itself_takes_nobodys_focus(page):
    pretend_in_turn(page, step(1, 20), step(2, 60))
    say(page, "start")
    page.get_by_role("button", name="About this guide").focus()
    goes_by(page, 25)
    expect(page.locator(".card.step")).to_have_count(2)
    expect(page.get_by_role("button", name="About this guide")).to_be_focused()


def test_quick_replies_do_not_repeat_the_controls(page):
    pretend(page, *step())
    say(page, "start")
    expect(page.locator(".reply")).to_have_text(["Why?"])


def test_a_step_is_announced_once_and_its_clock_never(page):
    pretend(page, *step(), *step(2)[1:])
    say(page, "start")
    with_words, without = page.locator(".card.step").all()
    assert with_words.get_attribute("aria-live") == "off"
    assert without.get_attribute("aria-live") is None
    assert page.locator(".player").get_attribute("aria-live") == "off"
    assert page.locator(".player [role=timer]").count() == 1


# What stops it


@pytest.mark.parametrize(
    "answer", [STOPPED, FINISHED, URGENT, CRISIS], ids=["stop", "end", "urgent", "crisis"]
)
def test_the_end_of_a_routine_and_warnings_end_the_clock(page, answer):
    sent = pretend_in_turn(page, step(1, 20), answer)
    say(page, "start")
    say(page, "my legs are numb")
    expect(timer(page)).to_have_count(0)
    expect(page.locator(".card.step button")).to_have_count(0)
    goes_by(page, 60)
    assert len(sent) == 2


def test_a_caution_alone_stops_the_clock(page):
    sent = pretend_in_turn(page, step(1, 20), [{"text": "Not this one."}, CAUTION])
    say(page, "start")
    say(page, "I am pregnant")
    expect(control(page, "Go on")).to_be_visible()
    goes_by(page, 60)
    assert len(sent) == 2


def test_a_caution_with_a_new_step_does_not(page):
    pretend_in_turn(page, step(1, 60), [CAUTION, *step(2, 60)])
    say(page, "start")
    say(page, "I am pregnant")
    goes_by(page, 5)
    assert left(page) < 60
    expect(control(page, "Pause")).to_be_visible()


@pytest.mark.parametrize("first", [True, False])
def test_a_running_routine_beside_the_step_changes_nothing(page, first):
    pretend(page, *([routine("running"), *step()] if first else [*step(), routine("running")]))
    say(page, "start")
    goes_by(page, 20)
    assert left(page) <= 40


def test_starting_over_ends_the_clock(page):
    sent = pretend_in_turn(page, step(1, 20), [{"text": "Hello."}])
    say(page, "start")
    page.get_by_role("button", name="Start over").click()
    answered(page)
    goes_by(page, 60)
    assert sent == ["start", "Start over"]


# After a reload


def said_before(*messages):
    return [{"from": "user", "text": "start"}, *({"from": "bot", **message} for message in messages)]


def test_after_a_reload_nothing_is_counted(page):
    sent = pretend_in_turn(page, step(2, 30))
    pretend_history(page, *said_before(*step(1, 20), *step(2, 20)))
    page.reload()
    expect(page.locator(".card.step")).to_have_count(2)
    expect(page.locator(".count")).to_be_hidden()
    goes_by(page, 60)
    assert sent == []
    control(page, "Go on").click()
    answered(page)
    assert sent == ["Go on"]
    assert left(page) >= 20
    expect(page.locator(".controls")).to_have_count(1)


def test_after_a_reload_what_was_stopped_stays_so(page):
    pretend_history(page, *said_before(*step(), *STOPPED))
    page.reload()
    expect(page.locator(".card.routine")).to_be_visible(timeout=ANSWER)
    expect(page.locator(".controls")).to_have_count(0)


# Every window


@pytest.mark.parametrize(("width", "height"), [(320, 640), (820, 1000)])
def test_controls_are_large_enough_and_fit(open_page, width, height):
    page = open_page(width, height)
    pretend(page, *step())
    say(page, "start")
    sizes = page.locator(".controls button, .tick").evaluate_all(
        "es => es.map(e => e.getBoundingClientRect()).map(r => [r.width, r.height])"
    )
    assert len(sizes) == 8
    assert all(w >= 43.9 and h >= 43.9 for w, h in sizes)
    assert not overflow(page)


def test_who_wants_less_motion_sees_none(open_page):
    page = open_page(reduced_motion="reduce")
    pretend(page, *step())
    say(page, "start")
    duration = page.locator(".ring .rest").evaluate("e => getComputedStyle(e).transitionDuration")
    assert duration == "0s"


# With the real assistant


def begin(page):
    say(page, "walk me through a ten minute routine for my lower back")
    say(page, "no, none of that")
    expect(page.locator(".card.step")).to_contain_text("Step 1 of")


def test_a_real_routine_is_paused_and_found_again(open_page):
    page = open_page(real=True)
    begin(page)
    control(page, "Next").click()
    answered(page)
    expect(page.locator(".card.step").last).to_contain_text("Step 2 of")
    control(page, "Pause").click()
    answered(page)
    expect(page.locator(".card.routine").last).to_contain_text("Routine paused")
    page.reload()
    control(page, "Go on").click(timeout=ANSWER)
    answered(page)
    expect(control(page, "Pause")).to_be_visible()
    expect(page.locator(".card.step").last).to_contain_text("Step 2 of")
    assert page.complaints == []


def test_a_real_routine_is_stopped_by_its_button(open_page):
    page = open_page(real=True)
    begin(page)
    control(page, "Stop").click()
    answered(page)
    expect(page.locator(".card.routine").last).to_contain_text("Routine stopped")
    expect(page.locator(".controls")).to_have_count(0)
