"""What the tests do on the chat page."""

import json

from playwright.sync_api import expect

ANSWER = 15_000
"""Milliseconds for an answer on a busy machine."""


def say(page, text):
    """Type a message, send it and wait for the end of the answer."""
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")
    answered(page)


def answered(page):
    expect(page.locator("#typing")).to_be_hidden(timeout=ANSWER)


def pretend(page, *messages):
    """Let the next messages be answered by these; returns what the page sent."""
    sent = []

    def answer(route):
        sent.append(route.request.post_data_json)
        lines = [*messages, {"done": True}]
        route.fulfill(content_type="application/x-ndjson", body="".join(json.dumps(m) + "\n" for m in lines))

    page.route("**/api/message", answer)
    return sent


def overflow(page):
    return page.evaluate(
        "[document.documentElement, document.querySelector('main')].some(e => e.scrollWidth > e.clientWidth)"
    )
