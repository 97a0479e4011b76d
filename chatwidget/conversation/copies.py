"""The short-lived copy of a transcript in Django's cache (design decisions 3 and 4).

``base`` is what the server's history held at the last look; ``tail`` is what this site has seen
sent and answered since, so that a reload within the 30 seconds needs no look. Each message of the
tail has a key of its own, by the task that the session's row remembers: so nothing has to be read
to add one, and none is lost where two are added at once.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.core.cache import BaseCache, caches

from chatwidget.chatapi import Attachment, Consent, Message
from chatwidget.conf import conf
from chatwidget.models import ChatSession

KEPT_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Copy:
    """A transcript as this site knows it; ``looked_at`` is in seconds since the epoch.

    The tail's messages go by names, and ``past`` has those that are in it no more: the history
    has them, or never will.
    """

    base: tuple[Message, ...] = ()
    tail: Mapping[str, Message] = field(default_factory=dict)
    looked_at: float = 0.0
    consent: Consent | None = None
    past: frozenset[str] = frozenset()

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message, in order."""
        return (*self.base, *self.tail.values())

    @property
    def age(self) -> float:
        """Seconds since the last look."""
        return time.time() - self.looked_at


def store() -> BaseCache:
    """The site's cache for this app."""
    return caches[conf.cache]


def load(session: ChatSession) -> Copy:
    """Return the session's copy, empty if the cache has none."""
    names = {_key_of(name): name for name in _names(session)}
    found = store().get_many([_key(session), *names])
    kept = found.pop(_key(session), None)
    said = {names[key]: _thaw(fields) for key, fields in found.items()}
    if kept is None:
        return Copy(tail=said)
    base, past = tuple(map(_thaw, kept["base"])), frozenset(kept.get("past", ()))
    consent = Consent(**kept["consent"]) if kept["consent"] else None
    # An answer that was found in the history is in the copy already.
    new = {name: each for name, each in said.items() if name not in past and each not in base}
    return Copy(base, new, kept["looked_at"], consent, past)


def save(session: ChatSession, copy: Copy) -> None:
    """Keep the copy for half an hour, but for its tail, which is kept as it comes."""
    kept = {
        "base": [asdict(message) for message in copy.base],
        "looked_at": copy.looked_at,
        "consent": asdict(copy.consent) if copy.consent else None,
        "past": [name for name in _names(session) if name in copy.past],
    }
    store().set(_key(session), kept, KEPT_SECONDS)


def sent(task_id: uuid.UUID, message: Message) -> dict[str, object]:
    """Return what keeps a visitor's message, by its key, for :data:`KEPT_SECONDS`."""
    return {_key_of(f"sent:{task_id}"): asdict(message)}


def begin(session: ChatSession, consent: Consent | None) -> None:
    """Keep an empty copy of a session that has only just started: there is nothing to look for."""
    save(session, Copy(looked_at=time.time(), consent=consent))


def keep_consent(session: ChatSession, consent: Consent) -> None:
    """Keep what became of the consent, if a copy is kept at all."""
    copy = load(session)
    if copy.looked_at:
        save(session, replace(copy, consent=consent))


def keep_answer(task_id: uuid.UUID, answer: Message) -> None:
    """Keep the answer of a settled task, for the tail and for whoever asks for it once more."""
    store().set(_key_of(f"answer:{task_id}"), asdict(answer), KEPT_SECONDS)


def kept_answer(task_id: uuid.UUID) -> Message | None:
    """Return the answer that :func:`keep_answer` kept, if the cache still has it."""
    kept = store().get(_key_of(f"answer:{task_id}"))
    return _thaw(kept) if kept else None


def forget(session: ChatSession) -> None:
    """Drop the copy of a session that is deleted, and what was said in it."""
    store().delete_many([_key(session), *map(_key_of, _names(session))])


def _key(session: ChatSession) -> str:
    return f"chatwidget:copy:{session.pk}"


def _key_of(name: str) -> str:
    return f"chatwidget:{name}"


def _names(session: ChatSession) -> list[str]:
    """The names of what was said, as far as the session remembers its tasks, in order."""
    tasks = (*(kept["task_id"] for kept in session.recent), session.task_id)
    return [f"{part}:{task_id}" for task_id in tasks for part in ("sent", "answer")]


def _thaw(fields: Mapping[str, Any]) -> Message:
    tags, files = tuple(fields["tags"]), (Attachment(**each) for each in fields["attachments"])
    return Message(**{**fields, "tags": tags, "attachments": tuple(files)})
