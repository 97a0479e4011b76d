"""What went wrong, for a person and for a program.

``describe`` turns an error of ``conversation``, ``tokens``, ``identity``, ``servers`` or
``chatapi`` into a :class:`Problem`. The JSON mirror and the HTML views each turn that into HTTP in
one place. The words are ours, never the server's, except a bot's own (fact 13).
"""

from __future__ import annotations

import math
from dataclasses import replace
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from chatwidget import budgets, identity, limits, tokens, work
from chatwidget.chatapi import errors as remote
from chatwidget.conversation import errors as local
from chatwidget.languages import reworded
from chatwidget.problems.problem import Problem
from chatwidget.problems.table import BY_CALL, TABLE, UNEXPECTED
from chatwidget.servers import NotConfigured

__all__ = ["BY_CALL", "ERRORS", "TABLE", "UNEXPECTED", "Problem", "describe"]

ERRORS: tuple[type[Exception], ...] = (
    local.ConversationError,
    limits.LimitReached,
    tokens.TokenError,
    identity.IdentityError,
    work.WorkWanted,
    NotConfigured,
    remote.ChatAPIError,
)

# The site's owner may have words of their own for these.
OWN_WORDS = (local.WidgetPaused, local.ReadOnly, local.Closed)


def describe(error: Exception) -> Problem:
    """Return the problem that ``error`` is, one of :data:`ERRORS`."""
    if isinstance(error, local.ReplyFailed):
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "bot_error", error.text)
    if isinstance(error, local.MessageTooLong):
        return _too_long(error)
    if isinstance(error, budgets.BudgetSpent):
        seconds = math.ceil(error.retry_after)
        return Problem(
            HTTPStatus.TOO_MANY_REQUESTS, "budget_spent", reworded(str(error.words)), seconds
        )
    by_call = BY_CALL.get((type(error), getattr(error, "call", "")))
    problem = by_call or next(row for kind, row in TABLE if isinstance(error, kind))
    if isinstance(error, OWN_WORDS) and error.words:
        problem = replace(problem, words=reworded(error.words))
    wait: float | None = getattr(error, "retry_after", None)
    return problem if wait is None else replace(problem, retry_after=math.ceil(wait))


def _too_long(error: local.MessageTooLong) -> Problem:
    words = _("This is %(length)d characters long. Shorten it to %(limit)d or fewer.")
    values = {"length": error.length, "limit": error.limit}
    return Problem(HTTPStatus.BAD_REQUEST, "message_too_long", words % values)
