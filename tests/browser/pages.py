"""What the tests do on the chat page."""

import json
from pathlib import Path

from playwright.sync_api import expect

SCREENSHOTS = Path(__file__).resolve().parents[2] / "results" / "screenshots"
"""Where the tests keep what the page looks like; each run writes over the last one's."""

ANSWER = 15_000
"""Milliseconds for an answer on a busy machine."""


def say(page, text):
    """Type a message, send it and wait for the end of the answer."""
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")
    answered(page)


def answered(page):
    expect(page.locator("#typing")).to_be_hidden(timeout=ANSWER)


def fulfil(route, messages):
    """Answer a message with these, as the guide does."""
    lines = [*messages, {"done": True}]
    route.fulfill(content_type="application/x-ndjson", body="".join(json.dumps(m) + "\n" for m in lines))


def pretend(page, *messages):
    """Let the next messages be answered by these; returns what the page sent."""
    sent = []

    def answer(route):
        data = route.request.post_data_json
        data.pop("message_id")
        sent.append(data)
        fulfil(route, messages)

    page.route("**/api/message", answer)
    return sent


def pretend_in_turn(page, *answers):
    """Let each next message be answered by the next of these lists, the last one again and again."""
    sent = []

    def answer(route):
        sent.append(route.request.post_data_json["message"])
        fulfil(route, answers[min(len(sent), len(answers)) - 1])

    page.route("**/api/message", answer)
    return sent


def hold_back(page):
    """Let each next message wait for `answer_next`; returns those that wait, oldest first."""
    waiting = []

    def wait(route):
        waiting.append(route)

    page.route("**/api/message", wait)
    return waiting


def answer_next(page, waiting, text):
    """Answer the oldest message that waits."""
    for _ in range(100):
        if waiting:
            break
        page.wait_for_timeout(50)
    fulfil(waiting.pop(0), [{"text": text}])


def pretend_history(page, *messages):
    """Let the page find these, said before, when it is loaded again."""
    page.route("**/api/history", lambda route: route.fulfill(json={"messages": list(messages)}))


def overflow(page):
    return page.evaluate(
        "[document.documentElement, document.querySelector('main')].some(e => e.scrollWidth > e.clientWidth)"
    )


def until(page, condition):
    """Wait for a condition in the page. Playwright's own waiting needs what our content policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")
