"""Consent on the mirror, as the server asks for it (fact 28)."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from chatwidget.api import serializers as forms
from chatwidget.chatapi import RateLimited
from chatwidget.conversation import transcript
from chatwidget.testing import Response
from tests.api.test_views import conforms

TERMS = "May we keep what you write for a week?"
ASKED = {"required": True, "form_version_id": 1, "text": TERMS}
GIVEN = {"required": False, "form_version_id": 1}


@pytest.fixture
def chat(mirror, widget, remote):
    remote.consent_text = TERMS
    mirror.started = mirror.start(widget.public_id).json()
    return mirror


def consent(chat, form_version_id=1):
    body = {"form_version_id": form_version_id}
    return chat.post(f"{chat.session_id}/consent/", body)


def test_start_and_history_say_what_to_agree_to(chat):
    assert chat.started["consent"] == ASKED
    conforms(forms.ChatStartSessionResponse, chat.started)
    assert chat.history().json()["consent"] == ASKED
    conforms(forms.ChatPollResponse, chat.history().json())


def test_where_nothing_is_asked_nothing_is_said(mirror, widget, remote):
    assert "consent" not in mirror.start(widget.public_id).json()
    assert "consent" not in mirror.history().json()


def test_a_message_waits_for_consent_and_is_told_what_to_agree_to(chat, remote):
    refused = chat.say("Hi", headers={"Idempotency-Key": "one"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "consent_required"
    assert refused.json()["consent"] == ASKED

    assert consent(chat).status_code == 204
    sent = chat.say("Hi", headers={"Idempotency-Key": "one"})
    assert chat.task(sent.json()["task_id"]).json()["message"]["content"] == "Echo: Hi"
    assert remote.received == ["Hi"]


def test_consent_is_recorded_again_and_again_and_shows_at_once(chat, remote):
    assert [consent(chat).status_code for _time in range(3)] == [204] * 3
    assert consent(chat).content == b""
    assert chat.history().json()["consent"] == GIVEN
    assert remote.count("poll_session") == 0


def test_consent_is_recorded_even_if_the_cache_forgot_the_chat(chat, remote):
    cache.clear()
    assert consent(chat).status_code == 204
    assert chat.history().json()["consent"] == GIVEN


def test_a_look_at_the_server_brings_what_it_asks_now(chat, remote, monkeypatch):
    monkeypatch.setattr(transcript, "LOOK_SECONDS", 0)
    remote.consent_text = "Something new?"
    assert chat.history().json()["consent"]["text"] == "Something new?"


def test_a_form_that_changed_meanwhile_is_a_conflict_with_the_new_one(chat, remote):
    remote.consent_version, remote.consent_text = 2, "And for two weeks?"
    stale = consent(chat)
    assert stale.status_code == 409
    assert stale.json()["code"] == "consent_stale"
    assert stale.json()["consent"] == {
        "required": True,
        "form_version_id": 2,
        "text": "And for two weeks?",
    }
    conforms(forms.Error, stale.json())
    assert consent(chat, 2).status_code == 204


@pytest.mark.parametrize("given", [None, True, -1, "", "x" * 101, 2**63, 1.5, [1], {"a": 1}])
def test_what_is_no_id_of_a_form_is_refused(chat, remote, given):
    answer = consent(chat, given)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["form_version_id"])
    assert remote.count("consent") == 0


def test_an_id_may_be_a_word(chat, remote):
    remote.consent_version = "v7"
    assert consent(chat, "v7").status_code == 204
    assert chat.say("Hi").status_code == 202


@pytest.mark.parametrize(
    ("strike", "status", "code"),
    [
        (Response(400, {"error": "Invalid form"}), 400, "consent_rejected"),
        (Response(400, {"error": "Session has ended"}), 400, "session_ended"),
        (Response(409, {"code": "consent_stale"}), 409, "consent_stale"),
        (Response(500, "<html>"), 503, "server_unavailable"),
        (RateLimited(retry_after=3), 429, "rate_limited"),
    ],
)
def test_what_the_server_refuses_is_told_in_our_words(chat, remote, strike, status, code):
    remote.fail("consent", strike)
    answer = consent(chat)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "consent" not in answer.json()


def test_an_ended_session_asks_for_nothing_more(chat, remote):
    remote.fail("send", Response(400, {"error": "Session has ended"}))
    chat.say("Hi")
    answer = consent(chat)
    assert (answer.status_code, answer.json()["code"]) == (400, "session_ended")
    assert remote.count("consent") == 0
