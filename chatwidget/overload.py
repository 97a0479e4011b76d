"""A server that is slow or down must not hold the site's threads: how many calls it is given.

Two rules, for each server, kept by each process for itself. So many calls at once, and whoever
comes then is told at once. And after so many failures in a row the server is left alone for a
while; then one call tries, and its end decides for all. Neither sends a byte, so a message that
meets them has certainly not arrived, and may be sent again.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from pybreaker import (
    STATE_CLOSED,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerListener,
    CircuitBreakerState,
    CircuitMemoryStorage,
)

from chatwidget import health
from chatwidget.chatapi import errors
from chatwidget.conf import conf

logger = logging.getLogger("chatwidget")

# A burst may wait so long for its turn; while waiting is in vain, nobody else waits.
PATIENCE = 0.1
# When whoever came in vain may come again.
SOON = 2.0


class TooManyAtOnce(errors.Unavailable):
    """As many calls as there may be are on their way to the server."""

    kind = "too_many_at_once"


class CircuitOpen(errors.Unavailable):
    """The server failed so often in a row that it is left alone for a while."""

    kind = "circuit_open"


@contextmanager
def guarding(server_id: int) -> Iterator[None]:
    """Make a call of a server in the block.

    Raises:
        TooManyAtOnce, CircuitOpen: the block was not entered.
    """
    guard = _guards.get(server_id) or _guards.setdefault(server_id, _Guard(server_id))
    # The turn comes first: the circuit would take not getting one for news of the server.
    with guard.turns.one(), guard.trying():
        yield


def forget() -> None:
    """Know nothing of any server, as a new process does."""
    _guards.clear()


class _Turns:
    """The calls that are on their way."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = 0
        self._is_jammed = False

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._changed:
            self._await()
            self._taken += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify()

    def _await(self) -> None:
        most = conf.server_calls or sys.maxsize
        patience = 0 if self._is_jammed else PATIENCE
        self._is_jammed = not self._changed.wait_for(lambda: self._taken < most, patience)
        if self._is_jammed:
            raise TooManyAtOnce(retry_after=SOON, may_have_arrived=False)


class _Guard:
    """What a process knows of a server."""

    def __init__(self, server_id: int) -> None:
        self.turns = _Turns()
        self._memory = CircuitMemoryStorage(STATE_CLOSED)
        self._circuit = CircuitBreaker(
            exclude=[_is_answer],
            listeners=[_Told(server_id)],
            state_storage=self._memory,
            throw_new_error_on_trip=False,
        )
        self._probe = threading.Lock()

    @contextmanager
    def trying(self) -> Iterator[None]:
        self._circuit.fail_max = conf.server_failures or sys.maxsize
        self._circuit.reset_timeout = conf.server_rest
        is_closed = self._memory.state == STATE_CLOSED
        # The library would let all try who come when the rest is over.
        if not is_closed and not self._probe.acquire(blocking=False):
            raise self._refusal()
        try:
            with self._circuit.calling():
                yield
        except CircuitBreakerError:
            raise self._refusal() from None
        finally:
            if not is_closed:
                self._probe.release()

    def _refusal(self) -> CircuitOpen:
        since = self._memory.opened_at or datetime.now(UTC)
        left = since + timedelta(seconds=conf.server_rest) - datetime.now(UTC)
        return CircuitOpen(retry_after=max(SOON, left.total_seconds()), may_have_arrived=False)


_guards: dict[int, _Guard] = {}


def _is_answer(error: BaseException) -> bool:
    """Whether the server is there all the same: a refusal is an answer, and so is a 500.

    Whoever knows a message on which a bot breaks must not have the chat closed for all.
    """
    if isinstance(error, errors.Unavailable):
        return error.status == HTTPStatus.INTERNAL_SERVER_ERROR
    return True


class _Told(CircuitBreakerListener):
    """Says to the operator what becomes of a circuit."""

    def __init__(self, server_id: int) -> None:
        self._server_id = server_id

    def state_change(
        self,
        cb: CircuitBreaker,
        old_state: CircuitBreakerState | None,
        new_state: CircuitBreakerState,
    ) -> None:
        """Log the opening and the closing, and keep for the admin when it will try again."""
        if new_state.name == STATE_OPEN:
            health.note_rest(self._server_id, time.time() + cb.reset_timeout)
            if old_state is None or old_state.name == STATE_CLOSED:
                logger.warning(
                    "circuit opened: server=%s failures=%d rest=%gs",
                    *(self._server_id, cb.fail_counter, cb.reset_timeout),
                )
        elif new_state.name == STATE_CLOSED:
            health.note_rest(self._server_id, None)
            logger.warning("circuit closed: server=%s", self._server_id)
