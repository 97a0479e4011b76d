"""What became of a message is stored and told once, however many requests learn it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from chatwidget import conversation, signals
from chatwidget.chatapi import errors
from chatwidget.conversation import attempts
from chatwidget.conversation.errors import ReplyFailed
from chatwidget.models import ChatSession
from tests.conversation.test_sending import again
from tests.conversation.test_watching import send_unclearly
from tests.fake_chatapi import FakeChatAPI


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What the site was told."""
    heard: list[str] = []

    def received(**_facts: object) -> None:
        heard.append("received")

    def failed(kind: str, **_facts: object) -> None:
        heard.append(kind)

    signals.reply_received.connect(received)
    signals.reply_failed.connect(failed)
    yield heard
    signals.reply_received.disconnect(received)
    signals.reply_failed.disconnect(failed)


def test_an_answer_that_two_requests_learn_at_once_is_told_and_kept_once(
    session: ChatSession, api: FakeChatAPI, told: list[str]
) -> None:
    conversation.history(session)
    task = conversation.send(session, "Hello", client_id="c1")
    for each in (again(session), again(session)):
        reply = conversation.reply(each, task.id)
        assert reply.message is not None
        assert reply.message.content == "Echo: Hello"
    shown = conversation.history(again(session)).messages
    assert [message.content for message in shown] == ["Hello", "Echo: Hello"]
    assert told == ["received"]


def test_a_failure_that_two_requests_learn_at_once_is_told_once(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID, told: list[str]
) -> None:
    api.fails["poll_task"] += [errors.BotError(status=500), errors.BotError(status=500)]
    for each in (again(session), again(session)):
        with pytest.raises(ReplyFailed):
            conversation.reply(each, task_id)
    assert told == ["bot_error"]


def test_the_answer_to_a_message_that_was_followed_by_another_is_shown_and_not_told(
    session: ChatSession, api: FakeChatAPI, told: list[str]
) -> None:
    task_id = send_unclearly(session, api)
    api.history += [api.message("user", "Hello"), api.message("assistant", "Hi")]
    conversation.send(again(session), "More", client_id="c2")
    for _time in range(2):
        assert conversation.reply(again(session), task_id).status == "complete"
    assert told == []


def test_no_message_is_claimed_by_who_does_not_know_what_became_of_the_last(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    behind = again(session)
    conversation.reply(again(session), task_id)
    assert attempts.claim(behind, client_id="c2", digest="") is None
    assert attempts.claim(again(session), client_id="c2", digest="") is not None
