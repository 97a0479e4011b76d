"""What a message and a poll cost as a site grows: widgets, sessions, history, workers.

    python -m bench.growth [--short]

In one process, on PostgreSQL and Redis, before a Chat API that answers at once: so many rows are
there, and visitors of chosen sessions write and poll through the mirror. CPU is that of this
process and of its process of PostgreSQL, where that runs on this machine. Queries and round trips
are counted apart, as counting costs. The last table is gunicorn's, with 8 threads a worker.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from statistics import quantiles
from typing import Any

from bench import records, report
from bench.admin_pages import FILL_SESSIONS
from bench.proxy import contenders
from bench.proxy.load import Wire, batch, cpu, memory
from bench.records import Record, Table, Target
from bench.running import ROOT, manage, scratch_services
from bench.trips import round_trips

WIDGETS = (10, 100, 1000, 10_000)
SESSIONS, SHORT_SESSIONS = (1000, 10_000, 100_000, 1_000_000), (1000, 10_000, 100_000)
HISTORY = (1, 10, 100, 1000)
WORKERS = (1, 2, 4)
PROBES = 80
CONNECTIONS = 32
MOST = 1.2
CHAT = "/chatwidget/api/chat"
# Steps follow one another: what else the machine does in between is in their times, and less so in
# their CPU.
WHY = "The statements and the trips stay the same: see the columns beside it."


@dataclass(frozen=True)
class Step:
    """What a message, a poll and a history of 50 messages took at a size: ms, CPU ms, counts."""

    size: int
    send: float
    send_cpu: float
    send_queries: int
    send_trips: int
    poll: float
    poll_cpu: float
    poll_queries: int
    poll_trips: int
    history: float
    megabytes: float


def main() -> int:
    """Measure all growth and publish."""
    parser = records.options(__doc__)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _inside(SHORT_SESSIONS if options.short else SESSIONS)
        return 0
    record = Record("growth", "As a site grows", "python -m bench.growth")
    with ExitStack() as running:
        services = running.enter_context(scratch_services())
        here, _port = running.enter_context(contenders.surroundings(*services))
        manage(here.of("ours"), "migrate", "--verbosity", "0")
        command = [sys.executable, "-m", "bench.growth", "--inside"]
        command += ["--short"] if options.short else []
        done = subprocess.run(
            command, cwd=ROOT, env=here.of("ours"), check=True, stdout=subprocess.PIPE, text=True
        )
        found = {
            kind: [Step(**step) for step in all_of]
            for kind, all_of in json.loads(done.stdout).items()
        }
        for kind, steps in found.items():
            _take(record, kind, steps)
        record.targets += _counted([step for steps in found.values() for step in steps])
        record.tables.append(_workers(here))
    return report.publish(record)


def _take(record: Record, kind: str, steps: Sequence[Step]) -> None:
    rows = [list(asdict(step).values()) for step in steps]
    counted = ("CPU ms", "queries", "to Redis")
    columns = (kind, "message ms", *counted, "poll ms", *counted, "history ms", "MB")
    notes = ["Lower quartiles. Times are with what PostgreSQL, Redis and the server take."]
    record.tables.append(Table(f"{kind.capitalize()}", columns, rows, notes))
    first, last = steps[0], steps[-1]
    for name in ("send", "poll") if kind != "messages in the chat" else ("send",):
        share = getattr(last, f"{name}_cpu") / getattr(first, f"{name}_cpu")
        what = f"CPU of a {name}, {first.size:,} to {last.size:,} {kind}"
        met = share <= MOST
        record.targets.append(
            Target(what, f"at most {MOST} x", round(share, 2), met, "" if met else WHY)
        )


def _counted(steps: Sequence[Step]) -> Iterator[Target]:
    """What a message and a poll may ask for, at any size; the tests tell reads from writes."""
    for name, queries, trips in (("send", 3, 4), ("poll that finds nothing new", 0, 3)):
        kind = name.partition(" ")[0]
        for what, most in (("queries", queries), ("trips", trips)):
            found = max(getattr(step, f"{kind}_{what}") for step in steps)
            words = f"a {name}: {'queries' if what == 'queries' else 'round trips to the cache'}"
            yield Target(words, f"at most {most}", found, found <= most)


def _workers(here: contenders.Surroundings) -> Table:
    rows: list[list[records.Cell]] = []
    for workers in WORKERS:
        with ExitStack() as running:
            site = contenders.ours(here, running, workers, upstreams=("plain",), chats=CONNECTIONS)
            chats = site.chats["plain"]
            asks = [site.poll(chat) for chat in _said(site, chats)] * 15
            batch(site.port, asks[:200], site.pids, CONNECTIONS)
            found = batch(site.port, asks, site.pids, CONNECTIONS)
            busy = 1000 * found.cpu / found.requests
            rows.append([workers, found.requests / found.seconds, busy, memory(site.pids)])
    notes = [f"The machine has {os.cpu_count()} cores, the load and the database among others."]
    columns = ("workers", "polls a second", "CPU ms", "MB")
    return Table("Workers, polls over 32 connections", columns, rows, notes)


def _said(
    site: contenders.Contender, chats: Sequence[contenders.Chat]
) -> Sequence[contenders.Chat]:
    wire = Wire(site.port)
    for chat in chats:
        chat.task = json.loads(wire.ask(site.message(chat))[1])["task_id"]
    wire.close()
    return chats


def _inside(sessions: Sequence[int]) -> None:
    import django

    django.setup()

    from django.db import connection

    from bench.proxy.settings import UPSTREAMS
    from chatwidget.models import ChatServer

    # So that it is one process of PostgreSQL all along.
    connection.settings_dict["CONN_MAX_AGE"] = None
    server = ChatServer(name="Bench", base_url=UPSTREAMS["plain"], scheme="none")
    server.save()
    steps = {
        "widgets": [_at(size, server, widgets=size) for size in WIDGETS],
        "sessions": [_at(size, server, sessions=size) for size in sessions],
        "messages in the chat": [_at(size, server, messages=size) for size in HISTORY],
    }
    print(json.dumps({kind: [asdict(step) for step in each] for kind, each in steps.items()}))


def _at(size: int, server: Any, *, widgets: int = 0, sessions: int = 0, messages: int = 1) -> Step:
    """Grow to a size and measure there."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from chatwidget import usage
    from chatwidget.models import ChatSession

    _add_widgets(server, widgets)
    with connection.cursor() as cursor:
        missing = sessions - ChatSession.objects.count()
        if missing > 0:
            first, number = _widgets()
            cursor.execute(FILL_SESSIONS.format(first=first, widgets=number, sessions=missing))
        cursor.execute("ANALYZE")
    visitors = [_visitor(messages, _any_widget()) for _ in range(PROBES)]
    for visitor in visitors[: PROBES // 4]:
        visitor.send()
        visitor.poll()
        visitor.history()
    measured = visitors[PROBES // 4 :]
    histories = [_took(visitor.history) for visitor in measured]
    sends = [_took(visitor.send) for visitor in measured]
    polls = [_took(visitor.poll) for visitor in measured]
    widget_id = _any_widget()
    for _time in range(2):  # the first time this process may not know the widget yet
        one = _visitor(messages, widget_id)
        usage.flush()  # which is every five seconds some request's
        with CaptureQueriesContext(connection) as of_send, round_trips() as send_trips:
            one.send()
        with CaptureQueriesContext(connection) as of_poll, round_trips() as poll_trips:
            one.poll()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Step(
        size,
        *(*_usual(sends), len(of_send), len(send_trips)),
        *(*_usual(polls), len(of_poll), len(poll_trips)),
        history=_usual(histories)[0],
        megabytes=megabytes,
    )


def _took(ask: Callable[[], None]) -> tuple[float, float]:
    """Return the milliseconds of a call, by the clock and of CPU."""
    from django.db import connection

    connection.ensure_connection()
    backend = [connection.connection.info.backend_pid]
    busy, started = time.process_time() + cpu(backend), time.perf_counter()
    ask()
    took = time.perf_counter() - started
    return 1000 * took, 1000 * (time.process_time() + cpu(backend) - busy)


def _usual(times: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The lower quartiles: what takes longer was kept waiting by something else."""
    took, busy = zip(*times, strict=True)
    return quantiles(took)[0], quantiles(busy)[0]


def _add_widgets(server: Any, wanted: int) -> None:
    from chatwidget.models import Widget

    have = Widget.objects.count()
    new = (
        Widget(server=server, chatbot_id=uuid.uuid4(), name=f"Widget {n}", slug=f"widget-{n}")
        for n in range(have, wanted)
    )
    Widget.objects.bulk_create(new, batch_size=1000)


def _widgets() -> tuple[int, int]:
    """The first widget's key, and how many there are."""
    from django.db.models import Count, Min

    from chatwidget.models import Widget

    found = Widget.objects.aggregate(first=Min("pk"), number=Count("pk"))
    return found["first"], found["number"]


class _Visitor:
    def __init__(self, session: Any) -> None:
        from django.test import Client

        from chatwidget import tokens

        self._http = Client(SERVER_NAME="127.0.0.1")
        self._address = f"{CHAT}/{session.pk}"
        self._headers = {"X-Session-Token": tokens.issue(session)}
        self._task = ""

    def send(self) -> None:
        body = {"message": "When are you open?"}
        path, json_type = f"{self._address}/message/", "application/json"
        answer = self._http.post(path, body, content_type=json_type, headers=self._headers)
        assert answer.status_code == 202, answer.content
        self._task = answer.json()["task_id"]

    def poll(self) -> None:
        self._get(f"{self._address}/{self._task}/poll/")

    def history(self) -> None:
        self._get(f"{self._address}/poll/")

    def _get(self, path: str) -> None:
        answer = self._http.get(path, headers=self._headers)
        assert answer.status_code == 200, answer.content


def _any_widget() -> int:
    first, number = _widgets()
    return first + random.randrange(number)  # noqa: S311 - chance, not secrecy


def _visitor(messages: int, widget_id: int) -> _Visitor:
    """Make a session of a widget, with so much said in it as the last look found."""
    from chatwidget.chatapi import Message
    from chatwidget.conversation import copies
    from chatwidget.models import ChatSession

    session = ChatSession.objects.create(
        widget_id=widget_id,
        remote_id=uuid.uuid4().hex,
        state=ChatSession.State.ACTIVE,
    )
    said = tuple(
        Message(created_at=f"2026-01-31T12:00:00.{n:06}Z", role="user", content=words)
        for n, words in zip(range(messages), _words(), strict=False)
    )
    copies.save(session, copies.Copy(base=said, looked_at=time.time()))
    return _Visitor(session)


def _words() -> Iterator[str]:
    while True:
        yield "We are open from nine to six, and on Saturdays until four. " * 3


if __name__ == "__main__":
    sys.exit(main())
