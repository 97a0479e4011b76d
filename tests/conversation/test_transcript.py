from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache

from chatwidget import conversation
from chatwidget.chatapi import Attachment, Message, SessionPoll, errors
from chatwidget.conversation import attempts, copies, transcript
from chatwidget.conversation.errors import HistoryUnderWay, SessionExpired
from chatwidget.models import ChatSession
from tests.conversation.test_sending import again
from tests.fake_chatapi import FakeChatAPI


def contents(history: conversation.History) -> list[str]:
    return [message.content for message in history.messages]


def age_copy(session: ChatSession, seconds: float) -> None:
    """Make the last look ``seconds`` older, and let its lock go."""
    copy = copies.load(session)
    copies.save(session, copies.Copy(copy.base, copy.tail, copy.looked_at - seconds))
    cache.delete(f"chatwidget:look:{session.pk}")


def chat(session: ChatSession, text: str) -> None:
    task = conversation.send(again(session), text, client_id=text)
    conversation.reply(again(session), task.id)


def test_a_history_is_read_from_the_server(session: ChatSession, api: FakeChatAPI) -> None:
    api.history = [api.message("user", "Hello"), api.message("assistant", "Hi")]
    history = conversation.history(session)
    assert contents(history) == ["Hello", "Hi"]
    assert (history.has_more, history.session_status) == (False, "active")


