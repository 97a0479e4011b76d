"""Files by the page's own view: one a request, in a chat that the first of them may start."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from chatwidget import conversation, tokens
from chatwidget.models import ChatSession, Upload, Widget
from chatwidget.testing import fake_chat_api

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def remote():
    with fake_chat_api() as fake:
        yield fake


@pytest.fixture
def widget(widget: Widget) -> Widget:
    widget.takes_files = True
    widget.save()
    return widget


def note(content: bytes = b"hello", kind: str = "text/plain") -> SimpleUploadedFile:
    return SimpleUploadedFile("note.txt", content, kind)


def upload(widget: Widget, file: object, token: str = "", **headers: str) -> Any:
    headers = {"HX-Request": "true", "X-Chat-Start": ID} | headers
    if token:
        headers["X-Session-Token"] = token
    address = reverse("chatwidget:files", args=[widget.public_id])
    return Client().post(address, {"files": file}, headers=headers)


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_first_file_starts_the_chat_and_the_message_names_it(widget, remote):
    taken = upload(widget, note())
    assert taken.status_code == 200
    assert taken["X-Chat-Events"] == "session-started"
    assert taken.json()["notice"] == ""
    token = taken["X-Session-Token"]
    sent = Client().post(
        reverse("chatwidget:messages", args=[widget.public_id]),
        {"message": "Look", "client_id": ID, "file": [taken.json()["id"], "x"]},
        headers={"HX-Request": "true", "X-Session-Token": token},
    )
    assert sent.status_code == 400  # "x" is no file of the chat
    assert 'name="file" value="-1"' in sent.content.decode()
    assert sent["X-Chat-Events"] == "error:file_unknown"
    sent = Client().post(
        reverse("chatwidget:messages", args=[widget.public_id]),
        {"message": "Look", "client_id": str(uuid.uuid4()), "file": taken.json()["id"]},
        headers={"HX-Request": "true", "X-Session-Token": token},
    )
    assert sent.status_code == 200
    assert f'data-files="{taken.json()["id"]}"' in sent.content.decode()


def test_a_second_file_goes_to_the_same_chat_and_a_retry_starts_no_other(widget, remote):
    first = upload(widget, note())
    assert upload(widget, note(), first["X-Session-Token"]).status_code == 200
    assert upload(widget, note()).status_code == 200
    assert ChatSession.objects.count() == 1
    assert Upload.objects.count() == 3


def test_a_chat_that_is_over_is_followed_by_a_new_one_and_says_so(widget, remote):
    token = upload(widget, note())["X-Session-Token"]
    ChatSession.objects.update(state=ChatSession.State.EXPIRED)
    other = upload(widget, note(), token, **{"X-Chat-Start": ""})
    assert other.json()["notice"].startswith("Your earlier chat has expired.")
    assert other["X-Session-Token"] != token
    assert ChatSession.objects.count() == 2


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: note(b""), "file_empty"),
        (lambda: note(kind="text/html"), "file_type_refused"),
        (lambda: "no file", "files_missing"),
        (lambda: [note(), note()], "too_many_files"),
    ],
)
def test_a_bad_file_is_refused_in_words_and_its_chat_can_go_on(widget, remote, make, code):
    refused = upload(widget, make())
    assert refusal(refused) == (400, code)
    assert refused.json()["error"]
    assert refused["X-Session-Token"]
    assert refused["Cache-Control"] == "private, no-store"


@override_settings(CHATWIDGET={"UPLOAD_MAX_BYTES": 10})
def test_what_is_too_large_is_refused_before_it_is_read(widget, remote):
    assert refusal(upload(widget, note(b"x" * 100_000))) == (413, "files_too_large")
    assert not ChatSession.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"asks_email": "required"}, "introduction_required"),
        ({"consent_text": "We keep it.", "consent_version": "1"}, "consent_required"),
        ({"is_read_only": True}, "read_only"),
        ({"start_work": 8}, "work_required"),
    ],
)
def test_a_file_begins_no_chat_that_a_message_could_not(widget, remote, fields, code):
    Widget.objects.update(**fields)
    refused = upload(widget, note())
    assert refusal(refused) == (403, code)
    assert refused["X-Chat-Events"] == f"error:{code}"
    assert not ChatSession.objects.exists()


def test_a_widget_without_files_takes_none(widget, remote):
    Widget.objects.update(takes_files=False)
    assert refusal(upload(widget, note())) == (403, "files_refused")


def test_a_file_needs_htmx_s_own_header_which_no_foreign_page_can_send(widget, remote):
    address = reverse("chatwidget:files", args=[widget.public_id])
    assert Client().post(address, {"files": note()}).status_code == 400


def test_a_proof_that_proves_nobody_is_refused(widget, remote):
    widget.set_identity_secret("secret")
    widget.save()
    refused = upload(widget, note(), **{"X-Chat-Identity": "forged"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "identity_invalid"


def test_a_server_that_fails_is_no_new_chat(widget, remote, monkeypatch):
    session = conversation.start(widget)
    monkeypatch.setattr(
        "chatwidget.views.files.session_of",
        lambda *_args: (_ for _ in ()).throw(conversation.errors.FilesMissing),
    )
    refused = upload(widget, note(), tokens.issue(session))
    assert refusal(refused) == (400, "files_missing")
    assert ChatSession.objects.count() == 1
