from __future__ import annotations

import re
import uuid
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse

from chatwidget import tokens
from chatwidget.chatapi import errors
from chatwidget.conversation import copies
from chatwidget.models import ChatSession, Widget
from tests.fake_chatapi import FakeChatAPI
from tests.views.asking import policy, words

COOKIE = "chatwidget_session"


@pytest.fixture
def url(widget: Widget) -> str:
    return reverse("chatwidget:plain", args=[widget.public_id])


@pytest.fixture
def known(client: Client, session: ChatSession) -> Client:
    """A browser that holds the session's cookie."""
    client.cookies[COOKIE] = tokens.issue(session)
    return client


def client_id(page: Any) -> str:
    return re.search(r'name="client_id" value="([^"]+)"', page.content.decode()).group(1)


def send(client: Client, url: str, text: str, **fields: str) -> Any:
    """Type into the page's form and send it."""
    fields = {"client_id": client_id(client.get(url)), **fields}
    return client.post(url, {"message": text, **fields})


def cookie(response: Any) -> Any:
    return response.cookies[COOKIE]


def test_a_first_visit_greets_and_sets_no_session(client: Client, widget: Widget, url: str):
    Widget.objects.update(starter_questions=["Open now?"], welcome_messages=["Hello"])
    response = client.get(url)
    assert response.status_code == 200
    assert "Hello" in words(response)
    assert '<button name="message" value="Open now?"' in response.content.decode()
    assert "<script" not in response.content.decode()
    assert "New chat" not in words(response)
    assert set(response.cookies) <= {"csrftoken"}


def test_a_message_is_answered_by_a_redirect_and_a_cookie(
    client: Client, url: str, api: FakeChatAPI
):
    response = send(client, url, "Hello")
    assert response.status_code == 303
    assert response["Location"] == url
    kept = cookie(response)
    assert (kept["path"], kept["samesite"], kept["httponly"]) == (url, "Lax", True)
    assert kept["max-age"] == 7 * 24 * 60 * 60
    assert not kept["secure"]
    assert re.search("You: Hello .*Echo: Hello", words(client.get(url)))


def test_the_cookie_of_a_secure_site_is_secure(client: Client, url: str, api: FakeChatAPI):
    fields = {"message": "Hello", "client_id": str(uuid.uuid4())}
    assert cookie(client.post(url, fields, secure=True))["secure"]


def test_a_form_sent_twice_sends_one_message(client: Client, url: str, api: FakeChatAPI):
    fields = {"message": "Hello", "client_id": client_id(client.get(url))}
    for _turn in range(2):
        assert client.post(url, fields).status_code == 303
    assert api.count("start") == api.count("send") == 1


def test_a_chat_goes_on_without_a_new_cookie(known: Client, url: str, api: FakeChatAPI):
    response = send(known, url, "Hello")
    assert COOKIE not in response.cookies
    assert api.count("start") == 0


def test_while_the_answer_is_awaited_the_page_looks_again(
    known: Client, url: str, api: FakeChatAPI
):
    api.answers, api.progress = False, "Looking"
    send(known, url, "Hello")
    response = known.get(url)
    assert re.search(r'http-equiv="refresh" content="[2-9]"', response.content.decode())
    assert "Waiting for the answer Looking Check for the answer" in words(response)
    api.progress = ""
    assert "Waiting for the answer Check" in words(known.get(url))
    api.answers = True
    assert "refresh" not in known.get(url).content.decode()


def test_what_could_not_be_sent_meanwhile_is_not_wiped_by_a_new_look(
    known: Client, url: str, api: FakeChatAPI
):
    api.answers = False
    send(known, url, "Hello")
    response = known.post(url, {"message": "And on Sunday?"})
    assert ">And on Sunday?</textarea>" in response.content.decode()
    assert "http-equiv" not in response.content.decode()


def test_a_bot_that_fails_is_quoted(known: Client, url: str, api: FakeChatAPI):
    api.answers = False
    send(known, url, "Hello")
    api.fails["poll_task"].append(errors.BotError(text="I fell over"))
    response = known.get(url)
    assert "I fell over" in words(response)
    assert "refresh" not in response.content.decode()


def test_a_server_that_cannot_be_asked_is_asked_again_later(
    known: Client, url: str, api: FakeChatAPI
):
    api.answers = False
    send(known, url, "Hello")
    api.fails["poll_task"] += [errors.Unavailable()] * 3
    response = known.get(url)
    assert "reach the assistant" in words(response)
    assert 'http-equiv="refresh" content="10"' in response.content.decode()


@pytest.mark.parametrize("text", ["  ", "x" * 10_001])
def test_a_message_that_cannot_be_sent_stays_in_the_field(
    client: Client, url: str, api: FakeChatAPI, text: str
):
    response = send(client, url, text)
    assert response.status_code == 400
    page = response.content.decode()
    assert f">{text}</textarea>" in page
    assert 'aria-describedby="refusal" aria-invalid="true"' in page
    assert re.search('id="refusal"[^>]*role="alert"', page)


