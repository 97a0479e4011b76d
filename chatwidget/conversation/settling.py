"""What became of a message: its reply came, failed or is given up. It is stored, and told once.

Several requests may learn it at the same time: the database decides whose news it is, and that one
tells the site and adds to the copy of the transcript.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NoReturn

from chatwidget import signals
from chatwidget.chatapi import Message
from chatwidget.conversation import attempts, copies
from chatwidget.conversation.attempts import Attempt, Flight
from chatwidget.conversation.calls import note_overdue
from chatwidget.conversation.errors import ReplyOverdue
from chatwidget.models import ChatSession


@dataclass(frozen=True, slots=True)
class Reply:
    """What there is to show of a reply.

    While ``processing``, ``message`` is progress or nothing (fact 11) and ``ask_again`` says in
    how many seconds to ask; when ``complete`` it is the answer.
    """

    status: Literal["processing", "complete"]
    message: Message | None
    ask_again: float | None


def complete(session: ChatSession, attempt: Attempt, answer: Message | None) -> Reply:
    """Settle the message by its answer, and return that."""
    if answer is not None and _store(session, attempt, Flight.SETTLED, answer.created_at):
        copies.append(session, answer)
        copies.keep_answer(attempt.task_id, answer)
        signals.reply_received.send_robust(
            ChatSession, session=session, task_id=attempt.task_id, seconds=attempt.age
        )
    return Reply("complete", answer, None)


def fail(session: ChatSession, attempt: Attempt, kind: str) -> bool:
    """Store that there will be no answer, and say whether that is news; ``kind`` says why."""
    is_news = _store(session, attempt, Flight.FAILED)
    if is_news:
        signals.reply_failed.send_robust(
            ChatSession, session=session, task_id=attempt.task_id, kind=kind
        )
    return is_news


def give_up(session: ChatSession, attempt: Attempt) -> NoReturn:
    """Store that the answer is overdue.

    Raises:
        ReplyOverdue: always.
    """
    if fail(session, attempt, "reply_overdue"):
        note_overdue(session)
    raise ReplyOverdue


def _store(session: ChatSession, attempt: Attempt, flight: str, mark: str = "") -> bool:
    return attempt.flight != flight and attempts.land(session, attempt, flight, mark=mark)
