"""The transcript: the server's history, looked at no more than the contract allows.

A look is one catch-up by the session poll, of as many pages as it takes, 40 at most; between
looks, 30 seconds or more, the copy in the cache answers (design decisions 3 and 4).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.utils.crypto import salted_hmac

from chatwidget import overload
from chatwidget.chatapi import ChatAPI, Consent, Message, SessionPoll, errors
from chatwidget.chatapi.types import moment
from chatwidget.conversation import copies
from chatwidget.conversation.calls import calling, close
from chatwidget.conversation.copies import Copy
from chatwidget.models import ChatSession
from chatwidget.servers import session_ref

LOOK_SECONDS = 30
PAGE_LIMIT = 100
MAX_PAGES = 40
# A page may take 8 MB (`chatapi.endpoints`). What is larger is asked for in smaller pages, and a
# message that alone is larger may take this much, and is kept as far as LONGEST_MESSAGE.
LARGEST_BYTES = 32 * 1024 * 1024
LONGEST_MESSAGE = 4_000_000
# The server writes a message to its history late (fact 18) and some never (fact 15): what this
# site saw stays in the copy for so long.
TAIL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class History:
    """A page of a transcript, oldest message first (contract: ChatPollResponse)."""

    messages: tuple[Message, ...]
    has_more: bool
    session_status: Literal["active", "ended"]
    consent: Consent | None = None


def history(
    session: ChatSession, *, since: datetime | None = None, limit: int | None = None
) -> History:
    """Return the session's messages after ``since`` (exclusive, fact 20), at most ``limit``.

    While the server has no turn for a look, they are those of the last one.

    Raises:
        TooManyAtOnce: there is no last one in the cache.
        HistoryUnderWay: another is making the first.
        SessionExpired: the server no longer admits the session.
        ChatAPIError: the server could not be asked.
    """
    copy = _readable_copy(session)
    messages = _after(copy.messages, since)
    shown = messages if limit is None else _first(messages, limit)
    status: Literal["active", "ended"] = "active" if session.is_open else "ended"
    return History(shown, len(shown) < len(messages), status, copy.consent)


def _readable_copy(session: ChatSession) -> Copy:
    """Return what there is to read; what decides about a message reads the current copy alone."""
    try:
        return current_copy(session)
    except overload.TooManyAtOnce:
        copy = copies.load(session)
        if not copy.looked_at:
            raise
        return copy


def _after(messages: tuple[Message, ...], since: datetime | None) -> tuple[Message, ...]:
    """What stands after the message of ``since``; its time decides only if there is none.

    The place is surer than the time: a message that was just sent has this site's time, and its
    answer the server's, whose clocks may differ.
    """
    if since is None:
        return messages
    places = [place for place, message in enumerate(messages) if message.created == since]
    if places:
        return messages[places[-1] + 1 :]
    return tuple(message for message in messages if message.created > since)


def _first(messages: tuple[Message, ...], limit: int) -> tuple[Message, ...]:
    """The first ``limit``, and never one of two of the same time: ``since`` would skip its twin."""
    if len(messages) <= limit:
        return messages
    cut = messages[limit].created
    earlier = tuple(message for message in messages[:limit] if message.created != cut)
    return earlier or tuple(message for message in messages if message.created == cut)


def find_sent(session: ChatSession, *, mark: str, digest: str, count: int) -> Message | None:
    """Return the ``count``-th message of the visitor's after ``mark`` that has ``digest``."""
    same = [
        message
        for message in _since_mark(session, mark)
        if message.role == "user" and digest_of(message.content.strip()) == digest
    ]
    return same[count - 1] if len(same) >= count else None


def find_answer(session: ChatSession, *, mark: str) -> Message | None:
    """Return the bot's first message after ``mark``, a time in the server's words, if any."""
    messages = _since_mark(session, mark)
    return next((message for message in messages if message.role == "assistant"), None)


