"""The session of a message that is waited for, kept in the cache, so that its polls need no query.

It has the columns that a poll reads; the others are deferred, which is how it is known
(:func:`is_copy`). It serves to say "not yet" alone: whatever else comes is settled with the row of
the database (design decision 5), so a copy that is lost, or older than the row, harms nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import router

from chatwidget import configs
from chatwidget.chatapi import Message
from chatwidget.conf import conf
from chatwidget.conversation import copies
from chatwidget.models import ChatSession
from chatwidget.store import store
from chatwidget.tokens import Claims

COLUMNS = (
    "id",
    "widget_id",
    "state",
    "start_key",
    "remote_id",
    "encrypted_remote_token",
    "participant_id",
    "is_identified",
    "flight",
    "client_id",
    "digest",
    "task_id",
    "remote_task_id",
    "claimed_at",
    "mark",
)

Kept = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Glance:
    """What the cache had: the mark of the configs, and the session, if it is kept.

    ``claims`` are what the token that was looked with has proved.
    """

    mark: str
    session: ChatSession | None = None
    claims: Claims | None = None


def begin(session: ChatSession, message: Message) -> None:
    """Keep the session of a message that was just sent, and the message, by one round trip."""
    kept = {_key(session.pk): _kept(session, 0.0), **copies.appended(session, message)}
    copies.put(kept)


def keep(session: ChatSession, asked_at: float) -> None:
    """Keep the session until its reply is overdue; ``asked_at`` is the message's age at a poll."""
    seconds = max(1, round(conf.reply_deadline - asked_at))
    store().set(_key(session.pk), _kept(session, asked_at), seconds)


def forget(session: ChatSession) -> None:
    """Drop what is kept: nothing is waited for any more."""
    store().delete(_key(session.pk))


def forget_deleted(*, instance: ChatSession, **_signal: object) -> None:
    """Drop what is kept of a session that was deleted, if the cache answers."""
    with suppress(Exception):
        forget(instance)


def look(session_id: uuid.UUID) -> Glance:
    """Look for all that a poll needs, by one round trip."""
    found = store().get_many([configs.MARK, _key(session_id)])
    mark = configs.current(found.get(configs.MARK))
    return Glance(mark, _session(found.get(_key(session_id))))


def is_copy(session: ChatSession) -> bool:
    """Whether the session comes from here and not from the database."""
    return bool(session.get_deferred_fields())


def asked_at(session: ChatSession) -> float | None:
    """Return the age of the session's message at the last poll, if that is known."""
    if session.asked_at is not None:
        return session.asked_at
    kept = store().get(_key(session.pk))
    return kept["asked_at"] if kept and kept["task_id"] == session.task_id else None


def _kept(session: ChatSession, asked_at: float) -> Kept:
    return {name: getattr(session, name) for name in COLUMNS} | {"asked_at": asked_at}


def _session(kept: Kept | None) -> ChatSession | None:
    if kept is None:
        return None
    values = [kept[name] for name in COLUMNS]
    session = ChatSession.from_db(router.db_for_write(ChatSession), COLUMNS, values)
    session.asked_at = kept["asked_at"]
    return session


def _key(session_id: uuid.UUID) -> str:
    return f"chatwidget:waiting:{session_id}"
