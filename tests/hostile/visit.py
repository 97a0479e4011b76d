"""Talks through the hostile site as a browser does, and prints what came of it as JSON.

``python -m tests.hostile.visit wsgi`` and ``… asgi`` choose Django's entrance.
"""

from __future__ import annotations

import json
import sys
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

import django
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import connections
from django.test.utils import override_settings, setup_test_environment

PREFIX = "/site/de/deep/chat/"
ATOMIC: list[bool] = []
# How a request is made: a method, a path below the prefix, form data, headers.
Ask = Callable[..., Any]


def main() -> None:
    django.setup()
    setup_test_environment()
    for alias in ("default", "chat"):
        call_command("migrate", database=alias, run_syncdb=True, verbosity=0)
    from tests.fake_chatapi import FakeChatAPI

    class Recorder(FakeChatAPI):
        def _call(self, name: str, options: object) -> None:
            ATOMIC.extend(each.in_atomic_block for each in connections.all())
            super()._call(name, options)

    with (
        tempfile.TemporaryDirectory() as collected,
        override_settings(STATIC_ROOT=collected),
        mock.patch("chatwidget.servers.ChatAPI", Recorder()),
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        found = visit(sys.argv[1])
        print(json.dumps({**found, "atomic": any(ATOMIC)}))  # noqa: T201


def visit(entrance: str) -> dict[str, object]:
    """Make a widget, and visit it as somebody with an account and as nobody."""
    from django.contrib.auth import get_user_model

    from chatwidget.models import ChatServer, Widget

    server = ChatServer.objects.create(name="S", base_url="https://s.example", scheme="none")
    widget = Widget.objects.create(
        server=server, name="W", slug="w", chatbot_id=uuid.uuid4(), knows_users=True
    )
    person = get_user_model().objects.create(email="ada@hostile.example")
    replicate()
    known = talk(asking(entrance), widget.public_id)
    who = asking(entrance, person)("GET", f"{widget.public_id}/identity/").json()
    return {
        **known,
        "known": bool(who["identity"] and who["mark"]),
        "files": upload_and_name(),
    }


def upload_and_name() -> list[int]:
    """What the server calls a file that was uploaded just now."""
    from chatwidget.conversation.files import remote_ids
    from chatwidget.models import ChatSession, Upload

    session = ChatSession.objects.using("chat").get()
    return remote_ids(session, [Upload.objects.create(session=session, remote_id=7).pk])


def replicate() -> None:
    """Bring the replica to where the chat's database is now; it hears of nothing later."""
    for alias in ("chat", "replica"):
        connections[alias].ensure_connection()
    connections["chat"].connection.backup(connections["replica"].connection)


def asking(entrance: str, person: Any = None) -> Ask:
    """A browser of its own at the WSGI or the ASGI entrance, logged in as ``person``."""
    from django.test import AsyncClient, Client

    client = {"wsgi": Client, "asgi": AsyncClient}[entrance](enforce_csrf_checks=True)
    if person:
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")

    def ask(method: str, path: str, data: object = None, headers: object = None) -> Any:
        made = getattr(client, method.lower())
        made = async_to_sync(made) if entrance == "asgi" else made
        return made(f"{PREFIX.removeprefix('/site')}{path}", data, headers=headers)

    return ask


def talk(ask: Ask, widget: object) -> dict[str, object]:
    """Load what a page loads, say something, and look at who is shown it."""
    page = ask("GET", f"{widget}/")
    say = {"message": "Hello", "client_id": str(uuid.uuid4())}
    said = ask("POST", f"{widget}/messages/", say, {"HX-Request": "true"})
    read = partial(ask, "GET", f"{widget}/messages/", None)
    mine = read({"X-Session-Token": said.headers.get("X-Session-Token", "")})
    answers = {
        "loader": ask("GET", f"{widget}/embed.js"),
        "more": ask("GET", "more.js"),
        "page": page,
        "said": said,
        "mine": mine,
        "who": ask("GET", f"{widget}/identity/"),
        "plain": ask("GET", f"{widget}/plain/"),
    }
    headers = {name: each.headers for name, each in answers.items()}
    return {
        "statuses": {name: each.status_code for name, each in answers.items()},
        "cookies": [name for name in ("loader", "more") if answers[name].cookies],
        "vary": headers["loader"]["Vary"],
        "frames": "X-Frame-Options" in headers["page"],
        "policies": policies_of(headers["page"]),
        "hashed": b"django_htmx/htmx-2.min.js" not in page.content,
        "below": PREFIX.encode() in page.content,
        "cached": [
            name for name in ("said", "mine") if "no-store" not in headers[name]["Cache-Control"]
        ],
        "leak": b"Hello" in read({}).content,
        "kept": b"Hello" in mine.content,
    }


def policies_of(headers: Any) -> list[str]:
    """Whose policies the page is under; a second one of the site's would stop the chat."""
    found = [
        value for name, value in headers.items() if name.lower().startswith("content-security")
    ]
    return ["ours" if "script-src 'self'" in value else value for value in found]


if __name__ == "__main__":
    main()
