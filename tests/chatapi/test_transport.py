"""Faults on real sockets, the pool, and what an environment can and cannot do."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata

import pytest
import requests

from chatwidget.chatapi import ChatAPI, SessionRef, Transport, errors, wire
from chatwidget.chatapi import transport as module
from tests.chatapi.conftest import HISTORY, http

SESSION = SessionRef("a-session", "a-token")
CHUNK = 65536
BEGUN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def failure(api: ChatAPI, kind: type[errors.ChatAPIError]) -> errors.ChatAPIError:
    """Poll the session and return the error, which must be exactly of this kind."""
    with pytest.raises(kind) as caught:
        api.poll_session(SESSION)
    assert type(caught.value) is kind
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def client(url: str, transport: Transport, **timeouts: float) -> ChatAPI:
    return ChatAPI(
        url,
        transport=transport,
        connect_timeout=timeouts.get("connect_timeout", 3),
        read_timeout=timeouts.get("read_timeout", 15),
        total_timeout=timeouts.get("total_timeout", 20),
    )


def reset(sock: socket.socket) -> None:
    """Close with a RST instead of a FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


# --- no connection -------------------------------------------------------------------------


def test_a_refused_connection_is_unavailable_and_nothing_arrived(transport):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(client(f"http://127.0.0.1:{port}", transport), errors.Unavailable)
    assert str(error) == "unavailable: GET session_poll: connection failed"
    assert not error.may_have_arrived


