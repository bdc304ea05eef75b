"""A browser, and the chat page as a new visitor opens it."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from channels.web import WebInput
from tests.browser.pages import ANSWER
from tests.support.pretended import served_beside

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium"
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


# For a module only: while it is open, no other test can have an event loop.
@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site():
    """The page with a pretended assistant, which says what it hears."""
    with served_beside(WebInput(messages_pace=(10_000, 1), sessions_pace=(10_000, 1))) as address:
        yield address


def complains(message):
    return message.type in ("error", "warning") and "blocked by Playwright" not in message.text


def watched(page):
    """Keep what the browser complains of and what it asks for."""
    page.complaints, page.requested = [], []
    page.on("console", lambda m: page.complaints.append(m.text) if complains(m) else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.requested.append(request.url))
    return page


@pytest.fixture
def open_page(browser, request):
    """Return a function that opens the page as a new visitor, with a pretended assistant unless `real`."""
    contexts = []

    def opened(width=390, height=800, real=False, before=None, **settings):
        # A page kept by the browser would answer in place of what the tests pretend.
        settings = {"service_workers": "block", "locale": "en-US", **settings}
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        if before:
            context.add_init_script(before)
        page = watched(context.new_page())
        page.goto(f"{request.getfixturevalue('server' if real else 'site')}/chat/")
        expect(page.locator("#log")).to_have_attribute("role", "log", timeout=ANSWER)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def real_page(open_page):
    """The page with the real assistant behind it."""
    return open_page(real=True)
