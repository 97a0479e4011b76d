"""The log of the chat page: what was said is read from it, and a message is posted to it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from chatwidget import page_context
from chatwidget.conversation import Introduction, files
from chatwidget.conversation.errors import Closed, IntroductionMissing, ReadOnly
from chatwidget.models import Widget
from chatwidget.problems import Problem
from chatwidget.views.base import fragment, html, milliseconds, text_field, whole_number, widget_of
from chatwidget.views.delivery import (
    Delivery,
    Parcel,
    client_id_of,
    deliver,
    next_client_id,
    start_chat,
)
from chatwidget.views.gate import gate_of, refused_consent
from chatwidget.views.history import history
from chatwidget.views.notices import notices_of
from chatwidget.views.replies import watching
from chatwidget.views.showing import look_of
from chatwidget.views.visitor import (
    failure,
    forget_token,
    give_token,
    proof_of,
    tell,
    token_of,
    who_shows,
)


@fragment("GET", "POST")
def messages(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """The log so far, or one message more."""
    widget = widget_of(request, public_id)
    if request.method == "GET":
        return history(request, widget)
    if "start" in request.POST:
        return _start(request, widget)
    return _send(request, widget)


def _start(request: HttpRequest, widget: Widget) -> HttpResponse:
    who = who_shows(proof_of(request), widget)
    session = start_chat(widget, who, Introduction(), Parcel("", client_id_of("")))
    context = {**look_of(widget), "task_id": session.pending_task_id, "delay": 0}
    return tell(give_token(html("fragments/started.html", context), session), "session-started")


def _send(request: HttpRequest, widget: Widget) -> HttpResponse:
    text = text_field(request, "message")
    client_id = client_id_of(request.POST.get("client_id", ""))
    where = page_context.admitted(request.POST.get("context", ""), widget)
    agree = request.POST.get("agree", "")
    parcel = Parcel(text, client_id, proof_of(request), where, _files(request, widget), agree)
    delivery = deliver(widget, token_of(request), parcel)
    events = ["session-started"] if delivery.new_session else []
    context: dict[str, object] = {**look_of(widget), "text": text, "expired": delivery.afresh}
    context |= {"files": parcel.files, **notices_of(widget)}
    outcome = delivery.outcome
    if isinstance(outcome, Problem):
        context |= {"problem": outcome, "client_id": next_client_id(outcome, client_id)}
        context |= {"watch": "own", **watching(delivery.error)}
        context |= _way_on(widget, request, delivery)
        response = html("fragments/unsent.html", context, outcome.status)
        if outcome.code == "introduction_required":
            forget_token(response)
        events.append(failure(outcome))
    else:
        delay = milliseconds(outcome.ask_again)
        context |= {"at": timezone.now(), "task_id": outcome.id, "delay": delay}
        response = html("fragments/sent.html", context)
        events.append("message-sent")
    return tell(give_token(response, delivery.new_session), *events)


def _files(request: HttpRequest, widget: Widget) -> list[int]:
    """The numbers of the files that go with a message; what is no number names no file."""
    given = request.POST.getlist("file") if widget.takes_files else []
    return list(dict.fromkeys(whole_number(number, -1) for number in given))[: files.MOST_FILES]


def _way_on(widget: Widget, request: HttpRequest, delivery: Delivery) -> dict[str, object]:
    """What stands in the way of a message, for the visitor to do about it."""
    consent = refused_consent(widget, delivery.error)
    if consent:
        return {"consent": consent}
    if isinstance(delivery.error, ReadOnly | Closed | IntroductionMissing):
        return {"stands": gate_of(widget, None, who_shows(proof_of(request), widget))}
    return {}
