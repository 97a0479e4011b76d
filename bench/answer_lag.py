"""How late an answer is seen in a real browser, and at how many calls to the server.

    python -m bench.answer_lag [--short]

Visitors in Chromium ask through the whole site (gunicorn, PostgreSQL, Redis) a server whose replies
take as long as a distribution says; each widget has learned from 500 replies of its own. Seconds
are real. The same replies are held against a poll a second, and against the least lag that dynamic
programming knows at as many polls (`bench.placement`), which has no network and no browser.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import ThreadingHTTPServer
from math import ceil
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

import django
from playwright.sync_api import Page, sync_playwright

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    django.setup()

from bench import faulty_server, records, report
from bench.placement import DISTRIBUTIONS, Distribution, optimal_lag
from bench.records import Cell, Record, Table, Target
from bench.running import free_port, make_widget, manage, process, scratch_services

PAGES, REPLIES, SHORT_REPLIES = 2, 15, 5
# A few replies stand for the distribution: each is the middle of so many, in the order of length.
STRATUM = 101
SEED = 7
# What the network, two servers and the browser may add to where the polls stand.
ADDED = 0.15
LEARN = """
from bench.placement import DISTRIBUTIONS, learned
from chatwidget.conversation import copies, pacing
from chatwidget.models import Widget
from chatwidget.store import store
for public_id, distribution in zip({widgets!r}, DISTRIBUTIONS):
    key = pacing._key(Widget.objects.get(public_id=public_id).pk)
    store().set(key, learned(distribution, {seed}).frozen(), pacing.KEPT_SECONDS)
"""
ASK = """(texts) => {
    const [field, form, log] = ["typed", "composer", "log"].map(
        (id) => document.getElementById(id),
    );
    const until = (isSo) => new Promise((done) => {
        const look = () => {
            if (!isSo()) return;
            watch.disconnect();
            done(performance.timeOrigin + performance.now());
        };
        const watch = new MutationObserver(look);
        watch.observe(document.body, { attributes: true, childList: true, subtree: true });
        look();
    });
    const isFree = () => form.querySelector(".send").getAttribute("aria-disabled") === "false";
    const ask = async (text) => {
        await until(isFree);
        field.value = text;
        form.requestSubmit();
        return until(() => log.textContent.includes(`Echo: ${text}`));
    };
    window.seen = {};
    window.asked = (async () => {
        for (const text of texts) window.seen[text] = await ask(text);
    })();
}"""


class Memory(faulty_server.Memory):
    """Takes as long for a message as its first word says, and counts the polls for it."""

    def __init__(self) -> None:
        super().__init__(0, random.Random(SEED))  # noqa: S311 - chance, not secrecy
        self.asked: dict[str, float] = {}
        self.polls: Counter[str] = Counter()
        self.texts: dict[str, str] = {}

    def take(self, session_id: str, text: str) -> str:
        """Take a message whose answer is there after so many seconds."""
        task_id = super().take(session_id, text)
        answer = self.tasks[task_id].answer
        assert answer
        self.asked[text] = time.time()
        answer.at = answer.shows_at = self.asked[text] + float(text.split()[0])
        self.texts[task_id] = text
        return task_id


class Handler(faulty_server.Handler):
    """The contract, and no faults."""

    memory: Memory

    def _perhaps(self, take: faulty_server.Take) -> None:
        parts = self._parts()
        if self.command == "GET" and len(parts) == 5:
            self.memory.polls[self.memory.texts[parts[3]]] += 1
        self._answer(*self._locked(take))


@contextmanager
def server() -> Iterator[tuple[str, Memory]]:
    """Serve the Chat API here, so that it has the browser's clock."""
    faulty_server.BOT_FAILS = faulty_server.TASK_IS_LOST = 0.0
    Handler.memory = Memory()
    serving = faulty_server.Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{serving.server_port}", Handler.memory
    finally:
        ThreadingHTTPServer.shutdown(serving)
        thread.join()
        serving.server_close()


