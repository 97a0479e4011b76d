"""Client credentials: the token is fetched, kept, fetched again, and never trusted."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatwidget.chatapi import (
    BadResponse,
    ChatAPI,
    ClientCredentials,
    MemoryStore,
    SessionRef,
    errors,
    hints,
)
from chatwidget.chatapi.credentials import Peer
from chatwidget.chatapi.transport import Reply
from tests.chatapi.conftest import http

STARTED = {"session_id": "s1", "chatbot": {"id": "c1", "name": "Bot"}, "participant": {}}
DENIED = {"error": "Authentication required", "code": "chat_access_denied"}


def token(text="fresh", **fields):
    given = {"access_token": text, "token_type": "Bearer", "expires_in": 3600} | fields
    return http(200, {key: value for key, value in given.items() if value is not None})


class Recorder(MemoryStore):
    """A store that remembers for how long it was to keep."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def set(self, key, value, seconds, /):
        self.seconds.append(seconds)
        super().set(key, value, seconds)


@pytest.fixture
def store():
    return Recorder()


@pytest.fixture
def client(server, store):
    return ClientCredentials(f"{server.url}/o/token/", "client", "s3cret", store=store)


@pytest.fixture
def oauth_api(server, transport, client):
    return ChatAPI(server.url, credential=client, transport=transport)


def answers(server, *raw):
    """Answer in this order, the last one for ever."""
    left = list(raw)
    server.answer = lambda request, sock: left.pop(0) if len(left) > 1 else left[0]


def targets(server):
    return [request.target for request in server.requests]


def test_a_token_is_fetched_for_start_and_kept(server, oauth_api, store):
    answers(server, token(), http(201, STARTED))
    oauth_api.start("c1")
    oauth_api.start("c1")
    assert targets(server) == ["/o/token/", "/api/chat/start/", "/api/chat/start/"]
    fetch, *starts = server.requests
    assert parse_qs(fetch.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["chat:start"],
    }
    assert {request.headers["authorization"] for request in starts} == {"Bearer fresh"}
    assert store.seconds == [3540]


def test_calls_on_a_session_go_without_the_token(server, oauth_api):
    answers(server, http(202, {"task_id": "t1"}))
    oauth_api.send(SessionRef("s", "t"), "hi")
    oauth_api.send(SessionRef("s", None), "hi")
    assert ["authorization" in request.headers for request in server.requests] == [False, False]


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (3600, [3540]),
        ("3600", [3540]),
        (61.9, [1]),
        (60, []),
        (-5, []),
        (None, [300]),
        (1e7, [86400]),
    ],
)
def test_a_token_is_kept_until_a_minute_before_it_expires(
    expires_in, seconds, server, oauth_api, store
):
    answers(server, token(expires_in=expires_in), http(201, STARTED))
    oauth_api.start("c1")
    assert store.seconds == seconds


def test_a_refused_token_is_fetched_again_once(server, oauth_api):
    answers(server, token("old"), http(401, DENIED), token("new"), http(201, STARTED))
    assert oauth_api.start("c1").session.session_id == "s1"
    assert targets(server) == ["/o/token/", "/api/chat/start/"] * 2
    assert [server.requests[place].json for place in (1, 3)] == [{"chatbot_id": "c1"}] * 2
    assert server.requests[-1].headers["authorization"] == "Bearer new"


def test_a_file_fetches_a_token_if_none_is_kept(server, oauth_api):
    answers(server, token(), http(200, b"hello", "text/plain"))
    with oauth_api.download("/files/1") as file:
        assert b"".join(file) == b"hello"
    assert targets(server) == ["/o/token/", "/files/1"]
    assert server.requests[-1].headers["authorization"] == "Bearer fresh"


def test_a_token_that_is_refused_twice_is_an_error_with_a_hint(server, oauth_api):
    answers(server, token("old"), http(401, DENIED), token("new"), http(401, DENIED))
    with pytest.raises(errors.AccessDenied) as caught:
        oauth_api.start("c1")
    assert len(server.requests) == 4
    assert caught.value.hint == hints.WRONG_TOKEN


def test_a_403_is_no_matter_of_the_token(server, oauth_api):
    answers(server, token(), http(403, {"detail": "No."}))
    with pytest.raises(errors.AccessDenied):
        oauth_api.start("c1")
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (http(401, {"error": "invalid_client"}), errors.AccessDenied, hints.WRONG_CLIENT),
        (http(400, {"error": "invalid_scope"}), errors.AccessDenied, hints.WRONG_CLIENT),
        (http(404, "<html>", "text/html"), errors.NotFound, hints.NO_TOKEN_URL),
        (http(405, {"detail": "No."}), errors.Rejected, hints.WRONG_CLIENT),
        (http(429, {}, Retry_After="7"), errors.RateLimited, hints.BUSY),
        (http(500, "<html>", "text/html"), errors.Unavailable, hints.UNREACHABLE),
        (http(302, b"", Location="/login"), errors.BadResponse, hints.NO_TOKEN),
        (http(200, "<html>", "text/html"), errors.BadResponse, hints.NO_TOKEN),
        (http(200, "access_token=a&token_type=b"), errors.BadResponse, hints.NO_TOKEN),
        (http(200, {"error": "invalid_client"}), errors.BadResponse, hints.NO_TOKEN),
        (http(200, {"token_type": "Bearer"}), errors.BadResponse, hints.NO_TOKEN),
        (token("a\r\nX: y"), errors.BadResponse, hints.NO_TOKEN),
        (token(["a"]), errors.BadResponse, hints.NO_TOKEN),
        (token(expires_in="soon"), errors.BadResponse, hints.NO_TOKEN),
        (http(200, b" " * 100_000), errors.TooLarge, hints.NO_TOKEN),
    ],
)
def test_what_is_no_token_is_an_error_before_the_server_is_called(
    raw, kind, words, server, oauth_api, store
):
    answers(server, raw)
    with pytest.raises(kind) as caught:
        oauth_api.start("c1")
    assert type(caught.value) is kind
    assert caught.value.call == "POST token"
    assert not caught.value.may_have_arrived
    assert hints.hint(caught.value) == words
    assert targets(server) == ["/o/token/"]
    assert store.seconds == []


