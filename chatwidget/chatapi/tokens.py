"""Where fetched tokens are kept: by default in the memory of the process."""

from __future__ import annotations

import time
from typing import Final, Protocol


class TokenStore(Protocol):
    """A place for tokens. A cache of Django is one; what it holds can be used as it is."""

    def get(self, key: str, /) -> object:
        """Return what is kept under the key, `None` when there is nothing (any more)."""
        ...

    def set(self, key: str, value: str, seconds: int, /) -> object:
        """Keep a token for so many seconds at most."""
        ...

    def delete(self, key: str, /) -> object:
        """Forget what is kept under the key."""
        ...


class MemoryStore:
    """A store of this process alone; one step of a dict each, so that threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, key: str, /) -> str | None:
        """Return the token while its time lasts."""
        until, token = self._kept.get(key, (0.0, ""))
        return token if time.monotonic() < until else None

    def set(self, key: str, value: str, seconds: int, /) -> None:
        """Keep a token."""
        self._kept[key] = time.monotonic() + seconds, value

    def delete(self, key: str, /) -> None:
        """Forget a token."""
        self._kept.pop(key, None)


MEMORY: Final = MemoryStore()
