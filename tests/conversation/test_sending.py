from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.test import override_settings
from django.utils import timezone

from chatwidget import budgets, conversation
from chatwidget.chatapi import errors
from chatwidget.conversation import sending, sessions
from chatwidget.conversation.errors import (
    ClientIdReused,
    MessageBlank,
    MessageTooLong,
    MessageUnderWay,
    SessionExpired,
    SessionOver,
    Unconfirmed,
    VersionRefused,
)
from chatwidget.models import ChatServer, ChatSession
from chatwidget.servers import NotConfigured
from tests.fake_chatapi import FakeChatAPI

Flight = ChatSession.Flight


def again(session: ChatSession) -> ChatSession:
    """The session as the next request finds it."""
    return sessions.refresh(session)


def long_ago(session: ChatSession) -> ChatSession:
    """The session whose last claim is ten minutes old."""
    old = timezone.now() - timedelta(minutes=10)
    ChatSession.objects.filter(pk=session.pk).update(claimed_at=old)
    return again(session)


def test_a_message_is_sent_and_counted(session: ChatSession, api: FakeChatAPI) -> None:
    task = conversation.send(session, "  Hello  ", client_id="c1")
    stored = again(session)
    assert stored.pending_task_id == task.id
    assert stored.message_count == 1
    assert stored.remote_task_id not in str(task.id)
    assert [message.content for message in api.history] == ["Hello"]


