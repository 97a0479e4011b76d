from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from chatwidget import tokens
from chatwidget.chatapi import errors
from chatwidget.models import ChatSession, Widget
from tests.fake_chatapi import FakeChatAPI
from tests.fixtures import make_widget
from tests.views.asking import ID, address, get, next_poll, policy, post, words


def test_a_first_message_starts_a_chat(client: Client, widget: Widget, api: FakeChatAPI):
    response = post(client, widget, "Hello <b>\r\nthere")
    assert response.status_code == 200
    assert tokens.read(response["X-Session-Token"]).widget_id == widget.public_id
    assert "Hello &lt;b&gt;\nthere" in response.content.decode()
    assert re.search(r'hx-trigger="load delay:\d+ms, resume"', response.content.decode())
    assert api.count("start") == api.count("send") == 1


def test_a_next_message_goes_on(
    client: Client, widget: Widget, session: ChatSession, token: str, api: FakeChatAPI
):
    response = post(client, widget, "Hello", token=token)
    assert "X-Session-Token" not in response
    assert api.count("start") == 0
    assert "expired" not in words(response)


def test_a_message_posted_twice_is_sent_once(client: Client, widget: Widget, api: FakeChatAPI):
    first, second = (post(client, widget, "Hello") for _turn in range(2))
    assert api.count("start") == api.count("send") == 1
    assert next_poll(first) == next_poll(second)


def test_a_client_id_that_is_none_is_replaced(client: Client, widget: Widget, api: FakeChatAPI):
    assert post(client, widget, "Hello", client_id="x" * 1000).status_code == 200


@pytest.mark.parametrize("state", [ChatSession.State.EXPIRED, ChatSession.State.ENDED])
def test_a_session_that_is_over_gives_way_to_a_new_one(
    client: Client, widget: Widget, session: ChatSession, token: str, api: FakeChatAPI, state: str
):
    ChatSession.objects.update(state=state)
    response = post(client, widget, "Hello", token=token)
    assert response.status_code == 200
    assert tokens.read(response["X-Session-Token"]).session_id != session.pk
    assert "Your earlier chat has expired. This is a new one." in words(response)


@pytest.mark.parametrize("bad", ["garbage", "another widget's"])
def test_a_bad_token_starts_afresh_and_keeps_the_message(
    client: Client, widget: Widget, api: FakeChatAPI, bad: str
):
    other = make_widget(widget.server)
    theirs = ChatSession.objects.create(widget=other, remote_id="r", state="active")
    bad = tokens.issue(theirs) if bad != "garbage" else bad
    response = post(client, widget, "Hello", token=bad)
    assert response.status_code == 200
    assert tokens.read(response["X-Session-Token"]).widget_id == widget.public_id
    assert "Hello" in words(response)


def failed_id(response: Any) -> str:
    return re.search(r'name="client_id" value="([^"]*)"', response.content.decode()).group(1)


