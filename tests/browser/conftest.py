"""A browser, and the chat page as a new visitor opens it."""

import re
import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from channels.web import WebInput
from tests.browser.pages import ANSWER, SCREENSHOTS
from tests.support.pretended import served_beside

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium"
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session", autouse=True)
def no_old_failures():
    """Leave no pictures of failures that were before this run."""
    shutil.rmtree(SCREENSHOTS / "failed", ignore_errors=True)


# For a module only: while it is open, no other test can have an event loop.
@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def launch(playwright):
    """Return a function that starts a browser."""

    def launched(*arguments):
        return playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments])

    return launched


@pytest.fixture(scope="module")
def browser(launch):
    browser = launch()
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.has_failed = report.failed
    return report


def keep_failure(request, page, number):
    """Keep what was to be seen when a test failed."""
    if getattr(request.node, "has_failed", False):
        name = re.sub(r"[^\w.-]+", "-", request.node.name)[:100]
        try:
            page.screenshot(path=SCREENSHOTS / "failed" / f"{name}-{number}.png")
        except Error as error:
            print(f"no screenshot of {name}: {error}")


# Of a connection that a test cut, or an answer that it pretended, the browser complains rightly.
WANTED = re.compile(r"Failed to load resource|net::ERR_|card not drawn|AudioContext")


@pytest.fixture
def open_page(browser, request):
    """Return a function that opens the page as a new visitor, with a pretended assistant unless `real`.

    Whatever the test is about: the page must ask no other host, and break nothing of its own.
    """
    contexts = []

    def opened(width=390, height=800, real=False, before=None, by=None, **settings):
        # A page kept by the browser would answer in place of what the tests pretend.
        settings = {"service_workers": "block", "locale": "en-US", **settings}
        context = (by or browser).new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        if before:
            context.add_init_script(before)
        page = watched(context.new_page())
        page.goto(f"{request.getfixturevalue('server' if real else 'site')}/chat/")
        expect(page.locator("#log")).to_have_attribute("role", "log", timeout=ANSWER)
        page.home = urlsplit(page.url).netloc
        return page

    yield opened
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages):
        keep_failure(request, page, number)
    for context in contexts:
        own = context.browser
        context.close()
        if own is not browser:
            own.close()
    for page in pages:
        elsewhere = {urlsplit(url).netloc for url in page.requested} - {page.home, ""}
        assert not elsewhere, "the page asks other hosts"
        assert [text for text in page.complaints if not WANTED.search(text)] == []


@pytest.fixture
def page(open_page):
    return open_page()


@pytest.fixture
def real_page(open_page):
    """The page with the real assistant behind it."""
    return open_page(real=True)
