"""Trying a server: a real start, and what came of it in words."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chatwidget import advice, health
from chatwidget.chatapi import ChatAPIError
from chatwidget.models import ChatServer
from chatwidget.servers import NotConfigured, client_for


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try."""

    is_good: bool
    words: str


def try_start(server: ChatServer, chatbot_id: uuid.UUID) -> Outcome:
    """Start a chat on the server, as a visitor's first message does, and leave it unused."""
    started = time.monotonic()
    try:
        answer = client_for(server).start(str(chatbot_id))
    except NotConfigured as error:
        return Outcome(False, advice.words_for(error))
    except ChatAPIError as error:
        health.note_failure(server.pk, error.kind)
        return Outcome(False, advice.words_for(error))
    health.note_success(server.pk)
    words = _("It works: “%(chatbot)s” answers, in %(ms)d ms.")
    milliseconds = 1000 * (time.monotonic() - started)
    return Outcome(True, words % {"chatbot": answer.chatbot.name, "ms": milliseconds})
