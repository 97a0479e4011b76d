"""Counts calls as today's servers do: 300 in fixed windows of 5 minutes (fact 26)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import time

LIMIT = 300
WINDOW = 300
MAX_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Count:
    """The state of a bucket after a call; `reset` in seconds from now."""

    remaining: int
    reset: int
    exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }


class RateLimits:
    """Buckets by name, for all threads. Those that were not used lately are forgotten."""

    def __init__(self, *, clock: Callable[[], float] = time) -> None:
        self.clock = clock
        self.lock = threading.Lock()
        self.buckets: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def count(self, bucket: str) -> Count:
        window, into = divmod(self.clock(), WINDOW)
        with self.lock:
            last_window, calls = self.buckets.pop(bucket, (int(window), 0))
            calls = calls + 1 if last_window == int(window) else 1
            self.buckets[bucket] = (int(window), calls)
            if len(self.buckets) > MAX_BUCKETS:
                self.buckets.popitem(last=False)
        return Count(max(LIMIT - calls, 0), ceil(WINDOW - into), calls > LIMIT)
