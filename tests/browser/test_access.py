"""Everybody can use the page: the rules of axe-core in every state, every look and every width; the keyboard."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Error, expect

from tests.browser.pages import ANSWER, SCREENSHOTS, answered, overflow, pretend, say
from tests.browser.test_cards import CARDS, OFFER, PAIN, POINT, scores
from tests.browser.test_routine import step

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "contrast": {"color_scheme": "light", "contrast": "more"},
}
SIZES = [(320, 640), (375, 740), (820, 1100), (1280, 800)]
LARGE = "212.5%"
"""Twice the size that the page's letters have by themselves."""


def first_visit(page):
    expect(page.locator("#note")).to_be_visible()


def talking(page):
    page.locator("#note-ok").click()
    words = {"text": "Words.", "buttons": [{"title": "Yes", "payload": "Yes"}]}
    picture = {"custom": {**POINT, "picture": "/chat/maps/BL40.svg"}}
    offer = {"custom": {**OFFER, "state": "offered", "printable": "x"}}
    plot = {"custom": {**PAIN, "scores": scores(7, 5, 6, 3), "change": -2, "csv": "a,b\n"}}
    pretend(page, words, *({"custom": card} for card, _ in CARDS.values()), picture, offer, plot)
    say(page, "hello")
    for fold in page.locator("summary").all():
        fold.click()
    expect(page.locator("figure > svg.map")).to_have_count(1)


def led(page):
    pretend(page, *step())
    say(page, "start")


def changing(page):
    pretend(page, {"text": "Yes."})
    say(page, "my bak hurts")
    page.get_by_role("button", name="Edit").click()


def offline(page):
    page.context.set_offline(True)
    say(page, "hello")
    expect(page.locator("#banner")).to_be_visible()


def with_served_voice(page):
    """Let the guide's own server hear and speak, and the microphone be asked for."""
    page.add_init_script(
        """delete window.SpeechRecognition; delete window.webkitSpeechRecognition;
        navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"""
    )
    page.route("**/api/voice", lambda route: route.fulfill(json={"there": True}))
    page.reload()
    page.locator("#note-ok").click()


def listening(page):
    with_served_voice(page)
    page.get_by_role("button", name="Speak", exact=True).click()
    expect(page.locator("#hint")).to_contain_text("nowhere else")


def about(page):
    with_served_voice(page)
    expect(page.locator("#mic")).to_be_visible()
    page.get_by_role("button", name="About this guide").click()


def forgetting(page):
    page.get_by_role("button", name="Forget everything").click()


def body(page):
    page.get_by_role("button", name="Points on the body").click()
    expect(page.locator("#body-map.drawn")).to_be_visible()


def waiting(page):
    page.route("**/api/message", lambda route: None)
    page.get_by_label("Your message").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("#typing")).to_be_visible()


STATES = [first_visit, talking, led, changing, offline, about, forgetting, body, waiting, listening]


RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .map(({ id, nodes }) => [id, nodes[0].html.slice(0, 120)])"""
SMALL = """[...document.querySelectorAll("button, input, select, textarea, summary, a[href], label.tick")]
  .filter((e) => e.checkVisibility() && !e.matches(".tick input"))
  .map((e) => [e.outerHTML.slice(0, 100), e.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 43.9 || height < 43.9)
  .map(([html, { width, height }]) => [html, width, height])"""
"""What can be pressed and is smaller than a fingertip; of a box to tick the label counts."""


def shot(page, name):
    """Keep what the state looks like, in a window as high as all that is in it."""
    size = page.viewport_size
    more = page.evaluate("(e => e.scrollHeight - e.clientHeight)(document.querySelector('main'))")
    page.set_viewport_size({"width": size["width"], "height": min(6_000, size["height"] + more)})
    try:
        page.screenshot(path=SCREENSHOTS / f"{name}.png", timeout=ANSWER)
    except Error as error:
        # For people to look at: a busy machine's browser that draws none has broken no rule.
        print(f"no screenshot of {name}: {error}")
    page.set_viewport_size(size)


def looked_at(page, state):
    """Yield every look and size of a state, set up in the page."""
    for large in (False, True):
        page.evaluate("size => { document.documentElement.style.fontSize = size }", LARGE if large else "")
        for look, settings in LOOKS.items():
            page.emulate_media(**{"contrast": "no-preference", "forced_colors": "none", **settings})
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                name = f"{state.__name__}-{look}-{width}" + ("-large" if large else "")
                shot(page, name)
                yield name


@pytest.mark.parametrize("state", STATES)
def test_no_rule_is_broken_in_any_look_or_width(open_page, state):
    page = open_page(before="navigator.mediaDevices.enumerateDevices = async () => [{kind: 'audioinput'}]")
    page.emulate_media(reduced_motion="reduce")
    state(page)
    # Once for all looks: only what it looks at changes.
    page.evaluate(AXE)
    wrong = {}
    for name in looked_at(page, state):
        found = [*page.evaluate(RUN), *([["too small", s] for s in page.evaluate(SMALL)])]
        if overflow(page):
            found.append("scrolls sideways")
        if found:
            wrong[name] = found
    assert wrong == {}


def test_what_is_wrong_is_found(page):
    page.evaluate(AXE)
    page.evaluate(
        "document.querySelector('#log').append(document.createElement('button')); log.lastChild.style.width = '30px'"
    )
    assert [rule for rule, _ in page.evaluate(RUN)] == ["button-name"]
    assert len(page.evaluate(SMALL)) == 1


def test_magnified_four_times_most_of_the_window_is_conversation(open_page):
    page = open_page(320, 256)
    pretend(page, {"text": "Yes. " * 100})
    say(page, "hello")
    page.mouse.wheel(0, 400)
    seen = page.evaluate(
        """() => { const r = document.querySelector('main').getBoundingClientRect();
                   return (Math.min(r.bottom, innerHeight) - Math.max(r.top, 0)) / innerHeight; }"""
    )
    assert seen >= 0.4
    assert not overflow(page)


def test_a_whole_visit_needs_no_mouse(page):
    sent = pretend(page, *step(1, 60))
    box = page.get_by_label("Your message")

    def tab_to(locator, key="Tab"):
        for _ in range(40):
            if locator.evaluate("e => e === document.activeElement"):
                return
            page.keyboard.press(key)
        raise AssertionError(f"{locator} cannot be reached")

    tab_to(page.locator("#note-ok"))
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_be_hidden()
    expect(box).to_be_focused()
    tab_to(page.locator(".starter").first, "Shift+Tab")
    page.keyboard.press("Enter")
    answered(page)
    tab_to(page.locator(".controls [data-control=next]"), "Shift+Tab")
    page.keyboard.press("Enter")
    answered(page)
    tab_to(page.locator(".reply").first)
    page.keyboard.press("Enter")
    answered(page)
    tab_to(page.locator("#body"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#body-map button").first).to_be_visible()
    page.keyboard.press("Escape")
    tab_to(page.locator("#forget"))
    page.keyboard.press("Enter")
    tab_to(page.locator("#forget-now"))
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("deleted")
    assert [message["message"] for message in sent][1:] == ["Next", "What is it good for?"]