def test_what_goes_along_with_a_message_reaches_the_server(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.send(session, "Hello", client_id="c1", context={"url": "/shop/"}, version_number=3)
    ((_name, sent),) = api.calls
    assert isinstance(sent, dict)
    assert (sent["context"], sent["version_number"]) == ({"url": "/shop/"}, 3)


@pytest.mark.parametrize(("version", "error"), [(3, VersionRefused), (None, errors.AccessDenied)])
def test_a_version_that_is_refused_is_told_from_a_wrong_credential(
    session: ChatSession, api: FakeChatAPI, version: int | None, error: type[Exception]
) -> None:
    conversation.start(session.widget, version_number=version)
    ((_name, asked),) = api.calls
    assert isinstance(asked, dict)
    assert asked["version_number"] == version
    api.fails["send"].append(errors.AccessDenied(status=403))
    with pytest.raises(error):
        conversation.send(session, "Hello", client_id="c1", version_number=version)
    api.fails["start"].append(errors.AccessDenied(status=403))
    with pytest.raises(error):
        conversation.start(session.widget, version_number=version)


def test_a_send_costs_one_read_and_two_writes(
    session: ChatSession, api: FakeChatAPI, django_assert_num_queries: object
) -> None:
    again(session)  # this process knows the widget
    with django_assert_num_queries(3):  # type: ignore[operator]
        conversation.send(again(session), "Hello", client_id="c1")


def test_the_same_client_id_sends_once_and_gives_the_same_task(
    session: ChatSession, api: FakeChatAPI
) -> None:
    first = conversation.send(session, "Hello", client_id="c1")
    repeated = conversation.send(again(session), "Hello", client_id="c1")
    assert repeated.id == first.id
    assert repeated.ask_again > 0
    conversation.reply(again(session), first.id)
    conversation.send(again(session), "More", client_id="c2")
    assert conversation.send(again(session), "Hello", client_id="c1").id == first.id
    assert api.count("send") == 2


def test_the_same_client_id_with_another_text_is_refused(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.send(session, "Hello", client_id="c1")
    with pytest.raises(ClientIdReused):
        conversation.send(again(session), "Other", client_id="c1")


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00"])
def test_a_blank_message_is_refused_before_anything_is_claimed(
    session: ChatSession, api: FakeChatAPI, text: str
) -> None:
    with pytest.raises(MessageBlank):
        conversation.send(session, text, client_id="c1")
    assert again(session).flight == Flight.NONE


def test_a_long_message_is_refused_with_its_length(session: ChatSession, api: FakeChatAPI) -> None:
    with (
        override_settings(CHATWIDGET={"MESSAGE_MAX_LENGTH": 10}),
        pytest.raises(MessageTooLong) as caught,
    ):
        conversation.send(session, "x" * 11, client_id="c1")
    assert (caught.value.length, caught.value.limit) == (11, 10)
    assert again(session).flight == Flight.NONE


def test_what_json_cannot_carry_is_replaced() -> None:
    assert sending.checked("a\ud800b") == "a?b"


def test_one_message_at_a_time(session: ChatSession, api: FakeChatAPI) -> None:
    api.answers = False
    conversation.send(session, "Hello", client_id="c1")
    with pytest.raises(MessageUnderWay) as caught:
        conversation.send(again(session), "More", client_id="c2")
    assert caught.value.retry_after > 0
    assert api.count("send") == 1


def test_an_answer_that_nobody_fetched_makes_room(session: ChatSession, api: FakeChatAPI) -> None:
    conversation.send(session, "Hello", client_id="c1")
    conversation.send(again(session), "More", client_id="c2")
    assert api.count("send") == 2


def test_a_bot_that_failed_makes_room(session: ChatSession, api: FakeChatAPI) -> None:
    conversation.send(session, "Hello", client_id="c1")
    api.fails["poll_task"].append(errors.BotError(status=500))
    conversation.send(again(session), "More", client_id="c2")
    assert api.count("send") == 2


def test_of_two_concurrent_sends_one_wins(session: ChatSession, api: FakeChatAPI) -> None:
    other_worker = again(session)
    conversation.send(session, "Hello", client_id="c1")
    with pytest.raises(MessageUnderWay):
        conversation.send(other_worker, "Hello too", client_id="c2")
    assert api.count("send") == 1


def test_a_message_that_is_being_sent_is_not_sent_again(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.send(session, "Hello", client_id="c1")
    ChatSession.objects.update(flight=Flight.SENDING, remote_task_id="")
    with pytest.raises(MessageUnderWay):
        conversation.send(again(session), "Hello", client_id="c1")
    with pytest.raises(MessageUnderWay):
        conversation.send(again(session), "More", client_id="c2")


def test_a_message_whose_worker_died_is_unconfirmed(session: ChatSession, api: FakeChatAPI) -> None:
    conversation.send(session, "Hello", client_id="c1")
    ChatSession.objects.update(flight=Flight.SENDING, remote_task_id="")
    api.history.clear()
    with pytest.raises(Unconfirmed):
        conversation.send(long_ago(session), "Hello", client_id="c1")
    conversation.send(again(session), "More", client_id="c2")
    assert api.count("send") == 2


def test_asking_again_finds_a_message_that_arrived_after_all(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    with pytest.raises(Unconfirmed) as caught:
        conversation.send(session, "Hello", client_id="c1")
    assert caught.value.retry_after == 30
    api.history.append(api.message("user", "Hello"))
    assert conversation.send(again(session), "Hello", client_id="c1").id == caught.value.task_id
    assert again(session).flight == Flight.DELIVERED
    assert api.count("send") == 1


def test_it_is_found_even_if_its_answer_is_overdue(session: ChatSession, api: FakeChatAPI) -> None:
    conversation.send(session, "Hello", client_id="c1")
    ChatSession.objects.update(flight=Flight.UNCONFIRMED, remote_task_id="")
    task = conversation.send(long_ago(session), "Hello", client_id="c1")
    assert task.id == again(session).task_id
    assert again(session).flight == Flight.FAILED


def test_a_server_with_more_time_of_its_own_may_take_it(
    session: ChatSession, api: FakeChatAPI
) -> None:
    ChatServer.objects.update(total_timeout=300)
    conversation.send(session, "Hello", client_id="c1")
    ChatSession.objects.update(
        flight=Flight.SENDING,
        remote_task_id="",
        claimed_at=timezone.now() - timedelta(seconds=300),
    )
    with pytest.raises(MessageUnderWay):
        conversation.send(again(session), "More", client_id="c2")
    with pytest.raises(MessageUnderWay):
        conversation.send(again(session), "Hello", client_id="c1")


def test_a_dead_worker_does_not_hold_the_next_message(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.send(session, "Hello", client_id="c1")
    ChatSession.objects.update(flight=Flight.SENDING, remote_task_id="")
    conversation.send(long_ago(session), "More", client_id="c2")
    api.history.clear()
    with pytest.raises(Unconfirmed):
        conversation.send(again(session), "Hello", client_id="c1")


@pytest.mark.parametrize(
    "error",
    [
        errors.TimedOut(may_have_arrived=True),
        errors.Unavailable(status=500, may_have_arrived=True),
        errors.BadResponse(status=200, may_have_arrived=True),
    ],
    ids=repr,
)
def test_after_an_unclear_failure_nothing_is_sent_again(
    session: ChatSession, api: FakeChatAPI, error: errors.ChatAPIError
) -> None:
    api.fails["send"].append(error)
    with pytest.raises(Unconfirmed):
        conversation.send(session, "Hello", client_id="c1")
    with pytest.raises(Unconfirmed):
        conversation.send(again(session), "Hello", client_id="c1")
    assert api.count("send") == 1


@pytest.mark.parametrize("fails", [False, True])
def test_a_cache_that_is_lost_during_the_call_sends_nothing_twice(
    session: ChatSession, api: FakeChatAPI, fails: bool
) -> None:
    taken = FakeChatAPI.send

    def send(*args: Any, **options: Any) -> str:
        task_id = taken(*args, **options)
        for name in ("get", "set", "add", "delete", "incr"):
            lost.setattr(LocMemCache, name, gone)
        if fails:
            raise errors.TimedOut(may_have_arrived=True)
        return task_id

    with pytest.MonkeyPatch.context() as lost:
        lost.setattr(FakeChatAPI, "send", send)
        with pytest.raises(ConnectionError):
            conversation.send(session, "Hello", client_id="c1")
    conversation.send(again(session), "Hello", client_id="c1")
    assert [message.content for message in api.history] == ["Hello"]


def test_after_a_fault_of_ours_during_the_call_nothing_is_sent_again(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.widget.daily_budget = 1
    monkeypatch.setattr(FakeChatAPI, "send", gone)
    with pytest.raises(ConnectionError):
        conversation.send(session, "Hello", client_id="c1")
    assert again(session).flight == Flight.UNCONFIRMED
    assert budgets.used(session.widget, budgets.DAY) == 1


def gone(*_args: object, **_options: object) -> None:
    raise ConnectionError


def test_the_visitor_may_send_an_unconfirmed_message_again(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    with pytest.raises(Unconfirmed):
        conversation.send(session, "Hello", client_id="c1")
    task = conversation.send(again(session), "Hello", client_id="c2")
    assert again(session).pending_task_id == task.id


@pytest.mark.parametrize(
    "error",
    [
        errors.Unavailable(may_have_arrived=False),
        errors.RateLimited(status=429, retry_after=3),
        errors.Rejected(status=400),
        errors.AccessDenied(status=403),
    ],
    ids=repr,
)
def test_a_message_that_surely_did_not_arrive_may_try_again(
    session: ChatSession, api: FakeChatAPI, error: errors.ChatAPIError
) -> None:
    api.fails["send"].append(error)
    with pytest.raises(type(error)):
        conversation.send(session, "Hello", client_id="c1")
    task = conversation.send(again(session), "Hello", client_id="c1")
    assert again(session).pending_task_id == task.id
    assert api.count("send") == 2


def test_a_server_that_is_not_configured_sent_nothing(
    session: ChatSession, api: FakeChatAPI
) -> None:
    session.widget.server.credential_env = "NOBODY_SET_THIS"
    with pytest.raises(NotConfigured):
        conversation.send(session, "Hello", client_id="c1")
    assert again(session).flight == Flight.NOT_SENT


def test_a_session_that_the_server_refuses_has_expired(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.fails["send"].append(errors.SessionRefused(status=403, code="session_expired"))
    with pytest.raises(SessionExpired):
        conversation.send(session, "Hello", client_id="c1")
    with pytest.raises(SessionExpired):
        conversation.send(again(session), "Hello", client_id="c1")
    assert api.count("send") == 1


def test_a_session_that_the_server_completed_is_over(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.fails["send"].append(errors.SessionEnded(status=400))
    with pytest.raises(SessionOver):
        conversation.send(session, "Hello", client_id="c1")
    with pytest.raises(SessionOver):
        conversation.send(again(session), "Hello", client_id="c1")
    assert api.count("send") == 1


@pytest.mark.parametrize("state", ["ended", "expired"])
@pytest.mark.parametrize(
    "flight", [Flight.WAITING, Flight.SETTLED, Flight.DELIVERED, Flight.FAILED]
)
def test_a_message_that_was_sent_keeps_its_task_when_its_session_is_over(
    session: ChatSession, api: FakeChatAPI, state: str, flight: str
) -> None:
    task = conversation.send(session, "Hello", client_id="c1")
    ChatSession.objects.update(state=state, flight=flight)
    repeated = conversation.send(again(session), "Hello", client_id="c1", agree="1")
    assert repeated.id == task.id
    with pytest.raises((SessionExpired, SessionOver)):
        conversation.send(again(session), "More", client_id="c2")
    assert api.count("send") == 1


def test_a_message_that_may_have_arrived_stays_so_when_its_session_is_over(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    with pytest.raises(Unconfirmed) as first:
        conversation.send(session, "Hello", client_id="c1")
    for _time in range(2):
        api.fails["poll_session"] = [errors.SessionRefused(status=403)]
        with pytest.raises(Unconfirmed) as caught:
            conversation.send(again(session), "Hello", client_id="c1")
        assert (caught.value.task_id, caught.value.ask_again) == (first.value.task_id, None)
    assert again(session).state == ChatSession.State.EXPIRED
    assert api.count("send") == 1


def test_only_the_last_claims_are_remembered(session: ChatSession, api: FakeChatAPI) -> None:
    for number in range(25):
        conversation.send(again(session), "Hello", client_id=f"c{number}")
    assert len(again(session).recent) == 20


def test_no_text_is_stored(session: ChatSession, api: FakeChatAPI) -> None:
    conversation.send(session, "words-marked", client_id="c1")
    conversation.send(again(session), "more", client_id="c2")
    assert "words-marked" not in str(ChatSession.objects.values().get())
