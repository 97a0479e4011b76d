"""Does a slow server take the site along?

    python -m bench.overload [--short] [--visitors 24]

Visitors chat through the site (gunicorn, 2 workers of 8 threads, PostgreSQL, Redis) with a server
that answers each call after 0.1 s. Then it takes ten times as long, then it hangs, then it is well
again. Meanwhile a page of the site's own is asked for all the time, with the bound and the circuit
as they are by default, and without them.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from bench.crowd import Tally, Visitor, fetch
from bench.records import Cell, Record, Table, Target, options
from bench.report import publish
from bench.running import scratch_services
from bench.standing import Standing, standing

CALL, SLOW, HANGS = 0.1, 1.0, 30.0
WARM = 3.0
PAGE_MS, TOLD_MS = 250, 1000
WITHOUT = {"SERVER_CALLS": 0, "SERVER_FAILURES": 0}
PHASES = (("well", CALL), ("ten times slower", SLOW), ("hangs", HANGS), ("well again", CALL))


@dataclass
class Phase:
    """What was met while the server was in one state."""

    name: str
    pages: Tally = field(default_factory=Tally)
    chat: Tally = field(default_factory=Tally)


def main() -> int:
    """Run, and return 1 if a target was missed."""
    parser = options(__doc__)
    parser.add_argument("--visitors", type=int, default=24)
    given = parser.parse_args()
    seconds = 6 if given.short else 20
    record = Record("overload", "A server that slows down and hangs", "python -m bench.overload")
    runs = {}
    for name, settings in (("as it is", {}), ("without bound and circuit", WITHOUT)):
        with TemporaryDirectory() as directory, scratch_services() as services:
            runs[name] = run(settings, given.visitors, seconds, services, Path(directory))
        record.tables.append(_table(name, runs[name], given.visitors, seconds))
    record.targets.extend(_targets(runs["as it is"]))
    return publish(record)


def run(
    settings: dict[str, int],
    visitors: int,
    seconds: float,
    services: tuple[str, str],
    directory: Path,
) -> list[Phase]:
    """Run the site through all phases."""
    phases = [Phase(name) for name, _call in PHASES]
    quick = {"READ_TIMEOUT": 5, "SERVER_REST": 3, **settings}
    with standing(services, directory, call=CALL, reply="1-4", settings=quick) as site:
        asyncio.run(_go(phases, site, visitors, seconds))
    return phases


async def _go(phases: list[Phase], site: Standing, visitors: int, seconds: float) -> None:
    now = [phases[0]]
    busy = [asyncio.create_task(_chat(now, site, n)) for n in range(visitors)]
    busy += [asyncio.create_task(_visit(now, site)) for _page in range(2)]
    now[0] = Phase("warming up")
    await asyncio.sleep(WARM)
    for phase, (_name, call) in zip(phases, PHASES, strict=True):
        now[0] = phase
        await asyncio.to_thread(requests.put, f"{site.bot}/?call={call}", timeout=30)
        await asyncio.sleep(seconds)
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


async def _chat(now: list[Phase], site: Standing, number: int) -> None:
    await asyncio.sleep(number / 50)
    visitor = Visitor(site.url, site.widget, now[0].chat)
    count = 0
    while True:
        visitor.tally = now[0].chat
        count += 1
        await visitor.say(f"v{number} m{count}")
        await asyncio.sleep(2)


async def _visit(now: list[Phase], site: Standing) -> None:
    """Load a page of the site's own that asks the database and not the server."""
    while True:
        phase = now[0]
        phase.pages.note("page", await fetch(site.url, f"/chatwidget/{site.widget}/plain/"))
        await asyncio.sleep(0.1)


def _table(name: str, phases: list[Phase], visitors: int, seconds: float) -> Table:
    columns = (
        *("the server", "own page p50 ms", "p95 ms", "worst ms", "pages", "answered"),
        *("told “busy” or “can't reach”", "told within, p95 ms"),
    )
    rows: list[list[Cell]] = [
        [
            phase.name,
            *(phase.pages.share("page", part) for part in (0.5, 0.95, 1)),
            len(phase.pages.seconds.get("page", [])),
            phase.chat.answered,
            phase.chat.statuses[503],
            phase.chat.share("refusal", 0.95),
        ]
        for phase in phases
    ]
    notes = [f"{visitors} visitors; {seconds:g} s in each state. Time-out of a call: 5 s."]
    return Table(f"The site's own page, {name}", columns, rows, notes)


def _targets(phases: list[Phase]) -> list[Target]:
    worst = max(phase.pages.share("page", 0.95) for phase in phases[1:3])
    before = phases[0].pages.share("page", 0.95)
    told = max(phase.chat.share("refusal", 0.95) for phase in phases)
    again = phases[3].chat.answered
    return [
        Target(
            "The site's own page while the chat server is slow or hangs, p95",
            f"at most {PAGE_MS} ms, or as before",
            f"{worst:.0f} ms (before: {before:.0f})",
            met=worst <= max(PAGE_MS, before * 1.1),
        ),
        Target(
            "A visitor who comes too many is told so, p95",
            f"at most {TOLD_MS} ms",
            f"{told:.0f} ms",
            met=told <= TOLD_MS,
        ),
        Target("Messages answered once it is well again", "some", again, met=again > 0),
    ]


if __name__ == "__main__":
    sys.exit(main())
