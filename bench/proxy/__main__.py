"""What proxying costs: nginx, django-revproxy, views that people write, and ours, in one run.

    python -m bench.proxy [--short]

gunicorn (gthread, 2 workers of 8 threads) with PostgreSQL and Redis behind, before a Chat API that
answers at once. Every round asks each contender in turn; a figure is the median of the rounds.
CPU is that of the contender's own processes, which the load of the machine changes little.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

import requests

from bench import records, report
from bench.proxy import contenders
from bench.proxy.contenders import Chat, Contender
from bench.proxy.load import Measured, Wire, batch, cpu, memory
from bench.records import Cell, Record, Table, Target
from bench.running import scratch_services

ROUNDS, SHORT_ROUNDS = 25, 4
OURS, POOLED, GUARDED = "ours", "e pooled", "i guarded"
SLOW_CALLS = {"d naive": 8}

Key = tuple[str, str]
Figures = dict[Key, list[Measured]]


class Bench:
    """All contenders, and what was measured of each, by its name and the kind of call."""

    def __init__(self, all_of: Sequence[Contender], upstream: int, rounds: int) -> None:
        self.contenders = list(all_of)
        self.direct = contenders.direct(upstream)
        self.upstream, self.rounds = f"http://127.0.0.1:{upstream}", rounds
        self.found: Figures = defaultdict(list)
        self.memory: dict[str, float] = {}

    def run(self) -> None:
        """Measure everything, a round of everybody at a time."""
        self._round("plain", is_kept=False)
        for _round in range(self.rounds):
            self._round("plain")
            self._round("tls")
            self.contenders.append(self.contenders.pop(0))
        for _round in range(max(3, self.rounds // 3)):
            for each in self.contenders:
                self._crowd(each, "plain", 32, 480)
                self._crowd(each, "slow", 64, 192)
        self.memory = {each.name: memory(each.pids) for each in self.contenders}

    def _round(self, upstream: str, *, is_kept: bool = True) -> None:
        everybody = [*([self.direct] if upstream == "plain" else []), *self.contenders]
        for each in everybody:
            calls = SLOW_CALLS.get(each.name, contenders.CHATS) if upstream == "tls" else 10**6
            chats = each.chats[upstream][:calls]
            found = _ours(each, chats, self) if each.name == OURS else _peer(each, chats)
            for kind, measured in found.items() if is_kept else ():
                self.found[each.name, f"{upstream} {kind}"].append(measured)

    def _crowd(self, each: Contender, upstream: str, connections: int, calls: int) -> None:
        """Poll over many connections; each has a chat of its own."""
        chats = each.chats[upstream][:connections]
        if each.name == OURS and (each.name, f"{upstream} {connections}") not in self.found:
            # Not answered from here on, so that every poll is one of the server too.
            _say(each, chats)
        asks = [each.poll(chats[number % connections]) for number in range(calls)]
        measured = batch(each.port, asks, each.pids, connections)
        self.found[each.name, f"{upstream} {connections}"].append(measured)

    def be_ready(self, *, is_ready: bool) -> None:
        """Let the upstream's replies be there, or not yet."""
        requests.post(f"{self.upstream}/{'' if is_ready else 'un'}ready/", timeout=10)

    def cpu_ms(self, name: str, kind: str) -> float:
        """The CPU of a request in milliseconds."""
        return median(1000 * each.cpu / each.requests for each in self.found[name, kind])

    def latency_ms(self, name: str, kind: str) -> float:
        """How long a request took in milliseconds."""
        return median(1000 * median(each.latencies) for each in self.found[name, kind])

    def rate(self, name: str, kind: str) -> float:
        """Requests a second."""
        return median(each.requests / each.seconds for each in self.found[name, kind])


def _peer(each: Contender, chats: Sequence[Chat]) -> dict[str, Measured]:
    return {
        "message": batch(each.port, map(each.message, chats), each.pids),
        "poll": batch(each.port, map(each.poll, chats), each.pids),
    }


def _ours(each: Contender, chats: Sequence[Chat], bench: Bench) -> dict[str, Measured]:
    """Send in every chat, poll while nothing is new, then for the answer, which ends the round."""
    sent = _say(each, chats)
    found = {
        "message": sent,
        "poll": batch(each.port, map(each.poll, chats), each.pids),
        "html poll": batch(each.port, map(contenders.html_poll, chats), each.pids),
    }
    bench.be_ready(is_ready=True)
    found["answer"] = batch(each.port, map(each.poll, chats), each.pids)
    bench.be_ready(is_ready=False)
    return found


def _say(each: Contender, chats: Sequence[Chat]) -> Measured:
    wire, pids = Wire(each.port), each.pids
    latencies, busy = [], cpu(pids)
    for chat in chats:
        took, body = wire.ask(each.message(chat))
        chat.task = json.loads(body)["task_id"]
        latencies.append(took)
    wire.close()
    return Measured(len(chats), sum(latencies), latencies, cpu(pids) - busy)


