from __future__ import annotations

import pytest

from chatwidget.chatapi import errors

DETAIL = "internal words of the server"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.Unavailable(may_have_arrived=False, detail=DETAIL), 503, "server_unavailable"),
        (errors.TimedOut(may_have_arrived=False, detail=DETAIL), 504, "server_timeout"),
        (errors.Unavailable(detail=DETAIL), 502, "message_unconfirmed"),
        (errors.BadResponse(detail=DETAIL), 502, "message_unconfirmed"),
        (errors.RateLimited(detail=DETAIL, retry_after=12.3), 429, "rate_limited"),
        (errors.AccessDenied(detail=DETAIL), 502, "access_denied"),
        (errors.NotFound(detail=DETAIL), 502, "bad_response"),
        (errors.Rejected(detail=DETAIL), 400, "message_rejected"),
        (errors.SessionRefused(detail=DETAIL), 403, "session_expired"),
        (errors.SessionEnded(detail=DETAIL), 400, "session_ended"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_what_the_server_refuses_on_send_is_told_in_our_words(chat, api, error, status, code):
    api.fails["send"].append(error)
    answer = chat.say("Hi")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"error", "code"}
    assert DETAIL not in answer.json()["error"]
    assert b"marked" not in answer.content


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.Unavailable(), 503, "server_unavailable"),
        (errors.TimedOut(), 504, "server_timeout"),
        (errors.AccessDenied(), 502, "access_denied"),
        (errors.NotFound(), 502, "chatbot_unknown"),
        (errors.Rejected(), 400, "start_rejected"),
        (errors.BadResponse(), 502, "bad_response"),
        (errors.RateLimited(), 429, "rate_limited"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_what_the_server_refuses_on_start_is_told_in_our_words(
    mirror, widget, api, error, status, code
):
    api.fails["start"].append(error)
    answer = mirror.post("start/", {"chatbot_id": str(widget.public_id)})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert b"marked" not in answer.content


def test_the_servers_wait_is_handed_on_in_whole_seconds(chat, api):
    api.fails["send"].append(errors.RateLimited(retry_after=12.3))
    assert chat.say("Hi")["Retry-After"] == "13"


def test_a_server_without_its_credential_is_not_the_visitors_affair(mirror, widget, api):
    widget.server.credential_env = "NOT_THERE_MARKED"
    widget.server.save()
    answer = mirror.post("start/", {"chatbot_id": str(widget.public_id)})
    assert (answer.status_code, answer.json()["code"]) == (502, "not_configured")
    assert b"MARKED" not in answer.content


def test_a_fault_in_a_list_is_named_by_its_field(chat):
    answer = chat.say("Hi", attachment_ids=["x", 1])
    assert answer.json()["error"].startswith("attachment_ids: ")
    assert answer.json()["fields"] == {"attachment_ids": ["A valid integer is required."]}
