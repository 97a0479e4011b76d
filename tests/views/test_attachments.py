"""Files of messages: who gets one, as what, and how an address of one ends."""

from __future__ import annotations

import asyncio
import io
import time
import uuid
from contextlib import closing
from urllib.parse import unquote

import pytest
from django.core import signing
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.urls import reverse

from chatwidget import conversation, crypto
from chatwidget.chatapi import Attachment, TooLarge, Unavailable
from chatwidget.conversation import attachments
from chatwidget.models import ChatSession
from chatwidget.testing import Answer, FakeChatAPI, File, Response, fake_chat_api
from chatwidget.views.attachments import attachment

PNG = File("Lantern.png", "image/png", b"\x89PNG" + bytes(range(256)) * 400)
# As one sends that follows a link.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PAGE = File("invoice.html", "text/html; charset=utf-8", b"<script>alert(1)</script>")


@pytest.fixture
def remote():
    with fake_chat_api() as fake:
        fake.requires = {"X-api-key": "credential-marked"}
        yield fake


@pytest.fixture
def talk(widget, remote):
    return conversation.start(widget)


def linked(talk: ChatSession, remote: FakeChatAPI, *files: File) -> list[conversation.LinkedFile]:
    """Let the bot attach files, and return them as visitors see them."""
    remote.answers_with(Answer("Here", files=files))
    task = conversation.send(talk, "Please", client_id=str(uuid.uuid4()))
    said = conversation.reply(talk, task.id).message
    return [conversation.linked(talk, each) for each in said.attachments]


def content(response) -> bytes:
    with closing(response):
        return b"".join(response.streaming_content)


def test_a_file_is_fetched_with_the_credential_and_handed_on(client, talk, remote):
    (file,) = linked(talk, remote, PNG)
    assert (file.name, file.content_type, file.size) == ("Lantern.png", "image/png", 102_404)
    response = client.get(file.address)
    assert response.status_code == 200
    assert content(response) == PNG.content
    assert response["Content-Length"] == "102404"
    assert remote.calls[-1].headers["x-api-key"] == "credential-marked"
    assert "x-session-token" not in remote.calls[-1].headers


def test_the_address_tells_nothing_of_the_server(talk, remote):
    (file,) = linked(talk, remote, PNG)
    address = unquote(file.address)
    for word in ("remote-host-marked", "api/files", "Lantern", talk.pk.hex, str(talk.pk)):
        assert word not in address
    assert file.address.startswith("/chat/attachments/")


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/gif", "image/webp"])
def test_a_picture_is_shown(client, talk, remote, kind):
    (file,) = linked(talk, remote, File("a.bin", kind, b"x"))
    response = client.get(file.address)
    assert response["Content-Disposition"] == 'inline; filename="a.bin"'
    assert response["Content-Type"] == kind
    content(response)


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/pdf", "text/xml", "nonsense", ""]
)
def test_anything_else_is_saved_and_never_a_page_of_this_site(client, talk, remote, kind):
    (file,) = linked(talk, remote, File("a.html", kind, b"<script>"))
    response = client.get(file.address)
    assert response["Content-Disposition"] == 'attachment; filename="a.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = response["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    content(response)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Größe.pdf", "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf"),
        ('a"b\\c.pdf', 'attachment; filename="c.pdf"'),
        ('a"b.pdf', 'attachment; filename="a\\"b.pdf"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("a\r\nSet-Cookie: b=c", 'attachment; filename="a__Set-Cookie: b=c"'),
        ("invoice\u202efdp.exe", 'attachment; filename="invoice_fdp.exe"'),
        ("", 'attachment; filename="file"'),
    ],
)
def test_a_name_is_only_a_name(client, talk, name, header, remote):
    remote.fail("download", Response(200, b"x", {"Content-Type": "text/plain"}))
    url = "https://remote-host-marked.example/api/files/1/content"
    file = conversation.linked(talk, Attachment(name, "text/plain", 1, url))
    response = client.get(file.address)
    assert response["Content-Disposition"] == header
    assert "Set-Cookie" not in response.headers
    content(response)


def test_nobody_keeps_it(client, talk, remote):
    (file,) = linked(talk, remote, PAGE)
    response = client.get(file.address)
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies
    content(response)


def test_an_hour_later_the_address_has_expired(client, talk, remote, monkeypatch):
    (file,) = linked(talk, remote, PNG)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 3590)
    assert content(client.get(file.address)) == PNG.content
    monkeypatch.setattr("time.time", lambda: now + 3610)
    response = client.get(file.address)
    assert response.status_code == 403
    assert "has expired" in response.content.decode()
    assert remote.count("download") == 1


