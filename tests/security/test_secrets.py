"""No secret goes out: every address and every fault, with marked secrets, and all that came back.

Searched are bodies and headers, the log, the names of cache entries and their values, and the
bytes of the database.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from chatwidget.chatapi import errors
from chatwidget.models import ChatServer, Widget
from chatwidget.testing import Answer, FakeChatAPI, Response
from tests.security.conftest import Visitor, call, everything, visit
from tests.security.test_admin import named, path_of
from tests.security.test_headers import answer_at, table
from tests.security.test_sessions import CALLS

# In the record of the server, and in what the fake server says of itself.
CREDENTIAL = "credential-marked"
HOST = "remote-host-marked"
INTERNAL = "internal-marked"
FAULTS: tuple[errors.ChatAPIError | Response, ...] = (
    errors.Unavailable(reason="connection failed", detail=INTERNAL),
    errors.TimedOut(detail=INTERNAL),
    Response(500, f"<h1>Traceback</h1>{INTERNAL} {CREDENTIAL}"),
    # What a bot says as `error` is for the visitor (fact 13); the rest is not.
    Response(500, {"error": "Sorry.", "detail": {"host": HOST, "trace": INTERNAL}}),
    Response(401, {"error": INTERNAL, "code": "chat_access_denied"}),
    Response(403, {"error": INTERNAL, "code": f"{INTERNAL} words"}),
    Response(403, {"detail": INTERNAL}),
    Response(404, {"detail": INTERNAL}),
    Response(404, f"<p>{INTERNAL}</p>"),
    Response(400, {"message": [INTERNAL]}),
    Response(
        429, {"detail": INTERNAL, "available_in": 9}, {"Retry-After": "9", "X-Mark": INTERNAL}
    ),
    Response(302, "", {"Location": f"https://{HOST}.example/{INTERNAL}"}),
    Response(200, {"message": {"metadata": {"trace": INTERNAL}}, "status": INTERNAL}),
    Response(201, {"session_id": INTERNAL}),
    Response(200, f"<p>{INTERNAL}</p>"),
)
MARKS = (CREDENTIAL, HOST, INTERNAL)


@pytest.fixture
def marked(alice: Visitor, remote: FakeChatAPI) -> list[str]:
    """All that must not go out: ours, and what the server alone and this site may know."""
    found = [*MARKS]
    for known in remote.sessions.values():
        found += [known.id, str(known.token), *known.tasks]
    assert len(found) >= 6
    return found


def assert_none(marks: list[str], text: str, where: object) -> None:
    assert not [mark for mark in marks if mark in text], where


def test_no_address_lets_a_secret_out(alice, marked):
    for name in (*table(), *CALLS):
        answer = answer_at(name, alice) if name in table() else call(name, alice, alice.token)
        assert_none(marked, everything(answer), name)


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_no_fault_lets_a_secret_out(number, alice, remote, marked, caplog):
    caplog.set_level(logging.DEBUG)
    fault = FAULTS[number]
    for name in ("start", "send", "poll_task", "poll_session", "upload", "consent"):
        remote.always_fail(name, fault)
    remote.answer = Answer(never=True)
    for name in ("api-start", *CALLS):
        cache.clear()
        answer = answer_at(name, alice) if name == "api-start" else call(name, alice, alice.token)
        assert_none(marked, everything(answer), name)
    # A pending message is polled, and meets the fault.
    remote.heal()
    cache.clear()
    sent = call("api-message", alice, alice.token)
    if sent.status_code == 202:
        remote.always_fail("poll_task", fault)
        task_id = sent.json()["task_id"]
        asker = Visitor(
            alice.widget, alice.http, alice.session_id, alice.token, task_id, "", "nothing"
        )
        for name in ("api-task", "reply", "plain"):
            assert_none(marked, everything(call(name, asker, alice.token)), name)
    assert_none([*marked, *alice.words, alice.token], caplog.text, "log")


def posted(name: str, widget: Widget) -> dict[str, Any]:
    """What is sent to an address of the admin, so that it does what it is for."""
    if name.endswith("_changelist"):
        rows = {"widget": widget.pk, "chatserver": widget.server_id}
        chosen = rows.get(name.split("_")[1], "")
        return {"action": "export", "_selected_action": [chosen], "index": "0"}
    if name == "chatwidget_chatserver_change":
        fields = {"name": "", "base_url": "http://private", "credential": CREDENTIAL, "_test": "1"}
        return {**fields, "scheme": "api_key", "test_chatbot_id": str(widget.chatbot_id)}
    if name.endswith("_delete"):
        return {}  # asks; anything would confirm
    return {"title": "Posted", "csv": "1"}


def test_the_admin_shows_no_secret(alice, marked, caplog):
    """The host is the admin's own to know; what opens it, and the server's ids, are not."""
    root = Client()
    root.force_login(User.objects.create_superuser("root", password="x"))
    marks = [*(mark for mark in marked if mark != HOST), alice.token]
    marks += [ChatServer.objects.get().encrypted_credential, alice.row.encrypted_remote_token]
    met = set()
    for name in named():
        url = path_of(name, alice)
        for said in (
            root.get(url, follow=True),
            root.get(url, {"csv": "1", "q": str(alice.row.pk)}, follow=True),
            root.post(url, posted(name, alice.widget), follow=True),
        ):
            met.add(said.status_code)
            assert said.status_code in {200, 403, 405}, name
            assert_none(marks, everything(said), name)
    assert 200 in met
    assert_none([*marks, *alice.words], caplog.text, "log")


def test_trying_a_server_shows_no_secret(alice, remote, marked):
    """Each failure of the test in the admin, in words and without the server's."""
    root = Client()
    root.force_login(User.objects.create_superuser("root", password="x"))
    server = alice.widget.server
    url = reverse("admin:chatwidget_chatserver_change", args=[server.pk])
    fields = {"name": server.name, "base_url": server.base_url, "scheme": server.scheme}
    fields |= {"test_chatbot_id": str(alice.widget.chatbot_id), "_test": "1", "is_active": "on"}
    for fault in FAULTS:
        remote.always_fail("start", fault)
        said = root.post(url, fields, follow=True)
        assert said.status_code == 200
        assert [each.level_tag for each in said.context["messages"]][-1] == "error", fault
        assert_none([mark for mark in marked if mark != HOST], everything(said), fault)


