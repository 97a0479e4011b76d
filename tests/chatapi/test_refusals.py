"""Answers other than 2xx that no recording shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from chatwidget.chatapi import Consent, errors
from chatwidget.chatapi.endpoints import MESSAGE, SESSION_POLL, START, TASK_POLL
from chatwidget.chatapi.refusals import refusal
from chatwidget.chatapi.transport import Reply


def reply(status, body=None, **headers):
    json_header = {"Content-Type": "application/json"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json_header | named, json.dumps(body).encode())


def page(status):
    return Reply(status, {"Content-Type": "text/html"}, b"<html>")


@pytest.mark.parametrize("endpoint", [START, MESSAGE, TASK_POLL, SESSION_POLL])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (304, errors.BadResponse),
        (400, errors.Rejected),
        (401, errors.AccessDenied),
        (403, errors.AccessDenied),
        (404, errors.NotFound),
        (408, errors.Unavailable),
        (409, errors.Rejected),
        (413, errors.Rejected),
        (415, errors.Rejected),
        (418, errors.Rejected),
        (429, errors.RateLimited),
        (500, errors.Unavailable),
        (502, errors.Unavailable),
        (503, errors.Unavailable),
        (504, errors.Unavailable),
        (599, errors.Unavailable),
    ],
)
def test_the_status_of_a_page_decides(endpoint, status, kind):
    assert type(refusal(endpoint, page(status))) is kind


@pytest.mark.parametrize("body", [{}, {"detail": "A server error occurred."}, {"error": None}, []])
def test_a_500_of_a_task_poll_without_an_error_in_words_is_the_servers(body):
    assert type(refusal(TASK_POLL, reply(500, body))) is errors.Unavailable


@pytest.mark.parametrize("endpoint", [START, MESSAGE, SESSION_POLL])
def test_a_500_in_json_is_the_bots_only_on_a_task_poll(endpoint):
    assert type(refusal(endpoint, reply(500, {"error": "no"}))) is errors.Unavailable


@pytest.mark.parametrize("endpoint", [MESSAGE, SESSION_POLL])
def test_not_found_means_the_task_only_on_a_task_poll(endpoint):
    body = {"detail": "Not found."}
    assert type(refusal(endpoint, reply(404, body))) is errors.SessionRefused
    assert type(refusal(TASK_POLL, reply(404, body))) is errors.NotFound


def test_the_codes_of_a_session_mean_nothing_on_start():
    body = {"error": "no", "code": "session_token_required"}
    assert type(refusal(START, reply(403, body))) is errors.AccessDenied


def test_consent_comes_with_its_form():
    block = {"required": True, "form_version_id": 4, "text": "I agree"}
    error = refusal(MESSAGE, reply(403, {"code": "consent_required", "consent": block}))
    assert isinstance(error, errors.ConsentRequired)
    assert error.consent == Consent(required=True, form_version_id=4, text="I agree")


def test_a_malformed_form_of_consent_is_no_form():
    error = refusal(MESSAGE, reply(403, {"code": "consent_required", "consent": {"required": 1}}))
    assert isinstance(error, errors.ConsentRequired)
    assert error.consent is None


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry_After": "7"}, {"available_in": 9}, 7),
        ({"Retry_After": "nonsense"}, {"available_in": 9}, 9),
        ({"Retry_After": f"Mon, 01 Jan 2024 00:00:00 +{'9' * 20}"}, {"available_in": 9}, 9),
        ({}, {"available_in": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, None),
        ({}, {"available_in": 1.5}, 1.5),
        ({}, {"available_in": -3}, None),
        ({}, {"available_in": True}, None),
        ({}, {"available_in": "1e999"}, None),
        ({}, {"available_in": [9]}, None),
        ({}, {}, None),
        ({"Retry_After": "999999999999"}, {}, 86400),
        ({"Retry_After": "Fri, 31 Dec 2100 23:59:59 GMT"}, {}, 86400),
        ({"Retry_After": "Fri, 31 Dec 1999 23:59:59 GMT"}, {}, 0),
        ({"Retry_After": "Fri, 31 Dec 1999 23:59:59 -0000"}, {}, 0),
    ],
)
def test_the_time_to_wait_is_read_from_the_header_then_from_the_body(headers, body, seconds):
    assert refusal(START, reply(429, body, **headers)).retry_after == seconds


def test_the_time_to_wait_may_be_a_date():
    moment = datetime.now(UTC) + timedelta(seconds=60)
    error = refusal(START, reply(503, {}, Retry_After=format_datetime(moment, usegmt=True)))
    assert isinstance(error, errors.Unavailable)
    assert error.retry_after is not None
    assert 55 < error.retry_after <= 60


def test_the_date_to_wait_for_may_be_of_another_zone():
    moment = datetime.now(timezone(timedelta(hours=5))) + timedelta(seconds=60)
    error = refusal(START, reply(503, {}, Retry_After=format_datetime(moment)))
    assert error.retry_after is not None
    assert 55 < error.retry_after <= 60


def test_the_servers_words_are_cleaned_and_cut():
    error = refusal(MESSAGE, reply(400, {"error": "a\x00\x1b[1m\n\tb\ud800 " + "c" * 9999}))
    assert error.detail.startswith("a[1m b\ufffd ccc")
    assert len(error.detail) == 500
    assert "ccc" not in str(error)


def test_a_bots_words_keep_their_lines_and_are_cut():
    error = refusal(TASK_POLL, reply(500, {"error": "one\n\ttwo\x07" + "c" * 9999}))
    assert isinstance(error, errors.BotError)
    assert error.text.startswith("one\n\ttwoccc")
    assert len(error.text) == 4000


def test_field_errors_are_bounded_in_number_and_depth():
    body = {f"field{n}": ["wrong"] * 50 for n in range(50)} | {"deep": [[[["no"]]]]}
    error = refusal(MESSAGE, reply(400, body))
    assert isinstance(error, errors.Rejected)
    assert len(error.fields) == 20
    assert {len(words) for words in error.fields.values()} == {20}
    unlike = {"deep": [[["no"]]], "count": [1], "code": "words", "consent": {"text": "Agree?"}}
    empty = refusal(MESSAGE, reply(400, unlike))
    assert isinstance(empty, errors.Rejected)
    assert empty.fields == {}


@pytest.mark.parametrize("raw", [b"{", b"[]", b"3", b"\xff", b"[" * 100_000])
def test_a_body_that_says_nothing_leaves_the_status(raw):
    error = refusal(MESSAGE, Reply(400, {"Content-Type": "application/json"}, raw))
    assert isinstance(error, errors.Rejected)
    assert (error.code, error.detail, error.fields) == ("", "", {})
