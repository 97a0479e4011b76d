"""Watching the history for a message that may not have arrived (design decision 5).

After bytes went out and no answer came, nothing is sent again by itself. The server writes a
message to its history when a worker starts on it (fact 18), so the history tells, within the 30
seconds of decision 3, whether it arrived; and then the answer is looked for there as well, since
no task id ever came back.
"""

from __future__ import annotations

from chatwidget.chatapi import Message
from chatwidget.conversation import attempts, transcript
from chatwidget.conversation.attempts import Attempt, Flight
from chatwidget.models import ChatSession

WATCHED_SECONDS = 180.0


def ask_again(attempt: Attempt) -> float | None:
    """Return the seconds until the history is worth another look, ``None`` when none is."""
    return transcript.LOOK_SECONDS if attempt.age < WATCHED_SECONDS else None


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
