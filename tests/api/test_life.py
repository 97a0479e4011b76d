"""The life of a session on the mirror: how each end of it is told, and what can still be done."""

from __future__ import annotations

import json

import pytest

from chatwidget.chatapi import errors
from chatwidget.conversation import transcript
from chatwidget.testing import Response


@pytest.fixture
def chat(mirror, widget, remote, monkeypatch):
    monkeypatch.setattr(transcript, "LOOK_SECONDS", 0)
    mirror.start(widget.public_id)
    mirror.task_id = mirror.say("Hi").json()["task_id"]
    return mirror


def refusal(answer):
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("end", ["expire_sessions", "forget_sessions"])
@pytest.mark.parametrize("dialect", ["2025-10", "2026-08"])
def test_a_session_that_the_server_refuses_is_expired_for_every_call(chat, remote, end, dialect):
    remote.dialect = dialect
    if (end, dialect) == ("expire_sessions", "2025-10"):
        end = "forget_sessions"  # its sessions have no token to expire
    getattr(remote, end)()
    for answer in (chat.task(chat.task_id), chat.say("More"), chat.history()):
        assert refusal(answer) == (403, "session_expired")
        assert "Start a new one" in answer.json()["error"]


def test_a_completed_session_is_read_and_not_written(chat, remote):
    chat.task(chat.task_id)
    remote.end_sessions()
    told = chat.history().json()
    assert told["session_status"] == "ended"
    assert [each["content"] for each in told["messages"]] == ["Hi", "Echo: Hi"]
    assert refusal(chat.say("More")) == (400, "session_ended")
    assert remote.count("send") == 1  # it is known by now
    assert chat.task(chat.task_id).json()["message"]["content"] == "Echo: Hi"


def test_a_session_that_ends_under_a_message_says_so(chat, remote):
    chat.task(chat.task_id)
    remote.end_sessions()
    assert refusal(chat.say("More")) == (400, "session_ended")
    assert chat.history().json()["session_status"] == "ended"


def test_a_client_starts_afresh_and_talks_on(chat, remote, widget):
    remote.expire_sessions()
    assert refusal(chat.say("More")) == (403, "session_expired")
    chat.start(widget.public_id)
    assert chat.say("More").status_code == 202


def test_what_the_server_counts_and_announces_stays_between_it_and_us(chat, remote):
    noisy = {
        "X-RateLimit-Limit": "300",
        "X-RateLimit-Remaining": "7",
        "X-RateLimit-Reset": "9",
        "Deprecation": "true",
        "Sunset": "Sat, 01 Aug 2026 00:00:00 GMT",
        "Link": "<https://remote/>",
        "Set-Cookie": "ocs_language=en",
    }
    busy = {"message": None, "status": "processing"}
    remote.fail("poll_task", Response(200, busy, noisy))
    remote.fail("poll_task", Response(429, {"detail": "x"}, {**noisy, "Retry-After": "4"}))
    for answer in (chat.task(chat.task_id), chat.task(chat.task_id)):
        assert not {*map(str.lower, answer.headers)} & {*map(str.lower, noisy)}
        assert not answer.cookies
    assert answer["Retry-After"] == "4"


def test_what_a_client_says_of_itself_does_not_reach_the_server(mirror, widget, remote):
    mirror.headers |= {"X-Embed-Key": "mine", "x-ocs-widget-version": "0.5.0", "X-api-key": "mine"}
    mirror.start(widget.public_id, session_data={"source": "widget"})
    mirror.say("Hi")
    for call in remote.calls:
        assert not {"x-embed-key", "x-ocs-widget-version"} & set(call.headers)
        assert "mine" not in json.dumps(call.headers)
    assert remote.calls[0].json["session_data"] == {"source": "widget"}


def test_no_source_is_claimed_unless_the_client_does(chat, remote):
    assert "session_data" not in remote.calls[0].json


def test_a_version_goes_on_where_the_server_grants_it(mirror, widget, remote):
    remote.allows_versions = True
    mirror.start(widget.public_id, version_number=3)
    mirror.say("Hi", version_number=4)
    assert [call.json["version_number"] for call in remote.calls] == [3, 4]


def test_a_version_that_is_not_granted_is_the_callers_affair(mirror, widget, remote, caplog):
    answer = mirror.post("start/", {"chatbot_id": str(widget.public_id), "version_number": 3})
    assert refusal(answer) == (403, "version_refused")
    mirror.start(widget.public_id)
    assert refusal(mirror.say("Hi", version_number=3)) == (403, "version_refused")
    assert mirror.say("Hi").status_code == 202
    assert not caplog.records


@pytest.mark.parametrize(
    ("version", "status"), [(None, 403), (3, 401)], ids=["no version", "no credential"]
)
def test_a_refused_credential_is_still_the_admins(mirror, widget, remote, version, status):
    remote.fail("start", errors.AccessDenied(status=status))
    body = {"chatbot_id": str(widget.public_id), "version_number": version}
    assert refusal(mirror.post("start/", body)) == (502, "access_denied")
