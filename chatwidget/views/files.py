"""Files that a visitor attaches on the chat page, one a request, before the message is sent."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from chatwidget import conversation, problems, uploads
from chatwidget.conversation import Introduction, sessions
from chatwidget.conversation.errors import FilesRefused, TooManyFiles
from chatwidget.models import ChatSession, Widget
from chatwidget.problems import Problem
from chatwidget.views.base import fragment, json_refusal, widget_of
from chatwidget.views.delivery import Parcel, client_id_of, said_before, start_chat
from chatwidget.views.visitor import (
    failure,
    give_token,
    proof_of,
    session_of,
    tell,
    token_of,
    who_shows,
)

# Names the session that a first file starts, so that a retry finds it: in no address, no log.
START_HEADER = "X-Chat-Start"


def _refusal(request: HttpRequest, problem: Problem) -> HttpResponse:
    return tell(json_refusal(request, problem), failure(problem))


@fragment("POST", takes_files=True, refuse=_refusal)
def upload(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """Hand a file on, and start the chat that it goes with if there is none; answer in JSON."""
    widget = widget_of(request, public_id)
    if not widget.takes_files:
        raise FilesRefused
    uploads.require_length(request.META)
    token = token_of(request)
    session, is_new = _session(request, token, widget)
    try:
        number = _hand_on(request, session)
        response: HttpResponse = JsonResponse({"id": number, "notice": _notice(token, is_new)})
    except problems.ERRORS as error:
        response = _refusal(request, problems.describe(error))
    if not is_new:
        return response
    return tell(give_token(response, session), "session-started")


def _hand_on(request: HttpRequest, session: ChatSession) -> int:
    kind = request.META.get("CONTENT_TYPE", "")
    _fields, found = uploads.read_form(request, request, kind)
    # Django closes them with the request.
    request._files = found  # type: ignore[attr-defined]
    sent = uploads.to_send(found.getlist(uploads.FIELD))
    if len(sent) > 1:
        raise TooManyFiles
    (file,) = conversation.upload(session, sent)
    return file.id


def _session(request: HttpRequest, token: str, widget: Widget) -> tuple[ChatSession, bool]:
    """Return the visitor's session, and whether it is a new one, before the file is read."""
    proof = proof_of(request)
    if token:
        try:
            session = session_of(token, proof, widget)
            sessions.require_open(session)
        except problems.ERRORS as error:
            if not problems.describe(error).starts_afresh:
                raise
        else:
            return session, False
    parcel = Parcel("", client_id_of(request.headers.get(START_HEADER, "")), proof)
    said = said_before(widget, token, parcel) if token else Introduction()
    return start_chat(widget, who_shows(proof, widget), said, parcel), True


def _notice(token: str, is_new: bool) -> str:
    return _("Your earlier chat has expired. This is a new one.") if token and is_new else ""
