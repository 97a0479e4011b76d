"""Limits hold when everybody comes at once: exact to the message, in Redis as sites run it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from unittest import mock

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from chatwidget import budgets, limits, work
from chatwidget.models import Widget

CLIENTS = 64
EACH = 4


@pytest.fixture
def in_redis(redis_url: str, settings) -> Iterator[None]:
    """The site's cache in Redis, and a minute that does not end meanwhile."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
        }
    }
    with mock.patch("chatwidget.limits.time.time", return_value=1_800_000_000.0):
        yield


def admitted(call: Callable[[int], None]) -> int:
    """How many of all the calls passed, made by 64 clients that start at the same moment."""
    together = threading.Barrier(CLIENTS)

    def client(number: int) -> int:
        together.wait(30)
        passed = 0
        for _ in range(EACH):
            try:
                call(number)
            except (limits.LimitReached, work.WorkWanted):
                continue
            passed += 1
        caches["default"].close()
        return passed

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(client, range(CLIENTS)))


def by_address(widget: Widget, address: str) -> None:
    with limits.asked_by({"REMOTE_ADDR": address}):
        limits.admit(widget)


@pytest.mark.parametrize("limit", [1, 63, 100, 255])
def test_a_widgets_limit_is_exact(in_redis, limit):
    widget = Widget(pk=1000 + limit, widget_limit=limit, address_limit=0, session_limit=0)
    assert admitted(lambda number: by_address(widget, f"192.0.2.{number}")) == limit


def test_an_addresss_limit_is_exact(in_redis):
    widget = Widget(pk=2, widget_limit=0, address_limit=50, session_limit=0)
    assert admitted(lambda number: by_address(widget, f"192.0.2.{number % 2}")) == 100


def test_a_network_of_ipv6_counts_as_one_address(in_redis):
    widget = Widget(pk=3, widget_limit=0, address_limit=50, session_limit=0)
    assert admitted(lambda number: by_address(widget, f"2001:db8::{number:x}")) == 50


def test_a_budget_is_exact(in_redis):
    widget = Widget(pk=4, name="Shop", daily_budget=77)
    with (
        mock.patch("chatwidget.budgets._stored", return_value=0),
        mock.patch("chatwidget.budgets.mail_admins") as mailed,
    ):
        assert admitted(lambda _number: budgets.spend(widget)) == 77
    assert mailed.call_count == 2  # at 80 and at 100 %, once each


def solved(widget: Widget) -> str:
    """Work that was done, to be shown."""
    given = work.challenge(widget)
    number = next(n for n in count() if work.is_solved(given, str(n), widget.start_work))
    return f"{given}.{number}"


def starting(widget: Widget, shown: str, client_id: str) -> None:
    with work.shown_by({"HTTP_X_CHAT_WORK": shown}):
        work.require(widget, client_id)


def test_work_that_everybody_shows_at_once_starts_one_chat(in_redis):
    widget = Widget(pk=5, start_work=4)
    shown = solved(widget)
    assert admitted(lambda number: starting(widget, shown, f"client-{number}")) == EACH


def test_work_without_a_message_starts_one_chat(in_redis):
    widget = Widget(pk=6, start_work=4)
    shown = solved(widget)
    assert admitted(lambda _number: starting(widget, shown, "")) == 1


def test_what_a_visitor_writes_into_a_header_is_not_their_address(widget, remote, settings):
    """Behind no proxy the header is anybody's, and behind one its last entry is the proxy's."""
    widget.address_limit = 3
    widget.save()
    body = {"chatbot_id": str(widget.public_id)}
    for proxies, forged in ((0, "10.0.0.{}"), (1, "10.0.0.{}, 198.51.100.7")):
        settings.CHATWIDGET = {"TRUSTED_PROXIES": proxies}
        caches["default"].clear()
        statuses = [
            Client(REMOTE_ADDR="192.0.2.1")
            .post(
                reverse("chatwidget:api-start"),
                body,
                "application/json",
                headers={"X-Forwarded-For": forged.format(number)},
            )
            .status_code
            for number in range(5)
        ]
        assert statuses == [201, 201, 201, 429, 429]
