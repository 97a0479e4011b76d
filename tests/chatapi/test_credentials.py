"""The schemes, and what each needs."""

from __future__ import annotations

import pytest

from chatwidget.chatapi import (
    SCHEMES,
    ApiKey,
    Bearer,
    ClientCredentials,
    EmbedKey,
    MemoryStore,
    NoCredential,
    SessionCookie,
    SessionRef,
    credential_for,
)
from chatwidget.chatapi.credentials import Peer

OPTIONS = {"token_url": "https://host/token", "client_id": "client", "scope": ""}


@pytest.mark.parametrize(
    ("scheme", "credential"),
    [
        ("none", NoCredential()),
        ("api_key", ApiKey("s3cret")),
        ("bearer", Bearer("s3cret")),
        ("session_cookie", SessionCookie("s3cret")),
        ("embed_key", EmbedKey("s3cret", "https://shop.example.com:8443")),
        ("client_credentials", ClientCredentials("https://host/token", "client", "s3cret")),
    ],
)
def test_each_scheme_makes_its_credential(scheme, credential):
    made = credential_for(scheme, "s3cret", origin="https://shop.example.com:8443", options=OPTIONS)
    assert made == credential
    assert made.scheme == scheme
    assert scheme in SCHEMES


def test_a_client_has_its_scope_and_its_store():
    store = MemoryStore()
    options = OPTIONS | {"scope": "chat:start files:read"}
    made = credential_for("client_credentials", "s3cret", options=options, store=store)
    assert isinstance(made, ClientCredentials)
    assert made.scope == "chat:start files:read"
    assert made.store is store


def test_no_credential_is_needed_for_the_scheme_none():
    assert credential_for("none", "") == NoCredential()


@pytest.mark.parametrize(
    ("scheme", "secret", "origin", "words"),
    [
        ("password", "s3cret", "", "Unknown scheme. Choose one of none, api_key"),
        ("api_key", "", "", "api_key needs a credential"),
        ("bearer", "", "", "bearer needs a credential"),
        ("embed_key", "", "https://host", "embed_key needs a credential"),
        ("embed_key", "s3cret", "", "needs an origin"),
        ("embed_key", "s3cret", "host.example.com", "like https://"),
        ("embed_key", "s3cret", "https://host/", "like https://"),
        ("embed_key", "s3cret", "https://host\n", "The origin must be plain"),
        ("embed_key", "s3cret\n", "https://host", "The embed key must be plain"),
        ("api_key", "s3cret\r\nX: 1", "", "The API key must be plain"),
        ("bearer", "s3cret\u20ac", "", "The bearer token must be plain"),
        ("session_cookie", "", "", "session_cookie needs a credential"),
        ("session_cookie", "s3cret; admin=1", "", "its value alone"),
        ("session_cookie", "s3cret\r\nX: 1", "", "its value alone"),
        ("client_credentials", "", "", "client_credentials needs a credential"),
        ("client_credentials", "s3cret", "", "needs a token URL"),
    ],
)
def test_what_is_missing_or_malformed_is_said_without_the_secret(scheme, secret, origin, words):
    with pytest.raises(ValueError, match=words) as caught:
        credential_for(scheme, secret, origin=origin)
    assert "s3cret" not in str(caught.value)


def test_a_client_needs_its_id():
    with pytest.raises(ValueError, match="needs a client id"):
        credential_for("client_credentials", "s3cret", options=OPTIONS | {"client_id": ""})


@pytest.mark.parametrize(
    "thing",
    [
        SessionCookie("s3cret"),
        ClientCredentials("https://host/token", "client", "s3cret"),
        ApiKey("s3cret"),
        Bearer("s3cret"),
        EmbedKey("s3cret", "https://host", "s3cret"),
        SessionRef("id", "s3cret"),
    ],
)
def test_no_repr_shows_the_secret(thing):
    assert "s3cret" not in repr(thing)


def test_an_embed_key_opens_files_with_an_api_key_beside_it():
    peer = Peer("https://host", lambda _outgoing: pytest.fail("no call is needed"))
    options = {"files_key": "files-key"}
    bare = credential_for("embed_key", "key", origin="https://host")
    with_key = credential_for("embed_key", "key", origin="https://host", options=options)
    assert bare.file_headers(peer) == {}
    assert with_key.file_headers(peer) == {"X-api-key": "files-key"}
    with pytest.raises(ValueError, match="The files' API key must be plain"):
        credential_for("embed_key", "key", origin="https://host", options={"files_key": "a\n"})
