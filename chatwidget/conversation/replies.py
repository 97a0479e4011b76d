"""Asking for the reply to a message, until it comes, fails, or is given up."""

from __future__ import annotations

import uuid

from chatwidget import health, limits, overload
from chatwidget.chatapi import CallBudget, ChatAPIError, SessionRef, errors
from chatwidget.conf import conf
from chatwidget.conversation import (
    attempts,
    copies,
    pacing,
    placement,
    sessions,
    settling,
    transcript,
    waiting,
    watching,
)
from chatwidget.conversation.attempts import Attempt, Flight
from chatwidget.conversation.calls import calling
from chatwidget.conversation.errors import ReplyFailed, ReplyOverdue, TaskUnknown
from chatwidget.conversation.settling import Reply
from chatwidget.models import ChatSession
from chatwidget.servers import NotConfigured, longest_call, session_ref
from chatwidget.store import store

# A server that says "too many" without saying for how long is left alone for this time.
LIMITED_SECONDS = 5
# No limit counts who waits, so the server is asked for a task no sooner than so many seconds after
# the last time, and after a call that failed.
SOONEST = placement.FLOOR / 2
REST_SECONDS = 1


def reply(session: ChatSession, task_id: uuid.UUID) -> Reply:
    """Ask for the reply to one of the session's own tasks.

    Raises:
        TaskUnknown: the session has no such task (fact 16: the server may not tell).
        ReplyFailed: the bot answered with an error; asking again brings no other answer.
        ReplyOverdue: no answer came within ``REPLY_DEADLINE``.
        Unconfirmed: it is not known whether the message arrived.
        SessionExpired, SessionOver: the server no longer admits the session.
        LimitReached: what was answered before is asked for too often.
        ChatAPIError: the server could not be asked; it can be later.
    """
    attempt = _attempt(session, task_id)
    try:
        return _ask(session, attempt)
    except overload.TooManyAtOnce as error:
        # The reply is still to come for all we know, and whose turn it is to ask is our affair.
        return Reply("processing", None, error.retry_after)


def is_awaited(session: ChatSession, attempt: Attempt) -> bool:
    """Whether the reply is still to come; asks the server, and settles it if not."""
    try:
        return _ask(session, attempt).status == "processing"
    except (ReplyFailed, ReplyOverdue):
        return False


def _attempt(session: ChatSession, task_id: uuid.UUID) -> Attempt:
    for attempt in attempts.known(session):
        if attempt.task_id == task_id and attempt.flight != Flight.NOT_SENT:
            return attempt
    raise TaskUnknown


def _ask(session: ChatSession, attempt: Attempt) -> Reply:
    if attempt.flight == Flight.UNCONFIRMED or attempts.is_abandoned(session, attempt):
        return watching.watch(session, attempt)
    if attempt.flight == Flight.DELIVERED:
        return watching.follow(session, attempt)
    if attempt.flight == Flight.SETTLED and (answer := copies.kept_answer(attempt.task_id)):
        return Reply("complete", answer, None)
    if not attempt.remote_task_id:
        return _recall(session, attempt)
    return _poll_once(session, attempt)


def _recall(session: ChatSession, attempt: Attempt) -> Reply:
    """Say again what became of a message whose task knows nothing, if the cache has lost it.

    Its answer came from the history, and is there still: settling made its time the mark.
    """
    if attempt.flight == Flight.SETTLED:
        answer = transcript.find_at(session, attempt.mark)
        if answer is not None:
            copies.keep_answer(attempt.task_id, answer)
            return Reply("complete", answer, None)
    if attempt.flight == Flight.FAILED or attempt.age > conf.reply_deadline:
        raise ReplyOverdue
    return _wait(session, attempt)


def _wait(session: ChatSession, attempt: Attempt) -> Reply:
    return Reply("processing", None, pacing.ask_again(session.widget_id, attempt.age))


def _poll_once(session: ChatSession, attempt: Attempt) -> Reply:
    """Poll for all who ask at the same time; who comes second is told to wait.

    One poll is made after each that found nothing: by the age of that one the lock is named, so
    that noting the next opens the way, and no lock has to be taken away.
    """
    asked_at = None
    if _is_current(session, attempt):
        asked_at = waiting.asked_at(session)
        if asked_at and 0 <= attempt.age - asked_at < SOONEST:
            return _wait(session, attempt)
    else:
        limits.admit(session.widget, session=session)
    lock = f"chatwidget:poll:{attempt.task_id}:{asked_at}"
    if not store().add(lock, 1, longest_call(session.widget.server)):
        return _wait(session, attempt)
    try:
        reply = _poll(session, attempt, asked_at)
    except errors.RateLimited as error:
        store().set(lock, 1, error.retry_after or LIMITED_SECONDS)
        raise
    except Exception:
        store().set(lock, 1, REST_SECONDS)
        raise
    if reply.status == "complete" or asked_at is None:
        store().delete(lock)
    return reply


def _is_current(session: ChatSession, attempt: Attempt) -> bool:
    """Whether it is the reply that the session waits for, and not one that is asked for again."""
    return attempt.flight == Flight.WAITING and attempt.task_id == session.task_id


def _poll(session: ChatSession, attempt: Attempt, asked_at: float | None) -> Reply:
    try:
        with calling(session.widget, "poll_task", session) as api:
            poll = api.poll_task(_ref(session), attempt.remote_task_id)
    except errors.BotError as error:
        session, attempt = _as_stored(session, attempt)
        _learn(session, attempt, asked_at)
        settling.fail(session, attempt, error.kind)
        raise ReplyFailed(error.text) from error
    except ChatAPIError:
        # A task that can't be asked for is no reason to wait for ever.
        if attempt.age > conf.reply_deadline:
            return _find(*_as_stored(session, attempt))
        raise
    if poll.status == "complete":
        session, attempt = _as_stored(session, attempt)
        _learn(session, attempt, asked_at)
        return settling.complete(session, attempt, poll.message)
    if attempt.age > conf.reply_deadline:
        return _find(*_as_stored(session, attempt))
    if _is_current(session, attempt):
        waiting.keep(session, asked_at=attempt.age)
    return Reply("processing", poll.message, _ask_again(session, attempt, poll.budget))


def _find(session: ChatSession, attempt: Attempt) -> Reply:
    if attempt.flight == Flight.SETTLED:
        return _recall(session, attempt)
    return watching.find(session, attempt)


def _ask_again(session: ChatSession, attempt: Attempt, budget: CallBudget | None) -> float:
    health.note_budget(session.widget.server_id, budget)
    if budget is None:
        return pacing.ask_again(session.widget_id, attempt.age)
    return pacing.ask_again(
        session.widget_id, attempt.age, remaining=budget.remaining, reset_in=budget.reset_in
    )


def _ref(session: ChatSession) -> SessionRef:
    try:
        return session_ref(session)
    except NotConfigured:
        if not waiting.is_copy(session):
            raise
        # The keys were changed since it was kept; the row is encrypted anew.
        return session_ref(sessions.refresh(session))


def _as_stored(session: ChatSession, attempt: Attempt) -> tuple[ChatSession, Attempt]:
    """Return both as the database has them now, whom a copy in the cache stood in for."""
    if waiting.is_copy(session):
        session = sessions.refresh(session)
        attempt = _attempt(session, attempt.task_id)
    return session, attempt


def _learn(session: ChatSession, attempt: Attempt, since: float | None) -> None:
    if attempt.flight == Flight.WAITING:
        pacing.learn(session.widget_id, attempt.age, since=since)
