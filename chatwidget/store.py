"""The site's cache for this app, in whose place a test may put one of its own."""

from __future__ import annotations

from django.core.cache import BaseCache, caches

from chatwidget.conf import conf

stand_in: BaseCache | None = None


def store() -> BaseCache:
    """Return the cache for what every process may know, and lose."""
    return caches[conf.cache] if stand_in is None else stand_in
