"""Rows and fakes that tests of several rooms share; ``conftest.py`` makes them fixtures."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from chatwidget.budgets import MAIL_THREAD
from chatwidget.models import ChatServer, ChatSession, Widget
from tests.fake_chatapi import FakeChatAPI


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeChatAPI:
    """The remote server, scripted; nothing goes over a network."""
    fake = FakeChatAPI()
    monkeypatch.setattr("chatwidget.servers.ChatAPI", fake)
    return fake


@pytest.fixture
def server(db: None) -> ChatServer:
    """A server with a secret that must not show anywhere."""
    server = ChatServer(
        name="Remote",
        base_url="https://remote-host-marked.example",
        scheme=ChatServer.Scheme.API_KEY,
    )
    server.set_credential("credential-marked")
    server.save()
    return server


@pytest.fixture
def widget(server: ChatServer) -> Widget:
    """An active widget of that server."""
    return make_widget(server)


def make_widget(server: ChatServer, **fields: Any) -> Widget:
    """Store a widget; ``fields`` override what a test does not care about."""
    number = uuid.uuid4()
    fields = {"name": "Shop", "slug": f"shop-{number}", "chatbot_id": number, **fields}
    return Widget.objects.create(server=server, **fields)


@pytest.fixture
def session(widget: Widget) -> ChatSession:
    """A session that the server knows and that has no message yet."""
    return ChatSession.objects.create(
        widget=widget, remote_id="remote-session-marked", state=ChatSession.State.ACTIVE
    )


def let_mails_go() -> None:
    """Wait for the mails about budgets that are on their way, each in a thread of its own."""
    for thread in threading.enumerate():
        if thread.name == MAIL_THREAD:
            thread.join()
