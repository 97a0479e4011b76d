"""What a visitor meets, and a server, when the server is slow or down."""

from __future__ import annotations

import logging
import threading
import uuid
from contextlib import ExitStack

import pytest
from django.test import override_settings
from django.urls import reverse

from chatwidget import conversation, health, overload, problems, tokens
from chatwidget.chatapi import errors
from chatwidget.conversation import sessions
from chatwidget.conversation.calls import calling

DOWN = errors.Unavailable(status=503)
ANSWERS = [
    errors.BotError(status=500),
    errors.NotFound(status=404),
    errors.RateLimited(status=429),
    errors.Rejected(status=400),
    errors.SessionRefused(status=403),
    errors.TooLarge(status=200),
    errors.Unavailable(status=500),
    ValueError("a slip of ours"),
]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nobody waits for a turn that no test gives."""
    monkeypatch.setattr(overload, "PATIENCE", 0.01)


def fail(session, error: Exception = DOWN, times: int = 1) -> None:
    for _time in range(times):
        with pytest.raises(type(error)), calling(session.widget, "send", session):
            raise error


def is_asked(session) -> bool:
    """Whether a call gets through to the server."""
    try:
        with calling(session.widget, "send", session):
            return True
    except overload.CircuitOpen:
        return False


def occupy(server_id: int, calls: int) -> ExitStack:
    """Calls that are on their way until the block ends."""
    stack = ExitStack()
    for _call in range(calls):
        stack.enter_context(overload.guarding(server_id))
    return stack


def test_who_finds_all_turns_taken_is_told_and_the_message_can_be_sent_again(session, api):
    with occupy(session.widget.server_id, 6), pytest.raises(overload.TooManyAtOnce) as raised:
        conversation.send(session, "Hello", client_id="c1")
    problem = problems.describe(raised.value)
    assert (problem.status, problem.code, problem.retry_after) == (503, "server_busy", 2)
    assert "kept" in str(problem.words)
    assert api.history == []

    conversation.send(sessions.refresh(session), "Hello", client_id="c1")
    assert [message.content for message in api.history] == ["Hello"]


def test_the_mirror_says_busy_and_when_to_come_again(client, session, api):
    with occupy(session.widget.server_id, 6):
        answer = client.post(
            reverse("chatwidget:api-message", args=[session.pk]),
            {"message": "Hello"},
            content_type="application/json",
            headers={"X-Session-Token": tokens.issue(session)},
        )
    assert (answer.status_code, answer.json()["code"]) == (503, "server_busy")
    assert answer["Retry-After"] == "2"


def test_the_chat_page_keeps_the_words_and_sends_them_once_when_pressed_again(client, session, api):
    page = reverse("chatwidget:messages", args=[session.widget.public_id])
    headers = {"HX-Request": "true", "X-Session-Token": tokens.issue(session)}
    fields = {"message": "When do you open?", "client_id": str(uuid.uuid4())}
    with occupy(session.widget.server_id, 6):
        refused = client.post(page, fields, headers=headers)
    shown = refused.content.decode()
    assert refused.status_code == 503
    assert "Many messages are on their way" in shown
    assert fields["message"] in shown
    assert fields["client_id"] in shown

    for _press in range(2):
        assert client.post(page, fields, headers=headers).status_code == 200
    assert [message.content for message in api.history] == [fields["message"]]


def test_a_turn_that_is_given_back_goes_to_who_waits(session, monkeypatch):
    monkeypatch.setattr(overload, "PATIENCE", 30)
    came, stack = threading.Event(), occupy(session.widget.server_id, 6)

    def come() -> None:
        with overload.guarding(session.widget.server_id):
            came.set()

    visitor = threading.Thread(target=come)
    visitor.start()
    assert not came.wait(0.02)
    stack.close()
    assert came.wait(30)
    visitor.join()


def test_while_waiting_is_in_vain_nobody_else_waits(session, monkeypatch):
    with occupy(session.widget.server_id, 6):
        with pytest.raises(overload.TooManyAtOnce), overload.guarding(session.widget.server_id):
            pass
        monkeypatch.setattr(overload, "PATIENCE", 1000)
        with pytest.raises(overload.TooManyAtOnce), overload.guarding(session.widget.server_id):
            pass


def test_one_servers_turns_are_not_anothers(session):
    with occupy(session.widget.server_id, 6), overload.guarding(session.widget.server_id + 1):
        pass


def test_the_number_of_turns_is_the_sites(session):
    with (
        override_settings(CHATWIDGET={"SERVER_CALLS": 1}),
        occupy(session.widget.server_id, 1),
        pytest.raises(overload.TooManyAtOnce),
        overload.guarding(session.widget.server_id),
    ):
        pass
    with override_settings(CHATWIDGET={"SERVER_CALLS": 0}), occupy(session.widget.server_id, 100):
        pass


def test_a_server_that_fails_on_and_on_is_left_alone_and_visitors_hear_for_how_long(session, api):
    fail(session, times=5)
    with pytest.raises(overload.CircuitOpen) as raised:
        conversation.send(session, "Hello", client_id="c1")
    problem = problems.describe(raised.value)
    assert (problem.status, problem.code) == (503, "server_unavailable")
    assert problem.retry_after in range(2, 11)
    assert api.history == []
    assert sessions.refresh(session).flight == "not_sent"


def test_an_answer_in_between_begins_the_count_anew(session):
    fail(session, times=4)
    assert is_asked(session)
    fail(session, times=4)
    assert is_asked(session)


@pytest.mark.parametrize("error", ANSWERS, ids=lambda error: type(error).__name__)
def test_what_a_visitor_could_cause_opens_nothing(session, error):
    for _time in range(20):
        with pytest.raises(type(error)), overload.guarding(session.widget.server_id):
            raise error
    assert is_asked(session)


def test_after_the_rest_one_call_tries_and_its_answer_lets_all_pass(session, caplog):
    with override_settings(CHATWIDGET={"SERVER_REST": 0}):
        fail(session, times=5)
        assert is_asked(session)
    assert is_asked(session)
    assert health.of(session.widget.server_id).rests_until is None
    told = [record.getMessage() for record in caplog.records if "circuit" in record.getMessage()]
    assert [line.split(":")[0] for line in told] == ["circuit opened", "circuit closed"]


def test_while_one_tries_the_others_are_told(session):
    with override_settings(CHATWIDGET={"SERVER_REST": 0}):
        fail(session, times=5)
        with overload.guarding(session.widget.server_id):
            assert not is_asked(session)


def test_a_try_that_fails_begins_another_rest_and_is_no_news(session, caplog):
    with override_settings(CHATWIDGET={"SERVER_REST": 0}):
        fail(session, times=5)
        fail(session)
    assert not is_asked(session)
    assert sum("circuit opened" in record.getMessage() for record in caplog.records) == 1


def test_a_site_may_have_its_servers_asked_on_and_on(session):
    with override_settings(CHATWIDGET={"SERVER_FAILURES": 0}):
        fail(session, times=50)
        assert is_asked(session)


def test_refusals_of_ours_are_no_failures_of_the_server_and_no_warnings(session, caplog):
    with (
        caplog.at_level(logging.INFO, "chatwidget"),
        occupy(session.widget.server_id, 6),
        pytest.raises(overload.TooManyAtOnce),
        calling(session.widget, "send", session),
    ):
        pass
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert health.of(session.widget.server_id).failed_at is None


def test_the_admin_hears_until_when_a_server_is_left_alone(session, admin_client):
    fail(session, times=5)
    page = admin_client.get("/admin/chatwidget/chatserver/").content.decode()
    assert "is left alone until" in page
