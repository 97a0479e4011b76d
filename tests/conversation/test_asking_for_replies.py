"""When the server is asked for a reply, and when it is left alone."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from chatwidget import conversation, health, tokens
from chatwidget.chatapi import CallBudget, errors
from chatwidget.conf import conf
from chatwidget.conversation import pacing, replies
from chatwidget.conversation.errors import ReplyFailed
from chatwidget.conversation.placement import FLOOR
from chatwidget.limits import TooFast
from chatwidget.models import ChatSession, Widget
from tests.conversation.test_sending import again
from tests.fake_chatapi import FakeChatAPI


def copy_of(session: ChatSession) -> ChatSession:
    """The session as a poll finds it."""
    return conversation.for_client(session.pk, tokens.issue(session), waits=True)


class Killed(BaseException):
    """The end of a worker in the middle of a call: nothing is put in order."""


def test_concurrent_askers_share_one_call(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    cache.set(f"chatwidget:poll:{task_id}:0.0", 1)
    assert conversation.reply(session, task_id).status == "processing"
    assert api.count("poll_task") == 0


def test_who_asks_at_the_same_time_is_told_when_to_ask_again(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID
) -> None:
    cache.set(f"chatwidget:poll:{task_id}:0.0", 1)
    wait = conversation.reply(session, task_id).ask_again
    assert wait is not None
    assert wait >= FLOOR


@pytest.mark.parametrize("of_server", [None, 300])
def test_a_poll_that_nobody_ended_is_made_again_after_the_longest_call(
    session: ChatSession,
    api: FakeChatAPI,
    task_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
    of_server: float | None,
) -> None:
    session.widget.server.total_timeout = of_server
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    api.fails["poll_task"].append(Killed())  # type: ignore[arg-type]
    with pytest.raises(Killed):
        conversation.reply(session, task_id)
    now += (of_server or conf.total_timeout) - 1
    assert conversation.reply(session, task_id).status == "processing"
    now += 2
    assert conversation.reply(session, task_id).status == "complete"


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


def test_however_often_it_is_asked_for_the_server_is_asked_ten_times_a_second_at_most(
    session: ChatSession,
    api: FakeChatAPI,
    task_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replies, "SOONEST", FLOOR / 2)
    moment = timezone.now() + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    api.answers = False
    for asked in range(1, 4):
        for _time in range(20):
            assert conversation.reply(again(session), task_id).status == "processing"
            assert conversation.reply(copy_of(session), task_id).status == "processing"
        assert api.count("poll_task") == asked
        moment += timedelta(seconds=FLOOR)
    api.answers = True
    assert conversation.reply(copy_of(session), task_id).status == "complete"


def test_a_host_whose_clock_is_behind_asks_all_the_same(
    session: ChatSession,
    api: FakeChatAPI,
    task_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replies, "SOONEST", FLOOR / 2)
    moment = timezone.now() + timedelta(seconds=5)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    api.answers = False
    assert conversation.reply(copy_of(session), task_id).status == "processing"
    moment -= timedelta(seconds=3)
    api.answers = True
    assert conversation.reply(copy_of(session), task_id).status == "complete"


def test_a_call_that_failed_is_not_made_again_at_once(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "REST_SECONDS", 1)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    api.fails["poll_task"].append(errors.NotFound(status=404))
    with pytest.raises(errors.NotFound):
        conversation.reply(session, task_id)
    assert conversation.reply(session, task_id).status == "processing"
    assert api.count("poll_task") == 1
    now += 2
    assert conversation.reply(session, task_id).status == "complete"


@pytest.mark.parametrize("fails", [True, False])
def test_what_was_answered_before_is_asked_for_as_often_as_messages_may_be_sent(
    session: ChatSession, api: FakeChatAPI, task_id: uuid.UUID, fails: bool
) -> None:
    if fails:
        api.fails["poll_task"].extend(errors.BotError("No.") for _time in range(9))
    with suppress(ReplyFailed):
        conversation.reply(session, task_id)
    Widget.objects.update(session_limit=3)
    cache.clear()
    for _time in range(9):
        with suppress(ReplyFailed, TooFast):
            conversation.reply(again(session), task_id)
    assert api.count("poll_task") == 1 + 3
