from __future__ import annotations

import re
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from chatwidget.models import Widget
from tests.api.conftest import Mirror
from tests.chatapi.conftest import Request
from tests.faults.bot import Bot
from tests.faults.conftest import TYPED, Page
from tests.faults.ways import MEGABYTE

pytestmark = pytest.mark.django_db
CUT_AT = 4_000_000


@pytest.fixture
def chat(mirror: Mirror, widget: Widget) -> Mirror:
    """A client of the mirror whose next history is looked for."""
    mirror.start(widget.public_id)
    cache.clear()
    return mirror


@pytest.fixture
def opened(page: Page) -> Page:
    """A page with a session, whose next history is looked for."""
    page.say(TYPED, "6f2f3a0e-0000-4000-8000-000000000002")
    cache.clear()
    return page


def read(mirror: Mirror) -> list[str]:
    """The contents of the history, page by page."""
    found: list[str] = []
    since = ""
    for _page in range(50):
        answer = mirror.history({"since": since, "limit": 100})
        assert answer.status_code == 200, answer.content[:200]
        said = answer.json()
        found += [each["content"] for each in said["messages"]]
        if not said["has_more"]:
            return found
        since = said["messages"][-1]["created_at"]
    raise AssertionError("it never ends")


def test_messages_that_are_too_large_together_are_asked_for_in_smaller_pages(
    bot: Bot, chat: Mirror
) -> None:
    for letter in "abcd":
        bot.say("assistant", letter * 3 * MEGABYTE)
    assert [each[0] for each in read(chat)] == list("abcd")
    assert bot.calls.count("history") < 10


def test_a_message_that_is_too_large_alone_is_cut_and_the_others_are_whole(
    bot: Bot, chat: Mirror
) -> None:
    bot.say("user", "before")
    bot.say("assistant", "x" * 10 * MEGABYTE)
    bot.say("assistant", "after")
    before, large, after = read(chat)
    assert (before, after) == ("before", "after")
    assert large == "x" * CUT_AT + "…"


@pytest.mark.parametrize("megabytes", [3, 10])
def test_the_page_shows_the_beginning_of_a_large_message(
    bot: Bot, opened: Page, megabytes: int
) -> None:
    bot.say("assistant", "word " * (megabytes * MEGABYTE // 5))
    bot.say("assistant", "and the next one")
    answer = opened.history()
    assert answer.status_code == 200
    assert len(answer.content) < MEGABYTE
    assert b"word word" in answer.content
    assert b"and the next one" in answer.content


def again(bot: Bot) -> Callable[[Request, socket.socket], bytes]:
    """Give the same messages, whatever was asked, and say that there are more."""
    return lambda request, sock: bot.honest(request, messages=bot.history, has_more=True)


def ever_new(bot: Bot) -> Callable[[Request, socket.socket], bytes]:
    """Give a new message each time, and say that there are more."""

    def answer(request: Request, sock: socket.socket) -> bytes:
        new = bot.say("assistant", "and another")
        return bot.honest(request, messages=[new], has_more=True)

    return answer


def empty(bot: Bot) -> Callable[[Request, socket.socket], bytes]:
    """Give nothing, and say that there is more (fact 20)."""
    return lambda request, sock: bot.honest(request, messages=[], has_more=True)


@pytest.mark.parametrize(("way", "most"), [(again, 1), (ever_new, 40), (empty, 0)])
def test_a_history_that_never_ends_is_left_after_forty_calls(
    bot: Bot, chat: Mirror, way: Any, most: int
) -> None:
    bot.say("user", "once")
    bot.spoilt["history"] = way(bot)
    assert len(read(chat)) == most
    assert bot.calls.count("history") <= 40


@pytest.mark.parametrize(("way", "most"), [(again, 1), (ever_new, 40), (empty, 0)])
def test_the_page_leaves_a_history_that_never_ends_after_forty_calls(
    bot: Bot, opened: Page, way: Any, most: int
) -> None:
    bot.say("assistant", "and another")
    bot.spoilt["history"] = way(bot)
    answer = opened.history()
    assert answer.status_code == 200
    assert answer.content.decode().count('class="content') == most
    assert bot.calls.count("history") <= 40


def test_two_answers_of_one_time_are_both_there(bot: Bot, chat: Mirror, opened: Page) -> None:
    first = bot.say("assistant", "The first.")
    bot.say("assistant", "The second.", created_at=first["created_at"])
    assert read(chat)[-2:] == ["The first.", "The second."]
    page = opened.history().content
    assert b"The first." in page
    assert b"The second." in page


def test_two_answers_of_one_time_are_not_parted_by_a_small_page(bot: Bot, chat: Mirror) -> None:
    first = bot.say("assistant", "The first.")
    bot.say("assistant", "The second.", created_at=first["created_at"])
    bot.say("user", "Thanks")
    found = chat.history({"limit": 1}).json()
    assert [each["content"] for each in found["messages"]] == ["The first.", "The second."]
    assert found["has_more"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_an_hour_off_hides_no_message_and_no_answer(
    bot: Bot, chat: Mirror, hours: int
) -> None:
    bot.skew = timedelta(hours=hours)
    for text in ("One", "Two"):
        task = chat.say(text).json()["task_id"]
        assert chat.task(task).json()["message"]["content"] == "Here you are."
    expected = ["One", "Here you are.", "Two", "Here you are."]
    assert read(chat) == expected
    cache.clear()
    assert read(chat) == expected


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_an_hour_off_changes_nothing_on_the_page(
    bot: Bot, page: Page, hours: int
) -> None:
    bot.skew = timedelta(hours=hours)
    for number, text in enumerate(("The first.", "The second.")):
        sent = page.say(text, f"6f2f3a0e-0000-4000-8000-00000000001{number}").content.decode()
        (task_id,) = re.findall(r"/replies/([0-9a-f-]{36})/", sent)
        assert "Here you are." in page.task(task_id).content.decode()
    for _look in range(2):
        shown = page.history().content.decode()
        places = [shown.find(text) for text in ("The first.", "The second.")]
        assert -1 < places[0] < places[1]
        assert shown.count("Here you are.") == 2
        cache.clear()


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_an_hour_off_hides_no_message_that_arrived_unconfirmed(
    bot: Bot, chat: Mirror, key: str, hours: int
) -> None:
    bot.skew = timedelta(hours=hours)
    bot.spoilt["send"] = lambda request, sock: (bot.honest(request), None)[1]
    unsure = chat.say(TYPED, headers={"Idempotency-Key": key})
    assert unsure.json()["code"] == "message_unconfirmed"
    assert unsure.headers["Retry-After"] == "30"
    bot.say("assistant", "Here you are.")
    sent = chat.say(TYPED, headers={"Idempotency-Key": key})
    assert sent.status_code == 202, sent.content
    answer = chat.task(sent.json()["task_id"]).json()
    assert answer["message"]["content"] == "Here you are."
    assert bot.received == [TYPED]
