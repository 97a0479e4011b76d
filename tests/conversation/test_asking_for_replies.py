"""When the server is asked for a reply, and when it is left alone."""

from __future__ import annotations

import time
import uuid

import pytest
from django.core.cache import cache

from chatwidget import conversation, health
from chatwidget.chatapi import CallBudget, errors
from chatwidget.conf import conf
from chatwidget.conversation import pacing, replies
from chatwidget.conversation.placement import FLOOR
from chatwidget.models import ChatSession
from tests.conversation.test_sending import again
from tests.fake_chatapi import FakeChatAPI


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