def test_the_schema_shows_no_secret(alice, marked, settings):
    settings.ROOT_URLCONF = "tests.api.urls"
    for url in ("/docs/schema/", "/docs/"):
        assert_none(marked, everything(Client().get(url)), url)


def rows() -> str:
    """Whatever stands in the tables of the app."""
    tables = [name for name in connection.introspection.table_names() if "chatwidget" in name]
    assert tables
    with connection.cursor() as cursor:
        texts = []
        for name in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608 (the database's own names)
            texts += [str(row) for row in cursor.fetchall()]
    return "\n".join(texts)


def test_the_database_holds_neither_secrets_nor_words(alice, bob, remote):
    """What opens a session at the server is encrypted; its id there is not, and opens nothing."""
    text = rows()
    secrets = [CREDENTIAL, alice.token, bob.token, *alice.words, *bob.words]
    secrets += [str(known.token) for known in remote.sessions.values()]
    assert_none(secrets, text, "database")
    assert ChatServer.objects.get().encrypted_credential in text  # it was looked through


def test_the_cache_names_no_secret_and_holds_no_credential(alice, bob, remote):
    for name in CALLS:
        call(name, alice, alice.token)
    kept: dict[str, Any] = dict(cache._cache)  # type: ignore[attr-defined]
    opening = [
        CREDENTIAL,
        alice.token,
        bob.token,
        *(str(s.token) for s in remote.sessions.values()),
    ]
    names = " ".join(kept)
    assert_none([*opening, *alice.words, *remote.sessions, HOST], names, "cache keys")
    assert_none(opening, str(kept.values()), "cache values")


def test_a_fetched_token_lies_encrypted_in_the_cache(widget, remote):
    server = widget.server
    server.scheme, server.client_id = ChatServer.Scheme.CLIENT_CREDENTIALS, "client"
    server.token_url = f"https://{HOST}.example/o/token/"
    server.save()
    remote.requires = {"Authorization": f"Bearer {remote.access_token}"}
    visit(widget, remote, "dave")
    assert remote.count("token") == 1
    text = str(dict(cache._cache))  # type: ignore[attr-defined]
    assert_none([remote.access_token, CREDENTIAL], text, "cache")


def test_a_site_in_debug_shows_no_secret_in_its_error_page(alice, monkeypatch, settings, marked):
    """Django's page shows the local variables of each frame."""
    settings.DEBUG = True

    def broken(*args: object, **options: object) -> None:
        raise RuntimeError("a fault of the site's own")

    monkeypatch.setattr("chatwidget.chatapi.transport.Transport.send", broken)
    monkeypatch.setattr("chatwidget.testing.transport.FakeTransport.open", broken)
    http = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    url = reverse("chatwidget:api-start")
    body = {"chatbot_id": str(alice.widget.public_id), "participant_remote_id": str(uuid.uuid4())}
    answer = http.post(url, body, "application/json")
    assert answer.status_code == 500
    assert_none(
        [CREDENTIAL, *(mark for mark in marked if mark.startswith("token-"))],
        everything(answer),
        "debug page",
    )
