"""Files on the mirror: what is taken, what is refused, and what goes on to the server."""

from __future__ import annotations

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.http import UnreadablePostError
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from rest_framework.request import Request

from chatwidget.api import serializers as forms
from chatwidget.api import uploading
from chatwidget.chatapi import Unavailable
from chatwidget.conversation.errors import FormBrokeOff
from chatwidget.models import Upload
from chatwidget.testing import Response
from tests.api.conftest import BASE, Mirror
from tests.api.test_views import conforms


def pdf(name: str = "order.pdf", content: bytes = b"%PDF-1.7", kind: str = "application/pdf"):
    return SimpleUploadedFile(name, content, kind)


def upload(mirror: Mirror, *files, session_id: object = None, **options):
    return post_form(mirror, {"files": files}, session_id=session_id, **options)


def post_form(mirror: Mirror, form, *, session_id: object = None, content_type=None, **options):
    # Client.post encodes a form itself; generic sends what it is given, under any name.
    return mirror.http.generic(
        "POST",
        f"{BASE}{session_id or mirror.session_id}/upload/",
        encode_multipart(BOUNDARY, form),
        content_type=content_type or MULTIPART_CONTENT,
        headers=mirror.headers,
        **options,
    )


def refusal(answer):
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def chat(mirror, widget, remote):
    mirror.start(widget.public_id)
    return mirror


def test_files_go_on_and_come_back_under_numbers_of_ours(chat, remote):
    answer = upload(chat, pdf(), pdf("Straße.txt", "ß".encode(), "text/plain"))
    assert answer.status_code == 201
    conforms(forms.ChatUploadResponse, answer.json())
    first, second = answer.json()["files"]
    assert (first["name"], first["size"], first["content_type"]) == (
        "order.pdf",
        8,
        "application/pdf",
    )
    assert second["name"] == "Straße.txt"
    assert [kept.file.content for kept in remote.files.values()] == [b"%PDF-1.7", "ß".encode()]
    rows = Upload.objects.order_by("pk")
    assert [row.pk for row in rows] == [first["id"], second["id"]]
    assert [row.remote_id for row in rows] == list(remote.files)


def test_a_message_takes_files_along_by_those_numbers(chat, remote):
    Upload.objects.create(session_id=chat.session_id, remote_id=10**9)  # ours and theirs differ
    (file,) = upload(chat, pdf()).json()["files"]
    assert chat.say("My order", attachment_ids=[file["id"]]).status_code == 202
    sent = next(call.json for call in remote.calls if call.name == "send")
    assert sent["attachment_ids"] == list(remote.files) != [file["id"]]


def test_another_sessions_file_is_not_to_be_had(chat, remote, widget):
    (file,) = upload(chat, pdf()).json()["files"]
    chat.start(widget.public_id)
    for number in (file["id"], next(iter(remote.files)), 0):
        answer = chat.say("Show me", attachment_ids=[number])
        assert refusal(answer) == (400, "file_unknown")
    assert remote.count("send") == 0


def test_a_file_that_is_not_known_holds_no_turn(chat, remote):
    assert refusal(chat.say("Hi", attachment_ids=[7])) == (400, "file_unknown")
    assert chat.say("Hi").status_code == 202


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("run.exe", "application/octet-stream"),
        ("run.exe", "text/plain"),
        ("page.html", "text/html"),
        ("drawing.svg", "image/svg+xml"),
        ("order.pdf", "text/html"),
        ("photo.png", "application/pdf"),
        ("pdf", "application/pdf"),
        (".pdf", "application/pdf"),
        ("order.pdf.exe", "application/pdf"),
    ],
)
def test_a_kind_that_is_not_allowed_is_refused_before_a_byte_is_sent_on(chat, remote, name, kind):
    answer = upload(chat, pdf(), pdf(name, kind=kind))
    assert refusal(answer) == (400, "file_type_refused")
    assert ".pdf" in answer.json()["error"]
    assert remote.count("upload") == 0


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("order.pdf", b"MZ\x90\0", "application/pdf"),
        ("photo.png", b"<svg onload='alert(1)'>", "image/png"),
        ("notes.txt", b"\x7fELF\0\0", "text/plain"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(chat, remote, name, content, kind):
    answer = upload(chat, pdf(name, content, kind))
    assert refusal(answer) == (400, "file_type_refused")
    assert remote.count("upload") == 0


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("ORDER.PDF", "Application/PDF", "application/pdf"),
        ("order.pdf", "application/octet-stream", "application/pdf"),
        ("list.csv", "application/vnd.ms-excel", "text/csv"),
        ("notes.md", "text/plain", "text/markdown"),
    ],
)
def test_the_server_is_told_what_the_name_says(chat, remote, name, kind, told):
    assert upload(chat, pdf(name, kind=kind)).status_code == 201
    (kept,) = remote.files.values()
    assert kept.file.content_type == told


def test_a_site_may_allow_less_or_nothing(chat, remote, settings):
    settings.CHATWIDGET = {"UPLOAD_TYPES": {".txt": ["text/plain"]}}
    assert refusal(upload(chat, pdf())) == (400, "file_type_refused")
    settings.CHATWIDGET = {"UPLOAD_TYPES": {}}
    answer = upload(chat, pdf())
    assert answer.json()["error"] == "Files can't be sent here."


