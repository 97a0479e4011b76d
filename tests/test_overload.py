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
from chatwidget.conversation import sessions, transcript
from chatwidget.conversation.calls import calling
from chatwidget.conversation.errors import ReplyOverdue
from tests.conversation.test_transcript import age_copy
from tests.views.asking import get, next_delay, words

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


@pytest.fixture
def task_id(session, api) -> uuid.UUID:
    """A message whose reply was asked for once, and is there now."""
    api.answers = False
    task_id = conversation.send(session, "Hello", client_id="c1").id
    conversation.reply(found(session), task_id)
    api.answers = True
    return task_id


def found(session):
    """The session as a poll of the mirror finds it."""
    return conversation.for_client(session.pk, tokens.issue(session), waits=True)


def of_mirror(client, session, name: str, *more: object):
    """What the mirror answers about the session."""
    address = reverse(f"chatwidget:api-{name}", args=[session.pk, *more])
    return client.get(address, headers={"X-Session-Token": tokens.issue(session)})


def of_page(client, session, name: str, *more: object, query: str = ""):
    """What the chat page is answered about the session."""
    address = reverse(f"chatwidget:{name}", args=[session.widget.public_id, *more])
    return get(client, address + query, tokens.issue(session))


def test_who_waits_for_a_reply_asks_again_soon_and_no_query_is_made(
    client, session, api, task_id, django_assert_num_queries
):
    with occupy(session.widget.server_id, 6), django_assert_num_queries(0):
        asked = conversation.reply(found(session), task_id)
        answer = of_mirror(client, session, "task", task_id)
    assert asked == conversation.Reply("processing", None, overload.SOON)
    assert (answer.status_code, answer.json()) == (200, {"message": None, "status": "processing"})
    # A poll that was not made keeps nobody from making it.
    assert of_mirror(client, session, "task", task_id).json()["status"] == "complete"


def test_who_waits_on_the_chat_page_reads_nothing_of_turns(client, session, task_id):
    with occupy(session.widget.server_id, 6):
        bubble = of_page(client, session, "reply", task_id)
        plain = client.get(
            reverse("chatwidget:plain", args=[session.widget.public_id]),
            headers={"Cookie": f"chatwidget_session={tokens.issue(session)}"},
        )
    assert (bubble.status_code, words(bubble)) == (200, "C Stop waiting")
    assert next_delay(bubble) == 2000
    assert plain.status_code == 200
    assert '<meta http-equiv="refresh" content="2' in plain.content.decode()
    assert "Echo: Hello" in words(of_page(client, session, "reply", task_id))


def test_who_waits_is_told_that_a_server_is_left_alone(client, session, task_id):
    fail(session, times=5)
    answer = of_mirror(client, session, "task", task_id)
    assert (answer.status_code, answer.json()["code"]) == (503, "server_unavailable")
    assert "Still trying" in words(of_page(client, session, "reply", task_id))


def test_no_reply_is_given_up_because_the_history_could_not_be_read(session, api, task_id):
    api.answers = False
    with override_settings(CHATWIDGET={"REPLY_DEADLINE": 0}):
        with occupy(session.widget.server_id, 6):
            assert conversation.reply(found(session), task_id).status == "processing"
        assert sessions.refresh(session).flight == "waiting"
        with pytest.raises(ReplyOverdue):
            conversation.reply(found(session), task_id)


def test_who_sends_while_a_reply_is_awaited_hears_of_turns_and_of_nothing_else(session, task_id):
    with occupy(session.widget.server_id, 6), pytest.raises(overload.TooManyAtOnce):
        conversation.send(sessions.refresh(session), "And now?", client_id="c2")


def test_who_reads_the_log_reads_what_was_there_at_the_last_look(client, session, api):
    api.history = [api.message("user", "Hello"), api.message("assistant", "Hi")]
    before = of_mirror(client, session, "history").json()
    age_copy(session, transcript.LOOK_SECONDS)
    api.history.append(api.message("assistant", "News"))
    with occupy(session.widget.server_id, 6):
        answer = of_mirror(client, session, "history")
        since = f"?since={api.history[1].created_at}"
        news = of_page(client, session, "messages", query=since)
    assert (answer.status_code, answer.json()) == (200, before)
    assert (news.status_code, words(news)) == (200, "")
    assert of_mirror(client, session, "history").json()["messages"][2]["content"] == "News"


def test_a_log_that_was_never_read_is_asked_for_again_by_the_page_itself(client, session, api):
    with occupy(session.widget.server_id, 6):
        answer = of_mirror(client, session, "history")
        page = of_page(client, session, "messages")
    assert (answer.status_code, answer.json()["code"]) == (503, "server_busy")
    assert answer["Retry-After"] == "2"
    assert page.status_code == 503
    assert next_delay(page) == 2000
    api.fails["poll_session"].append(errors.TimedOut())
    assert "load delay" not in of_page(client, session, "messages").content.decode()


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
