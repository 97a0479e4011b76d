"""What wrong tokens cost: `python -m bench.wrong_tokens`, 100,000 of them.

Each is new, and made as somebody who guesses or copies would make it. Measured is the processor's
time of the check alone and of the whole request at two addresses, in one process, without a
network; beside it a request of Django's own that finds nothing, through the same middleware.
Counted is what all of it logged.
"""

from __future__ import annotations

import logging
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import django

from bench import records, report
from bench.records import Cell, Record, Table, Target

NUMBER, SHORT_NUMBER = 100_000, 5_000
MILLISECONDS = 0.3
# A line for each token would let anybody fill the disk.
LINES = 10

Tokens = Iterator[str]


def wrong(number: int, issued: str) -> Tokens:
    """Yield as many wrong tokens: guessed, signed elsewhere, or a real one changed."""
    from django.core import signing

    from chatwidget import tokens

    dice = random.Random(1)  # noqa: S311 (no secret)
    elsewhere = signing.TimestampSigner(key="another-site", salt=tokens.SALT)
    value = issued.split(":")[0]
    makers: tuple[Callable[[], str], ...] = (
        lambda: dice.randbytes(40).hex(),
        lambda: elsewhere.sign(f"{value}{dice.random()}"),
        lambda: f"{issued[:-8]}{dice.randbytes(4).hex()}",
        lambda: f"{value}:{dice.randbytes(3).hex()}:{issued.rpartition(':')[2]}",
        lambda: "A" * dice.randrange(1, 4000),
    )
    return (makers[count % len(makers)]() for count in range(number))


class Counter(logging.Handler):
    """Counts lines."""

    lines = 0

    def emit(self, _record: logging.LogRecord) -> None:
        """Count one."""
        self.lines += 1


@contextmanager
def counting_lines() -> Iterator[Counter]:
    """Count what is logged within the block, by anybody, from INFO on."""
    counter = Counter()
    root = logging.getLogger()
    level = root.level
    root.addHandler(counter)
    root.setLevel(logging.INFO)
    yield counter
    root.setLevel(level)
    root.removeHandler(counter)


def milliseconds(call: Callable[[str], None], tokens: Tokens) -> float:
    """Return what a call took of the processor on average; the tokens are made before."""
    made = list(tokens)
    started = time.process_time()
    for token in made:
        call(token)
    return 1000 * (time.process_time() - started) / len(made)


def asking(path: str, expected: int) -> Callable[[str], None]:
    """Return what asks at ``path`` with a token, past the middleware of the suite's site."""
    from django.core.handlers.base import BaseHandler
    from django.test import RequestFactory

    handler, requests = BaseHandler(), RequestFactory()
    handler.load_middleware()

    def ask(token: str) -> None:
        headers = {"X-Session-Token": token, "HX-Request": "true"}
        answer = handler.get_response(requests.get(path, headers=headers))
        assert answer.status_code == expected, answer.status_code

    return ask


def prepare() -> tuple[str, dict[str, str]]:
    """Make a site in memory with one chat; return its token and the addresses to ask at."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.core.management import call_command
    from django.urls import reverse

    from chatwidget import tokens
    from chatwidget.models import ChatServer, ChatSession, Widget

    call_command("migrate", verbosity=0)
    server = ChatServer.objects.create(name="Bench", base_url="https://chat.example", scheme="none")
    widget = Widget.objects.create(name="Bench", server=server, chatbot_id=uuid.uuid4())
    session = ChatSession.objects.create(widget=widget, remote_id="r", state="active")
    paths = {
        "the JSON API's history": reverse("chatwidget:api-history", args=[session.pk]),
        "the page's messages": reverse("chatwidget:messages", args=[widget.public_id]),
    }
    return tokens.issue(session), paths


def main() -> int:
    """Measure and publish."""
    short = records.options(__doc__).parse_args().short
    number = SHORT_NUMBER if short else NUMBER
    record = Record("wrong_tokens", "Wrong tokens", "python -m bench.wrong_tokens")
    issued, paths = prepare()
    from chatwidget import tokens

    def check(token: str) -> None:
        with suppress(tokens.TokenError):
            tokens.read(token)
            raise AssertionError("it opened something")

    with counting_lines() as log:
        alone = milliseconds(check, wrong(number, issued))
        asked = {
            name: milliseconds(asking(path, 403), wrong(number, issued))
            for name, path in paths.items()
        }
    empty = milliseconds(asking("/nothing/", 404), wrong(min(number, 10_000), issued))
    rows: list[list[Cell]] = [["the check alone", number, alone]]
    rows += [[f"a request at {name}", number, took] for name, took in asked.items()]
    rows += [["beside it: a request of Django's that finds nothing", min(number, 10_000), empty]]
    columns = ("what", "wrong tokens", "ms each")
    notes = [
        f"Lines logged by the first three: {log.lines}.",
        "The page's address reads its widget first, as it does for everybody.",
    ]
    record.tables.append(Table("What a wrong token costs", columns, rows, notes))
    record.targets += [
        Target("a wrong token", f"< {MILLISECONDS} ms", round(alone, 4), alone < MILLISECONDS),
        Target("lines logged", f"<= {LINES}", log.lines, log.lines <= LINES),
    ]
    return report.publish(record)


if __name__ == "__main__":
    sys.exit(main())
