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
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench import records
from bench import report as reports
from bench.records import Cell, Record, Table, Target
from tests.browser.chatting import button, say
from tests.browser.running import Site, running_site

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SLOW_CPU = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 2e5}
MESSAGES = 1000
RUNS, SHORT_RUNS = 9, 5
WARM = "warmed up by the pointer"
FRAMES, LATE = 300, 20  # late: milliseconds of a frame that the next one waited for

WATCH = """() => {
    window.slowest = {};
    new PerformanceObserver((list) => {
        for (const { name, duration } of list.getEntries()) {
            window.slowest[name] = Math.max(window.slowest[name] ?? 0, duration);
        }
    }).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""
# What is said so far, over and over, in groups as pages of earlier messages have them.
FILL = """(wanted) => {
    const said = [...document.querySelectorAll("#log > .message")];
    const earlier = document.createElement("div");
    earlier.className = "earlier";
    earlier.setAttribute("aria-live", "off");
    for (let count = 0; count < wanted - said.length; count += 1) {
        if (count % 10 === 0) {
            earlier.append(document.createElement("div"));
            earlier.lastChild.className = "past";
        }
        earlier.lastChild.append(said[count % said.length].cloneNode(true));
    }
    document.getElementById("log").prepend(earlier);
    return document.querySelectorAll("#log .message").length;
}"""
SCROLL = """async (count) => {
    const main = document.getElementById("scroller");
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const times = [];
    main.scrollTop = 0;
    let earlier = await frame();
    for (; count; count -= 1) {
        main.scrollTop += 150;
        const now = await frame();
        times.push(now - earlier);
        earlier = now;
    }
    return times;
}"""
CENTRE = """(selector) => {
    const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
    return [x + width / 2, y + height / 2];
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


def long_chat(browser: Browser, site: Site, **options: Any) -> Page:
    """A page whose log holds as many messages as ``MESSAGES``."""
    page = browser.new_page(**options)
    page.goto(site.page_url)
    for text in ("hello", "When are you open today?", "markdown", "Recommend me a book"):
        say(page, text)
        expect(button(page, "Send")).to_have_attribute("aria-disabled", "false", timeout=20_000)
        expect(page.locator(".pending")).to_have_count(0, timeout=20_000)
    button(page, "Copy").first.wait_for()
    assert page.evaluate(FILL, MESSAGES) >= MESSAGES
    page.wait_for_timeout(1000)
    return page


def tap(page: Page, selector: str) -> None:
    """A finger's tap and no more: to find a button by its role is work for the page, too."""
    page.touchscreen.tap(*page.evaluate(CENTRE, selector))


def on_a_desktop(browser: Browser, site: Site) -> list[float]:
    """The frames of a long chat that is scrolled on a desktop."""
    page = long_chat(browser, site, viewport={"width": 1280, "height": 800})
    frames: list[float] = page.evaluate(SCROLL, FRAMES)
    page.context.close()
    return frames


def on_a_phone(browser: Browser, site: Site) -> tuple[dict[str, float], list[float]]:
    """The slowest of each kind of event in a long chat on a slow phone, and its frames."""
    page = long_chat(browser, site, **PHONE)
    slow(page)
    page.wait_for_timeout(3000)
    frames = page.evaluate(SCROLL, FRAMES)
    page.evaluate(WATCH)
    tap(page, "#typed")
    page.keyboard.type("hello", delay=150)
    page.keyboard.press("Enter")
    pending = page.locator("#log .pending")
    expect(pending).to_have_count(1)
    expect(pending).to_have_count(0, timeout=30_000)
    page.wait_for_timeout(1000)
    page.keyboard.type("  ", delay=150)
    page.keyboard.press("Enter")
    for _ in range(3):
        tap(page, "#menu")
        page.wait_for_timeout(2000)
        tap(page, "dialog [data-action=close]")
        page.wait_for_timeout(2000)
    slowest: dict[str, float] = page.evaluate("window.slowest")
    page.context.close()
    return slowest, frames


def report(
    record: Record,
    opened: dict[str, list[float]],
    slowest: dict[str, float],
    scrolled: dict[str, list[float]],
) -> None:
    """Take what was measured into the record."""
    rows: list[list[Cell]] = [
        [f"click to composer, {how}", statistics.median(times), max(times)]
        for how, times in opened.items()
    ]
    columns = ("what", "median ms", "worst ms")
    record.tables.append(Table("Opening", columns, rows))
    record.tables.append(scrolling(scrolled))
    events: list[list[Cell]] = [[f"`{name}`", took] for name, took in sorted(slowest.items())]
    title = "The slowest of each kind of event in that chat, on a slow phone"
    record.tables.append(Table(title, ("event", "ms"), events))
    warm, worst = statistics.median(opened[WARM]), max(slowest.values(), default=0)
    record.targets += [
        Target(f"click to composer, {WARM}", "under 300 ms", warm, warm < 300),
        Target("key or click to the next paint, slow phone", "at most 100 ms", worst, worst <= 100),
    ]
    for where, frames in scrolled.items():
        what = f"a frame of {MESSAGES:,} messages that are scrolled {where}, median"
        frame = statistics.median(frames)
        record.targets.append(Target(what, "at most 16.7 ms: 60 a second", frame, frame < 17))


def per_second(frames: Sequence[float]) -> float:
    """How many frames a second there were, of the milliseconds that each took."""
    return 1000 * len(frames) / sum(frames)


def scrolling(scrolled: dict[str, list[float]]) -> Table:
    """What the frames were like, where."""
    rows: list[list[Cell]] = []
    for where, frames in scrolled.items():
        late = sum(each > LATE for each in frames)
        rows.append([where, per_second(frames), statistics.median(frames), max(frames), late])
    columns = ("where", "frames a second", "median ms", "worst ms", f"over {LATE} ms")
    notes = [f"{FRAMES} frames each, 150 pixels on in each, drawn without a GPU."]
    return Table(f"{MESSAGES:,} messages, scrolled", columns, rows, notes)


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
            opened = {
                how: [opening(browser, site, warmed=how == WARM) for _ in range(runs)]
                for how in (WARM, "cold")
            }
            slowest, frames = on_a_phone(browser, site)
            scrolled = {"on a desktop": on_a_desktop(browser, site), "on a slow phone": frames}
        browser.close()
    report(record, opened, slowest, scrolled)
    return reports.publish(record)


if __name__ == "__main__":
    sys.exit(main())
