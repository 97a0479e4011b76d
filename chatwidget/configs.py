"""Widgets with their servers as each process keeps them, so that most requests need no query.

What was read is used for as long as the mark in the cache is the one that it was read under, and
for :data:`FRESH_SECONDS` at most. Whoever saves, updates or deletes widgets or servers puts a new
mark there, so a pause acts at once in every process. What comes by SQL, or from a process that
shares no cache with this one, acts within those seconds.
"""

from __future__ import annotations

import copy
import logging
import secrets
import time
import uuid
from dataclasses import dataclass

from django.db import router, transaction
from django.db.models.signals import post_delete, post_save

from chatwidget.models import ChatServer, Widget
from chatwidget.models.changes import rows_updated
from chatwidget.store import store

logger = logging.getLogger("chatwidget")

MARK = "chatwidget:configs"
FRESH_SECONDS = 5.0
KEPT_WIDGETS = 1000


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: str
    read_at: float
    widget: Widget


_kept: dict[int | uuid.UUID, _Kept] = {}


def connect() -> None:
    """Put a new mark at each change."""
    for model in (Widget, ChatServer):
        for signal in (post_save, post_delete, rows_updated):
            signal.connect(changed, model)


def changed(*, using: str | None = None, **_signal: object) -> None:
    """Let every process read anew: now, and once more when what was written can be read."""
    _put_mark()
    if transaction.get_connection(using).in_atomic_block:
        transaction.on_commit(_put_mark, using)


def current(found: object = None) -> str:
    """Return the mark, which a caller may have ``found`` in the cache beside other things.

    While the cache doesn't answer, each mark is a new one: rows are read, and pages still show.
    """
    if isinstance(found, str):
        return found
    try:
        return str(store().get_or_set(MARK, _new_mark, None))
    except Exception:
        return _new_mark()


def get(key: int | uuid.UUID, mark: str) -> Widget:
    """Return the widget of a primary key or a public id, as it is under ``mark``.

    The mark has to be read first, and the row after it: so a row that is older than the mark
    is never kept under it.

    Raises:
        Widget.DoesNotExist: there is none.
    """
    kept = _kept.get(key)
    if kept is None or kept.mark != mark or time.monotonic() - kept.read_at > FRESH_SECONDS:
        kept = _read(key, mark)
    # Callers may do to theirs what they like.
    return copy.copy(kept.widget)


def forget() -> None:
    """Drop what this process keeps."""
    _kept.clear()


def _read(key: int | uuid.UUID, mark: str) -> _Kept:
    read_at = time.monotonic()
    field = "public_id" if isinstance(key, uuid.UUID) else "pk"
    # A replica may lag behind the mark.
    rows = Widget.objects.using(router.db_for_write(Widget)).select_related("server")
    kept = _Kept(mark, read_at, rows.get(**{field: key}))
    if len(_kept) >= 2 * KEPT_WIDGETS:
        forget()
    _kept[kept.widget.pk] = _kept[kept.widget.public_id] = kept
    return kept


def _put_mark() -> None:
    """Put a new mark; a change is not refused because the cache doesn't answer."""
    try:
        store().set(MARK, _new_mark(), None)
    except Exception as error:
        logger.warning("a change acts within %d s: %s", FRESH_SECONDS, type(error).__name__)


def _new_mark() -> str:
    return secrets.token_hex(8)
