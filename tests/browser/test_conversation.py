"""Changing what was said, taking it along, being away, being refused; the page as an app; its languages."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from channels.web import WebInput
from tests.browser.conftest import watched
from tests.browser.pages import ANSWER, answered, pretend, pretend_in_turn, say, until
from tests.support.pretended import served_beside

pytestmark = pytest.mark.browser

WEB = Path(__file__).resolve().parents[2] / "web"


def words_of(page):
    return page.locator(".turn .bubble").evaluate_all("all => all.map(one => one.lastChild.textContent)")


# The last message, changed


def test_the_last_message_can_be_changed(page):
    say(page, "one")
    say(page, "two, mispelt")
    expect(page.get_by_role("button", name="Edit")).to_have_count(1)
    page.get_by_role("button", name="Edit").click()
    box = page.get_by_label("Your message")
    expect(box).to_have_value("two, mispelt")
    expect(page.locator("#editing")).to_contain_text("changing your last message")
    box.fill("two, misspelt")
    page.keyboard.press("Enter")
    answered(page)
    said = ["one", "one", "two, misspelt", "two, misspelt"]
    assert words_of(page) == said
    expect(page.locator("#editing")).to_be_hidden()
    page.reload()
    expect(page.locator(".turn")).to_have_count(4, timeout=ANSWER)
    assert words_of(page) == said


def test_changing_can_be_given_up(page):
    say(page, "one")
    for give_up in ("Escape", "Cancel"):
        page.get_by_role("button", name="Edit").click()
        if give_up == "Escape":
            page.keyboard.press("Escape")
        else:
            page.get_by_role("button", name="Cancel").click()
        expect(page.locator("#editing")).to_be_hidden()
        expect(page.get_by_label("Your message")).to_have_value("")
    expect(page.locator(".turn")).to_have_count(2)


def test_the_real_guide_takes_back_what_was_changed(real_page):
    page = real_page
    say(page, "I am pregnant. Where is LI4?")
    expect(page.locator(".bot").last).to_contain_text("Not for you now: LI4")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Your message").fill("Where is LI4?")
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator(".card.point .code")).to_have_text("LI4")
    expect(page.locator(".turn")).to_have_count(2)


# The whole, taken along


def test_the_conversation_can_be_saved(page):
    say(page, "Where is LI4?")
    page.get_by_role("button", name="About this guide").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the conversation").click()
    text = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "acupressure-conversation.txt"
    assert text.startswith("Acupressure guide\n")
    assert text.index("You said:\nWhere is LI4?") < text.index("Guide:\nWhere is LI4?")


# Refused and away


def test_who_asks_too_much_at_once_is_told_and_can_go_on(browser):
    with served_beside(WebInput(messages_pace=(2, 1.5))) as address:
        context = browser.new_context(service_workers="block")
        page = watched(context.new_page())
        page.goto(f"{address}/chat/")
        for text in ("one", "two", "three"):
            say(page, text)
        expect(page.locator(".notice")).to_contain_text("a lot at once")
        page.wait_for_timeout(1_600)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".bot")).to_have_count(3)
        context.close()


def test_the_page_says_by_itself_that_it_is_offline_and_comes_back(page):
    page.context.set_offline(True)
    expect(page.locator("#banner")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    expect(page.locator("#banner")).to_be_hidden(timeout=ANSWER)


def test_the_installed_page_opens_without_the_guide(open_page):
    page = open_page(service_workers="allow")
    until(page, "async () => (await (await caches.open('acupressure-page')).keys()).length > 12")
    say(page, "My back hurts.")
    kept = page.evaluate(
        "async () => (await (await caches.open('acupressure-page')).keys()).map(r => new URL(r.url).pathname)"
    )
    assert not [path for path in kept if "/api/" in path or "/maps/" in path]
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#banner")).to_contain_text("cannot be reached", timeout=ANSWER)
    expect(page.get_by_role("heading", name="Acupressure guide")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator(".user .bubble")).to_contain_text("My back hurts.", timeout=ANSWER)


def test_the_page_can_be_installed(page, site):
    manifest = page.request.get(f"{site}/chat/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    told = manifest.json()
    assert {"name", "start_url", "display", "icons"} <= set(told)
    for icon in told["icons"]:
        assert page.request.get(f"{site}/chat/{icon['src']}").headers["content-type"] == icon["type"]


# Its words


def test_another_language_is_a_file(browser):
    english = json.loads((WEB / "lang" / "en.json").read_text())
    foreign = WEB / "lang" / "xx.json"
    foreign.write_text(json.dumps({**english, "lang": "de", "title": "Wegweiser", "send": "Los"}))
    try:
        with served_beside(WebInput()) as address:
            context = browser.new_context(service_workers="block", locale="xx")
            page = context.new_page()
            page.goto(f"{address}/chat/")
            expect(page.get_by_role("heading", name="Wegweiser")).to_be_visible()
            expect(page.get_by_role("button", name="Los")).to_be_visible()
            assert page.evaluate("document.documentElement.lang") == "de"
            context.close()
    finally:
        foreign.unlink()


def keys(table, at=""):
    for name, value in table.items():
        yield f"{at}{name}"
        if isinstance(value, dict) and "other" not in value:
            yield from keys(value, f"{at}{name}.")


@pytest.mark.parametrize("file", sorted(p.name for p in (WEB / "lang").glob("*.json")))
def test_every_language_has_every_text(file):
    english, other = (json.loads((WEB / "lang" / name).read_text()) for name in ("en.json", file))
    assert set(keys(other)) == set(keys(english))


# Weight


def test_the_first_load_is_light_and_quick(open_page):
    page = open_page()
    page.wait_for_timeout(500)
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".map(e => [e.name, e.transferSize])"
    )
    assert sum(size for _, size in loaded) <= 100_000
    assert not [name for name, _ in loaded if "/maps/" in name]


# Nobody's markup


@pytest.mark.parametrize(
    "hostile", ["<img src=x onerror=hit()>", "</span><script>hit()</script>", "javascript:hit()"]
)
def test_what_the_guide_or_a_card_says_never_becomes_markup(page, hostile):
    page.evaluate("void (window.hit = () => { window.wasHit = true })")
    point = {
        "card": "point",
        "code": hostile,
        "name": hostile,
        "source": hostile,
        "picture": hostile,
        "seconds": hostile,
    }
    step = {
        "card": "step",
        "code": hostile,
        "name": hostile,
        "index": 1,
        "of": 2,
        "seconds": 30,
        "side": hostile,
    }
    routine = {
        "card": "routine",
        "state": hostile,
        "name": hostile,
        "steps": [{"code": hostile, "name": hostile}],
    }
    faq = {"card": "faq", "sources": [hostile]}
    cards = [{"custom": card} for card in (point, step, routine, faq)]
    pretend(page, {"text": hostile, "buttons": [{"title": hostile, "payload": hostile}]}, *cards)
    say(page, hostile)
    expect(page.locator(".reply")).to_have_text(hostile)
    assert page.locator("#log img, #log script, #log a[href^=javascript]").count() == 0
    assert page.evaluate("window.wasHit") is None


def test_typed_commands_trigger_nothing(real_page):
    say(real_page, "Where is BL40?")
    say(real_page, "/forget_me")
    expect(real_page.locator(".turn")).to_have_count(4)
    real_page.reload()
    expect(real_page.locator(".turn")).to_have_count(4, timeout=ANSWER)


def test_editing_while_led_ends_the_step(page):
    sent = pretend_in_turn(page, [{"text": "Yes."}])
    say(page, "one")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Your message").fill("two")
    page.keyboard.press("Enter")
    answered(page)
    assert sent == ["one", "two"]
