"""What a page pays for a chat that nobody has opened, and how soon one may type once it is.

    python -m bench.browser [--short]

Chromium visits a page with nothing, one with ours, and one for each peer that `make bench-setup`
brought, one after the other and again, as a desktop and as a slow phone: a CPU four times slower,
150 ms of latency, 1.6 Mbit/s. Medians; bytes are those of the bodies, as brotli packs them.

Each page is visited twice: what it costs is counted while nothing watches it, for what looks at
each frame for a launcher is script itself, and more of it the later the launcher comes.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench import report
from bench.browser_pages import Contender, contenders, serving
from bench.records import Cell, Record, Table, Target, options
from tests.browser.running import running_site

ROUNDS, SHORT_ROUNDS = 9, 2
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
PATIENCE = 120_000  # packing a large peer takes its time, once
SLOW_CPU = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 2e5, "uploadThroughput": 2e5}
PROFILES = {"desktop": DESKTOP, "slow phone": PHONE}
COLUMNS = (
    *("page", "requests", "KB", "script ms", "visible ms", "x plain"),
    *("long tasks ms", "layout shift", "stored", "console", "click to composer ms"),
)
NOTE = (
    "Script is the CPU time of what the page runs beyond the plain one's; visible is when the "
    "launcher (of the plain page its heading) is painted, in a visit of its own; long tasks, over "
    "50 ms, are summed."
)
LISTEN = """
const bench = { tasks: 0, shift: 0 };
new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) bench.tasks += duration;
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) bench.shift += value;
}).observe({ type: "layout-shift", buffered: true });
window.bench = bench;
"""
PROBE = """
const find = (selector) => {
    const [host, ...rest] = selector.split(" ");
    return document.querySelector(host)?.shadowRoot?.querySelector(rest.join(" ") || "*")
        ?? document.querySelector(selector);
};
const isSeen = (node) => {
    const { width, height } = node?.getBoundingClientRect() ?? {};
    return Boolean(width && height && node.checkVisibility({ visibilityProperty: true }));
};
const until = (isSo) => new Promise((done) => {
    const look = () => requestAnimationFrame(isSo() ? () => done(performance.now()) : look);
    look();
});
if (window === top) until(() => isSeen(find("LAUNCHER"))).then((now) => { window.seen = now; });
Object.assign(window, { find, isSeen, until });
"""
FOUND = """() => ({
    ...bench,
    stored: localStorage.length + sessionStorage.length + Number(Boolean(document.cookie)),
})"""
READY = """(isReady) => {
    addEventListener("click", ({ timeStamp }) => { window.clicked = timeStamp; }, true);
    window.ready = until(new Function(`return ${isReady}`));
}"""


@dataclass(frozen=True)
class Visit:
    """What one visit cost; times in milliseconds, ``ready`` 0 where nothing has to be opened."""

    requests: int
    bytes: int
    script: float
    seen: float
    tasks: float
    shift: float
    stored: int
    lines: int
    ready: float


def visit(browser: Browser, url: str, wanted: Contender, profile: str) -> Visit:
    """See what a page costs that the browser has never seen, then how soon it is there."""
    cost = closed(browser, url, profile)
    seen, ready = watched(browser, url, wanted, profile)
    return Visit(**cost, seen=seen, ready=ready)


def closed(browser: Browser, url: str, profile: str) -> dict[str, Any]:
    """What a page costs on which nobody opens the chat."""
    page = new_page(browser, profile, LISTEN)
    lines: list[str] = []
    bodies: list[int] = []
    page.on("console", lambda line: lines.append(line.text))
    page.on("response", lambda got: bodies.append(int(got.headers.get("content-length", 0))))
    session = page.context.new_cdp_session(page)
    # CPU time: what else the machine does is no cost of the page.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url, wait_until="networkidle")
    metrics = {
        each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]
    }
    found = page.evaluate(FOUND)
    page.context.close()
    script = metrics["ScriptDuration"] * 1000
    counted = {"requests": len(bodies), "bytes": sum(bodies), "lines": len(lines)}
    return {**counted, **found, "script": script}


def watched(browser: Browser, url: str, wanted: Contender, profile: str) -> tuple[float, float]:
    """When the launcher is painted, and how long after a click on it one may type."""
    page = new_page(browser, profile, PROBE.replace("LAUNCHER", wanted.launcher))
    page.goto(url)
    seen = page.wait_for_function("() => window.seen").json_value()
    page.wait_for_load_state("networkidle")
    ready = opening(page, wanted) if wanted.ready else 0.0
    page.context.close()
    return float(seen), ready


def new_page(browser: Browser, profile: str, script: str) -> Page:
    """A page of a browser that has never been here, and on which ``script`` runs first."""
    page = browser.new_page(**PROFILES[profile])
    page.set_default_timeout(PATIENCE)
    page.add_init_script(script)
    if profile == "slow phone":
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
        session.send("Network.emulateNetworkConditions", NETWORK)
    return page


def opening(page: Page, wanted: Contender) -> float:
    """Milliseconds from the click on the launcher until one may type."""
    page.evaluate(READY, wanted.ready)
    page.locator(wanted.launcher).first.click()
    return float(page.evaluate("async () => (await window.ready) - window.clicked"))


class Figures:
    """The visits to one page with one profile."""

    def __init__(self, visits: list[Visit]) -> None:
        self.visits = visits

    def of(self, name: str) -> float:
        """The median of a figure."""
        return float(median(getattr(visit, name) for visit in self.visits))


def measure(
    browser: Browser, site: str, pages: list[Contender], rounds: int
) -> dict[str, dict[str, Figures]]:
    """All pages with all profiles, interleaved, after a round that only packs and warms up."""
    visits: dict[str, dict[str, list[Visit]]] = {
        profile: {page.name: [] for page in pages} for profile in PROFILES
    }
    with serving(site, pages) as url:
        for count in range(-1, rounds):
            for profile in PROFILES if count >= 0 else ["desktop"]:
                for number, page in enumerate(pages):
                    made = visit(browser, f"{url}/{number}", page, profile)
                    if count >= 0:
                        visits[profile][page.name].append(made)
    return {
        profile: {name: Figures(made) for name, made in named.items()}
        for profile, named in visits.items()
    }


def table(profile: str, named: Mapping[str, Figures]) -> Table:
    plain = named["plain page"]
    rows = [(name, *_row(figures, plain)) for name, figures in named.items()]
    return Table(profile.capitalize(), COLUMNS, rows, [NOTE])


def _row(figures: Figures, plain: Figures) -> tuple[Cell, ...]:
    return (
        int(figures.of("requests")),
        round(figures.of("bytes") / 1024, 1),
        round(max(0.0, figures.of("script") - plain.of("script")), 1),
        round(figures.of("seen")),
        round(figures.of("seen") / plain.of("seen"), 2),
        round(figures.of("tasks")),
        round(figures.of("shift"), 3),
        int(figures.of("stored")),
        int(figures.of("lines")),
        round(figures.of("ready")) or "",
    )


def targets(measured: Mapping[str, Mapping[str, Figures]]) -> list[Target]:
    """What `docs/` promises of a closed launcher, held against what was measured."""
    desk, phone = (measured[profile] for profile in PROFILES)
    ours, plain = desk["ours"], desk["plain page"]

    def beyond(name: str) -> float:
        return ours.of(name) - plain.of(name)

    most: Callable[[str], float] = lambda name: max(getattr(each, name) for each in ours.visits)  # noqa: E731
    ratio = phone["ours"].of("seen") / phone["plain page"].of("seen")
    tasks = max(beyond("tasks"), phone["ours"].of("tasks") - phone["plain page"].of("tasks"))
    rows = (
        ("closed launcher: requests", "1", int(beyond("requests")), beyond("requests") == 1),
        ("closed launcher: bytes", "at most 4,096", int(beyond("bytes")), beyond("bytes") <= 4096),
        (
            "closed launcher: script, ms",
            "at most 3",
            round(beyond("script"), 1),
            beyond("script") <= 3,
        ),
        ("closed launcher: long tasks on both, ms", "0", round(max(0.0, tasks)), tasks <= 0),
        ("closed launcher: layout shift", "0", round(most("shift"), 4), most("shift") == 0),
        ("closed launcher: stored before an act", "0", int(most("stored")), most("stored") == 0),
        ("closed launcher: lines on the console", "0", int(most("lines")), most("lines") == 0),
        (
            "visible on the slow phone, x the plain page",
            "at most 1.2",
            round(ratio, 2),
            ratio <= 1.2,
        ),
    )
    return [Target(*row) for row in rows]


def main() -> int:
    """Measure, write the record, and return 1 if a target was missed."""
    rounds = SHORT_ROUNDS if options(__doc__).parse_args().short else ROUNDS
    record = Record("browser", "A closed chat, and opening it", "python -m bench.browser")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with TemporaryDirectory() as directory, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with running_site(Path(directory)) as site:
            pages = contenders(site.make_widget(allowed_origins=["*"]))
            here = [page for page in pages if page.is_here]
            measured = measure(browser, site.url, here, rounds)
        browser.close()
    record.tables = [table(profile, named) for profile, named in measured.items()]
    if missing := [page.name for page in pages if not page.is_here]:
        print(f"Not here, `make bench-setup` brings them: {', '.join(missing)}")
    record.targets = targets(measured)
    return report.publish(record)


if __name__ == "__main__":
    sys.exit(main())
