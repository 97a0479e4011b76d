from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from chatwidget import conversation, health, signals
from chatwidget.chatapi import CallBudget, errors
from chatwidget.conf import conf
from chatwidget.conversation import pacing, replies, sessions
from chatwidget.conversation.errors import (
    ReplyFailed,
    ReplyOverdue,
    SessionExpired,
    TaskUnknown,
    Unconfirmed,
)
from chatwidget.conversation.placement import FLOOR
from chatwidget.models import ChatSession, Widget
from tests.conversation.test_sending import again, long_ago
from tests.fake_chatapi import FakeChatAPI

Flight = ChatSession.Flight


class Killed(BaseException):
    """The end of a worker in the middle of a call: nothing is put in order."""


@pytest.fixture
def task_id(session: ChatSession, api: FakeChatAPI) -> uuid.UUID:
    return conversation.send(session, "Hello", client_id="c1").id


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


def test_concurrent_askers_share_one_call(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    cache.set(f"chatwidget:poll:{task_id}:0.0", 1)
    assert conversation.reply(session, task_id).status == "processing"
    assert api.count("poll_task") == 0


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


def test_a_task_that_cannot_be_asked_for_is_given_up_in_time(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.fails["poll_task"] += [errors.NotFound(status=404), errors.NotFound(status=404)]
    with pytest.raises(errors.NotFound):
        conversation.reply(session, task_id)
    with pytest.raises(ReplyOverdue):
        conversation.reply(long_ago(session), task_id)
    assert again(session).flight == Flight.FAILED


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


def test_a_reply_teaches_how_long_replies_take(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[tuple[float, float | None]] = []
    monkeypatch.setattr(
        pacing, "learn", lambda _widget, seconds, *, since: learned.append((seconds, since))
    )
    api.answers = False
    conversation.reply(session, task_id)
    api.answers = True
    conversation.reply(again(session), task_id)
    conversation.reply(again(session), task_id)
    ((seconds, since),) = learned
    assert since is not None
    assert 0 <= since <= seconds


def test_the_wait_grows_as_the_servers_budget_shrinks(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.answers = False
    plenty = conversation.reply(session, task_id).ask_again
    api.budget = CallBudget(limit=300, remaining=6, reset_in=200)
    scarce = conversation.reply(session, task_id).ask_again
    assert plenty is not None
    assert scarce is not None
    assert scarce > 50 > plenty
    assert health.of(session.widget.server_id).calls_left == 6


def test_a_server_that_has_had_enough_is_left_alone(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    api.fails["poll_task"].append(errors.RateLimited(status=429))
    with pytest.raises(errors.RateLimited):
        conversation.reply(session, task_id)
    assert conversation.reply(session, task_id).status == "processing"
    assert api.count("poll_task") == 1


@pytest.mark.parametrize(("told", "left_alone"), [(90, 90), (None, replies.LIMITED_SECONDS)])
def test_a_server_that_has_had_enough_is_asked_again_when_it_said(
    session: ChatSession,
    api: FakeChatAPI,
    task_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
    told: float | None,
    left_alone: float,
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    api.fails["poll_task"].append(errors.RateLimited(status=429, retry_after=told))
    with pytest.raises(errors.RateLimited):
        conversation.reply(session, task_id)
    now += left_alone - 1
    assert conversation.reply(session, task_id).status == "processing"
    now += 2
    assert conversation.reply(session, task_id).status == "complete"
    assert api.count("poll_task") == 2


def test_who_asks_at_the_same_time_is_told_when_to_ask_again(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    cache.set(f"chatwidget:poll:{task_id}:0.0", 1)
    wait = conversation.reply(session, task_id).ask_again
    assert wait is not None
    assert wait >= FLOOR


def test_a_poll_that_nobody_ended_is_made_again_after_the_longest_call(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    api.fails["poll_task"].append(Killed())  # type: ignore[arg-type]
    with pytest.raises(Killed):
        conversation.reply(session, task_id)
    now += conf.total_timeout - 1
    assert conversation.reply(session, task_id).status == "processing"
    now += 2
    assert conversation.reply(session, task_id).status == "complete"


def test_a_reply_is_asked_for_by_the_sessions_own_token(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    conversation.reply(session, task_id)
    name, options = api.calls[-1]
    assert (name, options["session"].session_id) == ("poll_task", session.remote_id)  # type: ignore[index]


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


@pytest.mark.parametrize("arrived", [True, False])
def test_a_reply_that_is_overdue_is_told_as_that(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID, arrived: bool
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
    finally:
        signals.reply_failed.disconnect(listen)
