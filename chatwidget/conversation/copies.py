"""The short-lived copy of a transcript in Django's cache (design decisions 3 and 4).

It only spares calls: what the cache doesn't take, such as what is larger than a Memcached's item,
is asked for again.

``base`` is what the server's history held at the last look; ``tail`` is what this site has seen
sent and answered since, so that a reload within the 30 seconds needs no look.
"""

from __future__ import annotations

import logging
import secrets
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from chatwidget.chatapi import Attachment, Consent, Message
from chatwidget.conversation.errors import HistoryUnderWay
from chatwidget.models import ChatSession
from chatwidget.store import store

logger = logging.getLogger("chatwidget")

KEPT_SECONDS = 30 * 60
WAITS, WAIT_SECONDS = 10, 0.1


@dataclass(frozen=True, slots=True)
class Copy:
    """A transcript as this site knows it; ``looked_at`` is in seconds since the epoch."""

    base: tuple[Message, ...] = ()
    tail: tuple[Message, ...] = ()
    looked_at: float = 0.0
    consent: Consent | None = None

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message, in order."""
        return self.base + self.tail

    @property
    def age(self) -> float:
        """Seconds since the last look."""
        return time.time() - self.looked_at


def put(values: dict[str, object]) -> None:
    """Keep values by their keys for half an hour, if the cache takes them."""
    try:
        store().set_many(values, KEPT_SECONDS)
    except Exception as error:
        logger.warning("a copy is not kept: %s", type(error).__name__)


@contextmanager
def turn(session: ChatSession, seconds: float) -> Iterator[bool]:
    """Say whether it is the caller's turn to look; nobody else's it is then in the block.

    Whoever takes longer than ``seconds`` has lost it, and takes away nobody's.
    """
    key, own = f"chatwidget:look:{session.pk}", secrets.token_hex(8)
    is_own = store().add(key, own, seconds)
    try:
        yield is_own
    finally:
        with suppress(Exception):
            if is_own and store().get(key) == own:
                store().delete(key)


def awaited(session: ChatSession) -> Copy:
    """Return the copy that another is making, within a second.

    Raises:
        HistoryUnderWay: it takes longer.
    """
    for _time in range(WAITS):
        time.sleep(WAIT_SECONDS)
        copy = load(session)
        if copy.looked_at:
            return copy
    raise HistoryUnderWay


def load(session: ChatSession) -> Copy:
    """Return the session's copy, empty if the cache has none."""
    found = store().get_many([_key(session), _tail_key(session)])
    kept, tail = found.get(_key(session)), _thaw(found.get(_tail_key(session), ()))
    if kept is None:
        return Copy(tail=tail)
    base = _thaw(kept["base"])
    consent = Consent(**kept["consent"]) if kept["consent"] else None
    # An answer that was found in the history is in the copy already.
    new = tuple(message for message in tail if message not in base)
    return Copy(base, new, kept["looked_at"], consent)


def save(session: ChatSession, copy: Copy) -> None:
    """Keep the copy."""
    kept = {
        "base": [asdict(message) for message in copy.base],
        "looked_at": copy.looked_at,
        "consent": asdict(copy.consent) if copy.consent else None,
    }
    tail = [asdict(message) for message in copy.tail]
    put({_key(session): kept, _tail_key(session): tail})


def append(session: ChatSession, *messages: Message) -> None:
    """Add what was just sent or answered, if a copy is kept at all, however long it is."""
    put(appended(session, *messages))


def appended(session: ChatSession, *messages: Message) -> dict[str, object]:
    """Return what :func:`append` keeps, by its key, for who keeps something else besides."""
    tail = store().get(_tail_key(session))
    return {} if tail is None else {_tail_key(session): [*tail, *map(asdict, messages)]}


def begin(session: ChatSession, consent: Consent | None) -> None:
    """Keep an empty copy of a session that has only just started: there is nothing to look for."""
    save(session, Copy(looked_at=time.time(), consent=consent))


def keep_consent(session: ChatSession, consent: Consent) -> None:
    """Keep what became of the consent, if a copy is kept at all."""
    copy = load(session)
    if copy.looked_at:
        save(session, replace(copy, consent=consent))


def keep_answer(task_id: uuid.UUID, answer: Message) -> None:
    """Keep the answer of a settled task, for whoever asks for it once more."""
    put({f"chatwidget:answer:{task_id}": asdict(answer)})


def kept_answer(task_id: uuid.UUID) -> Message | None:
    """Return the answer that :func:`keep_answer` kept, if the cache still has it."""
    kept = store().get(f"chatwidget:answer:{task_id}")
    return _thaw([kept])[0] if kept else None


def forget(session: ChatSession) -> None:
    """Drop the copy and the kept answers of a session that is deleted."""
    tasks = [session.task_id, *(kept["task_id"] for kept in session.recent)]
    keys = [_key(session), _tail_key(session)]
    store().delete_many([*keys, *(f"chatwidget:answer:{task_id}" for task_id in tasks)])


def _key(session: ChatSession) -> str:
    return f"chatwidget:copy:{session.pk}"


def _tail_key(session: ChatSession) -> str:
    return f"chatwidget:tail:{session.pk}"


def _thaw(kept: Sequence[dict[str, Any]]) -> tuple[Message, ...]:
    return tuple(
        Message(
            **{
                **fields,
                "tags": tuple(fields["tags"]),
                "attachments": tuple(Attachment(**each) for each in fields["attachments"]),
            }
        )
        for fields in kept
    )
