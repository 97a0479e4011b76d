"""What a conversation counts, and which pages."""

from __future__ import annotations

import pytest

from chatwidget import conversation, signals, usage
from chatwidget.chatapi import errors
from chatwidget.models import ChatSession, Feedback, UsageDay
from chatwidget.usage import counting, events


def counted(widget) -> UsageDay:
    usage.flush()
    return UsageDay.objects.get(widget=widget)


def test_a_session_a_message_and_its_answer_are_counted_once(widget, api):
    session = conversation.start(widget)
    task = conversation.send(session, "Hello", client_id="c1")
    conversation.reply(session, task.id)
    conversation.reply(session, task.id)
    day = counted(widget)
    assert (day.sessions, day.messages, day.replies, day.failures) == (1, 1, 1, 0)
    assert day.detail["hours"] == {str(counting.now().hour): 1}
    assert sum(day.detail["reply_times"].values()) == 1


def test_failures_are_counted_by_kind(session, api):
    api.fails["send"] += [errors.TimedOut(may_have_arrived=False), errors.BadResponse()]
    for number in range(2):
        with pytest.raises((errors.TimedOut, conversation.errors.Unconfirmed)):
            conversation.send(session, "Hello", client_id=f"c{number}")
    assert counted(session.widget).detail["errors"] == {"timed_out": 1, "bad_response": 1}


def test_a_bots_failure_is_counted_once_however_often_it_is_asked_for(session, api):
    task = conversation.send(session, "Hello", client_id="c1")
    api.fails["poll_task"].append(errors.BotError(status=500))
    with pytest.raises(conversation.errors.ReplyFailed):
        conversation.reply(session, task.id)
    assert counted(session.widget).detail["errors"] == {"bot_error": 1}


def test_an_answer_that_never_came_is_a_failure(session, api, settings):
    settings.CHATWIDGET = {**settings.CHATWIDGET, "REPLY_DEADLINE": 1}
    task = conversation.send(session, "Hello", client_id="c1")
    api.answers = False
    api.history.clear()
    from_before = session.claimed_at.replace(year=2020)
    ChatSession.objects.update(claimed_at=from_before)
    session.claimed_at = from_before
    with pytest.raises(conversation.errors.ReplyOverdue):
        conversation.reply(session, task.id)
    assert counted(session.widget).detail["errors"] == {"reply_overdue": 1}


def test_a_session_that_ends_is_no_failure(session, api):
    api.fails["send"].append(errors.SessionEnded(status=400))
    with pytest.raises(conversation.errors.SessionOver):
        conversation.send(session, "Hello", client_id="c1")
    usage.flush()
    assert not UsageDay.objects.exists()


@pytest.mark.parametrize(
    ("answer", "values", "expected"),
    [
        ("2026", [1], (1, 0, 0, 0)),
        ("2026", [-1], (0, 1, 0, 0)),
        ("2026", [1, 1], (1, 0, 0, 0)),
        ("2026", [1, -1], (0, 1, 0, 0)),
        ("", [4], (0, 0, 1, 4)),
        ("", [4, 2], (0, 0, 1, 2)),
    ],
)
def test_feedback_is_counted_once_and_follows_a_changed_mind(session, answer, values, expected):
    earlier = None
    for value in values:
        feedback = Feedback(session=session, answer=answer, value=value)
        signals.feedback_given.send(
            ChatSession, session=session, feedback=feedback, earlier=earlier
        )
        earlier = value
    day = counted(session.widget)
    assert (day.likes, day.dislikes, day.ratings, day.stars) == expected


def test_a_mind_that_changed_on_another_day_takes_nothing_below_zero(session):
    feedback = Feedback(session=session, answer="2026", value=-1)
    signals.feedback_given.send(ChatSession, session=session, feedback=feedback, earlier=1)
    day = counted(session.widget)
    assert (day.likes, day.dislikes) == (0, 1)


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("https://shop.example/tea/?q=secret#top", "https://shop.example/tea/"),
        ("https://shop.example", "https://shop.example/"),
        ("http://me:pass@127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("https://shop.example/" + "a" * 500, ("https://shop.example/" + "a" * 500)[:200]),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("https://[", ""),
    ],
)
def test_a_page_is_counted_without_its_query(referrer, page):
    assert events.page_of(referrer) == page


def test_opening_the_chat_counts_the_page_that_it_stands_on(widget, client):
    client.get(widget.get_absolute_url(), headers={"Referer": "https://shop.example/tea/"})
    client.get(widget.get_absolute_url())
    assert counted(widget).detail == {"pages": {"https://shop.example/tea/": 1}}
