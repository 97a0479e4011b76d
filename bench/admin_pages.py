"""How long the admin's pages take when there is much: `python -m bench.admin_pages`.

Fills a scratch database of PostgreSQL with widgets, sessions and a year of usage, asks for each
page as an admin does, and prints the best time of five, because what else the machine does
is not the page's, and the number of queries. Both are bounded: 300 ms and 12 queries.
``--sessions 20000`` is quick.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from bench import records
from bench import report as reports
from bench.records import Cell, Record, Table, Target
from bench.running import ROOT, scratch_services

MILLISECONDS, QUERIES = 300, 12
ASKED = 5

FILL_SERVER = """
INSERT INTO chatwidget_chatserver (name, base_url, scheme, encrypted_credential, credential_env,
    files_key_env, origin, token_url, client_id, scope, is_active, created_at, updated_at)
VALUES ('Bench', 'https://chat.example', 'none', '', '', '', '', '', '', '', true, now(), now())
"""
# Half of all sessions are one widget's, as on a site that has a main one.
FILL_SESSIONS = """
INSERT INTO chatwidget_chatsession (id, widget_id, state, remote_id, encrypted_remote_token,
    participant_id, participant_name, is_identified, message_count, turn, flight, client_id, digest,
    remote_task_id, mark, recent, answers, agreements, created_at, last_active_at)
SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN {first} ELSE {first} + n % {widgets} END,
    CASE WHEN n % 10 = 0 THEN 'active' WHEN n % 3 = 0 THEN 'ended' ELSE 'expired' END, 'r' || n, '',
    'person-' || n % 50000, '', false, n % 40, 0, 'none', '', '', '', '', '[]', '{{}}', '[]',
    now() - n * interval '31 seconds', now() - n * interval '31 seconds'
FROM generate_series(1, {sessions}) AS n
"""
FILL_USAGE = """
INSERT INTO chatwidget_usageday (widget_id, day, sessions, messages, replies, failures, likes,
    dislikes, ratings, stars, detail)
SELECT widget, current_date - day, 3, 20, 19, 1, 2, 1, 1, 4,
    '{{"hours": {{"9": 8, "14": 12}}, "reply_times": {{"12": 19}}, "errors": {{"timed_out": 1}}}}'
FROM generate_series(0, {days} - 1) AS day,
    (SELECT id AS widget FROM chatwidget_widget UNION ALL SELECT NULL) AS widgets
"""


@dataclass(frozen=True)
class Plan:
    """How much there is."""

    widgets: int = 1000
    sessions: int = 1_000_000
    days: int = 365


SHORT = Plan(widgets=200, sessions=50_000, days=90)


@dataclass(frozen=True)
class Page:
    """What a page took: the best of some requests, of it Python's own, and the queries of one."""

    address: str
    milliseconds: float
    cpu: float
    queries: int


def main() -> int:
    """Measure, print a table, and fail where a page is late."""
    parser = records.options(__doc__)
    for name in asdict(Plan()):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    usual = asdict(SHORT if options.short else Plan())
    plan = Plan(**{name: getattr(options, name) or size for name, size in usual.items()})
    if options.inside:
        print(json.dumps([asdict(page) for page in _measure(plan)]))
        return 0
    record = Record("admin_pages", "Pages of the admin", "python -m bench.admin_pages")
    with scratch_services() as (database, cache):
        pages = run(plan, database, cache)
    sizes = ", ".join(f"{size:,} {name}" for name, size in asdict(plan).items())
    rows: list[list[Cell]] = [
        [f"`{each.address}`", each.milliseconds, each.cpu, each.queries] for each in pages
    ]
    columns = ("page", "ms", "of it CPU", "queries")
    record.tables.append(Table(f"With {sizes}", columns, rows, ["The best of five requests."]))
    slowest, busiest = max(each.milliseconds for each in pages), max(each.queries for each in pages)
    quick, few = f"under {MILLISECONDS} ms", f"at most {QUERIES}"
    record.targets += [
        Target("the slowest page of the admin", quick, slowest, slowest < MILLISECONDS),
        Target("queries of a page of the admin", few, busiest, busiest <= QUERIES),
    ]
    return reports.publish(record)


def report(pages: list[Page]) -> str:
    """Return the pages as lines."""
    return "\n".join(str(page) for page in pages)


def run(plan: Plan, database: str, cache: str) -> list[Page]:
    """Fill ``database`` and measure, in a process that has it for its settings."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "REDIS_URL": cache,
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnop",
    }
    sizes = [word for name, size in asdict(plan).items() for word in (f"--{name}", str(size))]
    command = [sys.executable, "-m", "bench.admin_pages", "--inside", *sizes]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return [Page(**row) for row in json.loads(done.stdout)]


def _measure(plan: Plan) -> list[Page]:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    first = _fill(plan)
    client = Client(SERVER_NAME="127.0.0.1")
    client.defaults["wsgi.multithread"] = "yes"  # or the demo refuses to serve
    client.force_login(User.objects.create_superuser("root", password="unused"))  # noqa: S106 (a scratch database)
    return [_page(client, address) for address in _addresses(first)]


def _fill(plan: Plan) -> int:
    """Make the rows; return the first widget's key."""
    from django.db import connection

    from chatwidget.models import ChatServer, Widget

    with connection.cursor() as cursor:
        cursor.execute(FILL_SERVER)
        server = ChatServer.objects.get()
        widgets = [
            Widget(server=server, chatbot_id=server_id(), name=f"Widget {n}", slug=f"widget-{n}")
            for n in range(plan.widgets)
        ]
        Widget.objects.bulk_create(widgets)
        first = min(widget.pk for widget in widgets)
        sizes = {"first": first, **asdict(plan)}
        cursor.execute(FILL_SESSIONS.format(**sizes))
        cursor.execute(FILL_USAGE.format(**sizes))
        cursor.execute("ANALYZE")
    return first


def server_id() -> str:
    """The chatbot's id, of which nothing hangs here."""
    return "22222222-2222-4222-8222-222222222222"


def _addresses(widget: int) -> list[str]:
    from chatwidget.models import ChatSession

    session = ChatSession.objects.order_by("last_active_at").first()
    assert session
    pages = [
        *("", "widget/", "widget/?p=10", "widget/?q=9", f"widget/{widget}/change/"),
        *(f"widget/{widget}/delete/", "chatserver/", "chatserver/1/change/"),
        *("chatsession/", "chatsession/?p=50", "chatsession/?p=99", "chatsession/?p=100"),
        *(f"chatsession/?widget={widget}&p=99", "chatsession/?state__exact=active&p=99"),
        f"chatsession/?widget={widget}&state__exact=active&p=99",
        f"chatsession/?widget={widget + 7}&state__exact=starting",
        *(f"chatsession/?q={session.pk}", "chatsession/?q=person-77", "chatsession/?q=nobody"),
        *("chatsession/?o=6", f"chatsession/{session.pk}/change/"),
        *("usageday/", "usageday/?days=90", f"usageday/?widget={widget}&days=90"),
    ]
    return [f"/admin/chatwidget/{page}" for page in pages]


def _page(client: Any, address: str) -> Page:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        # A page behind the last one leads to the first.
        assert client.get(address, follow=True).status_code == 200, address
    number = len(queries)
    times, own = [], []
    for _ in range(ASKED):
        begun, busy = time.perf_counter(), time.process_time()
        client.get(address)
        times.append(1000 * (time.perf_counter() - begun))
        own.append(1000 * (time.process_time() - busy))
    return Page(address, min(times), min(own), number)


if __name__ == "__main__":
    sys.exit(main())
