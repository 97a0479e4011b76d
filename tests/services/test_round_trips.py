"""What a poll and a send ask of the database and of Redis, counted on the wire."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.trips import round_trips
from chatwidget import tokens, usage
from chatwidget.conversation import copies
from chatwidget.models import ChatSession
from tests.fake_chatapi import FakeChatAPI

DJANGOS, OURS = "django.core.cache.backends.redis.RedisCache", "chatwidget.redis_cache.RedisCache"


@pytest.fixture(autouse=True, params=[DJANGOS, OURS])
def backend(request: pytest.FixtureRequest, settings, redis_url: str) -> str:
    """The cache of these tests is Redis, each with keys of its own."""
    cache = {"BACKEND": request.param, "LOCATION": redis_url, "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": cache}
    settings.ROOT_URLCONF = "tests.api.urls"
    return str(request.param)


class Visitor:
    """Who has a session, by the mirror or by the page."""

    def __init__(self, session: ChatSession) -> None:
        self._http = Client(SERVER_NAME="127.0.0.1")
        self._session = session
        self._headers = {"X-Session-Token": tokens.issue(session)}

    def say(self, text: str) -> str:
        address = f"/chat/api/chat/{self._session.pk}/message/"
        answer = self._http.post(
            address, {"message": text}, content_type="application/json", headers=self._headers
        )
        assert answer.status_code == 202, answer.content
        return str(answer.json()["task_id"])

    def poll(self, task_id: str) -> Any:
        return self._get(f"/chat/api/chat/{self._session.pk}/{task_id}/poll/")

    def poll_as_page(self, task_id: str) -> Any:
        return self._get(f"/chat/{self._session.widget.public_id}/replies/{task_id}/")

    def _get(self, address: str) -> Any:
        answer = self._http.get(address, headers=self._headers)
        assert answer.status_code == 200, answer.content
        return answer.content.decode()


@pytest.fixture
def visitor(session: ChatSession, api: FakeChatAPI) -> Visitor:
    """A visitor who has said something before, so that each process knows the widget."""
    visitor = Visitor(session)
    visitor.poll(visitor.say("Hello"))
    usage.forget()
    return visitor


@pytest.mark.parametrize("poll", [Visitor.poll, Visitor.poll_as_page])
def test_a_poll_that_finds_nothing_new_asks_redis_three_times_and_no_database(visitor, api, poll):
    api.answers = False
    task_id = visitor.say("When are you open?")
    for _count in range(3):
        with CaptureQueriesContext(connection) as queries, round_trips() as trips:
            poll(visitor, task_id)
        assert len(queries) == 0, queries.captured_queries
        assert len(trips) <= 3, trips


def test_a_send_reads_once_and_writes_twice(visitor):
    with CaptureQueriesContext(connection) as queries:
        visitor.say("When are you open?")
    verbs = [query["sql"].split()[0] for query in queries.captured_queries]
    assert verbs == ["SELECT", "UPDATE", "UPDATE"]


def test_a_send_asks_redis_four_times_where_all_limits_are_counted_at_once(visitor, backend):
    copies.begin(visitor._session, None)
    with round_trips() as trips:
        visitor.say("When are you open?")
    assert len(trips) == {DJANGOS: 7, OURS: 4}[backend], trips


def test_what_a_poll_keeps_is_gone_once_the_answer_came(visitor, api):
    api.answers = False
    task_id = visitor.say("When are you open?")
    assert json.loads(visitor.poll(task_id))["status"] == "processing"
    api.answers = True
    assert json.loads(visitor.poll(task_id))["status"] == "complete"
    assert cache.get(f"chatwidget:waiting:{visitor._session.pk}") is None