def visits(site: str, widgets: list[str], replies: int) -> dict[str, float]:
    """Let visitors of all widgets ask at once; return when each answer was seen."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        pages: list[Page] = []
        for widget, distribution in zip(widgets, DISTRIBUTIONS, strict=True):
            for number in range(PAGES):
                page = browser.new_page()
                page.goto(f"{site}/chatwidget/{widget}/")
                page.evaluate(ASK, texts(distribution, number, replies))
                pages.append(page)
        for page in pages:
            page.evaluate("() => window.asked")
        seen = {text: at / 1000 for page in pages for text, at in page.evaluate("seen").items()}
        browser.close()
    return seen


def texts(distribution: Distribution, number: int, replies: int) -> list[str]:
    """What a visitor says: how long the reply takes, and for which distribution."""
    chance = random.Random(f"{SEED} {distribution.name} {number}")  # noqa: S311 - chance, not secrecy
    drawn = sorted(distribution.draw(chance) for _ in range(replies * STRATUM))
    drawn = drawn[STRATUM // 2 :: STRATUM]
    chance.shuffle(drawn)
    return [f"{took:.3f} {distribution.name} {number} {n}" for n, took in enumerate(drawn)]


def row(distribution: Distribution, memory: Memory, seen: dict[str, float]) -> list[Cell]:
    """Ours beside a poll a second, for the same replies."""
    own = [text for text in seen if f" {distribution.name} " in text]
    took = [float(text.split()[0]) for text in own]
    lags = sorted(seen[text] - memory.asked[text] - float(text.split()[0]) for text in own)
    polls = mean(memory.polls[text] for text in own)
    second = mean(ceil(each) - each for each in took)
    best = optimal_lag(distribution, polls)
    lag, late = mean(lags), lags[int(len(lags) * 0.95)]
    return [
        *(distribution.name, len(own), round(polls, 1), round(lag, 3), round(late, 3)),
        *(round(mean(map(ceil, took)), 1), round(second, 3), round(best, 3)),
    ]


def measure(replies: int, urls: tuple[str, str], directory: Path) -> list[list[Cell]]:
    """Run the site on empty services, and return the table's rows."""
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "BENCH_SCALE": "1",
        "DATABASE_URL": urls[0],
        "REDIS_URL": urls[1],
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqr",
    }
    gunicorn = ["-m", "gunicorn", "bench.nothing_lost_site", "--bind", f"127.0.0.1:{port}"]
    gunicorn += ["--workers", "2", "--threads", "8", "--worker-class", "gthread", "--preload"]
    manage(environment, "migrate", "--verbosity", "0")
    with ExitStack() as running:
        bot, memory = running.enter_context(server())
        widgets = [make_widget(environment, bot) for _ in DISTRIBUTIONS]
        learning = LEARN.format(widgets=widgets, seed=SEED)
        manage(environment, "shell", "--no-imports", "-c", learning)
        running.enter_context(process(gunicorn, environment, site, directory))
        seen = visits(site, widgets, replies)
    return [row(distribution, memory, seen) for distribution in DISTRIBUTIONS]


def main() -> int:
    """Measure and publish."""
    options = records.options(__doc__).parse_args()
    record = Record("answer_lag", "How late an answer is seen", "python -m bench.answer_lag")
    replies = SHORT_REPLIES if options.short else REPLIES
    with scratch_services() as urls, TemporaryDirectory() as directory:
        rows = measure(replies, urls, Path(directory))
    columns = ("replies", "asked", "polls", "lag s", "p95 s", "polls, 1 a s", "lag s, 1 a s")
    note = (
        "The last column is the least mean lag that as many polls can reach on the whole "
        "distribution, without a network; a few replies scatter around it."
    )
    record.tables = [Table("In Chromium", (*columns, "optimum s"), rows, [note])]
    lag, best = (mean(float(each[column]) for each in rows) for column in (3, 7))
    second, calls = (mean(float(each[column]) for each in rows) for column in (6, 2))
    record.targets = [
        Target(
            "answer lag in a browser, all replies",
            f"optimum + at most {ADDED} s",
            f"{lag:.2f} s, optimum {best:.2f} s",
            lag <= best + ADDED,
        ),
        Target(
            "the same, against a poll a second", "sooner", f"{lag / second:.2f} x", lag < second
        ),
        Target(
            "calls to the server a reply, in a browser", "at most 8", round(calls, 1), calls <= 8
        ),
    ]
    return report.publish(record)


if __name__ == "__main__":
    sys.exit(main())
