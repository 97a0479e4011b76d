"""The copy that polls are served from; ``tests/services/test_round_trips.py`` counts them."""

from __future__ import annotations

import uuid

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache

from chatwidget import configs, conversation, crypto, tokens
from chatwidget.chatapi import errors
from chatwidget.conversation import waiting
from chatwidget.conversation.errors import ReplyFailed, SessionUnknown, TaskUnknown, WidgetPaused
from chatwidget.models import ChatServer, ChatSession, Widget
from chatwidget.servers import NotConfigured, session_ref
from tests.fake_chatapi import FakeChatAPI


@pytest.fixture
def task_id(session: ChatSession, api: FakeChatAPI) -> uuid.UUID:
    """A message whose reply is not there yet."""
    api.answers = False
    return conversation.send(session, "Hello", client_id="c1").id


def found(session: ChatSession) -> ChatSession:
    """The session as a poll of the mirror finds it."""
    return conversation.for_client(session.pk, tokens.issue(session), waits=True)


def test_who_waits_gets_a_copy_and_nobody_else_does(session, task_id):
    assert waiting.is_copy(found(session))
    assert not waiting.is_copy(conversation.for_client(session.pk, tokens.issue(session)))


def test_a_copy_says_not_yet_and_notes_when_it_was_asked(session, task_id):
    assert conversation.reply(found(session), task_id).status == "processing"
    assert found(session).asked_at


def test_an_answer_is_settled_in_the_database(session, api, task_id):
    copy = found(session)
    api.answers = True
    assert conversation.reply(copy, task_id).message.content == "Echo: Hello"
    assert ChatSession.objects.get().flight == ChatSession.Flight.SETTLED
    assert not waiting.is_copy(found(session))


def test_a_copy_that_is_older_than_the_row_harms_nothing(session, api, task_id):
    late = found(session)
    api.answers = True
    first = conversation.reply(found(session), task_id)
    assert conversation.reply(late, task_id).status == "complete"
    assert ChatSession.objects.get().mark == first.message.created_at


def test_a_bot_s_failure_is_settled_in_the_database(session, api, task_id):
    api.fails["poll_task"].append(errors.BotError("No."))
    with pytest.raises(ReplyFailed):
        conversation.reply(found(session), task_id)
    assert ChatSession.objects.get().flight == ChatSession.Flight.FAILED


def test_a_pause_stops_polls_at_once(session, task_id):
    Widget.objects.update(is_active=False)
    with pytest.raises(WidgetPaused):
        found(session)


def test_a_deleted_session_has_no_copy(session, task_id):
    token, session_id = tokens.issue(session), session.pk
    session.delete()
    assert cache.get(f"chatwidget:waiting:{session_id}") is None
    with pytest.raises(SessionUnknown):
        conversation.for_client(session_id, token, waits=True)


def test_a_session_deleted_behind_our_back_gives_no_answer(session, api, task_id):
    copy = found(session)
    ChatSession.objects.all()._raw_delete("default")
    api.answers = True
    with pytest.raises(SessionUnknown):
        conversation.reply(copy, task_id)


def test_a_session_of_a_widget_that_just_went_is_unknown(session, task_id, monkeypatch):
    def gone(*_args: object) -> None:
        raise Widget.DoesNotExist

    monkeypatch.setattr(configs, "get", gone)
    with pytest.raises(SessionUnknown):
        found(session)


def test_an_earlier_task_is_looked_for_in_the_row(session, task_id):
    with pytest.raises(TaskUnknown):
        conversation.reply(found(session), uuid.uuid4())


def test_a_lost_copy_is_made_again_by_the_next_poll(session, task_id):
    waiting.forget(session)
    assert conversation.reply(found(session), task_id).status == "processing"
    assert waiting.is_copy(found(session))
    assert conversation.reply(found(session), task_id).status == "processing"


def test_a_copy_of_another_message_does_not_count(session, task_id):
    session.task_id = uuid.uuid4()
    assert waiting.asked_at(session) is None


def test_what_failed_is_not_kept_again(session, api, task_id):
    api.fails["poll_task"].append(errors.BotError("No."))
    with pytest.raises(ReplyFailed):
        conversation.reply(found(session), task_id)
    conversation.reply(found(session), task_id)
    assert not waiting.is_copy(found(session))


def test_a_copy_outlives_a_change_of_keys(session, api, settings, task_id):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [old]}
    session.encrypted_remote_token = crypto.encrypt("remote-token")
    waiting.keep(session, asked_at=0.0)
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [new]}
    ChatServer.objects.update(encrypted_credential=crypto.encrypt("credential"))
    copy = found(session)
    with pytest.raises(NotConfigured):
        session_ref(session)
    assert conversation.reply(copy, task_id).status == "processing"


def test_a_row_that_no_key_opens_is_told(session, api, settings, task_id):
    waiting.forget(session)
    ChatSession.objects.update(encrypted_remote_token="of another key")
    with pytest.raises(NotConfigured):
        conversation.reply(found(session), task_id)