def test_an_address_that_was_tampered_with_leads_nowhere(client, talk, remote):
    (file,) = linked(talk, remote, PNG)
    forged = signing.TimestampSigner(salt=attachments.SALT).sign("not-encrypted-by-us")
    for link in ("nonsense", file.address.split("/")[-2][:-1], forged):
        response = client.get(reverse("chatwidget:attachment", args=[link]))
        assert response.status_code == 404
        assert response["Cache-Control"] == "private, no-store"
    assert remote.count("download") == 0


def test_a_key_that_is_gone_opens_nothing(client, talk, remote, settings):
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [crypto._derived_key("one").decode()]}
    (file,) = linked(talk, remote, PNG)
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [crypto._derived_key("another").decode()]}
    assert client.get(file.address).status_code == 404


def test_a_deleted_session_takes_its_files_along(client, talk, remote):
    (file,) = linked(talk, remote, PNG)
    talk.delete()
    assert client.get(file.address).status_code == 404


def test_a_paused_widget_gives_no_files(client, talk, remote, widget):
    (file,) = linked(talk, remote, PNG)
    widget.is_active = False
    widget.save()
    assert client.get(file.address).status_code == 404
    assert remote.count("download") == 0


def test_only_the_servers_own_files_are_fetched(client, talk, remote, caplog):
    for url in ("https://elsewhere.example/a", "http://remote-host-marked.example/a", "//x/y"):
        file = conversation.linked(talk, Attachment("a.png", "image/png", 1, url))
        response = client.get(file.address)
        assert response.status_code == 502
        assert b"elsewhere" not in response.content
    assert remote.count("download") == 0
    assert "elsewhere" not in caplog.text


@pytest.mark.parametrize(
    ("strike", "status"),
    [
        (Unavailable(), 503),
        (Response(404, {"detail": "Not found."}), 404),
        (Response(401, {"detail": "No"}), 502),
        (Response(302, b"", {"Location": "https://elsewhere.example"}), 502),
        (TooLarge(), 502),
    ],
)
def test_what_the_server_does_instead_is_told_in_words(client, talk, remote, strike, status):
    (file,) = linked(talk, remote, PNG)
    remote.fail("download", strike)
    response = client.get(file.address, headers={"Accept": BROWSER})
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert b"marked" not in response.content


@pytest.mark.parametrize("accept", ["*/*", "image/avif,image/*,*/*;q=0.8", "application/json", ""])
def test_a_script_that_fetches_a_file_reads_what_is_wrong(client, talk, remote, accept):
    """It may come from any site, as the answer with the file."""
    (file,) = linked(talk, remote, PNG)
    remote.fail("download", Response(404, {"detail": "Not found."}))
    gone = client.get(file.address, headers={"Accept": accept} if accept else {})
    assert (gone.status_code, gone.json()["code"]) == (404, "file_gone")
    assert gone["Access-Control-Allow-Origin"] == "*"
    for headers in ({"Accept": accept}, {"Accept": BROWSER}):
        remote.fail("download", Unavailable(status=503, retry_after=29.5))
        later = client.get(file.address, headers=headers)
        assert (later.status_code, later["Retry-After"]) == (503, "30")


def test_a_file_of_unknown_length_says_none(client, talk, remote):
    (file,) = linked(talk, remote, PNG)
    packed = {"Content-Type": "image/png", "Content-Encoding": "gzip"}
    remote.fail("download", Response(200, b"packed on the wire", packed))
    response = client.get(file.address)
    assert "Content-Length" not in response
    assert "Content-Encoding" not in response
    content(response)


def test_a_head_request_reads_nothing(client, talk, remote):
    (file,) = linked(talk, remote, PNG)
    response = client.head(file.address)
    assert response.status_code == 200
    assert response["Content-Length"] == "102404"
    assert response["Content-Type"] == "image/png"


def test_posting_there_is_refused(client, talk, remote):
    (file,) = linked(talk, remote, PNG)
    assert client.post(file.address).status_code == 405


def test_under_asgi_it_is_streamed_too(talk, remote):
    (file,) = linked(talk, remote, PNG)
    scope = {
        "type": "http",
        "method": "GET",
        "path": file.address,
        "headers": [],
        "query_string": b"",
    }
    request = ASGIRequest(scope, io.BytesIO())
    response = attachment(request, link=file.address.split("/")[-2])
    assert isinstance(response, StreamingHttpResponse)
    assert response.is_async

    async def read():
        return [piece async for piece in response.streaming_content]

    pieces = asyncio.run(read())
    assert len(pieces) > 1
    assert b"".join(pieces) == PNG.content
