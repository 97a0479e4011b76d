"""The chat page's twin for browsers without JavaScript: forms, a cookie and Django's CSRF.

It is the only page that reads a cookie, so it is never framed (design, "Fixed").
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from chatwidget import conversation, languages, problems, tokens
from chatwidget.chatapi import Message
from chatwidget.conf import conf
from chatwidget.conversation.errors import HistoryUnderWay
from chatwidget.discretion import COOKIE
from chatwidget.models import ChatSession, Widget
from chatwidget.problems import Problem
from chatwidget.views.base import html, public, text_field, widget_of
from chatwidget.views.delivery import Parcel, client_id_of, deliver, next_client_id
from chatwidget.views.gate import enter, gate_of, refused_consent
from chatwidget.views.headers import new_nonce, protect_page
from chatwidget.views.notices import notices_of
from chatwidget.views.showing import page_look_of, shown
from chatwidget.views.visitor import session_of

EXPIRED = _("Your earlier chat has expired. This is a new one.")
WORK = _(
    "To start a chat here, switch JavaScript on: your browser has to calculate something first."
)
# This page knows nobody, and shows no chat that somebody proved is theirs.
NOBODY = ""
# A whole page costs more than a fragment, and a reader's place is lost with each.
FASTEST_REFRESH = 2  # seconds


@dataclass(frozen=True, slots=True)
class Draft:
    """What the composer holds, what is wrong with it, and the consent that it waits for."""

    text: str = ""
    client_id: str = ""
    fault: str | Promise = ""
    status: int = HTTPStatus.OK
    consent: Mapping[str, object] = field(default_factory=dict)


# The site's own middleware would read a body of any length before `public` has looked at it, so
# the check for a forgery stands within.
@csrf_exempt
@public("GET", "HEAD", "POST")
@csrf_protect
def plain_page(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """The whole chat as a page; a post is answered by a redirect to it."""
    widget = widget_of(request, public_id)
    if request.method != "POST":
        return _page(request, widget, Draft())
    if "new" in request.POST:
        return _forget(_redirect(request, widget), widget)
    if "enter" in request.GET:
        return _enter(request, widget)
    text = text_field(request, "message")
    client_id = client_id_of(request.POST.get("client_id", ""))
    parcel = Parcel(text, client_id, agree=request.POST.get("agree", ""))
    delivery = deliver(widget, request.COOKIES.get(COOKIE, ""), parcel)
    outcome = delivery.outcome
    if isinstance(outcome, Problem):
        again = next_client_id(outcome, client_id)
        consent = refused_consent(widget, delivery.error)
        draft = Draft(text, again, outcome.words, outcome.status, consent)
        response = _page(request, widget, draft)
    else:
        response = _redirect(request, widget, expired=delivery.afresh)
    if delivery.new_session is not None:
        _remember(request, response, delivery.new_session)
    return response


def _enter(request: HttpRequest, widget: Widget) -> HttpResponse:
    """Take the form before the chat."""
    entry = enter(request, widget, _session(request, widget), None)
    if entry.session is None:
        return _page(request, widget, Draft(status=entry.status), entry.context)
    response = _redirect(request, widget)
    _remember(request, response, entry.session)
    return response


def _session(request: HttpRequest, widget: Widget) -> ChatSession | None:
    try:
        return session_of(request.COOKIES.get(COOKIE, ""), NOBODY, widget)
    except problems.ERRORS:
        return None


def _page(
    request: HttpRequest, widget: Widget, draft: Draft, gate: Mapping[str, object] | None = None
) -> HttpResponse:
    context, is_refused = _conversation(request.COOKIES.get(COOKIE, ""), widget)
    nonce = new_nonce()
    if "expired" in request.GET:
        context["notice"] = EXPIRED
    if widget.start_work and "has_session" not in context:
        context["notice"] = WORK
    context |= {
        **page_look_of(widget),
        **notices_of(widget),
        **(gate or gate_of(widget, _session(request, widget) if widget.has_gate else None)),
        "nonce": nonce,
        "again": "?" + "".join(_language_query(request)),
        "csrf_token": get_token(request),
        "draft": draft,
        "client_id": draft.client_id or str(uuid.uuid4()),
    }
    response = html("plain.html", context, draft.status)
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    response["X-Frame-Options"] = "DENY"
    protect_page(response, nonce=nonce, ancestors=None, scripts=False)
    return _forget(response, widget) if is_refused else response


def _conversation(token: str, widget: Widget) -> tuple[dict[str, object], bool]:
    """Return what there is to show, and whether the cookie has to go."""
    if not token:
        return {}, False
    context: dict[str, object] = {"has_session": True}
    try:
        session = session_of(token, NOBODY, widget)
        context |= _awaited(session)
        history = conversation.history(session)
    except problems.ERRORS as error:
        problem = problems.describe(error)
        if problem.starts_afresh:
            return {"notice": EXPIRED}, True
        context |= {"notice": problem.words, "can_reload": True}
        if isinstance(error, HistoryUnderWay):
            context["reload"] = problem.retry_after
        return context, False
    context["messages"] = [
        shown(each, session) for each in history.messages if each.role != "system"
    ]
    if history.session_status == "ended":
        context["notice"] = _("This chat has ended. Your next message starts a new one.")
    return context, False


def _awaited(session: ChatSession) -> dict[str, object]:
    """Ask for the reply that the visitor waits for, if there is one."""
    task_id = session.pending_task_id
    if task_id is None:
        return {}
    try:
        reply = conversation.reply(session, task_id)
    except problems.ERRORS as error:
        problem = problems.describe(error)
        if problem.starts_afresh:
            raise
        still_open = session.pending_task_id is not None
        wait = problem.retry_after or 10
        return {"unanswered": problem.words, **({"refresh": wait} if still_open else {})}
    if reply.status == "complete":
        return {}
    return {
        "refresh": max(FASTEST_REFRESH, math.ceil(reply.ask_again or 0)),
        "progress": _progress(reply.message),
    }


def _progress(message: Message | None) -> object:
    return shown(message).html if message else ""


def _redirect(request: HttpRequest, widget: Widget, *, expired: bool = False) -> HttpResponse:
    query = "&".join((*_language_query(request), *(["expired"] if expired else [])))
    response = HttpResponseRedirect(_address(widget) + (query and f"?{query}"))
    # POST, redirect, GET: a reload of what follows sends nothing again (RFC 9110, 15.4.4).
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _language_query(request: HttpRequest) -> Iterable[str]:
    """The language that the page was asked in, for what it leads to."""
    language = languages.fitting(request.GET.get("language", ""))
    return [f"language={language.tag}"] if language else []


def _remember(request: HttpRequest, response: HttpResponse, session: ChatSession) -> None:
    response.set_cookie(
        COOKIE,
        tokens.issue(session),
        max_age=conf.session_max_age,
        path=_address(session.widget),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _forget(response: HttpResponse, widget: Widget) -> HttpResponse:
    response.delete_cookie(COOKIE, path=_address(widget), samesite="Lax")
    return response


def _address(widget: Widget) -> str:
    return reverse("chatwidget:plain", args=[widget.public_id])