def test_a_message_that_did_not_send_can_be_sent_again_once(
    known: Client, url: str, api: FakeChatAPI
):
    api.fails["send"].append(errors.Unavailable(may_have_arrived=False))
    response = send(known, url, "Hello")
    assert response.status_code == 503
    assert ">Hello</textarea>" in response.content.decode()
    again = {"message": "Hello", "client_id": client_id(response)}
    assert known.post(url, again).status_code == 303


def test_a_first_message_that_failed_keeps_the_chat_that_it_started(
    client: Client, url: str, api: FakeChatAPI
):
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    failed = send(client, url, "Hello")
    assert cookie(failed).value
    again = {"message": "Hello", "client_id": client_id(failed)}
    assert client.post(url, again).status_code == 303
    assert api.count("start") == 1


def test_an_expired_chat_gives_way_to_a_new_one_and_says_so(
    known: Client, session: ChatSession, url: str, api: FakeChatAPI
):
    fields = {"message": "Hello", "client_id": client_id(known.get(url))}
    ChatSession.objects.update(state="expired")
    response = known.post(url, fields)
    assert response.status_code == 303
    assert tokens.read(cookie(response).value).session_id != session.pk
    page = known.get(response["Location"])
    assert "Hello Echo" not in words(page)
    assert "Your earlier chat has expired. This is a new one." in words(page)


def test_a_cookie_that_is_refused_is_forgotten(client: Client, url: str):
    client.cookies[COOKIE] = "garbage"
    response = client.get(url)
    assert "expired" in words(response)
    assert cookie(response)["max-age"] == 0
    assert cookie(response)["path"] == url


def test_a_chat_that_the_server_expires_while_waiting_is_forgotten(
    known: Client, url: str, api: FakeChatAPI
):
    api.answers = False
    send(known, url, "Hello")
    api.fails["poll_task"].append(errors.SessionRefused())
    assert cookie(known.get(url)).value == ""


def test_a_history_that_cannot_be_read_can_be_asked_for_again(
    known: Client, url: str, api: FakeChatAPI
):
    api.fails["poll_session"].append(errors.TimedOut())
    response = known.get(url)
    assert "Try again" in words(response)
    assert COOKIE not in response.cookies


def test_a_history_that_another_tab_is_loading_is_looked_for_again(
    known: Client,
    session: ChatSession,
    url: str,
    api: FakeChatAPI,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(copies, "WAIT_SECONDS", 0)
    with copies.turn(session, 30):
        response = known.get(url)
    assert "Your earlier messages are being loaded." in words(response)
    assert '<meta http-equiv="refresh" content="2">' in response.content.decode()
    assert "<textarea" not in response.content.decode()
    assert "Waiting for the answer" not in words(response)
    assert "<textarea" in known.get(url).content.decode()


def test_a_chat_that_has_ended_can_be_read(known: Client, url: str, api: FakeChatAPI):
    api.session_status = "ended"
    api.history += [api.message("system", "prompt"), api.message("assistant", "Goodbye")]
    page = words(known.get(url))
    assert "Goodbye" in page
    assert "This chat has ended." in page
    assert "prompt" not in page


def test_a_new_chat_forgets_the_old_one(known: Client, url: str, api: FakeChatAPI):
    assert "New chat" in words(known.get(url))
    response = known.post(url, {"new": ""})
    assert response.status_code == 303
    assert cookie(response).value == ""
    assert api.count("start") == 0


def test_the_page_is_never_framed_nor_cached(client: Client, url: str):
    response = client.get(url)
    assert response["X-Frame-Options"] == "DENY"
    assert policy(response)["frame-ancestors"] == "'none'"
    assert "script-src" not in policy(response)
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert "Cookie" in response["Vary"]


def test_a_form_of_another_site_is_refused(widget: Widget, url: str, api: FakeChatAPI):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(url, {"message": "Hello"}).status_code == 403
    page = strict.get(url).content.decode()
    secret = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    fields = {"message": "Hello", "csrfmiddlewaretoken": secret}
    assert strict.post(url, fields).status_code == 303


def test_a_body_that_no_message_needs_is_not_read(url: str):
    body = Mock(**{"read.return_value": b"", "readline.return_value": b""})
    strict = Client(enforce_csrf_checks=True)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
        sent: dict[str, Any] = {"CONTENT_LENGTH": "60000000", "wsgi.input": body}
        assert strict.post(url, content_type=kind, **sent).status_code == 413
    assert body.mock_calls == []


def test_only_forms_are_taken(client: Client, url: str):
    assert client.put(url).status_code == 405
