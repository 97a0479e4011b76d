"""A client of the mirror: what a script of a customer's would send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from chatwidget.testing import FakeChatAPI, fake_chat_api

BASE = "/chat/api/chat/"


class Mirror:
    """Speaks to the mirror as one visitor; remembers session and token."""

    def __init__(self) -> None:
        self.http = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
        self.headers: dict[str, str] = {}
        self.session_id = ""

    def post(self, address: str, body: Any, **options: Any) -> Any:
        options = {"content_type": "application/json", **options}
        options["headers"] = {**self.headers, **options.get("headers", {})}
        return self.http.post(BASE + address, body, **options)

    def get(self, address: str, query: Any = None, **options: Any) -> Any:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.http.get(BASE + address, query, headers=headers, **options)

    def start(self, chatbot_id: object, **body: Any) -> Any:
        answer = self.post("start/", {"chatbot_id": str(chatbot_id), **body})
        assert answer.status_code == 201, answer.content
        self.session_id = answer.json()["session_id"]
        self.headers["X-Session-Token"] = answer.json()["session_token"]
        return answer

    def say(self, text: Any, *, headers: dict[str, str] | None = None, **body: Any) -> Any:
        address = f"{self.session_id}/message/"
        return self.post(address, {"message": text, **body}, headers=headers or {})

    def task(self, task_id: object, **options: Any) -> Any:
        return self.get(f"{self.session_id}/{task_id}/poll/", **options)

    def history(self, query: Any = None, **options: Any) -> Any:
        return self.get(f"{self.session_id}/poll/", query, **options)


@pytest.fixture(autouse=True)
def site(settings):
    """The addresses of these tests."""
    settings.ROOT_URLCONF = "tests.api.urls"


@pytest.fixture
def mirror() -> Mirror:
    """A client that has said nothing yet."""
    return Mirror()


@pytest.fixture
def remote() -> Iterator[FakeChatAPI]:
    """The remote server that sites test with, for what the scripted one has not."""
    with fake_chat_api() as fake:
        yield fake


@pytest.fixture
def chat(mirror: Mirror, widget, api) -> Mirror:
    """A client with a session."""
    mirror.start(widget.public_id)
    return mirror
