"""Files over HTTP: a visitor's file goes through the site to the demo bot, and comes back."""

from __future__ import annotations

import io

import pytest
import requests
from django.core.cache import cache

from chatwidget.models import ChatServer
from example_project.demo_bot.conf import API_KEY, CHATBOT_ID
from tests.api.test_live import POLLS
from tests.fixtures import make_widget


@pytest.fixture
def chat(live_server, settings):
    """A session on the mirror, and an HTTP client that holds its token."""
    settings.CHATWIDGET = {"ALLOW_PRIVATE_SERVERS": True}
    settings.DEMO_BOT_DELAY = 0.05
    server = ChatServer(
        name="Demo bot", base_url=f"{live_server.url}/demo-bot", scheme=ChatServer.Scheme.API_KEY
    )
    server.set_credential(API_KEY)
    server.save()
    widget = make_widget(server, chatbot_id=CHATBOT_ID)
    with requests.Session() as http:
        base = f"{live_server.url}/chat/api/chat"
        started = http.post(f"{base}/start/", json={"chatbot_id": str(widget.public_id)}).json()
        http.headers["X-Session-Token"] = started["session_token"]
        http.address = f"{base}/{started['session_id']}"  # type: ignore[attr-defined]
        yield http


def test_a_file_goes_along_with_a_message_and_can_be_had_again(chat):
    content = b"title,price\nLanterns,12\n" * 10_000
    form = [("files", ("Bücher.csv", io.BytesIO(content), "text/csv"))]
    uploaded = chat.post(f"{chat.address}/upload/", files=form)
    assert uploaded.status_code == 201, uploaded.text
    (file,) = uploaded.json()["files"]

    message = {"message": "See my list", "attachment_ids": [file["id"]]}
    sent = chat.post(f"{chat.address}/message/", json=message)
    task = f"{chat.address}/{sent.json()['task_id']}/poll/"
    assert any(chat.get(task).json()["status"] == "complete" for _poll in range(POLLS))
    said = history(chat)[0]

    (attached,) = said["attachments"]
    assert (attached["name"], attached["size"]) == ("Bücher.csv", len(content))
    assert "/demo-bot/" not in attached["content_url"]
    given = requests.get(attached["content_url"], timeout=10)
    assert given.content == content
    assert given.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''B%C3%BC")
    assert API_KEY not in str(given.headers)


def history(chat):
    """What the server has by now: the visitor's own files show at the next look."""
    cache.clear()
    return chat.get(f"{chat.address}/poll/").json()["messages"]


def test_a_refused_upload_is_told_over_the_same_connection(chat):
    form = [("files", ("run.exe", io.BytesIO(b"MZ"), "text/plain"))]
    refused = chat.post(f"{chat.address}/upload/", files=form)
    assert (refused.status_code, refused.json()["code"]) == (400, "file_type_refused")
    assert chat.get(f"{chat.address}/poll/").status_code == 200
