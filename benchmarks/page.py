"""How soon the chat page is there: first paint and use of a new visitor's first call, beside an empty page.

The empty page is one paragraph, opened by the same browser in the same run: what remains of its time is the
browser's own. The chat page is opened without any cache, in a profile of its own each time. It is of use as
soon as its log takes messages, after the session was opened and the history fetched.

Absolute figures belong to the machine and to what else it was doing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from scripts.processes import command
from scripts.run import Assistant
from scripts.settings import CACHE, HOST
from scripts.train import ensure_model
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.conftest import free_port

REPORT = CACHE / "bench" / "page.json"
TIMES = 9
_WATCH = """
new MutationObserver((_, watching) => {
  if (document.getElementById("log")?.getAttribute("role") !== "log") return;
  performance.mark("usable");
  watching.disconnect();
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["role"] });
"""
_PAINT = """() => new Promise((tell) => new PerformanceObserver((list) => {
  const [first] = list.getEntriesByName("first-contentful-paint");
  if (first) tell(first.startTime);
}).observe({ type: "paint", buffered: true }))"""
_USABLE = "() => performance.getEntriesByName('usable')[0]?.startTime"
_BYTES = """() => performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)"""


def opened(browser: Browser, address: str, is_ours: bool) -> dict[str, float]:
    """Return the milliseconds of one first call, and the bytes that were transferred for it."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, service_workers="block")
    try:
        context.add_init_script(_WATCH)
        page = context.new_page()
        if not is_ours:
            page.route(
                "**/*", lambda route: route.fulfill(content_type="text/html", body="<!doctype html><p>Empty.")
            )
        page.goto(address)
        told = {"paint": page.evaluate(_PAINT)}
        if is_ours:
            page.wait_for_selector("#log[role=log]", state="attached")
            told |= {"usable": page.evaluate(_USABLE), "bytes": page.evaluate(_BYTES)}
        return told
    finally:
        context.close()


@command
def main() -> int:
    """Print the medians and the slowest of several calls; 1 if the assistant cannot be started."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.page")
    parser.add_argument("--json", type=Path, default=REPORT, help="where to keep the figures")
    file = parser.parse_args().json
    port = free_port()
    assistant = Assistant(ensure_model(), port, free_port())
    try:
        assistant.wait_until_healthy()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            address = f"http://{HOST}:{port}/chat/"
            opened(browser, address, True)  # wakes browser and server up
            runs = [(opened(browser, address, False), opened(browser, address, True)) for _ in range(TIMES)]
            browser.close()
    finally:
        assistant.end()
    figures = {
        "empty_paint_ms": [empty["paint"] for empty, _ in runs],
        **{f"{name}_ms": [ours[name] for _, ours in runs] for name in ("paint", "usable")},
    }
    for name, values in figures.items():
        print(f"{name:16} median {statistics.median(values):6.0f}, slowest {max(values):6.0f}")
    print(f"{'bytes':16} {max(ours['bytes'] for _, ours in runs):,.0f}")
    ratio = statistics.median(figures["paint_ms"]) / statistics.median(figures["empty_paint_ms"])
    print(f"first paint: {ratio:.1f} times that of an empty page")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
