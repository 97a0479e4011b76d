"""Django's Redis cache, made lean; a site names it as ``BACKEND`` in its ``CACHES``.

Django makes a client of redis-py for each operation, which costs more than the round trip. Here a
thread's client is kept, as is its pool of connections; and a message is counted against all its
limits in one trip. Keys and values are those of Django's own, so either reads what the other wrote.
"""

from __future__ import annotations

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


class _Client(redis.RedisCacheClient):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clients: dict[bool, Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        # Of several readers a thread keeps to the one that it was given first.
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


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
