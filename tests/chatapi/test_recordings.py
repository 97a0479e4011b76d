"""The client against all that two real servers were asked and answered, over a real socket.

Each of the 306 recordings is replayed with an expected outcome, or named in `NOT_COVERED`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from chatwidget.chatapi import (
    ApiKey,
    Bearer,
    CallBudget,
    ChatAPI,
    ClientCredentials,
    EmbedKey,
    FileToSend,
    MemoryStore,
    NoCredential,
    SessionCookie,
    SessionRef,
    UploadedFile,
    errors,
)
from tests.chatapi.conftest import http

RECORDED = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data/recorded.jsonl").read_text().splitlines()
]
NOT_COVERED = {
    "another method than the contract's, which the client never uses": "A17 B11c D4d D5b",
    "a browser's preflight; the client is no browser": "A19 A19b D5 M9",
    "the body was cut when it was recorded": "B8b B8d",
    "another API than the Chat API": "H1 H1b H1c H1d H2 H3 H3b H3c H3d H5 H5b",
}
SKIPPED = {name for names in NOT_COVERED.values() for name in names.split()}
PATHS = {
    "start": r"/api(/v\d)?/chat/start/?",
    "message": r"/api/chat/[^/]+/message/?",
    "upload": r"/api/chat/[^/]+/upload/",
    "session_poll": r"/api/chat/[^/]+/poll/",
    "task_poll": r"/api/chat/[^/]+/[^/]+/poll/",
    "file": r"/api/files/\d+/content",
    "token": r"/o/token/",
}
SESSION = SessionRef("b3ef54e8-e7f2-4ffe-aff7-3d18cbc69c9f", "token")
CLIENT = ("HhpNyhMWh7DBg6woToRAQiHmL1LcDZ8sj6lLYqjz", "XJC4V32hhURRLZX_4Of2-Iaxw76LLReF")
CALLS = {
    "start": lambda api: api.start("e923f4d5-cf39-4a66-8104-fdc410e1370a"),
    "message": lambda api: api.send(SESSION, "hi"),
    "upload": lambda api: api.upload(SESSION, [FileToSend("a.txt", "text/plain", 2, [b"hi"])]),
    "task_poll": lambda api: api.poll_task(SESSION, "6500a21a-40b0-4745-95c6-6fdfe6a20765"),
    "session_poll": lambda api: api.poll_session(SESSION),
    "file": lambda api: b"".join(api.download("/api/files/70/content")),
}
# What is not named here succeeds.
FAILURES = {
    errors.AccessDenied: """A3 A3b A4 A5 A5c A5d A6c A7 A7b A7c A9b A14 A14b A22 A25b A25e A25f
        A25g B4d B4e B4f B10 B14c E7 I3.6 I3.7 I3.8 I3.9 L1 L4 L5 L6 M4e""",
    errors.Rejected: """A8 A8b A10 A10b A13 A13b A13c A13e A16 A16b A16c A16d A16e A16f B2 B2b B2c
        B2d B2f B2g B2h B2i B6 B6b B9 B9b B11 B11b D2b D2h D2j E2 E2c E2e E3 E3b E3d E5 E6d E6e L2
        M4 M4c M4d M5b M5f M7d M8d""",
    errors.NotFound: "A9 A9c A15 A17d B5d C5 M4b",
    errors.Unavailable: "A12b A12d C9e D3c D3f D3g J1 J2 J3 M4f M7c M8c",
    errors.BadResponse: "A17b B5e",
    errors.SessionRefused: """B3 B3b B3c B3d B3e B4 B4b B5 B5b B5c B5f B14 C6 C6b C6c D4 D4b D4c E4
        F3 F3b H4 I2e M5e M7b""",
    errors.SessionEnded: "F2c F2d",
    errors.BotError: "C7 C7c C7d C8 C9 C9b C9c G1c M6e",
    errors.RateLimited: "I2 I2b I2c I3.4",
}
EXPECTED = {name: error for error, names in FAILURES.items() for name in names.split()}
FRAMING = {"content-length", "transfer-encoding", "connection"}
IDENTITY = {"x-api-key", "x-embed-key", "origin", "authorization", "x-session-token", "cookie"}


def call_of(recording):
    path = recording["request"]["path"].partition("?")[0]
    return next(name for name, pattern in PATHS.items() if re.fullmatch(pattern, path))


def answer(recording):
    response = recording["response"]
    headers = {
        name.replace("-", "_"): value
        for name, value in response["headers"].items()
        if name.lower() not in FRAMING
    }
    body = b"" if response["body"] is None else response["body"]
    return http(response["status"], body, **headers)


def replay(recording, server, api):
    server.reply(answer(recording))
    return CALLS[call_of(recording)](api)


def named(*names):
    found = [recording for recording in RECORDED if recording["id"] in names]
    assert len(found) == len(names)
    return pytest.mark.parametrize("recording", found, ids=lambda recording: recording["id"])


def every(wanted):
    found = [each for each in RECORDED if each["id"] not in SKIPPED and wanted(each)]
    return pytest.mark.parametrize("recording", found, ids=lambda recording: recording["id"])


def test_every_recording_has_its_expectation_or_a_reason_why_not():
    names = [recording["id"] for recording in RECORDED]
    assert len(names) == len(set(names)) == 306
    assert set(EXPECTED) | SKIPPED <= set(names)
    assert not set(EXPECTED) & SKIPPED
    for recording in RECORDED:
        assert recording["id"] in SKIPPED or call_of(recording)


@every(lambda recording: recording["id"] in EXPECTED)
def test_a_refusal_becomes_the_error_that_says_what_to_do(recording, server, api: ChatAPI):
    with pytest.raises(errors.ChatAPIError) as caught:
        replay(recording, server, api)
    error, said = caught.value, recording["response"]["body"]
    body = said if isinstance(said, dict) else {}
    assert type(error) is EXPECTED[recording["id"]]
    assert error.status == recording["response"]["status"]
    assert error.code == body.get("code", "")
    assert error.may_have_arrived
    assert str(error).startswith(error.kind)
    words = body.get("error") or body.get("detail")
    assert error.detail == " ".join(words.split()) if words else True


@every(lambda recording: recording["id"] not in EXPECTED and call_of(recording) != "token")
def test_a_success_becomes_a_value(recording, server, api: ChatAPI):
    value, body = replay(recording, server, api), recording["response"]["body"]
    headers = {name.lower(): value for name, value in recording["response"]["headers"].items()}
    match call_of(recording):
        case "start":
            assert value.session == SessionRef(body["session_id"], body.get("session_token"))
            assert value.chatbot.id == body["chatbot"]["id"]
            assert value.chatbot.name == body["chatbot"]["name"]
            assert value.chatbot.version_number == body["chatbot"]["version_number"]
            assert value.participant.remote_id == body["participant"]["remote_id"]
            assert value.seed_message_task_id == body.get("seed_message_task_id")
            assert value.consent is None
        case "message":
            assert value == body["task_id"]
        case "upload":
            assert value == tuple(UploadedFile(**file) for file in body["files"])
        case "file":
            assert value == body.encode()
        case "task_poll":
            assert value.status == body["status"]
            assert as_recorded(value.message) == trimmed(body.get("message"))
            assert counted(value.budget) == headers.get("x-ratelimit-remaining")
        case "session_poll":
            assert [as_recorded(m) for m in value.messages] == [
                trimmed(m) for m in body["messages"]
            ]
            assert value.has_more is body["has_more"]
            assert value.session_status == body["session_status"]
            assert counted(value.budget) == headers.get("x-ratelimit-remaining")


def counted(budget):
    return budget and str(budget.remaining)


# --- what the client sends is what was sent ---------------------------------------------------


def credential_of(headers):
    """Find the scheme that sends these headers, `None` where none does."""
    names = set(headers) & IDENTITY - {"x-session-token"}
    if not names:
        return NoCredential()
    if names == {"x-api-key"}:
        return ApiKey(headers["x-api-key"])
    if names == {"authorization"} and headers["authorization"].startswith("Bearer "):
        return Bearer(headers["authorization"].removeprefix("Bearer "))
    if names == {"x-embed-key", "origin"} and headers["origin"] != "null":
        return EmbedKey(headers["x-embed-key"], headers["origin"])
    return None


def spoken(recording):
    """Make the call that sends what was recorded, `None` where the client would not send it."""
    request, call = recording["request"], call_of(recording)
    headers = {name.lower(): value for name, value in request["headers"].items()}
    credential, body = credential_of(headers), request["body"]
    session = SessionRef(request["path"].split("/")[3], headers.get("x-session-token"))
    if credential is None or (call != "start" and session.token and "x-embed-key" in headers):
        return None
    if body and headers.get("content-type") != "application/json":
        return None
    address = urlsplit(request["path"])
    if call == "start" and fits(body, START_FIELDS) and address.path == "/api/chat/start/":
        given = {key: value for key, value in body.items() if key != "chatbot_id"}
        return credential, lambda api: api.start(body["chatbot_id"], **given)
    if call == "message" and fits(body, MESSAGE_FIELDS) and address.path.endswith("/"):
        given = {key: value for key, value in body.items() if key != "message"}
        return credential, lambda api: api.send(session, body["message"], **given)
    if call == "task_poll":
        return credential, lambda api: api.poll_task(session, address.path.split("/")[4])
    query = {key: values[0] for key, values in parse_qs(address.query).items()}
    if call == "session_poll" and query.get("limit", "1").isdigit() and query.get("limit") != "0":
        given = query | {"limit": int(query.get("limit", 50))}
        return credential, lambda api: api.poll_session(session, **given)
    return None


START_FIELDS = {
    "chatbot_id": str,
    "session_data": dict,
    "participant_remote_id": str,
    "participant_name": str,
    "version_number": int,
}
MESSAGE_FIELDS = {"message": str, "context": dict, "attachment_ids": list, "version_number": int}


def fits(body, fields):
    return (
        isinstance(body, dict)
        and next(iter(fields)) in body
        and all(key in fields and type(value) is fields[key] for key, value in body.items())
        and all(value or key in {"message", "context"} for key, value in body.items())
    )


# What no server is sent: a database would not take it.
CLEANED = {"B2h": {"message": "ab"}, "B2i": {"message": "a?b"}}

SPOKEN = [each["id"] for each in RECORDED if each["id"] not in SKIPPED and spoken(each)]


@every(lambda recording: recording["id"] in SPOKEN)
def test_the_client_says_what_was_said(recording, server, transport):
    credential, call = spoken(recording)
    server.reply(answer(recording))
    try:
        call(ChatAPI(server.url, credential=credential, transport=transport))
    except errors.ChatAPIError as error:
        assert type(error) is EXPECTED[recording["id"]]  # noqa: PT017
    sent, recorded = server.requests[0], recording["request"]
    assert sent.method == recorded["method"]
    assert split(sent.target) == split(recorded["path"])
    said = CLEANED.get(recording["id"], recorded["body"])
    assert (json.loads(sent.body) if sent.body else None) == said
    headers = {name.lower(): value for name, value in recorded["headers"].items()}
    assert shown(sent.headers) == shown(headers)
    assert sent.headers.get("content-type") == headers.get("content-type")


def shown(headers):
    return {name: value for name, value in headers.items() if name in IDENTITY}


def split(target):
    parts = urlsplit(target)
    query = parse_qs(parts.query)
    if parts.path.endswith("/poll/") and parts.path.count("/") == 5:
        query.setdefault("limit", ["50"])
    return parts.path, query


def test_most_recordings_are_said_again_word_for_word():
    assert len(SPOKEN) >= 200


@named("L3")
def test_a_persons_cookie_travels_with_a_pair_of_equal_tokens(recording, server, transport):
    session_id = recording["request"]["headers"]["Cookie"].partition(";")[0].partition("=")[2]
    api = ChatAPI(server.url, credential=SessionCookie(session_id), transport=transport)
    server.reply(answer(recording))
    body = recording["request"]["body"]
    api.start(body["chatbot_id"], **{k: v for k, v in body.items() if k != "chatbot_id"})
    sent = server.requests[0]
    pair = sent.headers["x-csrftoken"]
    assert re.fullmatch(r"[A-Za-z0-9]{32}", pair)
    assert sent.headers["cookie"] == f"sessionid={session_id}; csrftoken={pair}"
    assert "origin" not in sent.headers
    assert sent.json == body


@named("A25c")
def test_a_token_is_asked_for_and_read_as_recorded(recording, server, transport):
    headers, started = recording["request"]["headers"], answer_of("A25d")
    client = ClientCredentials(f"{server.url}/o/token/", *CLIENT, store=MemoryStore())
    api = ChatAPI(server.url, credential=client, transport=transport)
    answers = iter([answer(recording), started])
    server.answer = lambda request, sock: next(answers)
    api.start("a-chatbot")
    token, start = server.requests
    assert (token.method, token.target) == ("POST", "/o/token/")
    assert token.headers["authorization"] == headers["Authorization"]
    assert token.headers["content-type"] == headers["Content-Type"]
    assert parse_qs(token.body.decode()) == parse_qs(recording["request"]["body"])
    assert start.headers["authorization"] == "Bearer tDnqgtKg5Qu7uBapjK7F9I2NArrR4H"
    assert "origin" not in start.headers


def answer_of(name):
    return answer(next(recording for recording in RECORDED if recording["id"] == name))


def as_recorded(message):
    return message and {
        "created_at": message.created_at,
        "role": message.role,
        "content": message.content,
        "tags": list(message.tags),
        "attachments": [
            {
                "name": file.name,
                "content_type": file.content_type,
                "size": file.size,
                "content_url": file.content_url,
            }
            for file in message.attachments
        ],
    }


def trimmed(message):
    return message and {key: value for key, value in message.items() if key != "metadata"}


@named("C2", "C2b")
def test_progress_is_a_message_of_a_task_that_still_runs(recording, server, api):
    poll = replay(recording, server, api)
    assert (poll.status, poll.message.content) == ("processing", "Thinking about it")


@named("I2", "I2b", "I2c")
def test_the_rate_limit_says_how_long_to_wait(recording, server, api):
    with pytest.raises(errors.RateLimited) as caught:
        replay(recording, server, api)
    assert caught.value.retry_after == 72
    assert caught.value.budget == CallBudget(limit=300, remaining=0, reset_in=72)


@named("C7c")
def test_a_bots_error_keeps_its_lines(recording, server, api):
    with pytest.raises(errors.BotError) as caught:
        replay(recording, server, api)
    assert caught.value.text == recording["response"]["body"]["error"]


@named("B9b")
def test_field_errors_by_index_are_found(recording, server, api):
    with pytest.raises(errors.Rejected) as caught:
        replay(recording, server, api)
    assert caught.value.fields == {"attachment_ids": ["A valid integer is required."]}


@named("B2")
def test_field_errors_are_kept_by_field(recording, server, api):
    with pytest.raises(errors.Rejected) as caught:
        replay(recording, server, api)
    assert caught.value.fields == {"message": ["This field may not be blank."]}
    assert caught.value.detail == "message: This field may not be blank."
