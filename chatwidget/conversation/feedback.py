"""What visitors think of an answer or of a chat: kept by us, the Chat API has no place for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import router, transaction

from chatwidget import signals
from chatwidget.conversation import transcript
from chatwidget.conversation.errors import TaskUnknown
from chatwidget.models import ChatSession, Feedback

# The key of what is said of a chat as a whole.
WHOLE = ""


def judge(session: ChatSession, at: datetime, *, liked: bool, word: str = "") -> Feedback:
    """Keep what the visitor thinks of the answer of the time ``at``; a later word replaces it.

    Raises:
        TaskUnknown: the session has no such answer.
        ChatAPIError: the history could not be asked whether it has.
    """
    for message in transcript.history(session).messages:
        if message.role == "assistant" and message.created == at:
            value = Feedback.UP if liked else Feedback.DOWN
            return _keep(session, message.created_at, value, word)
    raise TaskUnknown


def rate(session: ChatSession, stars: int, word: str = "") -> Feedback:
    """Keep how many stars, 1 to 5, the visitor gives the chat; a later rating replaces it."""
    return _keep(session, WHOLE, stars, word)


def given(session: ChatSession) -> Mapping[str, int]:
    """Return what was given so far: by the answer's time, and under ``""`` for the chat."""
    return dict(Feedback.objects.filter(session=session).values_list("answer", "value"))


def _keep(session: ChatSession, answer: str, value: int, word: str) -> Feedback:
    with transaction.atomic(using=router.db_for_write(Feedback)):
        rows = Feedback.objects.select_for_update()
        feedback, is_new = rows.get_or_create(
            session=session, answer=answer, defaults={"value": value, "word": word}
        )
        earlier = None if is_new else feedback.value
        feedback.value, feedback.word = value, word
        feedback.save(update_fields=["value", "word"])
    signals.feedback_given.send_robust(
        ChatSession,
        session=session,
        liked=feedback.liked,
        stars=feedback.stars,
        feedback=feedback,
        earlier=earlier,
    )
    return feedback
