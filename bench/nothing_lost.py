"""Is a message ever lost, or doubled, behind a visitor's back?

    python -m bench.nothing_lost [--messages 10000] [--sessions 50] [--scale 10] [--seed 1]

Visitors chat through the site (gunicorn, 2 workers of 8 threads, PostgreSQL, Redis) with a server
that fails one call in five and writes its history 0 to 60 s late. Workers are killed with SIGKILL,
Redis is flushed once. In the end, what visitors sent is compared with what the server received.
The site's own waits and the server's lateness are divided by ``--scale``, and nothing else.
It takes the services that the tests take: ``DATABASE_URL`` and ``REDIS_URL``.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import redis
import requests

from bench import records
from bench import report as reports
from bench.records import Cell, Record, Table, Target
from bench.running import free_port, make_widget, manage, process, scratch_services
from bench.visitors import Tally, Visitor

LATEST = 60.0
SHORT_MESSAGES = 1000


@dataclass(frozen=True)
class Plan:
    """How much, how often, how much faster; ``kill_seconds`` between two SIGKILLs."""

    messages: int = 10_000
    sessions: int = 50
    scale: float = 10.0
    seed: int = 1
    kill_seconds: float = 10.0


@dataclass(frozen=True)
class Result:
    """What came of it. ``lost`` and ``doubled`` behind a visitor's back have to be 0."""

    plan: dict[str, float]
    seconds: float
    messages: int
    received: int
    lost: int
    doubled: int
    doubled_by_send_again: int
    unconfirmed: int
    unconfirmed_share: float
    of_them_received: int
    workers_killed: int
    outcomes: dict[str, int]
    seen: dict[str, int]
    faults: dict[str, int]
    wrong: list[str]


def run(plan: Plan, database_url: str, redis_url: str, directory: Path) -> Result:
    """Run the plan on empty services and compare."""
    environment = {
        **os.environ,
        "BENCH_SCALE": str(plan.scale),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "REDIS_URL": redis_url,
        "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqr",
    }
    bot_port, site_port = free_port(), free_port()
    bot, site = f"http://127.0.0.1:{bot_port}", f"http://127.0.0.1:{site_port}"
    latest = str(LATEST / plan.scale)
    server = ["-m", "bench.faulty_server", str(bot_port), latest, str(plan.seed)]
    gunicorn = ["-m", "gunicorn", "bench.nothing_lost_site", "--bind", f"127.0.0.1:{site_port}"]
    gunicorn += ["--workers", "2", "--threads", "8", "--worker-class", "gthread"]
    gunicorn += ["--preload"]
    manage(environment, "migrate", "--verbosity", "0")
    widget = make_widget(environment, bot)
    with ExitStack() as running:
        running.enter_context(process(server, environment, f"{bot}/received/", directory))
        master = running.enter_context(process(gunicorn, environment, site, directory))
        chaos = Chaos(master, plan, redis_url)
        started = time.monotonic()
        tally = _visit(plan, site, widget, chaos)
        seconds = time.monotonic() - started
        said = requests.get(f"{bot}/received/", timeout=60).json()
    return compare(plan, tally, said, seconds, chaos.killed)


def compare(plan: Plan, tally: Tally, said: dict[str, Any], seconds: float, killed: int) -> Result:
    """Hold what visitors sent, and how often they pressed, against what the server received."""
    received = Counter[str](said["received"])
    over = {text: received[text] - count for text, count in tally.messages.items()}
    unsure = {text: tally.messages[text] - tally.confirmed[text] for text in tally.messages}
    unconfirmed = tally.outcomes["unconfirmed"]
    return Result(
        plan=asdict(plan),
        seconds=round(seconds, 1),
        messages=tally.messages.total(),
        received=received.total(),
        lost=sum(max(0, tally.confirmed[text] - received[text]) for text in tally.messages),
        doubled=sum(max(0, received[text] - tally.keys[text]) for text in received),
        doubled_by_send_again=sum(max(0, count) for count in over.values()),
        unconfirmed=unconfirmed,
        unconfirmed_share=round(unconfirmed / tally.messages.total(), 4),
        of_them_received=sum(
            min(count, max(0, received[text] - tally.confirmed[text]))
            for text, count in unsure.items()
        ),
        workers_killed=killed,
        outcomes=dict(tally.outcomes.most_common()),
        seen=dict(tally.seen.most_common()),
        faults=said["faults"],
        wrong=tally.wrong[:50],
    )