def test_an_unknown_name_is_unavailable_and_nothing_arrived(transport, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(client("http://chat.invalid", transport), errors.Unavailable)
    assert error.reason == "name not found"
    assert not error.may_have_arrived


def test_a_connection_that_hangs_times_out_and_nothing_arrived(transport):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:  # fill the queue, so that the next one gets no answer
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        error = failure(client(address, transport, connect_timeout=0.3), errors.TimedOut)
        for sock in waiting:
            sock.close()
    assert error.reason == "no connection in time"
    assert not error.may_have_arrived


def test_a_failed_tls_handshake_is_unavailable_and_nothing_arrived(transport):
    def answer(listener):
        sock, _ = listener.accept()
        with sock:
            sock.recv(CHUNK)
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:
        thread.submit(answer, listener)
        address = f"https://127.0.0.1:{listener.getsockname()[1]}"
        error = failure(client(address, transport), errors.Unavailable)
    assert error.reason == "TLS failed"
    assert not error.may_have_arrived


def test_a_proxy_that_is_not_there_is_unavailable(transport, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    error = failure(client("https://chat.invalid", Transport()), errors.Unavailable)
    assert error.reason == "proxy failed"
    assert not error.may_have_arrived


# --- a connection that fails ---------------------------------------------------------------


def test_a_server_that_says_nothing_times_out(server, transport):
    server.answer = lambda request, sock: server.stopped.wait() and None
    begun = time.monotonic()
    error = failure(client(server.url, transport, read_timeout=0.3), errors.TimedOut)
    assert time.monotonic() - begun < 5
    assert str(error) == "timed_out: GET session_poll: no answer in time"
    assert error.may_have_arrived


def test_a_reset_before_the_answer_is_unavailable_and_may_have_arrived(server, api):
    server.answer = lambda request, sock: reset(sock)
    assert failure(api, errors.Unavailable).may_have_arrived


@pytest.mark.parametrize("begun", [BEGUN, BEGUN + b'Content-Length: 90\r\n\r\n{"messages": [', b""])
def test_a_reset_in_the_middle_of_the_answer_is_unavailable(begun, server, api):
    def answer(request, sock):
        sock.sendall(begun)
        reset(sock)

    server.answer = answer
    assert failure(api, errors.Unavailable).may_have_arrived


def test_a_reset_after_the_answer_harms_nothing(server, api):
    def answer(request, sock):
        sock.sendall(http(200, HISTORY))
        reset(sock)

    server.answer = answer
    assert api.poll_session(SESSION).messages == ()
    assert api.poll_session(SESSION).messages == ()


def test_a_body_shorter_than_promised_is_unavailable(server, api):
    def answer(request, sock):
        sock.sendall(http(200, HISTORY, Content_Length="9999"))

    server.answer = answer
    assert failure(api, errors.Unavailable).may_have_arrived


def test_a_body_longer_than_promised_spoils_only_itself(server, api):
    server.reply(http(200, HISTORY) + b"and more")
    assert api.poll_session(SESSION).messages == ()
    server.reply(http(200, HISTORY | {"has_more": True}))
    assert api.poll_session(SESSION).has_more


def test_something_that_is_not_http_is_unavailable(server, api):
    server.answer = lambda request, sock: sock.sendall(b"220 smtp.example.com\r\n\r\n")
    failure(api, errors.Unavailable)


# --- a drip, which the timeout of a single read never sees ------------------------------------


def drip(server, raw: bytes, first: int):
    def answer(request, sock):
        sock.sendall(raw[:first])
        for byte in raw[first:]:
            if server.stopped.wait(0.05):
                break
            sock.sendall(bytes([byte]))

    server.answer = answer


@pytest.mark.parametrize("first", [0, len(BEGUN) + 30], ids=["headers", "body"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_drip_ends_at_the_total_deadline(first, chunked, server, transport):
    body = b'{"messages": [' + b" " * 500
    raw = BEGUN + b"Content-Length: 900\r\n\r\n" + body
    if chunked:
        raw = BEGUN + b"Transfer-Encoding: chunked\r\n\r\n384\r\n" + body
    drip(server, raw, first)
    begun = time.monotonic()
    error = failure(client(server.url, transport, total_timeout=0.5), errors.TimedOut)
    assert 0.4 < time.monotonic() - begun < 5
    assert error.may_have_arrived


def test_a_deadline_that_has_passed_ends_the_call_before_it_begins(server, transport):
    error = failure(client(server.url, transport, total_timeout=0), errors.TimedOut)
    assert error.reason == "no answer in time"
    assert not error.may_have_arrived
    assert server.requests == []


def test_an_address_that_no_request_can_have_is_unavailable_and_nothing_arrived(transport):
    error = failure(client("http://.example", transport), errors.Unavailable)
    assert not error.may_have_arrived


def test_a_refusal_leaves_the_connection_for_the_next_call(server, api):
    server.reply(http(503, "<html>", content_type="text/html"))
    failure(api, errors.Unavailable)
    failure(api, errors.Unavailable)
    assert server.connections == 1


# --- TLS -------------------------------------------------------------------------------------


def test_a_call_over_tls_keeps_its_connection_and_its_deadline(tls, monkeypatch):
    server, certificate = tls
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    transport = Transport()
    secure = server.url.replace("http:", "https:")
    patient = client(secure, transport)
    assert patient.poll_session(SESSION).messages == ()
    assert patient.poll_session(SESSION).messages == ()
    assert server.connections == 1
    drip(server, BEGUN + b"Content-Length: 900\r\n\r\n" + b" " * 500, 0)
    hasty = client(secure, transport, total_timeout=0.4)
    assert failure(hasty, errors.TimedOut).may_have_arrived


def test_a_certificate_that_nobody_signed_is_unavailable_and_nothing_arrived(tls, transport):
    server, _ = tls
    error = failure(client(server.url.replace("http:", "https:"), transport), errors.Unavailable)
    assert error.reason == "TLS failed"
    assert not error.may_have_arrived
    assert server.requests == []


# --- bodies --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
        ("X-GZIP", gzip.compress),
    ],
)
def test_known_encodings_are_decoded(encoding, encode, server, api):
    body = encode(b'{"messages": [], "has_more": true, "session_status": "ended"}')
    server.reply(http(200, body, Content_Encoding=encoding))
    assert api.poll_session(SESSION).has_more


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_other_encodings_are_refused(encoding, server, api):
    server.reply(http(200, gzip.compress(b"{}"), Content_Encoding=encoding))
    assert failure(api, errors.BadResponse).reason == "body: unknown encoding"


def test_a_broken_encoding_is_a_bad_response(server, api):
    server.reply(http(200, b"this is no gzip", Content_Encoding="gzip"))
    assert failure(api, errors.BadResponse).reason == "body: broken encoding"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_gzip_bomb_is_stopped_at_the_cap(chunked, server, api):
    bomb = gzip.compress(b" " * 50_000_000)
    raw = http(200, bomb, Content_Encoding="gzip")
    if chunked:
        raw = BEGUN + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        raw += f"{len(bomb):x}\r\n".encode() + bomb + b"\r\n0\r\n\r\n"
    server.reply(raw)
    error = failure(api, errors.TooLarge)
    assert str(error) == "too_large: GET session_poll: body: over 8388608 bytes"


def test_a_body_is_capped_at_2_megabytes_and_a_history_at_8(server, api):
    padded = b" " * (2 * 1024 * 1024) + b'{"status": "processing"}'
    server.reply(http(200, padded))
    with pytest.raises(errors.TooLarge):
        api.poll_task(SESSION, "a-task")
    history = b'{"messages": [], "has_more": false, "session_status": "active"}'
    server.reply(http(200, history + b" " * (8 * 1024 * 1024 - len(history))))
    assert api.poll_session(SESSION).messages == ()


def test_a_connection_whose_body_was_not_read_is_closed_not_reused(server, api):
    server.reply(http(200, b" " * 9_000_000))
    failure(api, errors.TooLarge)
    server.reply(http(200, HISTORY))
    assert api.poll_session(SESSION).messages == ()
    assert server.connections == 2


# --- redirects and cookies -------------------------------------------------------------------


def test_a_redirect_is_not_followed_and_its_body_not_read_without_end(server, api):
    server.reply(http(301, b" " * 100, Location=f"{server.url}/elsewhere"))
    error = failure(api, errors.BadResponse)
    assert error.status == 301
    assert len(server.requests) == 1


def test_a_cookie_is_not_kept(server, api):
    server.reply(http(200, HISTORY, Set_Cookie="ocs_language=en; Path=/"))
    api.poll_session(SESSION)
    api.poll_session(SESSION)
    assert ["cookie" in request.headers for request in server.requests] == [False, False]


# --- the pool --------------------------------------------------------------------------------


def test_two_calls_share_a_connection(server, api):
    api.poll_session(SESSION)
    api.poll_session(SESSION)
    assert (len(server.requests), server.connections) == (2, 1)


def test_a_server_whose_pool_was_closed_gets_a_new_one(server, transport):
    patient = client(server.url, transport)
    patient.poll_session(SESSION)
    adapter = transport._own.adapter
    for pool in adapter._pools.values():
        pool.close()
    adapter.poolmanager.clear()
    for _ in range(2):
        patient.poll_session(SESSION)
    assert server.connections == 2


def test_no_more_pools_are_held_than_there_may_be(server, transport, monkeypatch):
    monkeypatch.setattr(wire, "MOST_POOLS", 1)
    for host in ("127.0.0.1", "localhost"):
        client(server.url.replace("127.0.0.1", host), transport).poll_session(SESSION)
    assert list(transport._own.adapter._pools) == [server.url.replace("127.0.0.1", "localhost")]


def test_two_clients_of_a_process_share_a_connection(server):
    for _ in range(2):
        ChatAPI(server.url).poll_session(SESSION)
    assert server.connections == 1


def test_many_threads_each_get_their_own_answer(server, transport):
    def answer(request, sock):
        number = request.target.split("/")[4]
        return http(200, {"status": "complete", "message": message(number)})

    def message(content):
        return {"created_at": "2026-11-23T13:24:00Z", "role": "assistant", "content": content}

    server.answer = answer
    patient = client(server.url, transport)
    with ThreadPoolExecutor(20) as threads:
        polls = threads.map(lambda n: patient.poll_task(SESSION, f"{n}"), range(100))
        assert [poll.message.content for poll in polls] == [f"{n}" for n in range(100)]
    assert server.connections <= 20


def test_a_get_goes_again_when_the_kept_connection_turns_out_to_be_closed(server, api):
    api.poll_session(SESSION)
    answers = iter([None, http(200, HISTORY)])
    server.answer = lambda request, sock: next(answers)
    assert api.poll_session(SESSION).messages == ()
    assert len(server.requests) == 3


def test_a_get_over_a_new_connection_does_not_go_again(server, api):
    server.answer = lambda request, sock: None
    failure(api, errors.Unavailable)
    assert len(server.requests) == 1


def test_a_post_never_goes_again(server, api):
    api.poll_session(SESSION)
    server.answer = lambda request, sock: None
    with pytest.raises(errors.Unavailable) as caught:
        api.send(SESSION, "hi")
    assert caught.value.may_have_arrived
    assert [request.method for request in server.requests] == ["GET", "POST"]


def test_a_short_deadline_does_not_stay_with_the_connection(server, transport):
    client(server.url, transport, read_timeout=0.4).poll_session(SESSION)
    server.answer = lambda request, sock: server.stopped.wait(0.6) or http(200, HISTORY)
    client(server.url, transport).poll_session(SESSION)
    assert server.connections == 1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_gets_connections_of_its_own(server, transport):
    patient = client(server.url, transport)
    patient.poll_session(SESSION)
    child = os.fork()
    if not child:  # pragma: no cover - another process
        try:
            patient.poll_session(SESSION)
            patient.poll_session(SESSION)
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    patient.poll_session(SESSION)
    assert (len(server.requests), server.connections) == (4, 2)


def test_a_pool_of_another_process_is_left_alone(server, api, transport, monkeypatch):
    api.poll_session(SESSION)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    api.poll_session(SESSION)
    api.poll_session(SESSION)
    assert server.connections == 2


# --- the environment -------------------------------------------------------------------------


def test_the_netrc_of_the_process_is_not_used(server, api, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    api.poll_session(SESSION)
    assert "authorization" not in server.requests[0].headers


def test_the_environments_proxy_is_used_and_read_once(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    proxied = client("http://chat.invalid", Transport())
    proxied.poll_session(SESSION)
    monkeypatch.delenv("HTTP_PROXY")
    proxied.poll_session(SESSION)
    assert [request.target for request in server.requests] == [
        "http://chat.invalid/api/chat/a-session/poll/?limit=50"
    ] * 2


def test_no_proxy_is_obeyed(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    client(server.url, Transport()).poll_session(SESSION)
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_environments_certificates_are_used(name, monkeypatch):
    for other in module.CA_VARIABLES:
        monkeypatch.delenv(other, raising=False)
    assert module._Pool().verify is True
    monkeypatch.setenv(name, "/etc/ssl/own.pem")
    assert module._Pool().verify == "/etc/ssl/own.pem"


def test_connections_through_a_socks_proxy_are_left_to_urllib3(monkeypatch):
    monkeypatch.setattr(
        requests.adapters.HTTPAdapter, "proxy_manager_for", lambda self, proxy, **kwargs: proxy
    )
    assert wire.Adapter().proxy_manager_for("socks5://127.0.0.1:1") == "socks5://127.0.0.1:1"


def test_the_version_is_0_where_the_package_is_not_installed(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert module._version() == "0"


def test_a_secret_is_in_no_repr_of_a_request():
    outgoing = module.Outgoing(
        "POST start", "POST", "http://host/", {"X-api-key": "s3cret"}, b"s3cret", 1
    )
    assert "s3cret" not in repr(outgoing)


def test_a_proxys_tunnel_counts_as_nothing_sent(server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.reply(http(407, b""))
    error = failure(client("https://chat.invalid", Transport()), errors.Unavailable)
    assert server.requests[0].method == "CONNECT"
    assert not error.may_have_arrived
