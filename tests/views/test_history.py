from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from chatwidget.chatapi import errors
from chatwidget.models import Widget
from tests.fake_chatapi import FakeChatAPI
from tests.views.asking import NEXT_ID, address, get, next_poll, post, words


def talk(api: FakeChatAPI, count: int) -> None:
    for number in range(count):
        api.history.append(api.message("user" if number % 2 else "assistant", f"No{number:03}."))


def numbers(response: Any) -> list[int]:
    return [int(each) for each in re.findall(r"No(\d+)", words(response))]


def more(response: Any) -> str | None:
    found = re.search(r'hx-get="([^"]*before=[^"]*)"', response.content.decode())
    return found and found.group(1)


def test_a_long_history_comes_in_pages(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    talk(api, 100)
    shown: list[int] = []
    url: str | None = address("messages", widget)
    for count in (40, 40, 20):
        response = get(client, str(url), token)
        assert len(numbers(response)) == count
        shown = numbers(response) + shown
        url = more(response)
    assert url is None
    assert shown == list(range(100))


def test_earlier_messages_that_cannot_be_read_can_be_asked_for_again(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    talk(api, 50)
    url = more(get(client, address("messages", widget), token))
    assert url is not None
    cache.clear()
    api.fails["poll_session"].append(errors.TimedOut())
    assert more(get(client, url, token)) == url
    assert len(numbers(get(client, url, token))) == 10


@pytest.mark.parametrize("before", ["-1", "x", "9" * 20])
def test_a_place_that_is_none_is_the_end(
    client: Client, widget: Widget, token: str, api: FakeChatAPI, before: str
):
    talk(api, 50)
    response = get(client, f"{address('messages', widget)}?before={before}", token)
    assert numbers(response)[-1] == 49


def news(client: Client, widget: Widget, token: str, since: str) -> Any:
    return get(client, f"{address('messages', widget)}?since={quote(since)}", token)


def test_what_came_since_is_all_that_comes(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    talk(api, 4)
    since = api.history[1].created_at
    assert numbers(news(client, widget, token, since)) == [2, 3]
    assert news(client, widget, token, api.history[3].created_at).content.strip() == b""
    api.answers = False
    poll = next_poll(post(client, widget, "And?", token=token))
    assert next_poll(news(client, widget, token, since)) == poll


@pytest.mark.parametrize("since", ["", "x", "2026-02-31T00:00:00Z", "2026-01-01T00:00:00"])
def test_since_a_time_that_is_none_is_all(
    client: Client, widget: Widget, token: str, api: FakeChatAPI, since: str
):
    talk(api, 4)
    assert numbers(news(client, widget, token, since)) == [0, 1, 2, 3]


def test_news_that_cannot_be_read_are_not_missed(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    api.fails["poll_session"].append(errors.TimedOut())
    response = news(client, widget, token, "")
    assert response.status_code == 200
    assert response.content == b""


def test_the_history_comes_back_with_what_is_pending(
    client: Client, widget: Widget, token: str, poll: str, api: FakeChatAPI
):
    get(client, poll, token)
    api.answers = False
    again = next_poll(post(client, widget, "And now?", token=token, client_id=NEXT_ID))
    response = get(client, address("messages", widget), token)
    assert next_poll(response) == again
    assert re.search("You: Hello .*Echo: Hello .*And now", words(response))


def test_what_the_system_said_is_not_shown(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    api.history += [api.message("system", "secret prompt"), api.message("assistant", "Hi")]
    response = get(client, address("messages", widget), token)
    assert "secret prompt" not in words(response)
    assert "Hi" in words(response)


def test_a_chat_that_has_ended_can_be_read(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    api.session_status = "ended"
    api.history.append(api.message("assistant", "Goodbye"))
    response = get(client, address("messages", widget), token)
    assert "Goodbye" in words(response)
    assert "This chat has ended." in words(response)


def test_a_page_that_stays_open_hears_that_the_chat_has_ended(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    news = f"{address('messages', widget)}?since=2026-01-01T00:00:00Z"
    assert words(get(client, news, token)) == ""
    api.session_status = "ended"
    cache.clear()
    assert words(get(client, news, token)).startswith("This chat has ended.")


@pytest.mark.parametrize("refused_by", ["us", "the server"])
def test_a_token_that_is_refused_is_to_be_forgotten(
    client: Client, widget: Widget, token: str, api: FakeChatAPI, refused_by: str
):
    if refused_by == "us":
        token = token[:-1]
    else:
        api.fails["poll_session"].append(errors.SessionRefused())
    response = get(client, address("messages", widget), token)
    assert response.status_code == 403
    assert response["X-Session-Token"] == ""
    assert words(response) == "Your earlier chat has expired. This is a new one."


def test_a_history_that_cannot_be_read_can_be_asked_for_again(
    client: Client, widget: Widget, token: str, poll: str, api: FakeChatAPI
):
    cache.clear()
    api.fails["poll_session"].append(errors.TimedOut())
    response = get(client, address("messages", widget), token)
    assert response.status_code == 504
    assert "Try again" in words(response)
    assert next_poll(response) == poll
