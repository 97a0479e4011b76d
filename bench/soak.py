"""Does the site hold, and stay as it is, under visitors as they come?

    python -m bench.soak [--short] [--seconds 600] [--connections 64]

64 visitors at any time: each opens the page, says five things, waits for the answers, idles in
between, and has a second tab that reads the log; then the next one comes. Meanwhile the memory and
the connections of the workers, the keys in the cache and the rows in the database are counted.
gunicorn, 2 workers of 8 threads, PostgreSQL, Redis; replies take 1 to 6 s.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg
import redis
import requests
from psycopg import sql

from bench.crowd import Tally, Visitor
from bench.records import Cell, Record, Table, Target, options
from bench.report import publish
from bench.running import scratch_services
from bench.standing import Standing, standing

CALL, REPLY = 0.02, "1-6"
MESSAGES = 5
IDLE = (2.0, 8.0)
TABLES = ("chatsession", "usageday", "upload", "feedback")
# A worker keeps what it has loaded and learned; more megabytes than this are growth. Its handles:
# what Python opens, a connection a thread to the database and to Redis, and those to the server;
# visitors' own come on top. Keys: of a message, and of its chat.
MEGABYTES, HANDLES, KEYS = 8.0, 100, 10
EXPLAINED = (
    "A chat has one row, for RETENTION_DAYS, and a message a few keys, for half an hour at most:"
    " both grow with what was said, and with nothing else. Usage has a few rows a widget and day."
    " Handles include the calls under way at that moment."
)


@dataclass(frozen=True)
class Sample:
    """The site at one moment: the workers' ``memory`` in MB, open ``handles`` and ``cpu`` seconds;
    what was ``said`` until then, and how many calls were ``made`` for it.
    """

    memory: float
    handles: int
    connections: int
    keys: int
    rows: dict[str, int]
    said: int
    made: int
    cpu: float
    at: float


@dataclass
class Run:
    """All that was seen; ``visitors`` have come, ``received`` is what the Chat API took."""

    tally: Tally = field(default_factory=Tally)
    samples: list[Sample] = field(default_factory=list)
    visitors: int = 0
    said: int = 0
    received: int = 0


def main() -> int:
    """Run, and return 1 if a target was missed."""
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--connections", type=int, default=64)
    given = parser.parse_args()
    seconds = 20 if given.short else given.seconds
    record = Record("soak", f"{seconds:g} s of visitors", "python -m bench.soak")
    with TemporaryDirectory() as directory, scratch_services() as services:
        run = soak(seconds, given.connections, services, Path(directory))
    fill(record, run, given.connections)
    return publish(record)


def soak(seconds: float, connections: int, services: tuple[str, str], directory: Path) -> Run:
    """Let visitors come for so long."""
    run = Run()
    # All come from one address, and a busy machine is no overload of the server's.
    settings = {"ADDRESS_LIMIT": 0, "SESSION_LIMIT": 0}
    with standing(services, directory, call=CALL, reply=REPLY, settings=settings) as site:
        asyncio.run(_visits(run, site, services, seconds, connections))
        run.received = int(requests.put(site.bot, timeout=30).json()["received"])
    return run


async def _visits(
    run: Run, site: Standing, services: tuple[str, str], seconds: float, connections: int
) -> None:
    end = time.monotonic() + seconds
    chance = random.Random(1)  # noqa: S311 - chance, not secrecy
    numbers = count()
    crowd = [
        asyncio.create_task(_one_after_the_other(run, site, end, chance, numbers, n / connections))
        for n in range(connections)
    ]
    while time.monotonic() < end:
        await asyncio.sleep(seconds / 40)
        run.samples.append(await asyncio.to_thread(_sample, site, services, run))
    await asyncio.gather(*crowd)


async def _one_after_the_other(
    run: Run,
    site: Standing,
    end: float,
    chance: random.Random,
    numbers: count[int],
    delay: float,
) -> None:
    await asyncio.sleep(delay * IDLE[1])
    while time.monotonic() < end:
        visitor = Visitor(site.url, site.widget, run.tally)
        number = next(numbers)
        run.visitors += 1
        await visitor.open_page()
        other_tab = asyncio.create_task(_look_now_and_then(visitor))
        for message in range(MESSAGES):
            if time.monotonic() > end:
                break
            run.said += 1
            await visitor.say(f"v{number} m{message}")
            idle = chance.uniform(*IDLE)
            await asyncio.sleep(min(idle, max(0, end - time.monotonic())))
        other_tab.cancel()
        with suppress(asyncio.CancelledError):
            await other_tab


async def _look_now_and_then(visitor: Visitor) -> None:
    while True:
        await asyncio.sleep(10)
        await visitor.look()


def _sample(site: Standing, services: tuple[str, str], run: Run) -> Sample:
    children = Path(f"/proc/{site.master}/task/{site.master}/children").read_text().split()
    with redis.Redis.from_url(services[1]) as cache:
        keys = int(cache.dbsize())
    with psycopg.connect(services[0]) as database:
        used = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        connections = int((database.execute(used).fetchone() or (0,))[0])
        rows = {name: _rows(database, f"chatwidget_{name}") for name in TABLES}
    return Sample(
        memory=sum(_memory(pid) for pid in children),
        handles=sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in children),
        connections=connections - 1,
        keys=keys,
        rows=rows,
        said=run.said,
        made=sum(map(len, run.tally.seconds.values())),
        cpu=sum(_cpu(pid) for pid in children),
        at=time.monotonic(),
    )


def _rows(database: psycopg.Connection[tuple[int]], table: str) -> int:
    counted = database.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return int((counted.fetchone() or (0,))[0])


def _memory(pid: str) -> float:
    """What a worker alone holds, without what it shares with the other since the fork."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    private = (line.split()[1] for line in lines if line.startswith("Private_"))
    return sum(map(int, private)) / 1024


