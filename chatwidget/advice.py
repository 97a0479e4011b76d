"""What an admin reads of an error: what it is and what to do about it, where a visitor reads less.

:mod:`chatwidget.problems` has the visitors' words.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from chatwidget import problems
from chatwidget.chatapi import ChatAPIError, hint
from chatwidget.chatapi.hints import BUSY
from chatwidget.conversation.errors import SessionExpired
from chatwidget.overload import TooManyAtOnce
from chatwidget.servers import NotConfigured


def words_for(error: Exception) -> str:
    """Return the words for one of :data:`chatwidget.problems.ERRORS`."""
    if isinstance(error, SessionExpired):
        return _("The server no longer gives this chat out: it has expired there.")
    if isinstance(error, NotConfigured):
        return str(error)
    if isinstance(error, ChatAPIError):
        advice = BUSY if isinstance(error, TooManyAtOnce) else hint(error)
        return f"{_(advice)} ({error})"
    return str(problems.describe(error).words)
