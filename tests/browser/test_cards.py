"""Every card on the chat page, in a real browser, from pretended replies."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.pages import answered, overflow, pretend, say

pytestmark = pytest.mark.browser

POINT = {
    "card": "point",
    "code": "BL40",
    "name": "Commanding Middle",
    "pinyin": "Wěizhōng",
    "chinese": "委中",
    "aspects": ["location"],
    "location": "Behind the knee.",
    "press": "With a thumb.",
    "seconds": 90,
    "sides": "both",
    "caution": "Gently.",
    "source": "First source; Second source",
}
POINTS = {
    "card": "points",
    "points": [
        {"code": "BL40", "name": "Commanding Middle", "why": "Behind the knee.", "caution": "Gently."},
        {"code": "BL23", "name": "Sea of Vitality", "why": "At the waist.", "caution": "Gently."},
    ],
}
STEP = {
    "card": "step",
    "routine": "back",
    "index": 2,
    "of": 6,
    "code": "BL40",
    "name": "Commanding Middle",
    "side": "left",
    "seconds": 60,
    "state": "running",
    "seconds_left": 480,
    "instruction": "Press behind the knee.",
}
ROUTINE = {"card": "routine", "routine": "back", "state": "paused", "steps_left": 3, "seconds_left": 200}
URGENT = {"card": "urgent", "level": "emergency", "signs": ["a"], "advice": "Call now."}
CAUTION = {"card": "caution", "codes": ["LI4"], "risk": "pregnancy", "instead": ["PC6"]}
PAIN = {"card": "pain", "scores": [{"when": "before", "value": 6}, {"when": "after", "value": 3}]}
CARDS = {
    "point": (POINT, "Hold 1 minute 30 seconds"),
    "points": (POINTS, "Sea of Vitality (BL23)"),
    "step": (STEP, "Step 2 of 6"),
    "routine": (ROUTINE, "3 steps left"),
    "urgent": (URGENT, "Get emergency help now"),
    "caution": (CAUTION, "Not for you now: LI4"),
    "noted": ({"card": "noted", "what": "blood_thinners", "value": True}, "Noted: blood thinners"),
    "pain": (PAIN, "before"),
    "ask": ({"card": "ask", "about": "pain_score"}, "5, moderate"),
    "faq": ({"card": "faq", "topic": "t", "sources": ["A review"]}, "Where this comes from"),
    "crisis": ({"card": "crisis", "lines": ["Somebody: 123"]}, "Somebody: 123"),
}


def test_every_card_is_drawn(page):
    for kind, (card, shown) in CARDS.items():
        page.unroute_all()
        pretend(page, {"text": "Words."}, {"custom": card}, {"text": "More words."})
        say(page, "hello")
        last = page.locator(".bot").last
        expect(last.get_by_text(shown, exact=True).first, kind).to_be_visible()
        expect(last).to_contain_text("More words.")
    assert page.complaints == []


def test_sources_are_there_for_those_who_ask(page):
    pretend(page, {"custom": POINT})
    say(page, "hello")
    expect(page.get_by_text("Second source")).to_be_hidden()
    page.get_by_text("Where this comes from").click()
    expect(page.get_by_text("Second source")).to_be_visible()


@pytest.mark.parametrize("kind", ["urgent", "crisis"])
def test_warnings_take_the_words_into_their_box(page, kind):
    pretend(page, {"text": "Please read this."}, {"custom": CARDS[kind][0]})
    say(page, "hello")
    expect(page.locator(f".card.{kind}")).to_contain_text("Please read this.")
    expect(page.locator(".bot")).to_contain_text("Please read this.")
    assert page.locator(".bot").inner_text().count("Please read this.") == 1


@pytest.mark.parametrize(
    "card",
    [{"card": "hologram"}, {"card": "toString"}, {"card": "point"}, {"card": "points", "points": 3}, {}, [1]],
)
def test_a_card_that_cannot_be_drawn_costs_no_words(page, card):
    pretend(page, {"text": "Before."}, {"custom": card}, {"text": "After."})
    say(page, "hello")
    expect(page.locator("#log")).to_contain_text("Before.")
    expect(page.locator("#log")).to_contain_text("After.")


def test_a_listed_point_is_one_press_away(page):
    sent = pretend(page, {"text": "These."}, {"custom": POINTS})
    say(page, "hello")
    page.get_by_role("button", name="Sea of Vitality (BL23)").click()
    answered(page)
    assert sent[1]["message"] == "Tell me about Sea of Vitality"


def test_suggestions_of_a_reply_become_buttons(page):
    suggestions = ["Where is LI4?"]
    sent = pretend(
        page, {"text": "Not mine."}, {"custom": {"card": "out_of_scope", "suggestions": suggestions}}
    )
    say(page, "weather")
    page.get_by_role("button", name="Where is LI4?").click()
    answered(page)
    assert sent[1]["message"] == "Where is LI4?"


@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 640), (768, 1024), (1280, 800)])
def test_every_width_holds_every_card(open_page, width, height):
    page = open_page(width, height)
    long_word = {"text": "x" * 300, "buttons": [{"title": "A rather long title " * 5, "payload": "x"}]}
    pretend(page, long_word, *({"custom": card} for card, _ in CARDS.values()))
    assert not overflow(page)
    say(page, "y" * 300)
    assert not overflow(page)
    small = page.evaluate(
        """[...document.querySelectorAll('button, summary, textarea')].filter(e => e.checkVisibility())
           .filter(e => { const r = e.getBoundingClientRect(); return r.width < 43.9 || r.height < 43.9; })
           .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_legible(open_page, scheme):
    page = open_page(color_scheme=scheme)
    pretend(page, {"text": "Words."}, *({"custom": card} for card, _ in CARDS.values()))
    say(page, "hello")
    light = (
        sum(
            map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3])
        )
        / 3
    )
    assert (light > 200) if scheme == "light" else (light < 60)
    weak = page.evaluate(CONTRAST)
    assert weak == []