def _cpu(pid: str) -> float:
    """Seconds that a worker has used, its own and the system's for it (proc(5), stat)."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def fill(record: Record, run: Run, connections: int) -> None:
    """Put what was seen into the record, and hold it against what should be."""
    tally, samples = run.tally, run.samples
    half, last = samples[len(samples) // 2], samples[-1]
    calls: list[list[Cell]] = [
        [kind, len(times), *(tally.share(kind, part) for part in (0.5, 0.95, 0.99, 1))]
        for kind, times in sorted(tally.seconds.items())
    ]
    note = (
        f"{connections} visitors at any time, {run.visitors} in all, {run.said} messages; a second"
        " tab each. A refusal is a 429 or 503; the page sends the message again."
    )
    columns = ("call", "calls", "p50 ms", "p95 ms", "p99 ms", "worst ms")
    record.tables.append(Table("What visitors waited for", columns, calls, [note]))
    marks = {"a quarter": samples[len(samples) // 4], "half": half, "the end": last}
    grown: list[list[Cell]] = [
        [
            name,
            *(each.memory, each.handles, each.connections, each.keys),
            round(each.keys / max(1, each.said), 2),
            *each.rows.values(),
        ]
        for name, each in marks.items()
    ]
    columns_grown = ("at", "workers MB", "handles", "db connections", "cache keys")
    record.tables.append(
        Table(
            "What the site held",
            (*columns_grown, "keys a message", *(f"{name} rows" for name in TABLES)),
            grown,
            [EXPLAINED],
        )
    )
    first = samples[len(samples) // 4]
    cpu, made, said = last.cpu - first.cpu, last.made - first.made, last.said - first.said
    seconds = last.at - first.at
    used: list[list[Cell]] = [
        ["calls of visitors a second", round(made / seconds, 1)],
        ["messages a second", round(said / seconds, 2)],
        ["calls a message, page, log and polls included", round(made / max(1, said), 1)],
        ["workers' CPU, cores", round(cpu / seconds, 2)],
        ["CPU ms a call", round(1000 * cpu / made, 2)],
        ["CPU ms a message, with all its calls", round(1000 * cpu / max(1, said), 1)],
        ["messages a second that one core carries", round(said / cpu, 1)],
    ]
    record.tables.append(Table("What it took, after the first quarter", ("", ""), used))
    record.targets.extend(_targets(run, samples, last, connections))


def _targets(run: Run, samples: list[Sample], last: Sample, connections: int) -> list[Target]:
    quarter = len(samples) // 4
    second, fourth = samples[quarter : 2 * quarter], samples[3 * quarter :]
    memory = median(each.memory for each in fourth) - median(each.memory for each in second)
    handles = max(each.handles for each in samples)
    a_message = [each.keys / max(1, each.said) for each in (samples[len(samples) // 2], last)]
    wrong = len(run.tally.wrong)
    everywhere = [second for kind in run.tally.seconds.values() for second in kind]
    p99 = 1000 * sorted(everywhere)[int(0.99 * len(everywhere))]
    lost = run.said - run.received
    return [
        Target("Errors", "0", wrong, met=not wrong, why="; ".join(run.tally.wrong[:3])),
        Target("Messages lost or doubled", "0", lost, met=lost == 0),
        Target(
            "Workers' memory, second quarter to fourth",
            f"at most {MEGABYTES:g} MB more",
            f"{memory:+.1f} MB",
            met=memory <= MEGABYTES,
        ),
        Target(
            "Workers' handles, the most",
            f"at most {HANDLES + connections}",
            handles,
            met=handles <= HANDLES + connections,
        ),
        Target(
            "Cache keys a message, half and end",
            f"at most {KEYS}",
            f"{a_message[0]:.2f}, {a_message[1]:.2f}",
            met=a_message[1] <= KEYS,
        ),
        Target(
            "Rows",
            "one a chat; usage a few a day",
            f"{last.rows['chatsession']} for {run.visitors} visitors",
            met=last.rows["chatsession"] <= run.visitors and last.rows["usageday"] <= 4,
        ),
        Target("p99 of every call", "stated", f"{p99:.0f} ms", met=True),
    ]


if __name__ == "__main__":
    sys.exit(main())
