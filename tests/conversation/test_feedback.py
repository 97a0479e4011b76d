from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chatwidget import signals
from chatwidget.chatapi import Message
from chatwidget.conversation import History, feedback
from chatwidget.conversation.errors import TaskUnknown
from chatwidget.models import ChatSession, Feedback

ANSWER = Message("2026-01-01T10:00:00.000001Z", "assistant", "Yes")
QUESTION = Message("2026-01-01T09:00:00.000001Z", "user", "Open?")


@pytest.fixture
def heard():
    """What the signal told."""
    told: list[dict[str, object]] = []

    def hear(**arguments: object) -> None:
        told.append(arguments)

    signals.feedback_given.connect(hear)
    yield told
    signals.feedback_given.disconnect(hear)


@pytest.fixture(autouse=True)
def history(monkeypatch):
    found = History((QUESTION, ANSWER), has_more=False, session_status="active")
    monkeypatch.setattr("chatwidget.conversation.transcript.history", lambda _session: found)


def test_a_judgement_is_kept_once_and_may_change(session, heard):
    feedback.judge(session, ANSWER.created, liked=True)
    feedback.judge(session, ANSWER.created, liked=False, word="wrong")
    row = Feedback.objects.get()
    assert (row.answer, row.value, row.word) == (ANSWER.created_at, -1, "wrong")
    assert (row.liked, row.stars, str(row)) == (False, None, "-1")
    assert feedback.given(session) == {ANSWER.created_at: -1}
    assert [(each["liked"], each["stars"], each["earlier"]) for each in heard] == [
        (True, None, None),
        (False, None, 1),
    ]
    assert heard[0]["sender"] is ChatSession
    assert heard[0]["session"] == session
    assert heard[1]["feedback"] == row


def test_a_rating_is_of_the_chat(session, heard):
    row = feedback.rate(session, 4, "fine")
    assert (row.liked, row.stars, str(row)) == (None, 4, "4/5")
    assert feedback.given(session) == {feedback.WHOLE: 4}
    assert (heard[0]["liked"], heard[0]["stars"]) == (None, 4)


def test_a_thumb_up_shows_as_such(session):
    assert str(feedback.judge(session, ANSWER.created, liked=True)) == "+1"


@pytest.mark.parametrize("at", [QUESTION.created, datetime(2020, 1, 1, tzinfo=UTC)])
def test_only_answers_can_be_judged(session, at):
    with pytest.raises(TaskUnknown):
        feedback.judge(session, at, liked=True)


def test_feedback_goes_with_its_session(session):
    feedback.rate(session, 1)
    session.delete()
    assert not Feedback.objects.exists()
