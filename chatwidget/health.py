"""How each server does, at a glance: its last success, its last failure, the calls it admits.

Kept in the cache, where a lost key only means that nothing is known until the next call. A success
is noted once in :data:`NOTED_SECONDS` by each process, so that it costs a call nothing. Whatever
the cache does, nothing here fails: what became of a call must not hang on how it is told.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatwidget.chatapi import CallBudget
from chatwidget.store import store

logger = logging.getLogger("chatwidget")

KEPT_SECONDS = 30 * 24 * 60 * 60
NOTED_SECONDS = 10.0

_noted: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Health:
    """What is known; ``kind`` is the last failure's, ``calls`` and ``limit`` one chat's own.

    ``rests_until`` is when a process that leaves it alone will try it again. ``is_known`` is false
    where the cache doesn't answer.
    """

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    kind: str = ""
    calls_left: int | None = None
    calls_limit: int | None = None
    rests_until: datetime | None = None
    is_known: bool = True


def of(server_id: int) -> Health:
    """Return what is known of a server."""
    keys = {part: _key(server_id, part) for part in ("success", "failure", "calls", "rest")}
    try:
        kept = store().get_many(list(keys.values()))
    except Exception:  # Each backend has errors of its own.
        return Health(is_known=False)
    success, failure, calls, rest = (kept.get(key) for key in keys.values())
    return Health(
        succeeded_at=_time(success),
        failed_at=_time(failure and failure[0]),
        kind=failure[1] if failure else "",
        calls_left=calls[0] if calls else None,
        calls_limit=calls[1] if calls else None,
        rests_until=_time(rest),
    )


def note_success(server_id: int) -> None:
    """Note that the server answered as it should."""
    _set_now_and_then(_key(server_id, "success"), time.time())


def note_failure(server_id: int, kind: str) -> None:
    """Note what went wrong; a success after it is news."""
    _noted.pop(_key(server_id, "success"), None)
    _set(_key(server_id, "failure"), (time.time(), kind))


def note_rest(server_id: int, until: float | None) -> None:
    """Note until when a process leaves the server alone, ``None`` when it no longer does."""
    seconds = 0 if until is None else until - time.time()
    _set(_key(server_id, "rest"), until, seconds)


def note_budget(server_id: int, budget: CallBudget | None) -> None:
    """Note how many calls the server still admits (fact 26)."""
    if budget is not None:
        _set_now_and_then(_key(server_id, "calls"), (budget.remaining, budget.limit))


def forget() -> None:
    """Let the next success be noted at once."""
    _noted.clear()


def _set_now_and_then(key: str, value: object) -> None:
    if _is_due(key):
        _set(key, value)


def _set(key: str, value: object, seconds: float = KEPT_SECONDS) -> None:
    try:
        store().set(key, value, seconds)
    except Exception as error:
        if _is_due("complaint"):
            logger.warning("how a server does is not noted: %s", type(error).__name__)


def _is_due(key: str) -> bool:
    at = time.monotonic()
    if at - _noted.get(key, -NOTED_SECONDS) < NOTED_SECONDS:
        return False
    _noted[key] = at
    return True


def _key(server_id: int, part: str) -> str:
    return f"chatwidget:health:{server_id}:{part}"


def _time(seconds: Any) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
