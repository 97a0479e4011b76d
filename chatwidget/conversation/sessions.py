"""Sessions: finding the one that a visitor may go on with, and its widget."""

from __future__ import annotations

import uuid
from dataclasses import replace

from chatwidget import configs, tokens
from chatwidget.conversation import rows, waiting
from chatwidget.conversation.errors import (
    SessionExpired,
    SessionOver,
    SessionUnknown,
    WidgetPaused,
)
from chatwidget.conversation.waiting import Glance
from chatwidget.models import ChatSession, Widget


def active_widget(public_id: uuid.UUID, mark: str | None = None) -> Widget:
    """Return the widget that visitors may use, as it is under a ``mark`` that was just found.

    Raises:
        WidgetPaused: there is none, or it or its server was switched off.
    """
    try:
        widget = configs.get(public_id, mark or configs.current())
    except Widget.DoesNotExist as error:
        raise WidgetPaused from error
    _require_active(widget)
    return widget


def glance(token: str) -> Glance:
    """Look for what a poll with ``token`` needs, whatever that proves; for :func:`with_token`."""
    try:
        claims = tokens.read(token)
    except tokens.TokenError:
        return Glance(configs.current())
    return replace(waiting.look(claims.session_id), claims=claims)


def with_token(token: str, widget: Widget, seen: Glance | None = None) -> ChatSession:
    """Return the session of ``widget`` that ``token`` proves.

    Who only waits for a reply may get the copy that a glance with the same token has ``seen``.

    Raises:
        TokenError: the token is missing, wrong, too old, or another widget's.
        SessionUnknown: the session was deleted.
    """
    claims = (seen and seen.claims) or tokens.read(token)
    if claims.widget_id != widget.public_id:
        raise tokens.TokenInvalid
    session = (seen and seen.session) or _read(claims.session_id)
    session.widget = widget
    return session


def for_client(session_id: uuid.UUID, token: str, *, waits: bool = False) -> ChatSession:
    """Return the session ``session_id`` for a client of the mirror.

    A token has to prove that very session. Without one the session id is enough where the
    widget admits clients of the seed's contract, for a chat that began in the mirror: that of a
    page has a ``start_key``, and its id is seen by more than its visitor. Who only ``waits`` for
    a reply may get the copy of :mod:`chatwidget.conversation.waiting`.

    Raises:
        TokenError: the token is missing, wrong, too old, or another session's.
        SessionUnknown: there is no such session.
        WidgetPaused: its widget or its server was switched off.
    """
    claims = tokens.read(token) if token else None
    if claims is not None and claims.session_id != session_id:
        raise tokens.TokenInvalid
    session = _awaited(session_id) if waits else _find(session_id)
    admits_ids = session.widget.allows_seed_clients and session.start_key is None
    if claims is None and not admits_ids:
        raise tokens.TokenRequired
    _require_active(session.widget)
    return session


def in_use(session_id: uuid.UUID) -> ChatSession:
    """Return the session ``session_id`` for whoever has already proved it.

    Raises:
        SessionUnknown: there is no such session.
        WidgetPaused: its widget or its server was switched off.
    """
    session = _find(session_id)
    _require_active(session.widget)
    return session


def require_open(session: ChatSession) -> None:
    """Let whatever adds to the session pass, if that takes anything more.

    Raises:
        SessionOver, SessionExpired: it does not.
    """
    if session.state == ChatSession.State.ENDED:
        raise SessionOver
    if not session.is_open:
        raise SessionExpired


def refresh(session: ChatSession) -> ChatSession:
    """Return the session as the database has it now."""
    return _find(session.pk)


def _require_active(widget: Widget) -> None:
    if not (widget.is_active and widget.server.is_active):
        raise WidgetPaused(widget)


def _awaited(session_id: uuid.UUID) -> ChatSession:
    seen = waiting.look(session_id)
    return _with_widget(seen.session or _read(session_id), seen.mark)


def _find(session_id: uuid.UUID) -> ChatSession:
    mark = configs.current()
    return _with_widget(_read(session_id), mark)


def _with_widget(session: ChatSession, mark: str) -> ChatSession:
    try:
        session.widget = configs.get(session.widget_id, mark)
    except Widget.DoesNotExist as error:
        raise SessionUnknown from error
    return session


def _read(session_id: uuid.UUID) -> ChatSession:
    try:
        return rows.read(session_id)
    except ChatSession.DoesNotExist as error:
        raise SessionUnknown from error
