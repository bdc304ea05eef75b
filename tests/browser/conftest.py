"""A browser, and the chat page as a new visitor opens it."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.pages import ANSWER

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium"
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, server):
    """Return a function that opens the page as a new visitor; what the browser complains of is kept."""
    contexts = []

    def opened(width=390, height=800, **settings):
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requested = [], []
        page.on(
            "console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requested.append(request.url))
        page.goto(f"{server}/chat/")
        expect(page.locator("#log")).to_have_attribute("role", "log", timeout=ANSWER)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    return open_page()
