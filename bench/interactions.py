"""How quick the chat feels: opening it, typing and sending in it, scrolling a long one.

    python -m bench.interactions

Chromium looks at the demo as it is and as a slow phone has it: a CPU four times slower, 150 ms of
latency, 1.6 Mbit/s. Times of interactions are the browser's own (Event Timing): from the key or the
click to the next paint.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench import records
from bench import report as reports
from bench.records import Cell, Record, Table, Target
from tests.browser.chatting import button, composer, log, say
from tests.browser.running import Site, running_site

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SLOW_CPU = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 2e5}
MESSAGES = 1000
RUNS, SHORT_RUNS = 9, 5

WATCH = """() => {
    window.slowest = {};
    new PerformanceObserver((list) => {
        for (const { name, duration } of list.getEntries()) {
            window.slowest[name] = Math.max(window.slowest[name] ?? 0, duration);
        }
    }).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""
# What is said so far, over and over, as pages of earlier messages.
FILL = """(wanted) => {
    const said = [...document.querySelectorAll("#log > .message")];
    const earlier = document.createElement("div");
    earlier.className = "earlier";
    earlier.setAttribute("aria-live", "off");
    for (let count = said.length; count < wanted; count += 1) {
        earlier.append(said[count % said.length].cloneNode(true));
    }
    document.getElementById("log").prepend(earlier);
    return document.querySelectorAll("#log .message").length;
}"""
SCROLL = """async () => {
    const main = document.getElementById("scroller");
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const times = [];
    main.scrollTop = 0;
    let earlier = await frame();
    for (let count = 0; count < 300; count += 1) {
        main.scrollTop += 150;
        const now = await frame();
        times.push(now - earlier);
        earlier = now;
    }
    return times;
}"""
READY = """() => new Promise((done) => {
    const shadow = document.querySelector("chat-widget").shadowRoot;
    const look = () => {
        const isReady = shadow.querySelector(".window").dataset.state === "ready";
        if (isReady && document.activeElement.localName === "chat-widget") done(performance.now());
        else requestAnimationFrame(look);
    };
    shadow.querySelector(".launcher").addEventListener("click", (event) => {
        window.clicked = event.timeStamp;
    });
    look();
})"""


def slow(page: Page) -> None:
    """Make it a slow phone."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    session.send("Network.emulateNetworkConditions", NETWORK)


def opening(browser: Browser, site: Site, *, warmed: bool) -> float:
    """Milliseconds from the click on the launcher to the focus in the composer."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{site.url}/embed-demo/")
    launcher = page.get_by_role("button", name="Open chat: Lantern Books")
    launcher.wait_for()
    if warmed:
        launcher.hover()
        page.wait_for_timeout(1000)
    page.evaluate(f"() => {{ window.ready = ({READY})(); }}")
    launcher.click()
    took = float(page.evaluate("async () => (await window.ready) - window.clicked"))
    page.context.close()
    return took


def using(browser: Browser, site: Site) -> tuple[dict[str, float], list[float]]:
    """The slowest of each kind of event in a long chat on a slow phone, and its frames."""
    page = browser.new_page(**PHONE)  # type: ignore[arg-type]
    page.goto(site.page_url)
    for text in ("hello", "When are you open today?", "markdown", "Recommend me a book"):
        say(page, text)
        expect(button(page, "Send")).to_have_attribute("aria-disabled", "false", timeout=20_000)
        expect(page.locator(".pending")).to_have_count(0, timeout=20_000)
    button(page, "Copy").first.wait_for()
    assert page.evaluate(FILL, MESSAGES) >= MESSAGES
    slow(page)
    page.wait_for_timeout(3000)
    frames = page.evaluate(SCROLL)
    page.evaluate(WATCH)
    composer(page).tap()
    page.keyboard.type("hello", delay=150)
    page.keyboard.press("Enter")
    expect(log(page).locator(".pending")).to_have_count(1)
    expect(log(page).locator(".pending")).to_have_count(0, timeout=30_000)
    page.wait_for_timeout(1000)
    page.keyboard.type("  ", delay=150)
    page.keyboard.press("Enter")
    button(page, "Your chats").tap()
    expect(page.get_by_role("dialog")).to_be_visible(timeout=30_000)
    button(page, "Close").tap()
    page.wait_for_timeout(1000)
    slowest: dict[str, float] = page.evaluate("window.slowest")
    page.context.close()
    return slowest, frames


def report(
    record: Record,
    warm: list[float],
    cold: list[float],
    slowest: dict[str, Any],
    frames: list[float],
) -> None:
    """Take what was measured into the record."""
    frame, opened = statistics.median(frames), statistics.median(warm)
    rows: list[list[Cell]] = [
        ["click to composer, warmed up by the pointer", opened, max(warm)],
        ["click to composer, cold", statistics.median(cold), max(cold)],
        [f"a frame of {MESSAGES:,} messages, scrolled on a slow phone", frame, max(frames)],
    ]
    late = sum(each > 20 for each in frames)
    notes = [f"{late} of {len(frames)} frames took more than 20 ms."]
    columns = ("what", "median ms", "worst ms")
    record.tables.append(Table("Opening and scrolling", columns, rows, notes))
    events = [[f"`{name}`", took] for name, took in sorted(slowest.items())]
    title = "The slowest of each kind of event in that chat, on a slow phone"
    record.tables.append(Table(title, ("event", "ms"), events))
    worst = max(slowest.values(), default=0)
    record.targets += [
        Target("click to composer, warmed up", "under 300 ms", opened, opened < 300),
        Target("key or click to the next paint, slow phone", "at most 100 ms", worst, worst <= 100),
    ]


def main() -> int:
    """Measure and publish."""
    options = records.options(__doc__).parse_args()
    record = Record("interactions", "How quick the chat feels", "python -m bench.interactions")
    runs = SHORT_RUNS if options.short else RUNS
    # The whole browser, without a window, shows typed letters only with the next frame that
    # something else asks for.
    names = ("chromium-headless-shell", "chromium")
    chromium = next(filter(None, map(shutil.which, names)), None) or os.environ.get("CHROMIUM")
    with TemporaryDirectory() as directory, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with running_site(Path(directory)) as site:
            opening(browser, site, warmed=True)
            warm = [opening(browser, site, warmed=True) for _ in range(runs)]
            cold = [opening(browser, site, warmed=False) for _ in range(runs)]
            slowest, frames = using(browser, site)
        browser.close()
    report(record, warm, cold, slowest, frames)
    return reports.publish(record)


if __name__ == "__main__":
    sys.exit(main())
