"""A process that knows nothing yet: no test meets what the chats of another left behind.

Counters and what was learned lie in Django's cache under ids that databases give again after a
rollback; and what was counted would be written into a database of another test, or of none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from unittest import mock

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from chatwidget import configs, health, overload, usage
from chatwidget.conversation import pacing


@contextmanager
def fresh() -> Iterator[None]:
    """Know nothing within the block, and nothing of it afterwards; write no counts of usage."""
    _forget()
    with (
        mock.patch("chatwidget.store.stand_in", new_cache()),
        mock.patch("chatwidget.usage.counting.FLUSH_SECONDS", inf),
    ):
        try:
            yield
        finally:
            _forget()


def new_cache() -> BaseCache | None:
    """Return an empty cache for this app alone; ``None`` would stand for the site's."""
    cache = LocMemCache("chatwidget.testing", {"OPTIONS": {"MAX_ENTRIES": 100_000}})
    cache.clear()
    return cache


def _forget() -> None:
    for each in (configs, health, overload, pacing, usage):
        each.forget()
