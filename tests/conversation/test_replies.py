"""A reply: what the server says of it, and what of that is kept."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache

from chatwidget import conversation
from chatwidget.chatapi import errors
from chatwidget.conversation import sessions
from chatwidget.conversation.errors import (
    ReplyFailed,
    SessionExpired,
    TaskUnknown,
)
from chatwidget.conversation.placement import FLOOR
from chatwidget.models import ChatSession
from tests.conversation.test_sending import again
from tests.fake_chatapi import FakeChatAPI

Flight = ChatSession.Flight


def test_a_reply_comes_and_settles(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    reply = conversation.reply(session, task_id)
    assert reply.status == "complete"
    assert reply.message is not None
    assert reply.message.content == "Echo: Hello"
    assert again(session).flight == Flight.SETTLED


def test_a_settled_reply_is_not_asked_for_twice(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    conversation.reply(session, task_id)
    assert conversation.reply(again(session), task_id).status == "complete"
    assert api.count("poll_task") == 1


def test_a_settled_reply_survives_a_lost_cache(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    conversation.reply(session, task_id)
    cache.clear()
    assert conversation.reply(again(session), task_id).status == "complete"


def test_a_settled_reply_can_be_asked_for_again(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    conversation.reply(session, task_id)
    conversation.send(again(session), "More", client_id="c2")
    assert conversation.reply(again(session), task_id).status == "complete"
    assert again(session).flight == Flight.WAITING


def test_while_it_is_processing_there_is_progress_and_a_next_time(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.answers, api.progress = False, "Looking it up"
    reply = conversation.reply(session, task_id)
    assert reply.status == "processing"
    assert reply.message is not None
    assert reply.message.content == "Looking it up"
    assert reply.ask_again is not None
    assert reply.ask_again >= FLOOR


def test_a_failed_reply_has_the_bots_words_and_settles(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.fails["poll_task"].append(errors.BotError(status=500, text="Sorry"))
    with pytest.raises(ReplyFailed) as caught:
        conversation.reply(session, task_id)
    assert caught.value.text == "Sorry"
    assert again(session).flight == Flight.FAILED


def test_a_failed_reply_says_the_same_when_asked_again(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.fails["poll_task"] += [errors.BotError(text="Sorry"), errors.BotError(text="Sorry")]
    for _time in range(2):
        with pytest.raises(ReplyFailed) as caught:
            conversation.reply(again(session), task_id)
        assert caught.value.text == "Sorry"


def test_a_task_of_another_session_is_unknown(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    other = ChatSession.objects.create(
        widget=session.widget, remote_id="other", state=ChatSession.State.ACTIVE
    )
    for wrong in (uuid.uuid4(), task_id):
        with pytest.raises(TaskUnknown):
            conversation.reply(other, wrong)
    assert api.count("poll_task") == 0


def test_a_message_that_is_being_sent_is_waited_for(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    ChatSession.objects.update(flight=Flight.SENDING, remote_task_id="")
    assert conversation.reply(again(session), task_id).status == "processing"
    assert api.count("poll_task") == 0


def test_a_server_that_cannot_be_asked_leaves_the_reply_pending(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.fails["poll_task"].append(errors.Unavailable(status=503))
    with pytest.raises(errors.Unavailable):
        conversation.reply(session, task_id)
    assert conversation.reply(again(session), task_id).status == "complete"


def test_a_session_that_expired_meanwhile_is_said(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.fails["poll_task"].append(errors.SessionRefused(status=403))
    with pytest.raises(SessionExpired):
        conversation.reply(session, task_id)
    assert sessions.refresh(session).state == ChatSession.State.EXPIRED


def test_a_message_that_was_not_sent_has_no_task(session: ChatSession, api: FakeChatAPI) -> None:
    api.fails["send"].append(errors.Unavailable(may_have_arrived=False))
    with pytest.raises(errors.Unavailable):
        conversation.send(session, "Hello", client_id="c1")
    stored = again(session)
    assert stored.task_id is not None
    with pytest.raises(TaskUnknown):
        conversation.reply(stored, stored.task_id)


def test_a_reply_is_asked_for_by_the_sessions_own_token(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    conversation.reply(session, task_id)
    name, options = api.calls[-1]
    assert (name, options["session"].session_id) == ("poll_task", session.remote_id)  # type: ignore[index]
