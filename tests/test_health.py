"""How each server does: the last success, the last failure, the calls it admits."""

from __future__ import annotations

import time

import pytest
from django.core.cache.backends.locmem import LocMemCache

from chatwidget import conversation, health
from chatwidget.chatapi import CallBudget, errors


def test_of_a_server_that_was_not_asked_nothing_is_known(server):
    assert health.of(server.pk) == health.Health()


def test_a_call_that_works_is_a_success(session, api):
    conversation.send(session, "Hello", client_id="c1")
    known = health.of(session.widget.server_id)
    assert known.succeeded_at is not None
    assert known.failed_at is None


def test_a_call_that_fails_is_noted_with_its_kind(session, api):
    api.fails["send"].append(errors.AccessDenied(status=401))
    with pytest.raises(errors.AccessDenied):
        conversation.send(session, "Hello", client_id="c1")
    known = health.of(session.widget.server_id)
    assert (known.succeeded_at, known.kind) == (None, "access_denied")


def test_what_is_part_of_a_conversation_is_no_failure_of_the_server(session, api):
    api.fails["send"].append(errors.SessionEnded(status=400))
    with pytest.raises(conversation.errors.SessionOver):
        conversation.send(session, "Hello", client_id="c1")
    assert health.of(session.widget.server_id).failed_at is None


def test_a_success_is_noted_now_and_then(server, monkeypatch):
    health.note_success(server.pk)
    first = health.of(server.pk).succeeded_at
    health.note_success(server.pk)
    assert health.of(server.pk).succeeded_at == first
    monkeypatch.setattr(health, "NOTED_SECONDS", 0)
    health.note_success(server.pk)
    assert health.of(server.pk).succeeded_at not in (first, None)


def test_the_calls_that_a_server_admits_are_kept(server):
    health.note_budget(server.pk, None)
    assert health.of(server.pk).calls_left is None
    health.note_budget(server.pk, CallBudget(limit=300, remaining=12, reset_in=60))
    assert health.of(server.pk).calls_left == 12


def test_a_success_after_a_failure_is_noted_at_once(server):
    health.note_success(server.pk)
    health.note_failure(server.pk, "timed_out")
    health.note_success(server.pk)
    known = health.of(server.pk)
    assert known.succeeded_at is not None
    assert known.failed_at is not None
    assert known.succeeded_at > known.failed_at


def test_a_rest_is_known_until_it_is_over(server):
    health.note_rest(server.pk, time.time() + 60)
    assert health.of(server.pk).rests_until is not None
    health.note_rest(server.pk, None)
    assert health.of(server.pk).rests_until is None


def test_a_cache_that_is_gone_fails_no_call_and_is_complained_of_once(server, monkeypatch, caplog):
    monkeypatch.setattr(LocMemCache, "set", gone)
    health.note_success(server.pk)
    health.note_failure(server.pk, "timed_out")
    health.note_rest(server.pk, time.time() + 60)
    health.note_rest(server.pk, None)
    health.note_budget(server.pk, CallBudget(limit=300, remaining=12, reset_in=60))
    assert caplog.messages == ["how a server does is not noted: ConnectionError"]


def test_of_a_cache_that_is_gone_it_is_known_that_nothing_is(server, monkeypatch):
    health.note_success(server.pk)
    monkeypatch.setattr(LocMemCache, "get_many", gone)
    assert health.of(server.pk) == health.Health(is_known=False)


def gone(*_args, **_options):
    raise ConnectionError("words-marked")
