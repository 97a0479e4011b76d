"""Watching the history for a message that may not have arrived (design decision 5).

After bytes went out and no answer came, nothing is sent again by itself. The server writes a
message to its history when a worker starts on it (fact 18), so the history tells, within the 30
seconds of decision 3, whether it arrived; and then the answer is looked for there as well, since
no task id ever came back. So it is where a task has nothing to say.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from chatwidget import overload
from chatwidget.chatapi import ChatAPIError, Message, errors
from chatwidget.conf import conf
from chatwidget.conversation import attempts, settling, transcript
from chatwidget.conversation.attempts import SEED_CLIENT_ID, Attempt, Flight
from chatwidget.conversation.errors import Unconfirmed
from chatwidget.conversation.settling import Reply
from chatwidget.models import ChatSession
from chatwidget.store import store

WATCHED_SECONDS = 180.0
DAY = 24 * 60 * 60


def ask_again(attempt: Attempt) -> float | None:
    """Return the seconds until the history is worth another look, ``None`` when none is."""
    return transcript.LOOK_SECONDS if attempt.age < WATCHED_SECONDS else None


def watch(session: ChatSession, attempt: Attempt) -> Reply:
    """Look whether the message arrived, and go on to its answer.

    Raises:
        Unconfirmed: it doesn't show, or the history can't be read.
        What :func:`follow` raises.
    """
    try:
        arrived = arrival(session, attempt)
    except ChatAPIError as error:
        raise Unconfirmed(attempt.task_id, ask_again(attempt)) from error
    if arrived is None:
        attempts.land(session, attempt, Flight.UNCONFIRMED)
        raise Unconfirmed(attempt.task_id, ask_again(attempt))
    attempts.land(session, attempt, Flight.DELIVERED, mark=arrived.created_at)
    return follow(session, replace(attempt, flight=Flight.DELIVERED, mark=arrived.created_at))


def follow(session: ChatSession, attempt: Attempt) -> Reply:
    """Look for the answer to a message that arrived.

    Raises:
        ReplyOverdue: there is none in time.
        ChatAPIError: the history can't be read; it may be later.
    """
    with _no_longer_than_the_deadline(session, attempt):
        answer = transcript.find_answer(session, mark=attempt.mark)
    if answer is not None:
        return settling.complete(session, attempt, answer)
    if attempt.age > conf.reply_deadline:
        settling.give_up(session, attempt)
    return Reply("processing", None, transcript.LOOK_SECONDS)


def find(session: ChatSession, attempt: Attempt) -> Reply:
    """Look for an answer that the task doesn't give, once it is overdue.

    Raises:
        ReplyOverdue: there is none.
    """
    if attempt.client_id == SEED_CLIENT_ID:
        return follow(session, attempt)
    with _no_longer_than_the_deadline(session, attempt):
        arrived = arrival(session, attempt)
    if arrived is None:
        settling.give_up(session, attempt)
    return follow(session, replace(attempt, mark=arrived.created_at))


def arrival(session: ChatSession, attempt: Attempt) -> Message | None:
    """Return the message as the history has it, if it arrived.

    Messages of the same words that failed since the same mark are in the history too: they are
    counted, so that none of them is taken for this one.
    """
    twins = [
        earlier
        for earlier in attempts.known(session)
        if (earlier.digest, earlier.mark) == (attempt.digest, attempt.mark)
        and earlier.task_id != attempt.task_id
        and earlier.flight == Flight.FAILED
    ]
    return transcript.find_sent(
        session, mark=attempt.mark, digest=attempt.digest, count=len(twins) + 1
    )


@contextmanager
def _no_longer_than_the_deadline(session: ChatSession, attempt: Attempt) -> Iterator[None]:
    """Give the answer up where the history can't be read: the chat has to go on at some time."""
    try:
        yield
    except (overload.CircuitOpen, overload.TooManyAtOnce):
        raise  # it was not asked
    except ChatAPIError as error:
        if attempt.age <= conf.reply_deadline or _may_pass(error, attempt):
            raise
        settling.give_up(session, attempt)


def _may_pass(error: ChatAPIError, attempt: Attempt) -> bool:
    """Whether it is a failure that passes, and has had no longer than the deadline to do so."""
    if not isinstance(error, errors.RateLimited | errors.Unavailable):
        return False
    key = f"chatwidget:unread:{attempt.task_id}"
    first: float = store().get_or_set(key, time.time, DAY) or 0
    return time.time() - first <= conf.reply_deadline