def test_the_error_code_of_the_authorization_server_is_told(server, oauth_api):
    answers(server, http(401, {"error": "invalid_client", "error_description": "secret s3cret"}))
    with pytest.raises(errors.AccessDenied) as caught:
        oauth_api.start("c1")
    assert caught.value.code == "invalid_client"
    assert "s3cret" not in f"{caught.value} {vars(caught.value)}"


def test_a_token_server_that_hangs_is_given_up_as_any_other(server, transport, client):
    server.answer = lambda request, sock: server.stopped.wait() and None
    api = ChatAPI(server.url, credential=client, transport=transport, read_timeout=0.3)
    with pytest.raises(errors.TimedOut):
        api.start("c1")


def test_the_client_names_itself_as_the_standard_says(server, transport, store):
    client = ClientCredentials(f"{server.url}/t", "a:b/c", "ü%/", "a b", store)
    answers(server, token(), http(201, STARTED))
    ChatAPI(server.url, credential=client, transport=transport).start("c1")
    fetch = server.requests[0]
    scheme, _, pair = fetch.headers["authorization"].partition(" ")
    named, _, secret = b64decode(pair).decode().partition(":")
    assert (scheme, named, secret) == ("Basic", "a%3Ab%2Fc", "%C3%BC%25%2F")
    assert parse_qs(fetch.body.decode())["scope"] == ["a b"]


def test_another_secret_or_scope_never_finds_the_token(server, store, client):
    others = [
        ClientCredentials(client.token_url, "client", "other", store=store),
        ClientCredentials(client.token_url, "client", "s3cret", "other", store),
        ClientCredentials(f"{client.token_url}x", "client", "s3cret", store=store),
    ]
    assert len({each._key() for each in [client, *others]}) == 4
    assert "s3cret" not in client._key()


@pytest.mark.parametrize("kept", ["a\r\nX: y", "", 3, b"bytes"])
def test_what_a_shared_store_holds_is_not_trusted(kept, server, oauth_api, store, client):
    store.get = lambda key: kept
    answers(server, token(), http(201, STARTED))
    oauth_api.start("c1")
    assert targets(server) == ["/o/token/", "/api/chat/start/"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host/token",
        "ftp://host/token",
        "https:///token",
        "https://a:b@host/token",
        "https://host/token#x",
        "https://host/to ken",
        "https://host\\@other/",
    ],
)
def test_a_token_url_that_none_can_ask_is_refused(url):
    with pytest.raises(ValueError, match="The token URL must be like"):
        ClientCredentials(url, "client", "s3cret")


@pytest.mark.parametrize(("name", "secret"), [("", "s3cret"), ("client", "")])
def test_a_client_without_a_name_or_a_secret_is_refused(name, secret):
    with pytest.raises(ValueError, match="must not be empty"):
        ClientCredentials("https://host/token", name, secret)


def test_an_error_report_that_shows_variables_shows_no_secret(server, oauth_api):
    server.answer = lambda request, sock: None
    with pytest.raises(errors.Unavailable) as caught:
        oauth_api.start("c1")
    ours = [entry.frame for entry in caught.traceback if "chatwidget/chatapi" in str(entry.path)]
    shown = [repr(value) for frame in ours for value in frame.f_locals.values()]
    assert len(ours) > 5
    assert not any("s3cret" in text for text in shown)


def test_a_token_in_memory_is_forgotten_in_time(monkeypatch):
    store, now = MemoryStore(), time.monotonic()
    store.set("key", "token", 60)
    assert store.get("key") == "token"
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert store.get("key") is None
    store.delete("key")
    store.delete("key")
    assert store.get("key") is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    ["access_token", "token_type", "expires_in", "expires_at", "scope", "error", "refresh_token"]
)


@given(said=json_values | st.dictionaries(fields, json_values | st.just("a token")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_said_is_a_token_or_a_bad_response(said):
    client = ClientCredentials("https://host/token", "client", "s3cret", store=MemoryStore())
    reply = Reply(200, {"Content-Type": "application/json"}, json.dumps(said).encode())
    try:
        headers = client.start_headers(Peer("https://host", lambda outgoing: reply))
    except BadResponse:
        return
    assert headers == {"Authorization": f"Bearer {said['access_token']}"}
    assert said["access_token"].isascii()