def find_at(session: ChatSession, mark: str) -> Message | None:
    """Return the bot's message of the time ``mark``, in the server's words, if any."""
    base = current_copy(session).base
    at_mark = (each for each in base if each.created_at == mark and each.role == "assistant")
    return next(at_mark, None)


def digest_of(text: str) -> str:
    """Return the keyed digest by which a message is known without its words."""
    return salted_hmac("chatwidget.message", text, algorithm="sha256").hexdigest()


def _since_mark(session: ChatSession, mark: str) -> list[Message]:
    base = current_copy(session).base
    since = moment(mark) if mark else None
    return [message for message in base if since is None or message.created > since]


def current_copy(session: ChatSession) -> Copy:
    """Return the copy, brought up to date if the last look is 30 seconds old.

    Of concurrent askers one looks, in whatever worker; the others take the copy as it is, and wait
    a moment for the first one.

    Raises:
        HistoryUnderWay: another looks, and there is no copy yet.
    """
    copy = copies.load(session)
    if copy.age < LOOK_SECONDS:
        return copy
    with copies.turn(session, LOOK_SECONDS) as is_own:
        if is_own:
            return _brought_up_to_date(session)
    return copy if copy.looked_at else copies.awaited(session)


def _brought_up_to_date(session: ChatSession) -> Copy:
    # Another may have looked just before.
    copy = copies.load(session)
    if copy.age >= LOOK_SECONDS:
        copy = _look(session, copy)
        copies.save(session, copy)
    return copy


def _look(session: ChatSession, copy: Copy) -> Copy:
    since = copy.base[-1].created_at if copy.base else None
    new: list[Message] = []
    status, consent = "active", copy.consent
    with calling(session.widget, "poll_session", session) as api:
        for page in _pages(api, session, since):
            new.extend(page.messages)
            status, consent = page.session_status, page.consent
    if status == "ended":
        close(session, ChatSession.State.ENDED)
    # What was said in the meantime is in it too.
    tail, now = copies.load(session).tail, time.time()
    tail = tuple(each for each in tail if not _is_in(each, new) and _is_young(each, now))
    return Copy(copy.base + tuple(new), tail, now, consent)


def _pages(api: ChatAPI, session: ChatSession, since: str | None) -> Iterator[SessionPoll]:
    """Ask on and on, for fewer messages where an answer is too large; yield only what is new."""
    limit = PAGE_LIMIT
    for _call in range(MAX_PAGES):
        try:
            page = _page(api, session, since, limit)
        except errors.TooLarge:
            if limit == 1:
                raise
            limit = max(1, limit // 10)
            continue
        yield page
        if not page.has_more or not page.messages:
            return
        since = page.messages[-1].created_at
        limit = min(PAGE_LIMIT, limit * 2)


def _page(api: ChatAPI, session: ChatSession, since: str | None, limit: int) -> SessionPoll:
    max_bytes = LARGEST_BYTES if limit == 1 else None
    page = api.poll_session(session_ref(session), since=since, limit=limit, max_bytes=max_bytes)
    new = tuple(_cut(message) for message in page.messages if _is_after(message, since))
    if page.has_more and new:
        # Its last one may have a twin of the same time, which ``since`` would skip.
        last = new[-1].created_at
        new = tuple(message for message in new if message.created_at != last) or new
    return replace(page, messages=new)


def _cut(message: Message) -> Message:
    if len(message.content) <= LONGEST_MESSAGE:
        return message
    return replace(message, content=message.content[:LONGEST_MESSAGE] + "…")


def _is_after(message: Message, since: str | None) -> bool:
    # A server that ignores ``since`` would go on for ever with the same messages.
    return since is None or message.created > moment(since)


def _is_in(message: Message, new: list[Message]) -> bool:
    return any((each.role, each.content) == (message.role, message.content) for each in new)


def _is_young(message: Message, now: float) -> bool:
    return now - message.created.timestamp() < TAIL_SECONDS
