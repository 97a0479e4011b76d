from __future__ import annotations

import uuid

from chatwidget.chatapi import errors as remote
from chatwidget.conversation import errors as local
from chatwidget.problems import describe
from chatwidget.views.delivery import client_id_of, next_client_id


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
