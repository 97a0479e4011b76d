"""Django's Redis cache, made lean; a site names it as ``BACKEND`` in its ``CACHES``.

Django makes a client of redis-py for each operation, and that takes a connection out of a pool,
looks whether it is still there and puts it back, all of which costs more than the round trip. Here
a thread's client is kept, with a connection of its own. A message is counted against all its limits
in one trip, and several values are set by one command. Keys and values are those of Django's own,
so either reads what the other wrote.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.cache.backends import redis

if TYPE_CHECKING:
    from redis import Redis

# The counters behind the first that is over its limit are not touched: whoever is refused for
# writing too fast must not use up what others may write.
COUNT = """
for place, key in ipairs(KEYS) do
    local number = redis.call("INCR", key)
    if number == 1 then redis.call("EXPIRE", key, ARGV[1]) end
    if number > tonumber(ARGV[place + 1]) then return 1 end
end
return 0
"""
SET = """
for place, key in ipairs(KEYS) do redis.call("SET", key, ARGV[place + 1], "EX", ARGV[1]) end
"""


class _Client(redis.RedisCacheClient):
    def __init__(self, *args: Any, **options: Any) -> None:
        from redis.backoff import NoBackoff
        from redis.exceptions import ConnectionError as Lost
        from redis.retry import Retry

        # That a kept connection is lost shows when a command is sent, which is then sent again.
        retrying = {"retry": Retry(NoBackoff(), 1), "retry_on_error": [Lost]}
        super().__init__(*args, **{**retrying, **options})
        self._clients: dict[tuple[bool, int], Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        # Of several readers a thread keeps to the one that it was given first; a process that
        # was forked shares no connection with its parent.
        is_first = write or len(self._servers) == 1  # type: ignore[attr-defined]  # Django's
        place = is_first, os.getpid()
        if place not in self._clients:
            given = super().get_client(key, write=write)
            self._clients[place] = type(given)(
                connection_pool=given.connection_pool, single_connection_client=True
            )
        return self._clients[place]

    def set_many(self, data: Mapping[Any, Any], timeout: Any) -> None:
        if not timeout:  # for ever, or not at all
            super().set_many(data, timeout)
            return
        values = map(self._serializer.dumps, data.values())  # type: ignore[attr-defined]  # Django's
        self.get_client(write=True).register_script(SET)(list(data), [timeout, *values])


class RedisCache(redis.RedisCache):
    """``django.core.cache.backends.redis.RedisCache`` that keeps its clients."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def count(self, limits: Mapping[str, int], timeout: int) -> bool:
        """Add one to each counter in turn; stop at the first over its limit and say so.

        A counter that is new is forgotten after ``timeout`` seconds.
        """
        script = self._cache.get_client(write=True).register_script(COUNT)
        keys = [self.make_and_validate_key(key) for key in limits]
        return bool(script(keys=keys, args=[timeout, *limits.values()]))
