"""Sending a message once: claimed in the database before a byte goes out (design decision 5)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chatwidget import budgets, limits, signals
from chatwidget.chatapi import Message, errors
from chatwidget.conf import conf
from chatwidget.conversation import (
    admission,
    attempts,
    consents,
    files,
    pacing,
    replies,
    sessions,
    transcript,
    versions,
    waiting,
    watching,
)
from chatwidget.conversation.attempts import Attempt, Flight
from chatwidget.conversation.calls import calling
from chatwidget.conversation.errors import (
    ClientIdReused,
    ConversationError,
    MessageBlank,
    MessageTooLong,
    MessageUnderWay,
    ReplyFailed,
    ReplyOverdue,
    SessionExpired,
    SessionOver,
    Unconfirmed,
)
from chatwidget.models import ChatSession
from chatwidget.servers import NotConfigured, session_ref


@dataclass(frozen=True, slots=True)
class Companions:
    """What goes along with a text: for the chatbot, files by the server's numbers, a version."""

    context: Mapping[str, object] | None = None
    attachment_ids: Sequence[int] = ()
    version_number: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A message that the server took: our id of its task, and when to ask for the reply."""

    id: uuid.UUID
    ask_again: float


def checked(text: str) -> str:
    """Return ``text`` as it is sent: trimmed, and free of what JSON cannot carry.

    Raises:
        MessageBlank: nothing is left.
        MessageTooLong: it has more than ``MESSAGE_MAX_LENGTH`` characters.
    """
    text = text.encode("utf-8", "replace").decode().replace("\x00", "").strip()
    if not text:
        raise MessageBlank
    if len(text) > conf.message_max_length:
        raise MessageTooLong(len(text), conf.message_max_length)
    return text


def send(
    session: ChatSession,
    text: str,
    *,
    client_id: str,
    context: Mapping[str, object] | None = None,
    attachment_ids: Sequence[int] = (),
    version_number: int | None = None,
    agree: str = "",
) -> Task:
    """Send ``text`` once, however often it is asked for with the same ``client_id``.

    ``attachment_ids`` are our numbers, of :func:`chatwidget.conversation.files.upload`; ``agree``
    is the version of the consent that the participant gives with it. What was sent is not sent
    again in a session that is over either, and no error says that a new one is needed for it.

    Raises:
        FileUnknown: a file is not the session's.
        VersionRefused: the server gives nobody like this caller a version to choose.
        MessageBlank, MessageTooLong: the text cannot be sent.
        SessionOver, SessionExpired: the session takes no more messages.
        ReadOnly, Closed: the widget takes none now.
        AgreementMissing: the participant has to agree to what the site asks first.
        AgreementStale, ConsentStale: what was agreed to has changed.
        ClientIdReused: the id came before with another text.
        MessageUnderWay: the last message is not answered yet, or this one is being sent.
        Unconfirmed: it went out and no answer came; it is not sent again. The same id asks
            whether it has arrived meanwhile.
        LimitReached: too many messages for now, or the widget's budget is spent.
        ChatAPIError: the server did not take it, and the same id may try again.
    """
    text = checked(text)
    digest = transcript.digest_of(text)
    earlier = attempts.of_client(session, client_id)
    if earlier is not None:
        if not constant_time_compare(earlier.digest, digest):
            raise ClientIdReused
        if earlier.flight != Flight.NOT_SENT:
            return _repeat(session, earlier)
    sessions.require_open(session)
    if agree:
        consents.agree(session, agree)
    admission.require_writable(session.widget)
    consents.require(session)
    companions = Companions(context, files.remote_ids(session, attachment_ids), version_number)
    limits.admit(session.widget, session=session)
    _make_room(session)
    budgets.spend(session.widget)
    attempt = attempts.claim(session, client_id=client_id, digest=digest)
    if attempt is None:
        budgets.give_back(session.widget)
        raise MessageUnderWay
    return _deliver(session, attempt, text, companions)


def _repeat(session: ChatSession, earlier: Attempt) -> Task:
    if earlier.flight == Flight.UNCONFIRMED or attempts.is_abandoned(session, earlier):
        _watch(session, earlier)
    elif earlier.flight == Flight.SENDING:
        raise MessageUnderWay
    return Task(earlier.task_id, pacing.ask_again(session.widget_id, earlier.age))


def _watch(session: ChatSession, earlier: Attempt) -> None:
    """Pass if the message has arrived meanwhile, whatever became of its reply."""
    try:
        with suppress(ReplyFailed, ReplyOverdue):
            replies.reply(session, earlier.task_id)
    except (SessionExpired, SessionOver) as error:
        # Nobody can know any more, and to send it in a new chat is the visitor's own choice.
        raise Unconfirmed(earlier.task_id, None) from error


def _make_room(session: ChatSession) -> None:
    last = attempts.current(session)
    if last is None or attempts.is_abandoned(session, last):
        return
    if last.flight == Flight.SENDING:
        raise MessageUnderWay
    if last.flight in (Flight.WAITING, Flight.DELIVERED) and replies.is_awaited(session, last):
        raise MessageUnderWay(pacing.ask_again(session.widget_id, last.age))


def _deliver(session: ChatSession, attempt: Attempt, text: str, companions: Companions) -> Task:
    version = companions.version_number
    try:
        with calling(session.widget, "send", session) as api, versions.asking_for(version):
            remote_task_id = api.send(
                session_ref(session),
                text,
                context=companions.context,
                attachment_ids=companions.attachment_ids,
                version_number=version,
            )
    except errors.ChatAPIError as error:
        if _is_unclear(error):
            attempts.land(session, attempt, Flight.UNCONFIRMED)
            raise Unconfirmed(attempt.task_id, watching.ask_again(attempt)) from error
        _not_sent(session, attempt)
        if isinstance(error, errors.ConsentRequired):
            consents.note(session, error)
        raise
    except (ConversationError, NotConfigured):
        _not_sent(session, attempt)
        raise
    except Exception:
        # A fault of ours, and for all that is known the message went out before.
        attempts.land(session, attempt, Flight.UNCONFIRMED)
        raise
    attempt = attempts.accepted(session, attempt, remote_task_id)
    waiting.begin(session, _as_sent(text))
    signals.message_sent.send_robust(ChatSession, session=session, task_id=attempt.task_id)
    return Task(attempt.task_id, pacing.ask_first(session.widget_id, attempt.age))


def _not_sent(session: ChatSession, attempt: Attempt) -> None:
    attempts.land(session, attempt, Flight.NOT_SENT)
    budgets.give_back(session.widget)


def _is_unclear(error: errors.ChatAPIError) -> bool:
    unclear = (errors.Unavailable, errors.BadResponse)
    return isinstance(error, unclear) and error.may_have_arrived


def _as_sent(text: str) -> Message:
    now = timezone.now().astimezone(UTC).isoformat(timespec="microseconds")
    return Message(created_at=now.replace("+00:00", "Z"), role="user", content=text)