def test_what_did_not_send_is_kept_and_may_try_again(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    api.fails["send"].append(errors.Unavailable(may_have_arrived=False))
    response = post(client, widget, 'Say "hi"', token=token)
    assert response.status_code == 503
    assert 'value="Say &quot;hi&quot;"' in response.content.decode()
    assert failed_id(response) == ID
    assert {"Try again", "Edit"} <= set(re.findall(r"Try again|Edit", words(response)))
    assert post(client, widget, 'Say "hi"', token=token).status_code == 200


def test_a_first_message_that_failed_is_tried_again_in_the_chat_that_it_started(
    client: Client, widget: Widget, api: FakeChatAPI
):
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    failed = post(client, widget, "Hello")
    token = failed["X-Session-Token"]
    again = post(client, widget, "Hello", token=token, client_id=failed_id(failed))
    assert again.status_code == 200
    assert "X-Session-Token" not in again
    assert api.count("start") == 1


def test_what_may_have_arrived_is_sent_again_as_another_message(
    client: Client, widget: Widget, token: str, api: FakeChatAPI
):
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    response = post(client, widget, "Hello", token=token)
    assert "couldn't confirm" in words(response).replace("&#x27;", "'")
    assert "Send again" in words(response)
    assert uuid.UUID(failed_id(response)) != uuid.UUID(ID)


@pytest.mark.parametrize(
    ("text", "said"), [("  ", "Type a message first."), ("x" * 10_001, "10001 characters long")]
)
def test_a_message_that_cannot_be_sent_is_kept_with_the_reason(
    client: Client, widget: Widget, api: FakeChatAPI, text: str, said: str
):
    response = post(client, widget, text)
    assert response.status_code == 400
    assert said in words(response)
    assert f'value="{text}"' in response.content.decode()
    assert api.calls == []
    assert not ChatSession.objects.exists()


def test_a_body_that_no_message_needs_is_not_read(client: Client, widget: Widget):
    response = post(client, widget, "x" * 200_000)
    assert (response.status_code, words(response)) == (413, "This is too long. Shorten it.")
    assert response["X-Chat-Fragment"] == "1"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("length", ["", "many"])
def test_a_length_that_is_none_is_refused(client: Client, widget: Widget, length: str):
    response = client.post(
        address("messages", widget), headers={"HX-Request": "true"}, CONTENT_LENGTH=length
    )
    assert response.status_code == (413 if length else 400)


def test_a_message_in_long_characters_fits(client: Client, widget: Widget, api: FakeChatAPI):
    body = f"message={quote('😀' * 10_000)}&client_id={ID}"
    response = client.post(
        address("messages", widget),
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 200


def test_a_page_of_another_site_cannot_post(client: Client, widget: Widget, api: FakeChatAPI):
    response = client.post(address("messages", widget), {"message": "Hello"})
    assert response.status_code == 400
    assert api.calls == []


def test_a_paused_widget_takes_no_message(client: Client, widget: Widget, api: FakeChatAPI):
    Widget.objects.update(is_active=False)
    response = post(client, widget, "Hello")
    assert response.status_code == 404
    assert "available" in words(response)
    assert api.calls == []


def test_fragments_are_kept_out_of_caches(client: Client, widget: Widget, token: str, poll: str):
    for url in (poll, address("messages", widget)):
        response = get(client, url, token)
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
        assert "X-Session-Token" in response["Vary"]
        assert response["X-Chat-Fragment"] == "1"
        assert policy(response)["default-src"] == "'none'"
        assert not response.cookies


def test_nothing_of_the_server_shows(client: Client, widget: Widget, api: FakeChatAPI):
    first = post(client, widget, "Hello")
    token = first["X-Session-Token"]
    api.fails["poll_task"].append(errors.BotError(text="Oh"))
    answers = [
        first,
        get(client, next_poll(first), token),
        get(client, address("messages", widget), token),
        client.get(address("page", widget)),
    ]
    for answer in answers:
        everything = f"{answer.content!r}{answer.headers!r}"
        assert not re.search("marked|remote-(session|task|host)|internal", everything)


# A seed message


def test_a_seed_message_is_awaited(client: Client, widget: Widget, api: FakeChatAPI):
    api.seed_task = "remote-seed"
    headers = {"HX-Request": "true"}
    response = client.post(address("messages", widget), {"start": "1"}, headers=headers)
    answer = get(client, next_poll(response), response["X-Session-Token"])
    assert "Hello from the seed" in words(answer)


def test_a_chat_without_the_seed_message_it_promised_waits_for_the_visitor(
    client: Client, widget: Widget, api: FakeChatAPI
):
    headers = {"HX-Request": "true"}
    response = client.post(address("messages", widget), {"start": "1"}, headers=headers)
    assert response["X-Session-Token"]
    assert words(response) == ""


def test_a_seed_that_cannot_start_says_so(client: Client, widget: Widget, api: FakeChatAPI):
    api.fails["start"].append(errors.Unavailable())
    headers = {"HX-Request": "true"}
    response = client.post(address("messages", widget), {"start": "1"}, headers=headers)
    assert response.status_code == 503
    assert "reach the assistant" in words(response)
