"""Calls that may only go to the Internet: the address that a connection reached is what counts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from chatwidget.chatapi import ChatAPI, ClientCredentials, SessionRef, Transport, errors
from chatwidget.chatapi import transport as module

SESSION = SessionRef("a-session", "a-token")
HOST = "rebinding.example"


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let names mean what a test says, one answer after the other; the last one stays."""

    def answers(*addresses: str) -> list[str]:
        asked: list[str] = []
        left = list(addresses)

        def look_up(host, port, *args, **kwargs):
            asked.append(host)
            address = left.pop(0) if len(left) > 1 else left[0]
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return answers


def silent() -> tuple[socket.socket, list[bytes], threading.Thread]:
    """A port of this machine that writes down what it is told."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def listen() -> None:
        sock, _address = listener.accept()
        with sock:
            sock.settimeout(10)
            heard.append(sock.recv(65536))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    return listener, heard, thread


def poll(api: ChatAPI) -> errors.Unavailable:
    with pytest.raises(errors.Unavailable) as caught:
        api.poll_session(SESSION)
    return caught.value


def test_a_name_that_leads_into_the_own_network_hears_not_a_byte(resolve):
    listener, heard, thread = silent()
    with listener:
        resolve("127.0.0.1")
        api = ChatAPI(f"https://{HOST}:{listener.getsockname()[1]}", allow_private=False)
        error = poll(api)
        thread.join(10)
    assert error.reason == "address not public"
    assert not error.may_have_arrived
    # Not even the TLS greeting, which names the host.
    assert heard == [b""]


def test_the_second_look_up_of_a_name_is_checked_as_the_first(resolve, monkeypatch):
    """DNS rebinding: public when the admin's address is checked, private when it is called."""
    listener, heard, thread = silent()
    with listener:
        asked = resolve("203.0.113.7", "127.0.0.1")
        port = listener.getsockname()[1]
        assert socket.getaddrinfo(HOST, port)[0][4][0] == "203.0.113.7"
        poll(ChatAPI(f"https://{HOST}:{port}", allow_private=False))
        thread.join(10)
    assert asked == [HOST, HOST]
    assert heard == [b""]


@pytest.mark.parametrize("host", ["127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1"])
def test_other_spellings_of_this_machine_are_seen_through(host):
    listener, heard, thread = silent()
    with listener:
        poll(ChatAPI(f"https://{host}:{listener.getsockname()[1]}", allow_private=False))
        thread.join(10)
    assert heard == [b""]


def test_a_public_address_is_called(tls, monkeypatch):
    server, certificate = tls
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setattr("chatwidget.chatapi.wire.is_public", lambda address: address == "127.0.0.1")
    transport = Transport(public_only=True)
    api = ChatAPI(server.url.replace("http:", "https:"), transport=transport)
    assert api.poll_session(SESSION).messages == ()


def test_plain_http_is_not_spoken(server):
    error = poll(ChatAPI(server.url, allow_private=False))
    assert str(error) == "unavailable: GET session_poll: address not https"
    assert not error.may_have_arrived
    assert server.connections == 0


def test_where_tokens_are_fetched_is_checked_too(server):
    client = ClientCredentials(server.url, "client", "secret-marked")
    api = ChatAPI("https://chat.example", credential=client, allow_private=False)
    with pytest.raises(errors.Unavailable, match="POST token: address not https"):
        api.start("a-chatbot")
    assert server.connections == 0


def test_a_connection_that_may_be_private_is_not_shared_with_calls_that_may_not(tls, monkeypatch):
    server, certificate = tls
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setattr(module, "SHARED", Transport())
    url = server.url.replace("http:", "https:")
    assert ChatAPI(url, transport=module.SHARED).poll_session(SESSION).messages == ()
    assert poll(ChatAPI(url, allow_private=False)).reason == "address not public"
    assert len(server.requests) == 1


def test_a_proxy_of_the_sites_own_may_be_private(monkeypatch):
    """It looks names up itself, so what may be reached through it is for it to say."""
    listener, heard, thread = silent()
    with listener:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        api = ChatAPI(f"https://{HOST}", transport=Transport(public_only=True))
        assert poll(api).reason != "address not public"
        thread.join(10)
    assert heard[0].startswith(f"CONNECT {HOST}:443 ".encode())


def test_a_peer_that_has_gone_is_unavailable(monkeypatch):
    def gone(sock):
        raise OSError(107, "not connected")

    listener, heard, thread = silent()
    with listener:
        monkeypatch.setattr(socket.socket, "getpeername", gone)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        assert poll(ChatAPI(url, allow_private=False)).reason == "connection failed"
        thread.join(10)
    assert heard == [b""]
