from __future__ import annotations

import uuid
from datetime import timedelta
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from chatwidget import tokens
from chatwidget.chatapi import errors
from chatwidget.models import ChatSession, Widget
from tests.fake_chatapi import FakeChatAPI
from tests.views.asking import address, get, next_delay, next_poll, post, words


def test_the_answer_takes_the_bubble_s_place(client: Client, token: str, poll: str):
    response = get(client, poll, token)
    assert response.status_code == 200
    assert "Echo: Hello <strong>you</strong>" in response.content.decode()
    assert "hx-get" not in response.content.decode()


def test_while_the_bot_works_the_bubble_asks_again_and_shows_progress(
    client: Client, token: str, poll: str, api: FakeChatAPI
):
    api.answers, api.progress = False, "Looking"
    response = get(client, poll, token)
    assert next_poll(response) == poll
    assert next_delay(response) > 0
    assert "Looking" in words(response)
    api.progress = ""
    assert words(get(client, poll, token)) == "C Stop waiting"


def test_a_server_that_cannot_be_asked_is_asked_again_more_slowly(
    client: Client, token: str, poll: str, api: FakeChatAPI
):
    delays = []
    for _turn in range(2):
        api.fails["poll_task"].append(errors.Unavailable())
        response = get(client, poll, token)
        assert response.status_code == 200
        assert "Still trying." in words(response)
        delays.append(next_delay(response))
        poll = next_poll(response)
    assert delays[1] > delays[0] >= 2000
    assert "Echo" in words(get(client, poll, token))


def test_a_server_that_asks_to_wait_is_left_alone_so_long(
    client: Client, token: str, poll: str, api: FakeChatAPI
):
    api.fails["poll_task"].append(errors.RateLimited(retry_after=7))
    response = get(client, poll, token)
    assert response.status_code == 200
    assert next_delay(response) >= 7000


@pytest.mark.parametrize("tries", ["-1", "x", "٣", "9" * 400])
def test_any_number_of_tries_has_a_next_one(
    client: Client, token: str, poll: str, api: FakeChatAPI, tries: str
):
    api.fails["poll_task"].append(errors.Unavailable())
    response = get(client, f"{poll}?tries={quote(tries)}", token)
    assert 2000 <= next_delay(response) <= 30_000


def test_a_bot_that_fails_is_quoted_and_may_be_asked_again(
    client: Client, token: str, poll: str, api: FakeChatAPI
):
    api.fails["poll_task"].append(errors.BotError(text="I <fell> over"))
    response = get(client, poll, token)
    assert response.status_code == 500
    assert "I &lt;fell&gt; over Try again" in words(response)


def test_a_poll_reads_its_token_once(
    client: Client, token: str, poll: str, monkeypatch: pytest.MonkeyPatch
):
    reads = Mock(wraps=tokens.read)
    monkeypatch.setattr("chatwidget.tokens.read", reads)
    assert "Echo" in words(get(client, poll, token))
    reads.assert_called_once_with(token)


@pytest.mark.parametrize("with_token", [True, False])
def test_a_reply_that_is_not_this_visitor_s_is_not_told(
    client: Client, widget: Widget, token: str, poll: str, with_token: bool
):
    url = address("reply", widget, uuid.uuid4()) if with_token else poll
    response = get(client, url, token if with_token else "")
    assert response.status_code in (403, 404)
    assert "Echo" not in words(response)


# What is not confirmed


@pytest.fixture
def unconfirmed(client: Client, widget: Widget, token: str, api: FakeChatAPI) -> str:
    """The address at which the page watches for a message that may have arrived."""
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    return next_poll(post(client, widget, "Hello", token=token))


def test_a_message_that_may_have_arrived_is_watched_until_it_is_known(
    client: Client, token: str, unconfirmed: str, api: FakeChatAPI
):
    response = get(client, unconfirmed, token)
    assert words(response) == ""
    assert next_poll(response) == unconfirmed
    assert next_delay(response) == 30_000
    assert "HX-Retarget" not in response
    cache.clear()
    api.history += [api.message("user", "Hello"), api.message("assistant", "Hi there")]
    response = get(client, unconfirmed, token)
    assert "Hi there" in words(response)
    assert response["HX-Retarget"] == "closest .message"
    assert response["HX-Reswap"] == "afterend"


def test_a_message_that_never_showed_is_watched_no_longer(
    client: Client, token: str, unconfirmed: str, session: ChatSession
):
    long_since = timezone.now() - timedelta(minutes=4)
    ChatSession.objects.update(claimed_at=long_since)
    assert get(client, unconfirmed, token).content.strip() == b""


def test_watching_goes_on_more_slowly_while_the_server_cannot_be_asked(
    client: Client, token: str, unconfirmed: str, api: FakeChatAPI
):
    api.history.append(api.message("user", "Hello"))
    get(client, unconfirmed, token)
    delays = []
    for _turn in range(2):
        cache.clear()
        api.fails["poll_session"].append(errors.Unavailable())
        response = get(client, unconfirmed, token)
        assert words(response) == ""
        unconfirmed = next_poll(response).replace("&amp;", "&")
        delays.append(next_delay(response))
    assert delays[1] > delays[0] >= 2000


def test_a_reply_that_becomes_unconfirmed_is_watched_in_its_own_place(
    client: Client, token: str, unconfirmed: str, api: FakeChatAPI
):
    plain = unconfirmed.partition("?")[0]
    response = get(client, plain, token)
    assert "Send again" in words(response)
    watched = next_poll(response)
    assert watched.endswith("?watch=reply")
    cache.clear()
    api.history.append(api.message("user", "Hello"))
    response = get(client, watched, token)
    assert next_poll(response) == plain
    assert response["HX-Reswap"] == "outerHTML"
