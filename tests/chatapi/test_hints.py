"""What an admin is told about each way in which a start can fail."""

from __future__ import annotations

import pytest

from chatwidget.chatapi import (
    ApiKey,
    Bearer,
    ChatAPI,
    EmbedKey,
    NoCredential,
    SessionCookie,
    errors,
    hint,
    hints,
)
from tests.chatapi.conftest import http

WORDS = [value for name, value in vars(hints).items() if name.isupper() and isinstance(value, str)]
EMBED_KEY = EmbedKey("key", "https://shop.example.com")
CSRF = {"detail": "CSRF Failed: Origin checking failed - x does not match."}


def failure(server, transport, credential, raw):
    server.reply(raw)
    with pytest.raises(errors.ChatAPIError) as caught:
        ChatAPI(server.url, credential=credential, transport=transport).start("c1")
    return caught.value


@pytest.mark.parametrize(
    ("credential", "status", "body", "words"),
    [
        (NoCredential(), 401, {}, hints.NO_CREDENTIAL),
        (ApiKey("key"), 401, {}, hints.NO_CREDENTIAL),
        (ApiKey("key"), 403, {"error": "Access denied"}, hints.REFUSED),
        (
            ApiKey("key"),
            403,
            {"error": "Version number requires authentication"},
            hints.VERSION,
        ),
        (Bearer("key"), 401, {"code": "chat_access_denied"}, hints.WANTS_OAUTH),
        (EMBED_KEY, 401, {"detail": "Invalid widget embed key"}, hints.WRONG_EMBED_KEY),
        (EMBED_KEY, 403, {"detail": "You do not have permission"}, hints.WRONG_ORIGIN),
        (SessionCookie("abc"), 401, {}, hints.WRONG_COOKIE),
        (SessionCookie("abc"), 403, {}, hints.WRONG_COOKIE),
        (SessionCookie("abc"), 403, CSRF, hints.FORGERY),
    ],
)
def test_a_refused_credential_has_its_hint(credential, status, body, words, server, transport):
    error = failure(server, transport, credential, http(status, body))
    assert isinstance(error, errors.AccessDenied)
    assert error.hint == words
    assert hint(error) == words


def test_a_start_without_a_credential_is_told_what_the_server_wants_now(server, transport):
    error = failure(server, transport, NoCredential(), http(401, {}))
    assert "embed key" in hint(error)
    assert "client credentials" in hint(error)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (http(404, {"detail": "No Experiment matches the given query."}), hints.NO_CHATBOT),
        (http(200, "<html>", "text/html"), hints.NO_CHAT_API),
        (http(301, b"", Location="https://host/"), hints.NO_CHAT_API),
        (http(400, {"chatbot_id": ["Must be a valid UUID."]}), hints.REJECTED),
        (http(400, {"error": "Remote ID must match your email address"}), hints.OTHER_PERSON),
        (http(429, {}), hints.BUSY),
        (http(500, "<html>", "text/html"), hints.UNREACHABLE),
    ],
)
def test_an_answer_that_is_no_start_has_its_hint(raw, words, server, transport):
    assert hint(failure(server, transport, None, raw)) == words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errors.TimedOut("POST start", reason="no answer in time"), hints.SLOW),
        (errors.Unavailable("POST start", reason="TLS failed"), hints.TLS),
        (errors.Unavailable("POST start", reason="name not found"), hints.NO_NAME),
        (errors.Unavailable("POST start", reason="proxy failed"), hints.PROXY),
        (errors.Unavailable("POST start", reason="connection failed"), hints.UNREACHABLE),
        (errors.AccessDenied("GET file"), hints.REFUSED),
        (errors.ConsentRequired("POST start"), hints.OTHER),
    ],
)
def test_every_error_has_a_hint(error, words):
    assert hint(error) == words


@pytest.mark.parametrize("words", WORDS)
def test_a_hint_is_sentences_that_blame_nobody(words):
    assert words.endswith(".")
    assert words[0].isupper()
    assert "!" not in words
    assert len(words) < 200