def tables(bench: Bench) -> list[Table]:
    """Return what was measured."""
    names = sorted((each.name for each in bench.contenders), key=lambda name: (name == OURS, name))
    single = [_single(bench, name, kind) for name in names for kind in _kinds(bench, name, "plain")]
    secure = [_secure(bench, name, kind) for name in names for kind in _kinds(bench, name, "tls")]
    crowds: list[list[Cell]] = [
        [
            name,
            bench.rate(name, "plain 32"),
            bench.cpu_ms(name, "plain 32"),
            bench.rate(name, "slow 64"),
            bench.cpu_ms(name, "slow 64"),
            bench.memory[name],
        ]
        for name in names
    ]
    which = ["c keeps one connection to the server. Memory is PSS: what is shared counts once."]
    return [
        Table(
            "One call, plain HTTP to the server, one connection",
            ("contender", "call", "added ms", "CPU ms", "CPU against e", "CPU against i"),
            single,
            _words(bench),
        ),
        Table(
            "The same with TLS to the server",
            ("contender", "call", "CPU ms", "against its own plain HTTP"),
            secure,
        ),
        Table(
            "Polls over 32 connections; over 64, with a server that takes 50 ms",
            ("contender", "32: a second", "CPU ms", "64: a second", "CPU ms", "MB"),
            crowds,
            which,
        ),
    ]


def _kinds(bench: Bench, name: str, upstream: str) -> list[str]:
    calls = ("message", "poll", "html poll", "answer")
    return [kind for kind in calls if (name, f"{upstream} {kind}") in bench.found]


def _base(kind: str) -> str:
    """The call of a peer that a call of ours is held against."""
    return "plain message" if kind == "message" else "plain poll"


def _single(bench: Bench, name: str, kind: str) -> list[Cell]:
    own, base = bench.cpu_ms(name, f"plain {kind}"), _base(kind)
    added = bench.latency_ms(name, f"plain {kind}") - bench.latency_ms("direct", base)
    against = (own / bench.cpu_ms(other, base) for other in (POOLED, GUARDED))
    return [name, kind, added, own, *against]


def _secure(bench: Bench, name: str, kind: str) -> list[Cell]:
    own = bench.cpu_ms(name, f"tls {kind}")
    return [name, kind, own, own / bench.cpu_ms(name, f"plain {kind}")]


def _words(bench: Bench) -> list[str]:
    missing = {"b nginx", "c django-revproxy"} - {each.name for each in bench.contenders}
    words = (
        "d: a DRF view that calls requests.post; e: one that keeps a requests.Session; i: e, and"
        " the chat's row, its bot's, a token and a throttle in Redis. Ours does what i does, and"
        " checks the origin and the answer's shape, counts two limits, claims a message before it"
        " is sent, and decides when to ask again; its cache is chatwidget.redis_cache, i's Django's"
        " own. “poll” finds nothing new, “answer” the reply, which is stored. “html poll” is the"
        " chat page's fragment. SERVER_CALLS is 0, as the others have no bound."
    )
    return [words, *(f"Without {name}: run `make bench-setup`." for name in sorted(missing))]


def targets(bench: Bench) -> list[Target]:
    """Hold ours against what it should be."""
    found = []
    for kind in ("message", "poll"):
        own = bench.cpu_ms(OURS, f"plain {kind}")
        for other, most in ((POOLED, 1.0), (GUARDED, 0.6)):
            share = own / bench.cpu_ms(other, f"plain {kind}")
            words = f"CPU of a proxied {kind}, with everything on, against {other}"
            found.append(_target(words, share, most))
        secure = bench.cpu_ms(OURS, f"tls {kind}") / own
        found.append(_target(f"CPU of a {kind} over HTTPS, against its plain HTTP", secure, 1.1))
    html = bench.cpu_ms(OURS, "plain html poll") / bench.cpu_ms(OURS, "plain poll")
    return [*found, _target("CPU of the HTML poll against the JSON one", html, 1.5)]


def _target(what: str, figure: float, most: float) -> Target:
    why = next((why for start, why in WHY.items() if what.startswith(start)), "")
    why = why if figure > most else ""
    return Target(what, f"at most {most:g}", round(figure, 2), figure <= most, why)


WHY = {
    "CPU of a proxied message": (
        "Of its own work a fifth is the call itself, more than a fifth the three statements of the"
        " database (the row is read, claimed before a byte goes out, and written with the task), a"
        " sixth the four trips to Redis (the configs' mark, all limits at once, the transcript's"
        " copy read, and written with that for polls). e has the call alone; i writes nothing to"
        " the database."
    ),
    "CPU of a proxied poll": (
        "A fifth of it are the three trips to Redis, which keep a pause, a deleted chat and two"
        " tabs at once exact, and a third the call itself, which is all that e has."
    ),
}


def main() -> int:
    """Start everything, measure, publish."""
    options = records.options(__doc__).parse_args()
    record = Record("proxy", "What proxying costs", "python -m bench.proxy")
    with ExitStack() as running:
        services = running.enter_context(scratch_services())
        here, upstream = running.enter_context(contenders.surroundings(*services))
        rounds = SHORT_ROUNDS if options.short else ROUNDS
        bench = Bench(contenders.all_of(here, running), upstream, rounds)
        bench.run()
        record.tables += tables(bench)
        record.targets += targets(bench)
    return report.publish(record)


if __name__ == "__main__":
    sys.exit(main())
