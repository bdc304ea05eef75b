"""The chat page in a real browser, against the real assistant."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.pages import ANSWER, answer_next, answered, hold_back, pretend, say

pytestmark = pytest.mark.browser


# The first visit


def test_a_first_visitor_learns_what_this_is_and_what_is_kept(page):
    note = page.locator("#note")
    expect(note).to_contain_text("not medical advice")
    expect(note).to_contain_text("no clinician has reviewed it")
    expect(note).to_contain_text("kept")
    note.get_by_role("button", name="I understand").click()
    expect(note).to_be_hidden()
    page.reload()
    expect(page.locator("#welcome")).to_be_visible()
    expect(note).to_be_hidden()
    page.get_by_role("button", name="About this guide").click()
    expect(page.get_by_role("dialog")).to_contain_text("No clinician")


def test_nothing_is_stored_before_the_visitor_speaks(page):
    assert not [url for url in page.requested if url.endswith("api/message")]


def test_a_suggestion_begins_the_conversation(page):
    sent = pretend(page, {"text": "Here you are."})
    first = page.locator(".starter").first
    question = first.inner_text()
    first.click()
    answered(page)
    assert sent == [{"message": question}]
    expect(page.locator("#welcome")).to_be_hidden()
    expect(page.locator(".bot .bubble")).to_have_text("Here you are.")


# Talking to the real assistant


def test_a_point_is_answered_in_words_and_with_a_card(real_page):
    say(real_page, "Where is BL40?")
    expect(real_page.locator(".bot > .bubble").first).to_contain_text("knee")
    expect(real_page.locator(".card.point .code")).to_have_text("BL40")


def test_the_conversation_is_there_after_a_reload(real_page):
    say(real_page, "Where is BL40?")
    expect(real_page.locator("figure > svg.map")).to_be_visible(timeout=ANSWER)
    before = real_page.locator("#log").inner_text()
    real_page.reload()
    expect(real_page.locator("figure > svg.map")).to_be_visible(timeout=ANSWER)
    assert real_page.locator("#log").inner_text() == before
    expect(real_page.locator("#log")).to_have_attribute("role", "log")


def test_what_people_type_stays_text(page):
    evil = "<img src=x onerror=\"document.title='gone'\"><b>LI4</b>"
    say(page, evil)
    assert page.locator(".user .bubble").inner_text().endswith(evil)
    page.reload()
    expect(page.locator(".user .bubble")).to_contain_text("<b>LI4</b>", timeout=ANSWER)
    assert page.locator("#log img[src=x], #log b").count() == 0
    assert page.title() == "Acupressure guide"


def test_a_message_without_words_gets_a_kind_reply(real_page):
    say(real_page, "👍")
    expect(real_page.locator(".bot .bubble")).to_have_count(1)


def test_the_page_asks_nobody_else_and_breaks_no_rule(real_page, server):
    say(real_page, "Which points help my lower back?")
    say(real_page, "Where is BL40?")
    real_page.reload()
    expect(real_page.locator(".user").first).to_be_visible(timeout=ANSWER)
    assert {urlsplit(url).netloc for url in real_page.requested} == {urlsplit(server).netloc}
    assert real_page.complaints == []


def test_a_lost_session_is_opened_again(page):
    page.context.clear_cookies()
    say(page, "Where is BL40?")
    expect(page.locator(".bot .bubble").first).to_be_visible()


# Forgetting and starting over


def test_everything_can_be_forgotten(page):
    say(page, "Where is BL40?")
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.locator(".user")).to_have_count(1)
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("dialog").get_by_role("button", name="Forget everything").click()
    expect(page.locator(".notice")).to_contain_text("deleted", timeout=ANSWER)
    expect(page.locator(".turn")).to_have_count(0)
    page.reload()
    expect(page.locator("#welcome")).to_be_visible(timeout=ANSWER)
    expect(page.locator(".turn")).to_have_count(0)


def test_starting_over_clears_the_page_and_tells_the_assistant(page):
    say(page, "Where is BL40?")
    page.get_by_role("button", name="Start over").click()
    answered(page)
    expect(page.locator(".user .bubble")).to_have_count(1)
    expect(page.locator(".user .bubble")).to_contain_text("Start over")
    page.reload()
    expect(page.locator(".user .bubble")).to_have_count(1, timeout=ANSWER)


# Buttons


def test_quick_replies_send_their_sentence_and_show_their_title(page):
    buttons = [{"title": "Yes", "payload": "Yes, go on."}, {"title": "No", "payload": "No, thanks."}]
    sent = pretend(page, {"text": "Shall I?", "buttons": buttons})
    say(page, "hello")
    page.get_by_role("button", name="Yes").click()
    answered(page)
    assert sent[1] == {"message": "Yes, go on.", "title": "Yes"}
    assert page.locator(".user .bubble").last.inner_text().endswith("Yes")
    expect(page.locator(".reply")).to_have_count(2)


# Waiting and trouble


def test_dots_show_while_the_answer_is_made(page):
    held = []
    page.route("**/api/message", lambda route: held.append(route))
    page.get_by_label("Your message").fill("hello")
    page.keyboard.press("Enter")
    expect(page.locator("#typing")).to_be_visible()
    held[0].fulfill(content_type="application/x-ndjson", body='{"text": "Hi."}\n{"done": true}\n')
    answered(page)
    expect(page.locator(".bot .bubble")).to_have_text("Hi.")


def test_what_is_said_while_waiting_is_no_answer(page):
    pretend(page, {"text": "In a moment.", "waiting": True}, {"text": "Here."})
    say(page, "hello")
    expect(page.locator(".bot .bubble")).to_have_text("Here.")


def test_messages_sent_at_once_are_answered_in_turn(page):
    sent = pretend(page, {"text": "Yes."})
    for text in ("one", "two", "three"):
        page.get_by_label("Your message").fill(text)
        page.keyboard.press("Enter")
    expect(page.locator(".bot")).to_have_count(3, timeout=ANSWER)
    assert [message["message"] for message in sent] == ["one", "two", "three"]
    turns = page.locator(".turn").evaluate_all("turns => turns.map(turn => turn.classList[1])")
    assert turns == ["user", "bot"] * 3


def test_an_answer_that_comes_after_the_next_message_was_sent_stands_where_it_belongs(page):
    """Whoever tells of a warning sign and goes on typing must still find what was said to it."""
    waiting = hold_back(page)
    for text in ("one", "two"):
        page.get_by_label("Your message").fill(text)
        page.keyboard.press("Enter")
    answer_next(page, waiting, "first")
    answer_next(page, waiting, "second")
    expect(page.locator(".bot")).to_have_count(2, timeout=ANSWER)
    expect(page.locator(".turn .bubble")).to_have_text(["You said: one", "first", "You said: two", "second"])


def test_an_answer_from_before_starting_over_is_not_shown_behind_it(page):
    waiting = hold_back(page)
    page.get_by_label("Your message").fill("one")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start over").click()
    answer_next(page, waiting, "to one")
    answer_next(page, waiting, "afresh")
    expect(page.locator(".bot .bubble")).to_have_text(["afresh"], timeout=ANSWER)


def test_offline_is_said_and_a_retry_answers(real_page):
    real_page.context.set_offline(True)
    say(real_page, "Where is BL40?")
    expect(real_page.locator("#banner")).to_contain_text("cannot be reached")
    expect(real_page.locator(".failed")).to_be_visible()
    real_page.context.set_offline(False)
    expect(real_page.locator("#banner")).to_be_hidden(timeout=ANSWER)
    real_page.locator(".failed").get_by_role("button", name="Try again").click()
    expect(real_page.locator(".card.point")).to_be_visible(timeout=ANSWER)
    expect(real_page.locator(".failed")).to_have_count(0)
    expect(real_page.locator(".user")).to_have_count(1)


def test_an_answer_that_breaks_off_can_be_had_again_and_is_said_once(page):
    """The connection is lost behind the first line; what had come of it makes room for the whole."""
    sent = []

    def break_off(route):
        sent.append(route.request.post_data_json)
        route.fulfill(content_type="application/x-ndjson", body='{"text": "Half"}\n')

    page.route("**/api/message", break_off, times=1)
    say(page, "hello")
    expect(page.locator(".failed")).to_contain_text("cut off")
    expect(page.locator(".bot .bubble")).to_have_text("Half")
    with page.expect_request("**/api/message") as again:
        page.locator(".failed").get_by_role("button", name="Try again").click()
    answered(page)
    assert again.value.post_data_json == sent[0]
    expect(page.locator(".bot .bubble")).to_have_text("hello")
    expect(page.locator(".turn")).to_have_count(2)


def test_every_message_has_a_name_of_its_own_that_a_retry_keeps(page):
    names = []
    page.on("request", lambda r: "api/message" in r.url and names.append(r.post_data_json["message_id"]))
    say(page, "one")
    say(page, "one")
    page.route("**/api/message", lambda route: route.abort(), times=1)
    say(page, "two")
    page.locator(".failed").get_by_role("button", name="Try again").click()
    answered(page)
    expect(page.locator(".bot")).to_have_count(3)
    assert len(names) == 4
    assert len(set(names)) == 3
    assert names[2] == names[3]


def test_an_answer_that_was_lost_doubles_no_turn_of_the_real_guide(real_page):
    page = real_page

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/api/message", lose, times=1)
    say(page, "Where is BL40?")
    page.locator(".failed").get_by_role("button", name="Try again").click()
    expect(page.locator(".card.point .code")).to_have_text("BL40", timeout=ANSWER)
    page.reload()
    expect(page.locator(".card.point .code")).to_have_text("BL40", timeout=ANSWER)
    expect(page.locator(".user")).to_have_count(1)


# Everybody can use it


def test_the_keyboard_is_enough(page):
    sent = pretend(page, {"text": "Yes."})
    page.reload()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    answered(page)
    assert sent == [{"message": "one\ntwo"}]
    expect(page.get_by_label("Your message")).to_be_focused()
    expect(page.get_by_label("Your message")).to_have_value("")


def test_the_newest_turn_is_in_view(page):
    pretend(page, {"text": "Yes. " * 60})
    for n in range(6):
        say(page, f"question {n}")
    expect(page.locator(".user").last).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollTop") == 0