def test_within_thirty_seconds_the_server_is_asked_once(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.history(session)
    conversation.history(session)
    assert api.count("poll_session") == 1


def test_what_was_said_since_the_look_is_there_without_another(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.history(session)
    chat(session, "Hello")
    assert contents(conversation.history(session)) == ["Hello", "Echo: Hello"]
    assert api.count("poll_session") == 1


def test_what_was_said_stays_there_beyond_what_the_row_remembers(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.history(session)
    for number in range(attempts.REMEMBERED + 2):
        chat(session, str(number))
    assert contents(conversation.history(session))[::2] == [str(n) for n in range(22)]


def test_a_session_that_has_just_started_is_known_to_be_empty(
    session: ChatSession, api: FakeChatAPI
) -> None:
    fresh = conversation.start(session.widget)
    assert contents(conversation.history(fresh)) == []
    assert api.count("poll_session") == 0


def test_the_next_look_reads_on_and_shows_nothing_twice(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.history(session)
    chat(session, "Hello")
    api.history.append(api.message("assistant", "By the way"))
    age_copy(session, 31)
    assert contents(conversation.history(session)) == ["Hello", "Echo: Hello", "By the way"]
    age_copy(session, 31)
    conversation.history(session)
    assert api.calls[-1][1]["since"] == api.history[-1].created_at  # type: ignore[index]


def test_what_is_said_during_a_look_is_there_after_it(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation.history(session)
    age_copy(session, 31)
    looked = FakeChatAPI.poll_session

    def look(*args: Any, **options: Any) -> SessionPoll:
        found = looked(*args, **options)
        chat(session, "Hello")
        return found

    monkeypatch.setattr(FakeChatAPI, "poll_session", look)
    for _time in range(2):
        assert contents(conversation.history(again(session))) == ["Hello", "Echo: Hello"]


def test_what_the_server_writes_late_stays_shown(session: ChatSession, api: FakeChatAPI) -> None:
    conversation.history(session)
    chat(session, "Hello")
    api.history.clear()
    age_copy(session, 31)
    assert contents(conversation.history(session)) == ["Hello", "Echo: Hello"]


def test_what_the_server_never_writes_goes_after_a_while(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation.history(session)
    chat(session, "Hello")
    api.history.clear()
    age_copy(session, 31)
    monkeypatch.setattr(transcript, "TAIL_SECONDS", -1)
    assert contents(conversation.history(session)) == []


def test_a_long_history_is_read_page_by_page(session: ChatSession, api: FakeChatAPI) -> None:
    api.history = [api.message("user", str(number)) for number in range(250)]
    assert len(conversation.history(session).messages) == 250
    assert api.count("poll_session") == 3


def test_a_history_that_never_ends_is_left_after_forty_pages(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "PAGE_LIMIT", 1)
    api.history = [api.message("user", str(number)) for number in range(50)]
    assert len(conversation.history(session).messages) == 40


def test_a_server_that_ignores_since_is_left_with_what_is_new(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = (api.message("user", "Hello"), api.message("assistant", "Hi"))
    page = SessionPoll(messages, has_more=True, session_status="active")
    monkeypatch.setattr(api, "poll_session", lambda *_args, **_options: page)
    assert contents(conversation.history(session)) == ["Hello", "Hi"]


def test_a_page_that_is_too_large_is_asked_for_with_fewer_messages(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history = [api.message("user", str(number)) for number in range(20)]
    api.fails["poll_session"] = [errors.TooLarge(), errors.TooLarge()]
    assert len(conversation.history(session).messages) == 20
    asked = [(call["limit"], call["max_bytes"]) for _name, call in api.calls]  # type: ignore[index]
    # A message alone may be larger than a page.
    assert asked[:4] == [(100, None), (10, None), (1, transcript.LARGEST_BYTES), (2, None)]


def test_a_message_that_no_page_holds_ends_the_look(session: ChatSession, api: FakeChatAPI) -> None:
    api.fails["poll_session"] = [errors.TooLarge(), errors.TooLarge(), errors.TooLarge()]
    with pytest.raises(errors.TooLarge):
        conversation.history(session)


def test_a_message_that_is_too_large_is_shown_cut(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "LONGEST_MESSAGE", 3)
    api.history = [api.message("assistant", "Hello")]
    assert contents(conversation.history(session)) == ["Hel…"]


def test_a_message_that_is_just_not_too_large_is_shown_whole(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "LONGEST_MESSAGE", 5)
    api.history = [api.message("assistant", "Hello")]
    assert contents(conversation.history(session)) == ["Hello"]


def twins(api: FakeChatAPI) -> list[Message]:
    """Two pairs of messages, each of one time."""
    pairs = [api.message("assistant", "a"), api.message("assistant", "c")]
    return [
        replace(each, content=content)
        for each in pairs
        for content in (each.content, chr(ord(each.content) + 1))
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_messages_of_one_time_are_not_parted_by_pages(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(transcript, "PAGE_LIMIT", 3)
    api.history = twins(api)
    assert contents(conversation.history(session)) == ["a", "b", "c", "d"]
    read, since = [], None
    for _page in range(4):
        page = conversation.history(session, since=since, limit=limit)
        read += contents(page)
        since = page.messages[-1].created
        if not page.has_more:
            break
    assert read == ["a", "b", "c", "d"]


def test_a_page_without_messages_is_the_last(session: ChatSession, api: FakeChatAPI) -> None:
    assert conversation.history(session).messages == ()


def test_since_is_exclusive_and_limit_says_that_there_is_more(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history = [api.message("user", str(number)) for number in range(4)]
    history = conversation.history(session, since=api.history[0].created, limit=2)
    assert contents(history) == ["1", "2"]
    assert history.has_more


def test_since_a_question_gives_its_answer_though_the_servers_clock_is_behind(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation.history(session)
    earlier = api.message("assistant", "Echo: Hello")
    monkeypatch.setattr(api, "message", lambda *_words: earlier)
    chat(session, "Hello")
    question = conversation.history(session).messages[0]
    assert question.created > earlier.created
    assert contents(conversation.history(session, since=question.created)) == ["Echo: Hello"]


def test_since_a_time_of_no_message_gives_what_is_newer(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history = [api.message("user", str(number)) for number in range(2)]
    moment = api.history[0].created - timedelta(microseconds=1)
    assert contents(conversation.history(session, since=moment)) == ["0", "1"]


def test_a_look_that_failed_is_no_look(session: ChatSession, api: FakeChatAPI) -> None:
    api.fails["poll_session"].append(errors.Unavailable(status=503))
    with pytest.raises(errors.Unavailable):
        conversation.history(session)
    assert contents(conversation.history(session)) == []


def test_a_later_look_that_failed_is_no_look_either(session: ChatSession, api: FakeChatAPI) -> None:
    conversation.history(session)
    age_copy(session, 31)
    api.fails["poll_session"].append(errors.Unavailable(status=503))
    with pytest.raises(errors.Unavailable):
        conversation.history(session)
    conversation.history(session)
    assert api.count("poll_session") == 3


def test_what_the_history_does_not_have_yet_stays_beside_what_it_has(
    session: ChatSession, api: FakeChatAPI
) -> None:
    conversation.history(session)
    chat(session, "Hello")
    api.history = [api.message("assistant", "News")]
    age_copy(session, 31)
    assert sorted(contents(conversation.history(session))) == ["Echo: Hello", "Hello", "News"]


def test_while_one_worker_looks_another_shows_what_it_has(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history = [api.message("user", "Hello")]
    conversation.history(session)
    age_copy(session, 31)
    cache.set(f"chatwidget:look:{session.pk}", 1)
    assert contents(conversation.history(session)) == ["Hello"]
    assert api.count("poll_session") == 1


def test_while_one_worker_makes_the_first_look_another_is_told_to_come_later(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = FakeChatAPI.poll_session
    monkeypatch.setattr(copies, "WAIT_SECONDS", 0)

    def look(*args: Any, **options: Any) -> SessionPoll:
        with pytest.raises(HistoryUnderWay) as caught:
            conversation.history(again(session))
        assert caught.value.retry_after
        return looked(*args, **options)

    monkeypatch.setattr(FakeChatAPI, "poll_session", look)
    api.history = [api.message("user", "Hello")]
    for _time in range(2):
        assert contents(conversation.history(again(session))) == ["Hello"]
    assert api.count("poll_session") == 1


def test_the_first_look_of_another_is_waited_for_a_moment(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copies.Copy((api.message("user", "Hello"),), looked_at=time.time())
    waits = iter([lambda: None, lambda: copies.save(session, copy)])
    monkeypatch.setattr("chatwidget.conversation.copies.time.sleep", lambda _: next(waits)())
    with copies.turn(session, transcript.LOOK_SECONDS):
        assert contents(conversation.history(session)) == ["Hello"]
    assert api.count("poll_session") == 0


def test_who_comes_when_another_has_just_looked_takes_that_look(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, load = iter([copies.load(session)]), copies.load
    api.history = [api.message("user", "Hello")]
    conversation.history(session)
    monkeypatch.setattr(copies, "load", lambda session: next(before, None) or load(session))
    assert contents(conversation.history(session)) == ["Hello"]
    assert api.count("poll_session") == 1


def test_a_look_that_took_too_long_leaves_the_turn_of_the_next_alone(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = f"chatwidget:look:{session.pk}"
    monkeypatch.setattr(FakeChatAPI, "poll_session", lambda *_, **__: cache.set(lock, "another's"))
    with pytest.raises(AttributeError):
        conversation.history(session)
    assert cache.get(lock) == "another's"


def test_a_history_that_the_cache_does_not_take_is_read_all_the_same(
    session: ChatSession,
    api: FakeChatAPI,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(LocMemCache, "set_many", too_large)
    api.history = [api.message("user", "Hello")]
    for _time in range(2):
        assert contents(conversation.history(session)) == ["Hello"]
    assert caplog.messages == ["a copy is not kept: ValueError"] * 2


def test_an_answer_that_the_cache_does_not_take_is_an_answer_all_the_same(
    session: ChatSession, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation.history(session)
    monkeypatch.setattr(LocMemCache, "set_many", too_large)
    task = conversation.send(session, "Hello", client_id="c1")
    reply = conversation.reply(again(session), task.id)
    assert reply.message is not None
    assert reply.message.content == "Echo: Hello"


def too_large(*_args: object, **_options: object) -> None:
    raise ValueError("words-marked")


def test_times_without_a_zone_are_read_on_and_looked_for(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history = [replace(each, created_at=each.created_at.rstrip("Z")) for each in twins(api)]
    conversation.history(session)
    age_copy(session, 31)
    more = api.message("assistant", "More")
    api.history.append(replace(more, created_at=more.created_at.rstrip("Z")))
    assert contents(conversation.history(session)) == ["a", "b", "c", "d", "More"]
    answer = transcript.find_answer(session, mark=api.history[-2].created_at)
    assert answer is not None
    assert answer.content == "More"


def test_a_session_that_ended_on_the_server_shows_as_ended(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.session_status = "ended"
    assert conversation.history(session).session_status == "ended"
    assert again(session).state == ChatSession.State.ENDED


def test_a_session_that_the_server_forgot_has_expired(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.fails["poll_session"].append(errors.SessionRefused(status=404))
    with pytest.raises(SessionExpired):
        conversation.history(session)


def test_an_answer_is_looked_for_after_the_mark(session: ChatSession, api: FakeChatAPI) -> None:
    api.history = [api.message("assistant", "Old"), api.message("user", "Hello")]
    mark = api.history[0].created_at
    assert transcript.find_answer(session, mark=mark) is None
    assert api.calls[0][1]["session"].session_id == session.remote_id  # type: ignore[index]
    first = transcript.find_answer(session, mark="")
    assert first is not None
    assert first.content == "Old"


def test_of_messages_of_the_same_words_the_one_that_is_meant_is_found(
    session: ChatSession, api: FakeChatAPI
) -> None:
    api.history = [api.message("user", words) for words in ("Yes", "No", " Yes ", "Yes")]
    api.history.insert(1, api.message("assistant", "Yes"))
    yes = transcript.digest_of("Yes")
    found = [transcript.find_sent(session, mark="", digest=yes, count=nth) for nth in range(1, 5)]
    assert found == [api.history[0], api.history[3], api.history[4], None]


def test_a_copy_keeps_attachments(session: ChatSession) -> None:
    message = Message(
        created_at="2026-01-01T00:00:00.000000Z",
        role="assistant",
        content="See",
        tags=("a",),
        attachments=(Attachment("a.png", "image/png", 3, "https://remote/a.png"),),
    )
    copies.save(session, copies.Copy(base=(message,), looked_at=time.time()))
    assert copies.load(session).messages == (message,)


def test_nothing_is_added_to_a_copy_that_is_not_there(session: ChatSession) -> None:
    copies.append(session, Message(created_at="2026-01-01T00:00:00Z", role="user", content="x"))
    assert copies.load(session).messages == ()
