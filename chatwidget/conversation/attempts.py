"""Attempts to send: the claim of a message on its session, and what became of it.

The session row holds the current attempt in its columns and the settled ones in ``recent``, so
that a late retry or poll of an older message still finds its own task and no other's.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from chatwidget import servers
from chatwidget.conversation import rows, waiting
from chatwidget.models import ChatSession

REMEMBERED = 20
GRACE_SECONDS = 10
# The blank is in no client's id.
SEED_CLIENT_ID = "the seed"
Flight = ChatSession.Flight


@dataclass(frozen=True, slots=True)
class Attempt:
    """One message on its way: ids, a keyed digest of its text, and how far it got."""

    client_id: str
    digest: str
    task_id: uuid.UUID
    remote_task_id: str
    flight: str
    claimed_at: datetime
    mark: str

    @property
    def age(self) -> float:
        """Seconds since the claim, never negative."""
        return max(0.0, (timezone.now() - self.claimed_at).total_seconds())

    def as_json(self) -> dict[str, str]:
        """What ``recent`` keeps of it."""
        return {
            "client_id": self.client_id,
            "digest": self.digest,
            "task_id": str(self.task_id),
            "remote_task_id": self.remote_task_id,
            # Only an abandoned one makes room for the next.
            "flight": Flight.UNCONFIRMED if self.flight == Flight.SENDING else self.flight,
            "claimed_at": self.claimed_at.isoformat(),
            "mark": self.mark,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> Attempt:
        """The attempt that :meth:`as_json` kept."""
        return cls(
            client_id=kept["client_id"],
            digest=kept["digest"],
            task_id=uuid.UUID(kept["task_id"]),
            remote_task_id=kept["remote_task_id"],
            flight=kept["flight"],
            claimed_at=datetime.fromisoformat(kept["claimed_at"]),
            mark=kept["mark"],
        )


def current(session: ChatSession) -> Attempt | None:
    """Return the session's last attempt."""
    if session.task_id is None or session.claimed_at is None:
        return None
    return Attempt(
        client_id=session.client_id,
        digest=session.digest,
        task_id=session.task_id,
        remote_task_id=session.remote_task_id,
        flight=session.flight,
        claimed_at=session.claimed_at,
        mark=session.mark,
    )


def is_abandoned(session: ChatSession, attempt: Attempt) -> bool:
    """Whether the worker that claimed it must have died before it stored an answer."""
    longest = servers.longest_call(session.widget.server) + GRACE_SECONDS
    return attempt.flight == Flight.SENDING and attempt.age > longest


def known(session: ChatSession) -> Iterator[Attempt]:
    """Yield the session's attempts that are still remembered, the last one first."""
    last = current(session)
    if last is not None:
        yield last
    yield from map(Attempt.from_json, reversed(session.recent))


def of_client(session: ChatSession, client_id: str) -> Attempt | None:
    """Return the remembered attempt that a client names so, the last one of them."""
    last = current(session)
    if last is not None and last.client_id == client_id:
        return last
    earlier = (kept for kept in reversed(session.recent) if kept["client_id"] == client_id)
    return next(map(Attempt.from_json, earlier), None)


def claim(session: ChatSession, *, client_id: str, digest: str) -> Attempt | None:
    """Make this the session's message in flight, if nothing became of the last one meanwhile.

    One conditional UPDATE, committed before a byte goes out (design decision 5).
    """
    attempt = _new(session, client_id, digest, Flight.SENDING)
    return attempt if _take_turn(session, attempt) else None


def adopt_seed(session: ChatSession, remote_task_id: str) -> None:
    """Wait for the seed message as for a reply (design decision 6)."""
    attempt = _new(session, SEED_CLIENT_ID, "", Flight.WAITING)
    _take_turn(session, replace(attempt, remote_task_id=remote_task_id))


def _new(session: ChatSession, client_id: str, digest: str, flight: str) -> Attempt:
    return Attempt(client_id, digest, uuid.uuid4(), "", flight, timezone.now(), session.mark)


def _take_turn(session: ChatSession, attempt: Attempt) -> bool:
    last = current(session)
    recent = [*session.recent, last.as_json()][-REMEMBERED:] if last else session.recent
    columns: dict[str, Any] = {
        "turn": session.turn + 1,
        "client_id": attempt.client_id,
        "digest": attempt.digest,
        "task_id": attempt.task_id,
        "remote_task_id": attempt.remote_task_id,
        "flight": attempt.flight,
        "claimed_at": attempt.claimed_at,
        "recent": recent,
    }
    return _update(session, {"turn": session.turn, "flight": session.flight}, columns)


def accepted(session: ChatSession, attempt: Attempt, remote_task_id: str) -> Attempt:
    """Store the task that the server gave the message."""
    _update(
        session,
        {"task_id": attempt.task_id},
        {
            "flight": Flight.WAITING,
            "remote_task_id": remote_task_id,
            "last_active_at": timezone.now(),
        },
        counts=["message_count"],
    )
    return replace(attempt, flight=Flight.WAITING, remote_task_id=remote_task_id)


def land(session: ChatSession, attempt: Attempt, flight: str, *, mark: str = "") -> bool:
    """Store what became of the attempt, and say whether that is news.

    It is none if the attempt is no longer the session's last, or another request was faster.
    ``mark`` is the time of the answer that settled it, in the server's own words.
    """
    columns = {"flight": flight, "last_active_at": timezone.now()}
    if mark:
        columns["mark"] = mark
    expected = {"task_id": attempt.task_id, "flight": attempt.flight}
    is_news = _update(session, expected, columns)
    waiting.forget(session)
    return is_news


def _update(
    session: ChatSession,
    expected: Mapping[str, object],
    columns: Mapping[str, object],
    *,
    counts: Sequence[str] = (),
) -> bool:
    if not rows.update(session.pk, expected, columns, counts=counts):
        return False
    for name, value in columns.items():
        setattr(session, name, value)
    return True
