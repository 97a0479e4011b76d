from __future__ import annotations

import time
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from chatwidget import conversation, overload
from chatwidget.chatapi import errors
from chatwidget.conf import conf
from chatwidget.conversation import transcript
from chatwidget.conversation.errors import MessageUnderWay, ReplyOverdue, Unconfirmed
from chatwidget.models import ChatSession
from tests.conversation.test_sending import again, long_ago
from tests.fake_chatapi import FakeChatAPI

Flight = ChatSession.Flight


def send_unclearly(session: ChatSession, api: FakeChatAPI, text: str = "Hello") -> uuid.UUID:
    """Send into a time-out; return the task under which the history is watched."""
    api.fails["send"].append(errors.TimedOut(may_have_arrived=True))
    with pytest.raises(Unconfirmed) as caught:
        conversation.send(again(session), text, client_id=str(uuid.uuid4()))
    return caught.value.task_id


def next_look(session: ChatSession) -> ChatSession:
    """The session thirty seconds later, as far as looks are concerned."""
    cache.clear()
    return again(session)


def test_a_message_that_shows_in_the_history_was_delivered_and_is_answered(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.history.append(api.message("user", "Hello"))
    assert conversation.reply(again(session), task_id).status == "processing"
    assert again(session).flight == Flight.DELIVERED
    assert again(session).pending_task_id == task_id
    api.history.append(api.message("assistant", "Hi"))
    reply = conversation.reply(next_look(session), task_id)
    assert reply.message is not None
    assert reply.message.content == "Hi"
    assert again(session).flight == Flight.SETTLED


def test_an_answer_that_is_there_already_comes_at_once(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.history += [api.message("user", "Hello"), api.message("assistant", "Hi")]
    assert conversation.reply(again(session), task_id).status == "complete"


def test_an_answer_that_was_found_in_the_history_is_not_in_it_twice(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.history += [api.message("user", "Hello"), api.message("assistant", "Hi")]
    conversation.reply(again(session), task_id)
    shown = conversation.history(again(session)).messages
    assert [each.content for each in shown] == ["Hello", "Hi"]


def test_a_message_that_does_not_show_stays_unconfirmed(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    with pytest.raises(Unconfirmed) as caught:
        conversation.reply(again(session), task_id)
    assert (caught.value.task_id, caught.value.ask_again) == (task_id, transcript.LOOK_SECONDS)
    assert api.count("poll_session") == 1


def test_the_history_is_not_watched_for_ever(session: ChatSession, api: FakeChatAPI) -> None:
    task_id = send_unclearly(session, api)
    with pytest.raises(Unconfirmed) as caught:
        conversation.reply(long_ago(session), task_id)
    assert caught.value.ask_again is None


def test_a_server_that_is_down_leaves_it_unconfirmed(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.fails["poll_session"].append(errors.Unavailable(status=503))
    with pytest.raises(Unconfirmed) as caught:
        conversation.reply(again(session), task_id)
    assert (caught.value.task_id, caught.value.ask_again) == (task_id, transcript.LOOK_SECONDS)


def test_an_answer_to_an_earlier_message_is_not_taken_for_its_answer(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history += [api.message("user", "Before"), api.message("assistant", "Old")]
    task_id = send_unclearly(session, api)
    api.history.append(api.message("user", "Hello"))
    awaited = conversation.reply(again(session), task_id)
    assert (awaited.status, awaited.ask_again) == ("processing", transcript.LOOK_SECONDS)
    assert conversation.reply(next_look(session), task_id).status == "processing"
    api.history.append(api.message("assistant", "New"))
    reply = conversation.reply(next_look(session), task_id)
    assert reply.message is not None
    assert reply.message.content == "New"


def test_an_earlier_message_of_the_same_words_is_not_taken_for_it(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task = conversation.send(session, "Hello", client_id="c1")
    conversation.reply(again(session), task.id)
    task_id = send_unclearly(session, api)
    with pytest.raises(Unconfirmed):
        conversation.reply(next_look(session), task_id)


def test_nor_is_one_that_the_bot_failed_on(session: ChatSession, api: FakeChatAPI) -> None:
    task = conversation.send(session, "Hello", client_id="c1")
    api.fails["poll_task"].append(errors.BotError(status=500))
    with pytest.raises(Exception, match="bot"):
        conversation.reply(again(session), task.id)
    task_id = send_unclearly(session, api)
    with pytest.raises(Unconfirmed):
        conversation.reply(next_look(session), task_id)
    api.history.append(api.message("user", "Hello"))
    assert conversation.reply(next_look(session), task_id).status == "processing"


def test_a_delivered_message_holds_the_next_one_until_it_is_answered(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.history.append(api.message("user", "Hello"))
    conversation.reply(again(session), task_id)
    with pytest.raises(MessageUnderWay):
        conversation.send(next_look(session), "More", client_id="c2")
    api.history.append(api.message("assistant", "Hi"))
    conversation.send(next_look(session), "More", client_id="c2")


def test_a_delivered_message_that_is_never_answered_is_given_up(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.history.append(api.message("user", "Hello"))
    ChatSession.objects.update(claimed_at=timezone.now() - timedelta(minutes=10))
    with pytest.raises(ReplyOverdue):
        conversation.reply(again(session), task_id)
    assert again(session).flight == Flight.FAILED


@pytest.mark.parametrize("is_known", [True, False])
def test_a_message_whose_history_cannot_be_read_is_given_up_too(
    session: ChatSession, api: FakeChatAPI, is_known: bool
) -> None:
    lost(session, api, is_known=is_known)
    api.fails["poll_session"].append(errors.BadResponse(reason="messages[1].role"))
    conversation.send(long_ago(session), "More", client_id="c2")
    assert again(session).recent[0]["flight"] == Flight.FAILED


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        *(overload.TooManyAtOnce, overload.CircuitOpen),
        *(errors.RateLimited, errors.Unavailable, errors.TimedOut),
    ],
)
def test_a_server_that_is_left_alone_or_fails_for_now_gives_nothing_up_however_late_it_comes(
    session: ChatSession, api: FakeChatAPI, is_known: bool, error: type[errors.ChatAPIError]
) -> None:
    lost(session, api, is_known=is_known)
    api.fails["poll_session"].append(error())
    flight = again(session).flight
    with pytest.raises(error):
        conversation.send(long_ago(session), "More", client_id="c2")
    assert again(session).flight == flight


def test_one_that_lasts_for_another_deadline_gives_it_up(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id = lost(session, api, is_known=False)
    api.fails["poll_session"] += [errors.TimedOut()] * 2
    with pytest.raises(errors.TimedOut):
        conversation.reply(long_ago(session), task_id)
    later = time.time() + conf.reply_deadline + 1
    monkeypatch.setattr("chatwidget.conversation.watching.time.time", lambda: later)
    with pytest.raises(ReplyOverdue):
        conversation.reply(again(session), task_id)
    assert again(session).flight == Flight.FAILED


def lost(session: ChatSession, api: FakeChatAPI, *, is_known: bool) -> uuid.UUID:
    """Send a message whose answer only the history has, by a task that ``is_known`` or none."""
    if is_known:
        task_id = conversation.send(session, "Hello", client_id="c1").id
        api.fails["poll_task"].append(errors.NotFound(status=404))
    else:
        task_id = send_unclearly(session, api)
        api.history.append(api.message("user", "Hello"))
        conversation.reply(again(session), task_id)
    cache.clear()
    return task_id


def test_a_history_that_cannot_be_read_is_tried_again_before_the_deadline(
    session: ChatSession, api: FakeChatAPI
) -> None:
    lost(session, api, is_known=False)
    api.fails["poll_session"].append(errors.BadResponse(reason="messages[1].role"))
    with pytest.raises(errors.BadResponse):
        conversation.send(again(session), "More", client_id="c2")
    assert again(session).flight == Flight.DELIVERED


def test_an_answer_that_the_cache_lost_is_found_in_the_history_again(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.history += [api.message("user", "Hello"), api.message("assistant", "Hi")]
    conversation.reply(again(session), task_id)
    for later in (next_look(session), again(session)):
        reply = conversation.reply(later, task_id)
        assert reply.status == "complete"
        assert reply.message is not None
        assert reply.message.content == "Hi"


def test_an_answer_that_is_nowhere_any_more_is_waited_for(
    session: ChatSession, api: FakeChatAPI
) -> None:
    task_id = send_unclearly(session, api)
    api.history += [api.message("user", "Hello"), api.message("assistant", "Hi")]
    conversation.reply(again(session), task_id)
    api.history.clear()
    assert conversation.reply(next_look(session), task_id).status == "processing"
    with pytest.raises(ReplyOverdue):
        conversation.reply(long_ago(session), task_id)


def test_what_was_given_up_stays_given_up(session: ChatSession, api: FakeChatAPI) -> None:
    task_id = send_unclearly(session, api)
    api.history.append(api.message("user", "Hello"))
    ChatSession.objects.update(claimed_at=timezone.now() - timedelta(minutes=10))
    for _time in range(2):
        with pytest.raises(ReplyOverdue):
            conversation.reply(again(session), task_id)
