"""A reply that doesn't come: found in the history, or given up."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from chatwidget import conversation, signals
from chatwidget.chatapi import errors
from chatwidget.conversation.errors import (
    ReplyOverdue,
    Unconfirmed,
)
from chatwidget.models import ChatSession, Widget
from tests.conversation.test_sending import again, long_ago
from tests.fake_chatapi import FakeChatAPI

Flight = ChatSession.Flight


def test_a_message_whose_worker_died_is_unconfirmed(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    ChatSession.objects.update(flight=Flight.SENDING, remote_task_id="")
    api.history.clear()
    with pytest.raises(Unconfirmed):
        conversation.reply(long_ago(session), task_id)
    assert again(session).flight == Flight.UNCONFIRMED


def test_a_reply_that_never_comes_is_given_up_and_the_next_message_may_go(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.answers = False
    with pytest.raises(ReplyOverdue):
        conversation.reply(long_ago(session), task_id)
    assert again(session).flight == Flight.FAILED
    conversation.send(again(session), "More", client_id="c2")


def test_a_reply_that_is_overdue_to_a_message_that_never_arrived_is_given_up_too(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.answers = False
    api.history.clear()
    with pytest.raises(ReplyOverdue):
        conversation.reply(long_ago(session), task_id)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_reply_that_is_overdue_is_told_as_that(
    session: ChatSession,
    api: FakeChatAPI,
    task_id: uuid.UUID,
    arrived: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    kinds: list[str] = []

    def listen(kind: str, **_more: object) -> None:
        kinds.append(kind)

    api.answers = False
    if not arrived:
        api.history.clear()
    signals.reply_failed.connect(listen)
    try:
        for _time in range(2):
            with pytest.raises(ReplyOverdue):
                conversation.reply(long_ago(session), task_id)
            assert kinds == ["reply_overdue"]
            line = f"reply overdue: widget={session.widget.public_id} session={session.pk} "
            assert caplog.messages == [line + "request=-"]
    finally:
        signals.reply_failed.disconnect(listen)


def test_a_task_that_cannot_be_asked_for_is_given_up_in_time(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.fails["poll_task"] += [errors.NotFound(status=404), errors.NotFound(status=404)]
    with pytest.raises(errors.NotFound):
        conversation.reply(session, task_id)
    with pytest.raises(ReplyOverdue):
        conversation.reply(long_ago(session), task_id)
    assert again(session).flight == Flight.FAILED


def test_a_reply_that_the_task_lost_is_found_in_the_history(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.answers = False
    api.history.append(api.message("assistant", "Here I am"))
    reply = conversation.reply(long_ago(session), task_id)
    assert reply.message is not None
    assert reply.message.content == "Here I am"


def test_a_reply_that_task_and_cache_lost_is_found_in_the_history_again(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.answers = False
    welcome = replace(api.message("assistant", "Welcome"), created_at="2026-01-01T00:00:00Z")
    api.history.insert(0, welcome)
    api.history.append(api.message("assistant", "Here I am"))
    conversation.reply(long_ago(session), task_id)
    cache.clear()
    reply = conversation.reply(long_ago(session), task_id)
    assert reply.message is not None
    assert reply.message.content == "Here I am"
    assert again(session).flight == Flight.SETTLED


def test_a_seed_message_that_the_task_lost_is_found_in_the_history(
    widget: Widget, api: FakeChatAPI
) -> None:
    api.seed_task, api.answers = "seed-task", False
    session = conversation.start(widget)
    api.history.append(api.message("assistant", "Welcome"))
    ChatSession.objects.update(claimed_at=timezone.now() - timedelta(minutes=10))
    cache.clear()
    assert session.pending_task_id is not None
    reply = conversation.reply(again(session), session.pending_task_id)
    assert reply.message is not None
    assert reply.message.content == "Welcome"


def test_an_old_answer_is_not_taken_for_one_that_the_task_lost(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history = [api.message("user", "Hello"), api.message("assistant", "Old")]
    task_id = conversation.send(session, "Hello again", client_id="c1").id
    api.answers = False
    api.history.append(api.message("assistant", "New"))
    reply = conversation.reply(long_ago(session), task_id)
    assert reply.message is not None
    assert reply.message.content == "New"
