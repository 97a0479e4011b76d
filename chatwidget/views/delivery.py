"""Bringing a visitor's message to its conversation, for the chat page and its plain twin."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chatwidget import conversation, problems
from chatwidget.conversation import Introduction, Task, sending
from chatwidget.conversation.errors import AgreementMissing, IntroductionMissing
from chatwidget.identity import Identity
from chatwidget.models import ChatSession, Widget
from chatwidget.problems import Problem
from chatwidget.views.introductions import missing
from chatwidget.views.visitor import session_of, who_shows


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message: the task that the server gave it, or a problem.

    ``new_session`` was started for it, even if the message then failed, so that the next try
    goes on there. ``afresh`` says that it was started because the earlier one could not go on.
    ``error`` is what the problem came from.
    """

    outcome: Task | Problem
    new_session: ChatSession | None = None
    afresh: bool = False
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message as a browser hands it over.

    ``proof`` says who the visitor is, signed, and ``context`` where, as far as the widget admits;
    ``files`` are our numbers of what was uploaded for it. ``agree`` is the version of the consent
    that the visitor gives with it, if one was asked.
    """

    text: str
    client_id: str
    proof: str = ""
    context: Mapping[str, object] | None = None
    files: Sequence[int] = ()
    agree: str = ""

    def send(self, session: ChatSession) -> Task:
        return conversation.send(
            session,
            self.text,
            client_id=self.client_id,
            context=self.context,
            attachment_ids=self.files,
            agree=self.agree,
        )


def deliver(widget: Widget, token: str, parcel: Parcel) -> Delivery:
    """Send the message in the session of ``token``, or in a new one if that can't go on."""
    if not token:
        return _begin(widget, parcel, Introduction(), afresh=False)
    delivery = _go_on(widget, token, parcel)
    if isinstance(delivery.outcome, Problem) and delivery.outcome.starts_afresh:
        return _begin(widget, parcel, said_before(widget, token, parcel), afresh=True)
    return delivery


def _go_on(widget: Widget, token: str, parcel: Parcel) -> Delivery:
    try:
        return Delivery(parcel.send(session_of(token, parcel.proof, widget)))
    except problems.ERRORS as error:
        return Delivery(problems.describe(error), error=error)


def said_before(widget: Widget, token: str, parcel: Parcel) -> Introduction:
    """What a visitor whose chat can't go on said before it: nobody is asked twice."""
    try:
        return Introduction.of(session_of(token, parcel.proof, widget))
    except problems.ERRORS:
        return Introduction()


def start_chat(
    widget: Widget, who: Identity | None, said: Introduction, parcel: Parcel
) -> ChatSession:
    """Begin the chat of ``parcel``, once its visitor said and agreed to what is asked before.

    Raises:
        IntroductionMissing, AgreementMissing: they have not.
        What :func:`chatwidget.conversation.starting.start_once` raises.
    """
    conversation.require_writable(widget)
    gap = missing(widget, who, said)
    if gap.questions:
        raise IntroductionMissing
    if gap.consent and gap.consent.form_version_id != parcel.agree:
        raise AgreementMissing(gap.consent)
    return conversation.start_once(widget, parcel.client_id, who, said)


def _begin(widget: Widget, parcel: Parcel, said: Introduction, *, afresh: bool) -> Delivery:
    session = None
    try:
        who = who_shows(parcel.proof, widget)
        sending.checked(parcel.text)
        session = start_chat(widget, who, said, parcel)
        task = parcel.send(session)
    except problems.ERRORS as error:
        return Delivery(problems.describe(error), session, afresh, error)
    return Delivery(task, session, afresh)


def client_id_of(text: str) -> str:
    """Return the message's client id as the page made it, or a new one for what is no UUID."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def next_client_id(problem: Problem, client_id: str) -> str:
    """Return the id with which a message that met ``problem`` may be sent again.

    The same one, so that it is never sent twice, unless that id can bring no other answer.
    """
    spent = {"message_unconfirmed", "idempotency_key_reused"}
    used_up = problem.starts_afresh or problem.code in spent
    return str(uuid.uuid4()) if used_up else client_id
