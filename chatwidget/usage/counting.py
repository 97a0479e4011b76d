"""Counting: in this process's memory first, and every few seconds into the database.

A send must cost no third write (design decision 5), and a row that every visitor of a day writes
to would be one long queue. So each process adds up what happens and, once a request is answered
and :data:`FLUSH_SECONDS` have passed, writes it in a handful of statements, however many widgets
there are. What a process counted last is written when it ends; what it is killed with is lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import DatabaseError, router, transaction
from django.db.models import Q
from django.utils import timezone

from chatwidget.models import UsageDay, Widget

logger = logging.getLogger("chatwidget")

FLUSH_SECONDS = 5.0
COLUMNS = ("sessions", "messages", "replies", "failures", "likes", "dislikes", "ratings", "stars")
MAX_NAMES = 200
OTHERS = "…"

# The widget's id, nothing for all widgets; and the day.
Key = tuple[int | None, date]

_lock = threading.Lock()
_flushing = threading.Lock()
_pending: dict[Key, Counter[str]] = {}
_flushed_at = time.monotonic()


def now() -> datetime:
    """The time in the site's own zone, whose days and hours usage is told in."""
    return datetime.now(timezone.get_default_timezone())


def count(widget_id: int, *names: str) -> None:
    """Count one of each name: a column of ``UsageDay``, or ``group:name`` for its ``detail``."""
    day = now().date()
    with _lock:
        for key in ((widget_id, day), (None, day)):
            _pending.setdefault(key, Counter()).update(names)


def recount(widget_id: int, changes: Mapping[str, int]) -> None:
    """Add to columns of ``UsageDay`` by name, or take away from them where a mind was changed."""
    day = now().date()
    with _lock:
        for key in ((widget_id, day), (None, day)):
            _pending.setdefault(key, Counter()).update(changes)


def flush_if_due(**_kwargs: object) -> None:
    """Write what was counted, at most every :data:`FLUSH_SECONDS`; for ``request_finished``."""
    if _pending and time.monotonic() - _flushed_at > FLUSH_SECONDS:
        flush()


def flush() -> None:
    """Write what this process has counted; keep it for later if the database refuses."""
    global _flushed_at, _pending
    if not _flushing.acquire(blocking=False):
        return
    try:
        with _lock:
            taken, _pending = _pending, {}
            _flushed_at = time.monotonic()
        if taken:
            _write_or_put_back(taken)
    finally:
        _flushing.release()


def forget() -> None:
    """Drop what was not written yet."""
    global _flushed_at, _pending
    with _lock:
        _pending = {}
        _flushed_at = time.monotonic()


def _write_or_put_back(taken: dict[Key, Counter[str]]) -> None:
    try:
        _write(taken)
    except DatabaseError as error:
        logger.warning("usage not written, kept for later: %s", type(error).__name__)
        with _lock:
            for key, counts in taken.items():
                _pending.setdefault(key, Counter()).update(counts)


def _write(taken: dict[Key, Counter[str]]) -> None:
    widget_ids = {widget_id for widget_id, _day in taken if widget_id is not None}
    alive = set(Widget.objects.filter(pk__in=widget_ids).values_list("pk", flat=True))
    wanted = {key: each for key, each in taken.items() if key[0] is None or key[0] in alive}
    with transaction.atomic(using=router.db_for_write(UsageDay)):
        rows = _rows(wanted, create=True)
        for key, counts in wanted.items():
            _add(rows[key], counts)
        # Databases take so many values a statement: those that no count touches stay out.
        columns = [name for name in COLUMNS if any(name in counts for counts in wanted.values())]
        UsageDay.objects.bulk_update(rows.values(), [*columns, "detail"], batch_size=500)


def _rows(keys: Iterable[Key], *, create: bool) -> dict[Key, UsageDay]:
    """Return each key's row, locked, and made where it is missing.

    Rows of all widgets together may be made twice by two processes at once, as NULLs are not
    unique; readers add rows up, so that does no harm.
    """
    of_all = Q(widget=None) | Q(widget__in={widget_id for widget_id, _day in keys})
    found = UsageDay.objects.filter(of_all, day__in={day for _widget_id, day in keys})
    rows: dict[Key, UsageDay] = {}
    for row in found.select_for_update().order_by("pk"):
        rows.setdefault((row.widget_id, row.day), row)
    missing = [key for key in keys if key not in rows]
    if missing and create:
        new = [UsageDay(widget_id=widget_id, day=day) for widget_id, day in missing]
        UsageDay.objects.bulk_create(new, ignore_conflicts=True)
        return _rows(keys, create=False)
    return {key: rows[key] for key in keys}


def _add(row: UsageDay, counts: Counter[str]) -> None:
    for name, number in counts.items():
        group, _sep, key = name.partition(":")
        if not key:
            # What is taken away may have been counted on another day.
            setattr(row, group, max(0, getattr(row, group) + number))
            continue
        names = row.detail.setdefault(group, {})
        kept = key if key in names or len(names) < MAX_NAMES else OTHERS
        names[kept] = names.get(kept, 0) + number
