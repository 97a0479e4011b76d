"""Downloads: from where, with what, and how much."""

from __future__ import annotations

import gzip

import pytest

from chatwidget.chatapi import (
    ApiKey,
    Bearer,
    ChatAPI,
    ClientCredentials,
    EmbedKey,
    MemoryStore,
    SessionCookie,
    errors,
)
from tests.chatapi.conftest import http

LINK = "/api/files/70/content"


@pytest.mark.parametrize("link", [LINK, "{url}" + LINK, "{url}" + LINK + "?a=b#c"])
def test_a_file_is_handed_on_as_it_comes(link, server, api):
    server.reply(http(200, b"hello", "text/plain; charset=utf-8"))
    with api.download(link.format(url=server.url)) as file:
        assert (file.status, file.content_type, file.size) == (200, "text/plain", 5)
        assert b"".join(file) == b"hello"
    request = server.requests[0]
    assert request.method == "GET"
    assert request.target in {LINK, f"{LINK}?a=b"}
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("credential", "headers"),
    [
        (None, {}),
        (ApiKey("key"), {"x-api-key": "key"}),
        (Bearer("bearer"), {"authorization": "Bearer bearer"}),
        (EmbedKey("embed", "https://shop.example.com"), {}),
    ],
)
def test_a_file_is_asked_for_with_the_credential(credential, headers, server, transport):
    server.reply(http(200, b"hello", "text/plain"))
    ChatAPI(server.url, credential=credential, transport=transport).download(LINK).close()
    names = {"x-api-key", "authorization", "x-embed-key", "origin", "cookie"}
    sent = {name: value for name, value in server.requests[0].headers.items() if name in names}
    assert sent == headers


def test_a_file_is_asked_for_with_the_cookie(server, transport):
    server.reply(http(200, b"hello", "text/plain"))
    api = ChatAPI(server.url, credential=SessionCookie("abc"), transport=transport)
    api.download(LINK).close()
    assert server.requests[0].headers["cookie"].startswith("sessionid=abc; ")


def test_a_file_is_asked_for_with_the_token(server, transport):
    store = MemoryStore()
    client = ClientCredentials(f"{server.url}/token/", "id", "secret", store=store)
    store.set(client._key(), "kept", 60)
    server.reply(http(200, b"hello", "text/plain"))
    ChatAPI(server.url, credential=client, transport=transport).download(LINK).close()
    assert server.requests[0].headers["authorization"] == "Bearer kept"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.com/x",
        "//evil.example.com/x",
        "http://127.0.0.1:1/x",
        "https:{url}/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "{url}@evil.example.com/x",
        "http://a@127.0.0.1:{port}/x",
        "{url}\\@evil.example.com/x",
        "{url}/x\r\nX: y",
        "{url}/x y",
        "{url}/ü",
        "http://[",
        "http://127.0.0.1:x/",
        "javascript:alert(1)",
    ],
)
def test_nothing_goes_to_another_server(link, server, transport):
    port = server.url.rpartition(":")[2]
    api = ChatAPI(server.url, credential=ApiKey("key"), transport=transport)
    with pytest.raises(errors.BadResponse) as caught:
        api.download(link.format(url=server.url, port=port))
    assert str(caught.value) == "bad_response: GET file: content_url: not on this server"
    assert not caught.value.may_have_arrived
    assert (server.connections, server.requests) == (0, [])


def test_a_redirect_to_another_server_is_not_followed(server, api):
    server.reply(http(302, b"", Location="https://evil.example.com/"))
    with pytest.raises(errors.BadResponse):
        api.download(LINK)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.AccessDenied),
        (403, errors.AccessDenied),
        (404, errors.NotFound),
        (500, errors.Unavailable),
    ],
)
def test_a_file_that_is_refused_is_an_error_and_the_connection_is_kept(status, kind, server, api):
    server.reply(http(status, {"detail": "No."}))
    for _ in range(2):
        with pytest.raises(kind) as caught:
            api.download(LINK)
        assert (caught.value.status, caught.value.detail) == (status, "No.")
    assert server.connections == 1


def test_a_long_refusal_is_not_read_whole(server, api):
    server.reply(http(404, b" " * 10_000_000, "text/html"))
    with pytest.raises(errors.NotFound):
        api.download(LINK)


def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_read(server, api):
    server.reply(http(200, b"hello", "text/plain", Content_Length=str(50 * 1024 * 1024 + 1)))
    with pytest.raises(errors.TooLarge) as caught:
        api.download(LINK)
    assert str(caught.value) == "too_large: GET file 200: body: over 52428800 bytes"


def test_a_file_as_large_as_is_allowed_is_read(server, api):
    server.reply(http(200, b"x" * 9, "text/plain"))
    with api.download("/files/1", max_bytes=9) as file:
        assert b"".join(file) == b"x" * 9


def test_a_file_that_turns_out_too_large_is_cut(server, api):
    body = b"5\r\nhello\r\n0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.reply(head + body)
    with api.download(LINK, max_bytes=4) as file:
        assert file.size is None
        with pytest.raises(errors.TooLarge):
            b"".join(file)


def test_the_size_of_an_encoded_file_is_not_known(server, api):
    body = gzip.compress(b"hello")
    server.reply(http(200, body, "text/plain", Content_Encoding="gzip"))
    with api.download(LINK) as file:
        assert file.size is None
        assert b"".join(file) == b"hello"


def test_a_file_that_ends_early_is_unavailable(server, api):
    server.answer = lambda request, sock: sock.sendall(
        http(200, b"hello", "text/plain", Content_Length="9")
    )
    with api.download(LINK) as file, pytest.raises(errors.Unavailable) as caught:
        b"".join(file)
    assert caught.value.call == "GET file"


def test_a_file_that_drips_ends_at_the_deadline(server, transport):
    def drip(request, sock):
        sock.sendall(http(200, b"h", "text/plain", Content_Length="900"))
        while not server.stopped.wait(0.05):
            sock.sendall(b"h")

    server.answer = drip
    api = ChatAPI(server.url, transport=transport)
    with api.download(LINK, total_timeout=0.4) as file, pytest.raises(errors.TimedOut):
        b"".join(file)


@pytest.mark.parametrize("said", ["", "nonsense", "a/b/c", "text/html\x0b; x", "tëxt/html"])
def test_a_type_that_is_none_is_bytes(said, server, api):
    server.reply(http(200, b"hello", said))
    with api.download(LINK) as file:
        assert file.content_type in {"application/octet-stream", "text/html"}
        assert file.content_type.isascii()


def test_a_download_that_is_closed_early_spoils_nothing(server, api):
    server.reply(http(200, b"h" * 1_000_000, "text/plain"))
    api.download(LINK).close()
    with api.download(LINK) as file:
        assert len(b"".join(file)) == 1_000_000
