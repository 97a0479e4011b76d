"""What goes over the wire: the round trips that are made to Redis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from redis.connection import AbstractConnection


@contextmanager
def round_trips() -> Iterator[list[bytes]]:
    """Collect what is sent to Redis within the block, a pipeline as one."""
    sent: list[bytes] = []
    plain = AbstractConnection.send_packed_command

    def send(self: Any, command: Any, check_health: bool = True) -> None:
        sent.append(b"".join(command) if isinstance(command, list) else command)
        plain(self, command, check_health)  # type: ignore[no-untyped-call] # redis-py's own

    with mock.patch.object(AbstractConnection, "send_packed_command", send):
        yield sent
