from __future__ import annotations

import uuid

import pytest
from django.test import override_settings

from chatwidget import conversation, tokens
from chatwidget.conversation.errors import SessionUnknown, WidgetPaused
from chatwidget.models import ChatServer, ChatSession, Widget
from tests.fake_chatapi import FakeChatAPI
from tests.fixtures import make_widget


def test_an_active_widget_is_found_by_its_public_id(widget: Widget) -> None:
    assert conversation.active_widget(widget.public_id) == widget


@pytest.mark.parametrize("known", [True, False])
def test_a_paused_widget_is_as_good_as_none(server: ChatServer, known: bool) -> None:
    paused = make_widget(server, is_active=False)
    with pytest.raises(WidgetPaused):
        conversation.active_widget(paused.public_id if known else uuid.uuid4())


def test_a_token_finds_its_session(session: ChatSession) -> None:
    assert conversation.with_token(tokens.issue(session), session.widget) == session


def test_a_token_of_another_widget_does_not(session: ChatSession, server: ChatServer) -> None:
    with pytest.raises(tokens.TokenInvalid):
        conversation.with_token(tokens.issue(session), make_widget(server))


def test_a_token_of_a_deleted_session_finds_nothing(session: ChatSession) -> None:
    token = tokens.issue(session)
    ChatSession.objects.all().delete()
    with pytest.raises(SessionUnknown):
        conversation.with_token(token, session.widget)


def test_a_client_needs_the_token_of_that_very_session(session: ChatSession) -> None:
    other = ChatSession.objects.create(
        widget=session.widget, remote_id="other", state=ChatSession.State.ACTIVE
    )
    assert conversation.for_client(session.id, tokens.issue(session)) == session
    with pytest.raises(tokens.TokenInvalid):
        conversation.for_client(session.id, tokens.issue(other))
    with pytest.raises(tokens.TokenRequired):
        conversation.for_client(session.id, "")


def test_a_seed_client_knows_the_session_id_alone(server: ChatServer) -> None:
    widget = make_widget(server, allows_seed_clients=True)
    session = ChatSession.objects.create(widget=widget)
    assert conversation.for_client(session.id, "") == session
    with pytest.raises(tokens.TokenInvalid):
        conversation.for_client(session.id, "garbled")


@pytest.mark.parametrize("waits", [False, True])
def test_the_id_of_a_chat_on_a_page_opens_it_to_no_seed_client(
    server: ChatServer, api: FakeChatAPI, waits: bool
) -> None:
    widget = make_widget(server, allows_seed_clients=True)
    session = conversation.start_once(widget, "c1")
    api.answers = False
    conversation.send(session, "Hello", client_id="c1")
    with pytest.raises(tokens.TokenRequired):
        conversation.for_client(session.pk, "", waits=waits)
    assert conversation.for_client(session.pk, tokens.issue(session), waits=waits) == session


def test_an_unknown_session_is_said(db: None) -> None:
    with pytest.raises(SessionUnknown):
        conversation.for_client(uuid.uuid4(), "")


def test_a_pause_acts_on_running_chats_at_once(session: ChatSession) -> None:
    Widget.objects.update(is_active=False)
    with pytest.raises(WidgetPaused):
        conversation.for_client(session.id, tokens.issue(session))


def test_an_old_token_is_refused_whatever_the_session(session: ChatSession) -> None:
    token = tokens.issue(session)
    with (
        override_settings(CHATWIDGET={"SESSION_MAX_AGE": -1}),
        pytest.raises(tokens.TokenExpired),
    ):
        conversation.for_client(session.id, token)