def test_what_says_it_is_too_long_is_refused_unread(chat, remote):
    class Unread(io.BytesIO):
        def read(self, *_size):
            raise AssertionError("The body was read")

    length = str(60 * 1024 * 1024)
    answer = upload(chat, pdf(), CONTENT_LENGTH=length, **{"wsgi.input": Unread()})
    assert refusal(answer) == (413, "files_too_large")
    assert "50" in answer.json()["error"]


def test_files_that_are_too_large_together_are_refused(chat, remote, settings):
    settings.CHATWIDGET = {"UPLOAD_MAX_BYTES": 15}
    assert upload(chat, pdf()).status_code == 201
    assert refusal(upload(chat, pdf(), pdf())) == (413, "files_too_large")
    assert remote.count("upload") == 1


@pytest.mark.parametrize("length", ["", "-5", "many"])
def test_a_body_of_unknown_length_is_refused(chat, remote, length):
    answer = upload(chat, pdf(), CONTENT_LENGTH=length)
    assert refusal(answer) == (411, "length_required")


def test_more_files_than_a_message_needs_are_refused(chat, remote):
    assert refusal(upload(chat, *(pdf() for _number in range(11)))) == (400, "too_many_files")


def test_the_sites_own_limits_hold(chat, remote, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    assert refusal(upload(chat, pdf(), pdf())) == (400, "too_many_files")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = post_form(chat, {"files": pdf(), "note": "x" * 100})
    assert refusal(answer) == (400, "invalid_form")


@pytest.mark.parametrize("form", [{}, {"file": pdf()}, {"files": "text"}])
def test_an_upload_without_files_is_told_so(chat, remote, form):
    assert refusal(post_form(chat, form)) == (400, "files_missing")


def test_what_is_no_form_is_refused(chat, remote):
    json = upload(chat, pdf(), content_type="application/json")
    assert refusal(json) == (415, "unsupported_media_type")
    assert "multipart/form-data" in json.json()["error"]
    no_boundary = upload(chat, pdf(), content_type="multipart/form-data")
    assert refusal(no_boundary) == (400, "invalid_form")


def test_a_form_that_broke_off_is_the_clients_fault(rf):
    class Broken(io.BytesIO):
        def read(self, *_size):
            raise UnreadablePostError("connection reset")

    request = Request(rf.post("/", {}))
    with pytest.raises(FormBrokeOff):
        uploading.FormParser().parse(Broken(), MULTIPART_CONTENT, {"request": request})


def test_every_file_goes_to_the_disk_whatever_the_sites_handlers(
    chat, remote, settings, monkeypatch
):
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
    seen = []

    def files_of(request):
        seen.extend(request.FILES.getlist("files"))
        return original(request)

    original = uploading.files_of
    monkeypatch.setattr(uploading, "files_of", files_of)
    assert upload(chat, pdf()).status_code == 201
    assert [type(each) for each in seen] == [TemporaryUploadedFile]
    assert seen[0].file.closed


def test_a_middleware_that_read_the_form_does_no_harm(chat, remote, settings):
    settings.MIDDLEWARE = ["tests.api.test_uploading.reading", *settings.MIDDLEWARE]
    assert upload(chat, pdf()).status_code == 201


def reading(get_response):
    def middleware(request):
        assert request.POST is not None
        return get_response(request)

    return middleware


def test_uploading_wants_the_session_first(chat, remote):
    assert refusal(upload(chat, pdf(), session_id=uuid.uuid4())) == (403, "session_token_invalid")
    del chat.headers["X-Session-Token"]
    assert refusal(upload(chat, pdf())) == (403, "session_token_required")
    assert remote.count("upload") == 0


def test_an_ended_session_takes_no_files(chat, remote):
    remote.end_sessions()
    assert refusal(upload(chat, pdf())) == (400, "session_ended")
    assert refusal(upload(chat, pdf())) == (400, "session_ended")
    assert remote.count("upload") == 1


def test_an_expired_session_takes_no_files(chat, remote):
    remote.expire_sessions()
    assert refusal(upload(chat, pdf())) == (403, "session_expired")
    assert refusal(upload(chat, pdf())) == (403, "session_expired")
    assert remote.count("upload") == 1


@pytest.mark.parametrize(
    ("strike", "status", "code"),
    [
        (Unavailable(), 503, "server_unavailable"),
        (Response(400, {"error": "File type '.pdf' is not supported"}), 400, "upload_rejected"),
        (Response(413, {"detail": "Too large"}), 400, "upload_rejected"),
        (Response(201, {"files": []}), 502, "bad_response"),
        (
            Response(
                201,
                {"files": [{"id": 2**70, "name": "a", "size": 1, "content_type": "a/b"}]},
            ),
            502,
            "bad_response",
        ),
    ],
)
def test_what_the_server_refuses_is_told_in_our_words(chat, remote, strike, status, code):
    remote.fail("upload", strike)
    answer = upload(chat, pdf())
    assert refusal(answer) == (status, code)
    assert "not supported" not in answer.json()["error"]
    assert not Upload.objects.exists()


def test_files_count_against_the_limits_of_a_minute(chat, remote, settings):
    settings.CHATWIDGET = {"SESSION_LIMIT": 1}
    assert upload(chat, pdf()).status_code == 201
    assert refusal(upload(chat, pdf())) == (429, "too_many_messages")


def test_a_widget_without_budget_takes_no_files(chat, remote, widget):
    widget.daily_budget = 1
    widget.save()
    chat.say("Hi")
    assert refusal(upload(chat, pdf())) == (429, "budget_spent")
