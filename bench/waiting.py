"""How many visitors does a site carry while their replies take 1 to 60 seconds?

    python -m bench.waiting [--short]

A visitor who waits holds no thread: the page asks now and then, and only the call of the Chat API
takes time. So it is measured how many visitors, each with a message on its way or a pause of 10 s,
are served in time by ways to run two processes, with calls that take 50 and 500 ms. Steps of twice
as many visitors, until calls are late or refused.
"""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.crowd import Tally, Visitor, percentile
from bench.records import Cell, Record, Table, options
from bench.report import publish
from bench.running import scratch_services
from bench.standing import GTHREAD, Standing, standing

UVICORN = ("-m", "uvicorn", "bench.site:asgi", "--workers", "2", "--log-level", "warning")
BIND = ("--bind", "127.0.0.1:{port}")
STEPS = (50, 100, 200, 400)
COMING, MEASURED, PAUSE = 5.0, 8.0, 10.0
# Later than its call takes by so much is late; one refusal in a hundred is one too many.
LATE, REFUSED = 0.75, 0.01


@dataclass(frozen=True)
class Way:
    """A way to run two processes, and the setting that goes with it."""

    name: str
    serve: tuple[str, ...]
    calls: int


WAYS = (
    Way("gthread 2x8", (*GTHREAD, "--workers", "2", "--threads", "8", *BIND), 6),
    Way("gthread 2x32", (*GTHREAD, "--workers", "2", "--threads", "32", *BIND), 28),
    Way("uvicorn 2", (*UVICORN, "--port", "{port}"), 64),
)


def main() -> int:
    """Run, and return 1 if a target was missed."""
    is_short = options(__doc__).parse_args().short
    record = Record("waiting", "Visitors who wait 1 to 60 s", "python -m bench.waiting")
    rows: list[list[Cell]] = []
    for call in (0.05, 0.5):
        for way in WAYS:
            rows.extend(_steps(way, call, STEPS[:2] if is_short else STEPS))
    columns = ("run by", "a call ms", "visitors", "calls/s", "p50 ms", "p95 ms", "refused", "")
    notes = [
        "Replies of 1 to 60 s, evenly by their logarithm. SERVER_CALLS is 6, 28 and 64.",
        "p50 and p95 are of sends and polls, on new connections each.",
        f"“late”: p95 is over the call's own time by {LATE:g} s. The steps end there.",
        f"“refused”: more than {REFUSED:.0%} were. The steps end there.",
    ]
    record.tables.append(Table("Visitors at once", columns, rows, notes))
    return publish(record)


def _steps(way: Way, call: float, steps: tuple[int, ...]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    settings = {"ADDRESS_LIMIT": 0, "SESSION_LIMIT": 0, "SERVER_CALLS": way.calls}
    with (
        TemporaryDirectory() as directory,
        scratch_services() as services,
        standing(
            services, Path(directory), call=call, reply="1-60", settings=settings, serve=way.serve
        ) as site,
    ):
        asyncio.run(_step(site, 8, 1.0))  # warms up
        for visitors in steps:
            tally = asyncio.run(_step(site, visitors))
            made = [*tally.seconds.get("send", []), *tally.seconds.get("poll", [])]
            refused = len(tally.seconds.get("refusal", []))
            share = refused / max(1, refused + len(made))
            p50, p95 = percentile(made, 0.5), percentile(made, 0.95)
            end = "late" if p95 > 1000 * (LATE + call) else ""
            end = "refused" if share > REFUSED else end
            rate = len(made) / MEASURED
            rows.append([way.name, 1000 * call, visitors, rate, p50, p95, f"{share:.1%}", end])
            print(*rows[-1], flush=True)
            if end:
                break
    return rows


async def _step(site: Standing, visitors: int, seconds: float = MEASURED) -> Tally:
    """Let so many come, and return what they met once all are there."""
    chance = random.Random(1)  # noqa: S311 - chance, not secrecy
    tally = Tally()
    crowd = [
        asyncio.create_task(_stay(site, tally, n * COMING / visitors, chance))
        for n in range(visitors)
    ]
    await asyncio.sleep(COMING + 2)
    tally.clear()
    await asyncio.sleep(seconds)
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    return tally


async def _stay(site: Standing, tally: Tally, delay: float, chance: random.Random) -> None:
    await asyncio.sleep(delay)
    visitor = Visitor(site.url, site.widget, tally)
    while True:
        await visitor.say("How long does it take?")
        await asyncio.sleep(chance.uniform(0, 2 * PAUSE))


if __name__ == "__main__":
    sys.exit(main())
