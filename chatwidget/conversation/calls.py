"""Calls to the server: a client for a session's widget, and one line of log for each failure.

The line names the widget, our session, the call, the kind of failure, the status, the time in
milliseconds and the reason, and never a message, a secret or an address.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chatwidget import health, overload, request_ids, signals
from chatwidget.chatapi import ChatAPI, errors
from chatwidget.conversation.errors import SessionExpired
from chatwidget.conversation.errors import SessionOver as Over
from chatwidget.models import ChatSession, Widget
from chatwidget.servers import NotConfigured, client_for

logger = logging.getLogger("chatwidget")

# What the server answers in the course of a normal conversation.
EXPECTED = (
    errors.BotError,
    errors.ConsentRequired,
    errors.ConsentStale,
    errors.RateLimited,
    errors.SessionEnded,
    errors.SessionRefused,
    overload.CircuitOpen,
    overload.TooManyAtOnce,
)
# What no server is to blame for.
HEALTHY = {error.kind for error in EXPECTED} - {errors.RateLimited.kind}
UNSET = "not_configured"
# What no waiting mends: an admin has to act.
FOR_THE_ADMIN = (errors.AccessDenied, errors.NotFound)
# A code is a word for programs; whatever else a server sends as one is its own talk.
CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Failure:
    """What the line of log says of a failed call; ``reason`` is in our own words."""

    kind: str
    level: int
    reason: str
    status: int | None = None
    code: str = ""


@contextmanager
def calling(widget: Widget, call: str, session: ChatSession | None = None) -> Iterator[ChatAPI]:
    """Give a client of the widget's server; log what goes wrong with ``call`` and let it pass.

    Raises:
        NotConfigured: the server's record keeps it from being called.
        SessionExpired: the server no longer knows or admits the session, which is stored.
        SessionOver: the server has completed the session, which is stored.
        TooManyAtOnce, CircuitOpen: it is not asked now.
        ChatAPIError: whatever else the call raised, its ``call`` named as here.
    """
    started = time.monotonic()
    try:
        with overload.guarding(widget.server_id):
            yield client_for(widget.server)
        health.note_success(widget.server_id)
    except NotConfigured as error:
        _report(_failure(error), widget, session, call, time.monotonic() - started)
        raise
    except errors.ChatAPIError as error:
        error.call = call
        _report(_failure(error), widget, session, call, time.monotonic() - started)
        if session is not None and isinstance(error, errors.SessionRefused):
            close(session, ChatSession.State.EXPIRED)
            raise SessionExpired from error
        if session is not None and isinstance(error, errors.SessionEnded):
            close(session, ChatSession.State.ENDED)
            raise Over from error
        raise


def close(session: ChatSession, state: str) -> None:
    """Store that the session takes no more messages, and tell the site, if that is news."""
    going_on = (ChatSession.State.STARTING, ChatSession.State.ACTIVE)
    if ChatSession.objects.filter(pk=session.pk, state__in=going_on).update(state=state):
        session.state = state
        signals.session_ended.send_robust(ChatSession, session=session, state=state)


def note_overdue(session: ChatSession) -> None:
    """Log that the server took a message and gave no reply to it: no call failed, and yet."""
    logger.warning(
        "reply overdue: widget=%s session=%s request=%s",
        *(session.widget.public_id, session.pk, request_ids.current()),
    )


def _report(
    failure: Failure, widget: Widget, session: ChatSession | None, call: str, seconds: float
) -> None:
    logger.log(
        failure.level,
        "call failed: widget=%s session=%s call=%s kind=%s status=%s code=%s ms=%d request=%s "
        "reason=%s",
        widget.public_id,
        session.pk if session else "-",
        call,
        failure.kind,
        failure.status or "-",
        failure.code if CODE.fullmatch(failure.code) else "-",
        seconds * 1000,
        request_ids.current(),
        json.dumps(failure.reason, ensure_ascii=False) if failure.reason else "-",
    )
    if failure.kind not in HEALTHY:
        health.note_failure(widget.server_id, failure.kind)
    signals.call_failed.send_robust(
        Widget,
        widget=widget,
        session=session,
        call=call,
        kind=failure.kind,
        status=failure.status,
        seconds=seconds,
    )


def _failure(error: NotConfigured | errors.ChatAPIError) -> Failure:
    if isinstance(error, NotConfigured):
        return Failure(UNSET, logging.ERROR, str(error))
    return Failure(error.kind, _level(error), error.reason, error.status, error.code)


def _level(error: errors.ChatAPIError) -> int:
    if isinstance(error, EXPECTED):
        return logging.INFO
    return logging.ERROR if isinstance(error, FOR_THE_ADMIN) else logging.WARNING