CONTRAST = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
  const shade = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [shade(parse(getComputedStyle(e).color)), shade(ground(e))].sort((x, y) => y - x);
      return [e.outerHTML.slice(0, 80), (a + 0.05) / (b + 0.05)];
    })
    .filter(([, ratio]) => ratio < 4.5);
}"""
"""Texts whose contrast is below what WCAG 2 AA asks of small print."""


# Cards of a routine, of scores and of reminders

STEPS = [
    {"code": "BL23", "name": "Sea of Vitality", "side": "both", "seconds": 90},
    {"code": "BL40", "name": "Commanding Middle", "side": "left", "seconds": 60},
]
OFFER = {"card": "routine", "routine": "back", "name": "For the back", "steps": STEPS, "seconds_left": 150}


def saved(page, name):
    """Press a download link; return the name and the content of the file."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes().decode()


def test_an_offered_routine_lists_its_steps(page):
    pretend(page, {"custom": {**OFFER, "state": "offered"}})
    say(page, "hello")
    card = page.locator(".card.routine")
    expect(card.get_by_role("heading")).to_have_text("For the back")
    expect(card).to_contain_text("2 steps")
    expect(card).to_contain_text("About 3 minutes")
    expect(card.get_by_role("listitem")).to_have_count(2)
    expect(card.get_by_role("listitem").last).to_contain_text("Commanding Middle (BL40)")
    expect(card.get_by_role("listitem").last).to_contain_text("Left side · 1 minute")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("running", "Routine under way"),
        ("paused", "Routine paused"),
        ("stopped", "Routine stopped"),
        ("finished", "Routine finished"),
    ],
)
def test_the_state_of_a_routine_is_said_in_words(page, state, words):
    pretend(page, {"custom": {**OFFER, "state": state, "steps_left": 1}})
    say(page, "hello")
    card = page.locator(".card.routine")
    expect(card).to_contain_text(words)
    expect(card.get_by_role("listitem")).to_have_count(0)
    if state in ("running", "paused"):
        expect(card).to_contain_text("1 step left")
        expect(card).to_contain_text("About 3 minutes left")


def test_a_routine_can_be_saved_as_text(page):
    pretend(page, {"custom": {**OFFER, "state": "offered", "printable": "1. Wěizhōng\n2. Rest\n"}})
    say(page, "hello")
    assert saved(page, "Save as text") == ("acupressure-routine.txt", "1. Wěizhōng\n2. Rest\n")
    assert page.complaints == []


def test_a_reminder_can_be_added_to_a_calendar(page):
    ics = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    pretend(page, {"custom": {"card": "noted", "what": "reminder", "value": "08:00", "ics": ics}})
    say(page, "hello")
    expect(page.get_by_text("Noted: reminder")).to_be_visible()
    assert saved(page, "Add to calendar") == ("acupressure-reminder.ics", ics)


def test_scores_can_be_saved_as_a_table(page):
    csv = "when,phase,pain_0_to_10,routine\r\n2026-03-01T08:00:00+00:00,before,6,back\r\n"
    pretend(page, {"custom": {**PAIN, "csv": csv}})
    say(page, "hello")
    assert saved(page, "Save as a table") == ("acupressure-pain.csv", csv)


def scores(*values):
    phases = ("before", "after")
    return [
        {"when": f"2026-03-{day + 1:02}T08:00:00+00:00", "value": value, "phase": phases[day % 2]}
        for day, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [(-3, "3 points less"), (1, "1 point more"), (0, "No change"), (None, None), ("A bit better", "A bit")],
)
def test_scores_are_shown_with_their_change_in_words(page, change, words):
    pretend(page, {"custom": {"card": "pain", "scores": scores(6, 3), "change": change}})
    say(page, "hello")
    card = page.locator(".card.pain")
    expect(card.get_by_role("listitem")).to_have_count(2)
    expect(card.get_by_role("listitem").first).to_contain_text("Before")
    expect(card.get_by_role("listitem").first).to_contain_text("Mar 1")
    if words:
        expect(card.locator(".change")).to_contain_text(words)
    else:
        expect(card.locator(".change")).to_have_count(0)
    line = card.get_by_role("img")
    assert line.get_attribute("aria-label").startswith("A line through 2 scores: from 6 at first to 3")


def test_one_score_is_no_line_and_many_are_not_all_listed(page):
    one, many = scores(6), scores(*([7, 4] * 10))
    pretend(page, {"custom": {"card": "pain", "scores": one}}, {"custom": {"card": "pain", "scores": many}})
    say(page, "hello")
    first, second = page.locator(".card.pain").all()
    expect(first.get_by_role("img")).to_have_count(0)
    expect(second.get_by_role("img")).to_have_count(1)
    expect(second.get_by_role("listitem")).to_have_count(6)
    expect(second).to_contain_text("The last 6 of 20 scores")


@pytest.mark.parametrize(
    ("routine", "name", "title"),
    [
        ("planned", "lower back pain", "A routine for lower back pain"),
        ("planned", "a stiff back", "A routine for a stiff back"),
        ("desk", "desk reset", "Desk reset"),
    ],
)
def test_a_routine_has_a_title_that_reads_well(page, routine, name, title):
    card = {**OFFER, "routine": routine, "name": name, "state": "offered"}
    pretend(page, {"custom": card})
    say(page, "plan one")
    expect(page.locator(".card.routine h2")).to_have_text(title)
