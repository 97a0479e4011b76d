"""The gate: what stands in the place of the message field until a visitor may write.

Words while the widget is read-only or closed, the form before the chat, or what is to be agreed
to. The server says which, each time that it is asked; a page that was opened before a change is
told with its next send.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatwidget import conversation, problems
from chatwidget.chatapi import Consent, errors
from chatwidget.conversation import Introduction
from chatwidget.conversation.errors import AgreementMissing, AgreementStale, Closed, ReadOnly
from chatwidget.identity import Identity
from chatwidget.languages import reworded
from chatwidget.models import ChatSession, Widget
from chatwidget.rendering import render_markdown
from chatwidget.views.base import fragment, html, widget_of
from chatwidget.views.introductions import IntroductionForm, missing
from chatwidget.views.notices import notices_of
from chatwidget.views.showing import look_of
from chatwidget.views.visitor import (
    give_token,
    proof_of,
    session_of,
    tell,
    token_of,
    who_shows,
)

AGREE = _("Tick this to go on.")


def gate_of(
    widget: Widget, session: ChatSession | None = None, who: Identity | None = None
) -> dict[str, object]:
    """Return what templates need to draw the gate as it stands for this visitor now."""
    if not widget.has_gate:
        return {}
    try:
        conversation.require_writable(widget)
    except ReadOnly:
        return {"gate": "read_only", "gate_words": reworded(widget.read_only_words)}
    except Closed:
        return {"gate": "closed"}
    if session is not None and session.is_open:
        return consent_of(widget, conversation.asked_consent(session))
    gap = missing(widget, who, _said(session))
    own = consent_of(widget, gap.consent)
    if not gap.questions and not own:
        return {}
    words = reworded(widget.form_words) if gap.questions else ""
    return {**own, "gate": "form", "form": IntroductionForm(gap.questions), "gate_words": words}


def _said(session: ChatSession | None) -> Introduction:
    return Introduction.of(session) if session else Introduction()


def consent_of(widget: Widget, consent: Consent | None) -> dict[str, object]:
    """Return what templates need to show ``consent``, nothing if it is not asked for."""
    if consent is None or not consent.required:
        return {}
    is_own = consent == conversation.missing_consent(widget, ())
    text = reworded(widget.consent_text) if is_own else consent.text
    return {
        "gate": "form",
        "form_version": consent.form_version_id,
        "terms": render_markdown(text),
        "link": widget.consent_link if is_own else "",
    }


def refused_consent(widget: Widget, error: Exception | None) -> dict[str, object]:
    """Return what templates need to show the consent for whose lack ``error`` was raised."""
    if isinstance(error, AgreementMissing | errors.ConsentRequired):
        return consent_of(widget, error.consent)
    return {}


@fragment("GET", "POST")
def gate(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """The gate as it stands, or what became of the form in it."""
    widget = widget_of(request, public_id)
    who = who_shows(proof_of(request), widget)
    session = _session(request, widget)
    if request.method == "GET":
        return _show(widget, gate_of(widget, session, who))
    entry = enter(request, widget, session, who)
    response = _show(widget, entry.context, entry.status)
    if entry.session is None or entry.session == session:
        return response
    return tell(give_token(response, entry.session), "session-started")


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of the gate's form: the session that may go on, if all is well.

    ``context`` is what the gate shows then; with what was typed, if something is wrong.
    """

    session: ChatSession | None
    context: dict[str, object]
    status: int = HTTPStatus.OK


def enter(
    request: HttpRequest, widget: Widget, session: ChatSession | None, who: Identity | None
) -> Entry:
    """Take what was posted: answers, and what is agreed to."""
    context = gate_of(widget, session, who)
    form = _posted(request, widget, session, who)
    version = str(context.get("form_version", ""))
    if version and request.POST.get("version") != version:
        context["fault"] = problems.describe(AgreementStale(Consent(True))).words
    elif version and "agree" not in request.POST:
        context["disagrees"] = AGREE
    if not form.is_valid() or {"fault", "disagrees"} & set(context):
        return Entry(None, {**context, "form": form}, HTTPStatus.BAD_REQUEST)
    try:
        session = _let_in(widget, session, who, form)
        if version:
            conversation.agree(session, version)
    except problems.ERRORS as error:
        problem = problems.describe(error)
        context |= {"form": form, "fault": problem.words, **refused_consent(widget, error)}
        return Entry(None, context, problem.status)
    context = {"passed": True, "task_id": session.pending_task_id}
    return Entry(session, {**context, **gate_of(widget, session, who)})


def _posted(
    request: HttpRequest, widget: Widget, session: ChatSession | None, who: Identity | None
) -> IntroductionForm:
    is_in = session is not None and session.is_open
    asked = () if is_in else missing(widget, who, _said(session)).questions
    return IntroductionForm(asked, request.POST)


def _let_in(
    widget: Widget, session: ChatSession | None, who: Identity | None, form: IntroductionForm
) -> ChatSession:
    if session is not None and session.is_open:
        return session
    client_id = str(form.cleaned_data["client_id"] or uuid.uuid4())
    return conversation.start_once(widget, client_id, who, form.added_to(_said(session)))


def _session(request: HttpRequest, widget: Widget) -> ChatSession | None:
    token = token_of(request)
    try:
        return session_of(token, proof_of(request), widget) if token else None
    except problems.ERRORS:
        return None


def _show(widget: Widget, context: dict[str, object], status: int = HTTPStatus.OK) -> HttpResponse:
    shared = {**look_of(widget), **notices_of(widget), "now": timezone.now(), "delay": 0}
    return html("fragments/gate_answer.html", {**shared, **context}, status)
