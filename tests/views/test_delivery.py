from __future__ import annotations

import uuid

import pytest

from chatwidget.chatapi import errors as remote
from chatwidget.conversation import errors as local
from chatwidget.discretion import COOKIE
from chatwidget.models import ChatSession
from chatwidget.problems import describe
from chatwidget.views.delivery import client_id_of, next_client_id
from tests.views.asking import ID, address


def test_the_page_s_own_id_is_taken():
    own = str(uuid.uuid4())
    assert client_id_of(own) == own


def test_an_id_that_is_none_is_made_anew_each_time():
    assert client_id_of("") != client_id_of("")


def test_a_message_that_was_not_sent_keeps_its_id():
    for error in (remote.Unavailable(), remote.RateLimited(), local.MessageUnderWay(1)):
        assert next_client_id(describe(error), "a") == "a"


def test_an_id_that_can_bring_no_other_answer_is_replaced():
    for error in (
        local.Unconfirmed(uuid.uuid4(), None),
        local.ClientIdReused(),
        local.SessionExpired(),
    ):
        assert next_client_id(describe(error), "a") != "a"


@pytest.mark.parametrize("state", ["ended", "expired"])
@pytest.mark.parametrize("name", ["messages", "plain"])
def test_a_retry_after_the_chat_was_over_sends_nothing_again(
    client, widget, token, api, name, state
):
    """The answer to the first try was lost, and the chat ended with the reply."""
    widget.consent_text, widget.consent_version = "Do you agree?", "1"
    widget.save()
    client.cookies[COOKIE] = token
    headers = {"HX-Request": "true", "X-Session-Token": token}
    fields = {"message": "Cancel it", "client_id": ID, "agree": "site:1"}
    for _time in range(2):
        answer = client.post(address(name, widget), fields, headers=headers)
        assert answer.status_code == (303 if name == "plain" else 200)
        ChatSession.objects.update(state=state)
    assert (api.count("send"), api.count("start")) == (1, 0)
