"""The drawings on the chat page: in the cards of points and steps, and the body to point at."""

import re

import pytest
from playwright.sync_api import expect

from acupressure.catalog import catalog
from tests.browser.pages import ANSWER, answered, overflow, pretend, say
from tests.browser.test_cards import POINT, STEP

pytestmark = pytest.mark.browser

MAP = {**POINT, "picture": "/chat/maps/BL40.svg"}
REGIONS = sorted({p.region for p in catalog().points.values()})


def shown(page):
    return page.locator(".card.point figure svg.map")


def body(page):
    page.get_by_role("button", name="Points on the body").click()
    expect(page.locator("#body-map.drawn")).to_be_visible(timeout=ANSWER)
    return page.locator("#body-dialog")


def test_a_point_is_drawn_with_words_for_those_who_do_not_see_it(page):
    pretend(page, {"custom": MAP})
    say(page, "show me a picture of BL40")
    expect(shown(page)).to_be_visible()
    drawn = page.get_by_role(
        "img", name=re.compile("Drawing of the back of the leg. Commanding Middle, BL40")
    )
    expect(drawn).to_be_visible()
    assert page.locator("figure text").all_text_contents() == ["left", "right"]
    assert page.complaints == []


def test_a_step_shows_the_side_that_is_pressed(page):
    pretend(page, {"custom": {**STEP, "picture": "/chat/maps/BL40-left.svg"}})
    say(page, "start")
    expect(page.locator(".card.step figure svg.map")).to_be_visible()
    assert page.locator("figure text").all_text_contents() == ["left"]


def test_a_drawing_is_fetched_once_and_never_from_elsewhere(page):
    foreign = {**POINT, "picture": "//evil.example/x.svg"}
    pretend(page, {"custom": MAP}, {"custom": MAP}, {"custom": foreign})
    say(page, "hello")
    expect(shown(page)).to_have_count(2)
    expect(page.locator(".card.point")).to_have_count(3)
    assert len([url for url in page.requested if "BL40.svg" in url]) == 1
    assert not [url for url in page.requested if "evil" in url]


@pytest.mark.parametrize("answer", [{"status": 404, "body": "no"}, {"status": 200, "body": "<p>no</p>"}])
def test_a_drawing_that_does_not_come_leaves_no_gap(page, answer):
    page.route("**/maps/*.svg", lambda route: route.fulfill(**answer))
    pretend(page, {"text": "Behind the knee."}, {"custom": MAP})
    say(page, "hello")
    expect(page.locator(".card.point")).to_contain_text("Commanding Middle")
    expect(page.locator("figure")).to_have_count(0)


def test_nothing_in_a_drawing_runs(page):
    page.evaluate("window.ran = 0")
    bad = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="ran = 1"><script>ran = 2</script></svg>'
    page.route("**/maps/*.svg", lambda route: route.fulfill(content_type="image/svg+xml", body=bad))
    pretend(page, {"custom": MAP})
    say(page, "hello")
    expect(page.locator("figure svg")).to_have_count(1)
    assert page.evaluate("window.ran") == 0
    # That is what the browser says of what it stopped.
    assert all("Content Security Policy" in text for text in page.complaints)
    page.complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_drawing_takes_the_colours_of_the_page(open_page, scheme):
    page = open_page(color_scheme=scheme)
    pretend(page, {"custom": MAP})
    say(page, "hello")
    fill = shown(page).locator("g[stroke-width='3.2']").first.evaluate("e => getComputedStyle(e).fill")
    assert fill == {"light": "rgb(246, 223, 207)", "dark": "rgb(87, 69, 59)"}[scheme]


def test_outlines_are_wide_enough_on_a_small_screen(open_page):
    page = open_page(320, 640)
    pretend(page, {"custom": MAP})
    say(page, "hello")
    expect(shown(page)).to_be_visible()
    scale = shown(page).evaluate("e => e.getBoundingClientRect().width / e.viewBox.baseVal.width")
    assert 3.2 * scale >= 1
    assert not overflow(page)


# The body


@pytest.mark.parametrize(("width", "height"), [(320, 640), (820, 1000)])
def test_every_region_is_a_button_that_a_finger_can_hit(open_page, width, height):
    page = open_page(width, height)
    buttons = body(page).locator("#body-map button")
    assert sorted(text.lower() for text in buttons.all_inner_texts()) == REGIONS
    boxes = buttons.evaluate_all("es => es.map(e => e.getBoundingClientRect().toJSON())")
    assert all(b["width"] >= 43.9 and b["height"] >= 43.9 for b in boxes)
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart = a["right"] <= b["left"] + 1 or b["right"] <= a["left"] + 1
            assert apart or a["bottom"] <= b["top"] + 1 or b["bottom"] <= a["top"] + 1, (a, b)
    assert not page.locator("#body-dialog").evaluate("e => e.scrollWidth > e.clientWidth")


def test_a_region_asks_for_its_points_in_a_plain_sentence(page):
    sent = pretend(page, {"text": "These."})
    for region in REGIONS:
        body(page).get_by_role("button", name=region.capitalize(), exact=True).click()
        answered(page)
        expect(page.locator("#body-dialog")).to_be_hidden()
    assert [message["message"] for message in sent] == [f"Which points are on the {r}?" for r in REGIONS]


def test_the_body_can_be_used_with_the_keyboard(page):
    sent = pretend(page, {"text": "These."})
    dialog = body(page)
    dialog.get_by_role("button", name="Foot").focus()
    expect(page.locator("#body-map [data-region=foot]")).to_have_class("on")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Neck")).to_be_focused()
    page.keyboard.press("Enter")
    answered(page)
    assert sent[0]["message"] == "Which points are on the neck?"
    expect(page.get_by_label("Your message")).to_be_focused()


def test_without_the_drawing_the_names_still_work(page):
    page.route("**/maps/body.svg", lambda route: route.abort())
    sent = pretend(page, {"text": "These."})
    page.get_by_role("button", name="Points on the body").click()
    expect(page.locator("#body-dialog")).to_contain_text("could not be loaded")
    page.locator("#body-dialog").get_by_role("button", name="Hand").click()
    answered(page)
    assert sent[0]["message"] == "Which points are on the hand?"


# With the real assistant


def test_who_asks_for_a_picture_sees_it(real_page):
    say(real_page, "show me a picture of BL40")
    expect(shown(real_page)).to_be_visible(timeout=ANSWER)
    expect(real_page.locator("#log")).to_contain_text("The picture shows it.")
    assert real_page.complaints == []


def test_every_region_of_the_body_has_its_answer(real_page):
    for region in REGIONS:
        body(real_page).get_by_role("button", name=region.capitalize(), exact=True).click()
        answered(real_page)
        for point in catalog().points.values():
            if point.region == region:
                expect(real_page.locator("#log .bot").last).to_contain_text(point.code)
