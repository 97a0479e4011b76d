"""A site whose server is a bot on a real socket, and its two faces as a visitor meets them."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from chatwidget.models import ChatServer, Widget
from tests.api.conftest import Mirror
from tests.faults.bot import CREDENTIAL, SECRETS, Bot, running_bot
from tests.faults.table import Fault
from tests.fixtures import make_widget

TYPED = "visitor-words-marked"
SITE = {"ALLOW_PRIVATE_SERVERS": True}
SHORT = {"CONNECT_TIMEOUT": 0.2, "READ_TIMEOUT": 0.2, "TOTAL_TIMEOUT": 0.4}
LINE = re.compile(
    r"call failed: widget=[0-9a-f-]{36} session=([0-9a-f-]{36}|-) call=[a-z_]+ kind=[a-z_]+ "
    r"status=(\d{3}|-) code=[\w.-]+ ms=\d+ request=[\w-]+ "
    r'reason=(-|"[^"]+")'
)


class Page:
    """Speaks to the chat page's fragments as htmx does."""

    def __init__(self, widget: Widget) -> None:
        self.http = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
        self.headers = {"HX-Request": "true"}
        self.address = widget.get_absolute_url()

    def say(self, text: str, client_id: str) -> Any:
        fields = {"message": text, "client_id": client_id}
        return self._kept(self.http.post(f"{self.address}messages/", fields, headers=self.headers))

    def task(self, task_id: str) -> Any:
        return self.http.get(f"{self.address}replies/{task_id}/", headers=self.headers)

    def history(self) -> Any:
        return self.http.get(f"{self.address}messages/", headers=self.headers)

    def _kept(self, answer: Any) -> Any:
        if token := answer.headers.get("X-Session-Token"):
            self.headers["X-Session-Token"] = token
        return answer


@pytest.fixture
def bot() -> Iterator[Bot]:
    """The server; well, until a test spoils a call of it."""
    yield from running_bot()


@pytest.fixture
def widget(db: None, bot: Bot, settings: Any) -> Widget:
    """A widget of the bot's, on a site that may call loopback."""
    settings.CHATWIDGET = SITE
    server = ChatServer(name="Bot", base_url=bot.server.url, scheme=ChatServer.Scheme.API_KEY)
    server.set_credential(CREDENTIAL)
    server.save()
    return make_widget(server)


@pytest.fixture
def mirror(settings: Any) -> Mirror:
    """A client of the mirror that has said nothing yet."""
    settings.ROOT_URLCONF = "tests.api.urls"
    return Mirror()


@pytest.fixture
def page(widget: Widget) -> Page:
    """A visitor's chat page."""
    return Page(widget)


@pytest.fixture
def key() -> str:
    """What makes a message sent again the same message."""
    return str(uuid.uuid4())


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the app logs, from INFO on."""
    caplog.set_level(logging.INFO, "chatwidget")
    return caplog


@contextmanager
def spoiling(bot: Bot, fault: Fault, call: str, settings: Any) -> Iterator[None]:
    """Let ``call`` meet the fault until the end of the block."""
    # A session that has just started needs no look at the history, and this one does.
    cache.clear()
    if fault.is_slow:
        settings.CHATWIDGET = SITE | SHORT
    if fault.way is not None:
        bot.spoilt[call] = fault.way(bot)
        yield
        del bot.spoilt[call]
    else:
        assert fault.place is not None
        with fault.place(bot) as address:
            ChatServer.objects.update(base_url=address)
            yield
        ChatServer.objects.update(base_url=bot.server.url)
    settings.CHATWIDGET = SITE


def assert_nothing_leaks(answer: Any, bot: Bot) -> str:
    """The answer and its headers, free of whatever the server knows or is."""
    text: str = answer.content.decode() + str(answer.headers)
    for secret in (*SECRETS, bot.server.url, "remote-host-marked", "Traceback"):
        assert secret not in text, secret
    return text


def assert_logged(log: pytest.LogCaptureFixture, level: str | None, bot: Bot) -> None:
    """Each line is structured and at ``level``; ``None`` asks for no line."""
    records = [each for each in log.records if each.name == "chatwidget"]
    assert bool(records) is (level is not None)
    for record in records:
        assert record.levelname == level
        assert LINE.fullmatch(record.getMessage()), record.getMessage()
        assert not record.exc_info
    for secret in (*SECRETS, TYPED, bot.server.url, "remote-host-marked"):
        assert secret not in log.text
