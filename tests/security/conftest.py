"""A site with two widgets, and two visitors who have talked: what one said is marked."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chatwidget.models import ChatSession, Widget
from chatwidget.testing import FakeChatAPI, fake_chat_api
from tests.fixtures import make_widget


@dataclass
class Visitor:
    """Somebody who has a chat: what they typed, what was answered, and what opens it."""

    widget: Widget
    http: Client
    session_id: str
    token: str
    task_id: str
    said: str
    heard: str
    api: FakeChatAPI | None = None

    @property
    def words(self) -> tuple[str, str]:
        """What nobody else may read."""
        return self.said, self.heard

    @property
    def row(self) -> ChatSession:
        return ChatSession.objects.get(pk=self.session_id)

    @property
    def claims(self) -> tuple[object, ...]:
        """What changes when somebody writes in the chat."""
        row = self.row
        return row.turn, row.message_count, row.flight, row.task_id, row.client_id


def visit(widget: Widget, api: FakeChatAPI, name: str) -> Visitor:
    """Start a chat over the mirror and have one message answered."""
    Widget.objects.update(takes_files=True, asks_feedback=True)
    http = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    said, heard = f"said-by-{name}-marked", f"heard-by-{name}-marked"
    api.answers_with(heard)
    body = {"chatbot_id": str(widget.public_id)}
    started = http.post(reverse("chatwidget:api-start"), body, "application/json").json()
    session_id, token = started["session_id"], started["session_token"]
    headers = {"X-Session-Token": token}
    address = reverse("chatwidget:api-message", args=[session_id])
    sent = http.post(address, {"message": said}, "application/json", headers=headers).json()
    task = reverse("chatwidget:api-task", args=[session_id, sent["task_id"]])
    answer = http.get(task, headers=headers).json()
    assert answer["message"]["content"] == heard
    return Visitor(widget, http, session_id, token, sent["task_id"], said, heard, api)


@pytest.fixture
def remote() -> Iterator[FakeChatAPI]:
    """The server: the app's own client talks to it, without a network."""
    with fake_chat_api() as api:
        yield api


@pytest.fixture
def alice(widget: Widget, remote: FakeChatAPI) -> Visitor:
    """Whose chat it is."""
    return visit(widget, remote, "alice")


@pytest.fixture
def bob(widget: Widget, remote: FakeChatAPI) -> Visitor:
    """Another visitor of the same widget."""
    return visit(widget, remote, "bob")


@pytest.fixture
def carol(widget: Widget, remote: FakeChatAPI) -> Visitor:
    """A visitor of another widget on the same server."""
    return visit(make_widget(widget.server), remote, "carol")


def call(name: str, owner: Visitor, token: str, **options: Any) -> Any:
    """Ask at an address of ``owner``'s chat, showing ``token``.

    ``in_widget`` asks at the address of another widget.
    """
    http = Client(SERVER_NAME="127.0.0.1")
    headers = {"HX-Request": "true", **({"X-Session-Token": token} if token else {})}
    headers |= options.pop("headers", {})
    widget = options.pop("in_widget", owner.widget)
    text = {"message": "written by somebody else", "client_id": str(uuid.uuid4())}
    session, page = [owner.session_id], [widget.public_id]
    match name:
        case "api-task":
            url = reverse("chatwidget:api-task", args=[*session, owner.task_id])
            return http.get(url, headers=headers)
        case "api-history":
            return http.get(reverse("chatwidget:api-history", args=session), headers=headers)
        case "api-message":
            url, body = reverse("chatwidget:api-message", args=session), json.dumps(text)
            return http.post(url, body, content_type="application/json", headers=headers)
        case "api-upload":
            url = reverse("chatwidget:api-upload", args=session)
            return http.post(url, {"files": SimpleUploadedFile("a.txt", b"a")}, headers=headers)
        case "api-consent":
            url, form = reverse("chatwidget:api-consent", args=session), {"form_version_id": 1}
            return http.post(url, form, "application/json", headers=headers)
        case "reply":
            url = reverse("chatwidget:reply", args=[*page, owner.task_id])
            return http.get(url, headers=headers)
        case "files":
            url = reverse("chatwidget:files", args=page)
            return http.post(url, {"files": SimpleUploadedFile("a.txt", b"a")}, headers=headers)
        case "feedback":
            url = reverse("chatwidget:feedback", args=page)
            return http.post(url, {"stars": "1"}, headers=headers)
        case "transcript":
            return http.get(reverse("chatwidget:transcript", args=page), headers=headers)
        case "gate":
            return http.get(reverse("chatwidget:gate", args=page), headers=headers)
        case "messages":
            return http.get(reverse("chatwidget:messages", args=page), headers=headers)
        case "messages (send)":
            return http.post(reverse("chatwidget:messages", args=page), text, headers=headers)
        case "plain" | "plain (send)":
            http.cookies["chatwidget_session"] = token
            url = reverse("chatwidget:plain", args=page)
            return http.get(url) if name == "plain" else http.post(url, text)
    raise LookupError(f"say how to call {name}")


def everything(answer: Any) -> str:
    """All that came back: body, headers and cookies."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = f"{body.decode(errors='replace')}\n{answer.headers}\n{answer.cookies.output()}"
    # Formatting must not hide a word.
    return text + re.sub(r"<[^>]+>", "", text)
