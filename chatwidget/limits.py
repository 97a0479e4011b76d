"""How fast visitors may write: so many messages a minute from an address, in a chat, in all.

Counters live in Django's cache in fixed windows: exact where the cache counts atomically (Redis,
Memcached), nearly so elsewhere. A limit is checked before anything is asked of the server.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from chatwidget.conf import conf
from chatwidget.models import ChatSession, Widget
from chatwidget.redis_cache import RedisCache
from chatwidget.store import store

WINDOW = 60
# As many as a message may bring.
FILES_A_MESSAGE = 10
IPV6_PREFIX = 64
WITH_PORT = re.compile(r"\[(?P<v6>[0-9a-fA-F:.]+)\](:[0-9]+)?|(?P<v4>[0-9.]+):[0-9]+")

_asker: ContextVar[Mapping[str, object] | None] = ContextVar("chatwidget_asker", default=None)


class LimitReached(Exception):
    """No more messages for now; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"ask again in {retry_after:.0f} s")
        self.retry_after = retry_after


class TooFast(LimitReached):
    """Too many messages in a minute, from one address, in one chat or in all."""


@contextmanager
def asked_by(meta: Mapping[str, object]) -> Iterator[None]:
    """Count what is sent within the block for the address that the request came from."""
    token = _asker.set(meta)
    try:
        yield
    finally:
        _asker.reset(token)


def address_of(meta: Mapping[str, object]) -> str:
    """Return the visitor's address, an IPv6 one as its network of /64, for counting.

    A server that listens on IPv6 alone sees IPv4 visitors as ``::ffff:192.0.2.1``, all of them in
    one such network: they count by their own.

    Behind ``TRUSTED_PROXIES`` proxies it is what the outermost of them saw: the entry so far from
    the right end of ``X-Forwarded-For``, as whatever is left of it anybody may have written. Some
    proxies write a port behind it.
    """
    seen = [str(meta.get("REMOTE_ADDR", ""))]
    if conf.trusted_proxies:
        forwarded = [each.strip() for each in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
        seen = [*forwarded, *seen]
    place = min(conf.trusted_proxies + 1, len(seen))
    try:
        address = ipaddress.ip_address(_without_port(seen[-place]))
    except ValueError:
        return seen[-1]
    own = getattr(address, "ipv4_mapped", None) or address
    if own.version == 4:
        return str(own)
    return str(ipaddress.ip_network((own, IPV6_PREFIX), strict=False))


def _without_port(node: str) -> str:
    """Return the address in ``192.0.2.1:443`` or ``[2001:db8::1]:443`` (RFC 7239, section 6)."""
    found = WITH_PORT.fullmatch(node)
    return found["v6"] or found["v4"] if found else node


def admit(widget: Widget, *, session: ChatSession | None = None) -> None:
    """Count one message, or one start, against the limits of a minute.

    Raises:
        TooFast: one of them is reached.
    """
    of_session = f"session:{session.pk if session else ''}"
    address = address_of(_asker.get() or {})
    limits = {
        f"address:{widget.pk}:{address}": _limit(widget.address_limit, conf.address_limit),
        of_session: _limit(widget.session_limit, conf.session_limit),
        f"widget:{widget.pk}": _limit(widget.widget_limit, conf.widget_limit),
    }
    window, passed = divmod(time.time(), WINDOW)
    counted = {
        f"chatwidget:rate:{name}:{window:.0f}": limit
        for name, limit in limits.items()
        if limit and not name.endswith(":")
    }
    if counted and _is_over(counted, 2 * WINDOW):
        raise TooFast(WINDOW - passed)


def admit_file(session: ChatSession) -> None:
    """Count one file that is fetched, against what the messages of a minute may bring.

    Raises:
        TooFast: that many were fetched.
    """
    limit = FILES_A_MESSAGE * _limit(session.widget.session_limit, conf.session_limit)
    window, passed = divmod(time.time(), WINDOW)
    key = f"chatwidget:rate:files:{session.pk}:{window:.0f}"
    if limit and count(key, 2 * WINDOW) > limit:
        raise TooFast(WINDOW - passed)


def _is_over(limits: Mapping[str, int], timeout: int) -> bool:
    """Count in turn, up to the first counter that then is over its limit."""
    cache = store()
    if isinstance(cache, RedisCache):
        return cache.count(limits, timeout)
    return any(count(key, timeout) > limit for key, limit in limits.items())


def count(key: str, timeout: int, *, start: Callable[[], int] = int) -> int:
    """Add one to a counter of the cache and return it; a new one begins at ``start()``.

    Of two processes that find no counter one makes it, and both are counted.
    """
    cache = store()
    try:
        return cache.incr(key)
    except ValueError:
        first = start() + 1
        return first if cache.add(key, first, timeout) else cache.incr(key)


def _limit(own: int | None, sites: int) -> int:
    return sites if own is None else own