class Chaos:
    """Kills a worker now and then, and flushes Redis once, when half is said."""

    def __init__(self, master: int, plan: Plan, redis_url: str) -> None:
        self._master, self._plan, self._redis_url = master, plan, redis_url
        self._chance = random.Random(plan.seed)  # noqa: S311 - chance, not secrecy
        self._over = threading.Event()
        self.killed = 0

    def reign(self, tally: Tally) -> None:
        """Go on until :meth:`end`."""
        is_flushed = False
        while not self._over.wait(self._plan.kill_seconds):
            self._kill()
            if not is_flushed and tally.messages.total() > self._plan.messages / 2:
                redis.Redis.from_url(self._redis_url).flushdb()
                is_flushed = True

    def end(self) -> None:
        """Let no more happen."""
        self._over.set()

    def _kill(self) -> None:
        children = Path(f"/proc/{self._master}/task/{self._master}/children").read_text().split()
        if children:
            os.kill(int(self._chance.choice(children)), signal.SIGKILL)
            self.killed += 1


def _visit(plan: Plan, site: str, widget: str, chaos: Chaos) -> Tally:
    tally = Tally()
    each = plan.messages // plan.sessions
    chances = [random.Random(f"{plan.seed} {number}") for number in range(plan.sessions)]  # noqa: S311 (no secret)
    visitors = [Visitor(n, site, widget, chance, tally) for n, chance in enumerate(chances)]
    with ThreadPoolExecutor(plan.sessions + 1) as threads:
        threads.submit(chaos.reign, tally)
        try:
            for visit in [threads.submit(visitor.visit, each) for visitor in visitors]:
                visit.result()
        finally:
            chaos.end()
    return tally


def report(result: Result) -> Table:
    """Return the result as a table."""
    rows: list[list[Cell]] = [
        ["messages said by visitors", result.messages],
        ["messages received by the server", result.received],
        ["silently lost", result.lost],
        ["doubled without \u201cSend again\u201d", result.doubled],
        ["doubled by \u201cSend again\u201d", result.doubled_by_send_again],
        ["pressed \u201cSend again\u201d", result.seen.get("pressed Send again", 0)],
        ["unconfirmed at first", result.seen.get("unconfirmed at first", 0)],
        ["unconfirmed in the end", result.unconfirmed],
        ["of them received all the same", result.of_them_received],
        ["answered wrongly, stuck, or refused", len(result.wrong)],
        ["workers killed", result.workers_killed],
        ["calls that the server failed", sum(result.faults.values())],
    ]
    plan = ", ".join(f"{name} {value:g}" for name, value in result.plan.items())
    ends = ", ".join(f"{count:,} {name}" for name, count in result.outcomes.items())
    notes = [
        f"Plan: {plan}. Took {result.seconds:,.0f} s. How messages ended: {ends}.",
        (
            "The site's waits (30 s between looks at the history, 180 s of watching, 300 s for a"
            " reply) and the lateness of the server's history (0 to 60 s) were divided by the"
            " scale, and its time-outs were 2 and 3 s. Redis was flushed once, when half was said."
        ),
        *result.wrong,
    ]
    return Table("What became of every message", ("what", "count"), rows, notes)


def main() -> int:
    """Run the plan and publish."""
    parser = records.options(__doc__)
    for name, value in asdict(Plan()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = vars(parser.parse_args())
    if options.pop("short"):
        options["messages"] = SHORT_MESSAGES
    record = Record("nothing_lost", "Nothing lost", "python -m bench.nothing_lost")
    with TemporaryDirectory() as directory, scratch_services() as services:
        result = run(Plan(**options), *services, Path(directory))
    record.tables.append(report(result))
    record.targets += [
        Target("messages silently lost", "0", result.lost, not result.lost),
        Target("messages doubled behind a visitor", "0", result.doubled, not result.doubled),
        Target("answered wrongly, stuck, or refused", "0", len(result.wrong), not result.wrong),
    ]
    return reports.publish(record)


if __name__ == "__main__":
    sys.exit(main())
