"""The menu's tools, and the transcript that a visitor takes along."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, tzinfo
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from chatwidget import conversation, problems
from chatwidget.models import ChatSession, Widget
from chatwidget.views.base import fragment, html, widget_of
from chatwidget.views.showing import language, look_of, shown
from chatwidget.views.visitor import proof_of, session_of, token_of

# By what a reader asks for: a template, and the media type of what it makes.
KINDS = {
    "txt": ("transcript.txt", "text/plain"),
    "html": ("transcript.html", "text/html"),
    "print": ("fragments/said.html", "text/html"),
}
ZONE = re.compile(r"[A-Za-z][\w+/-]{0,60}", re.ASCII)


@fragment("GET")
def tools(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """What one can do with the chat on the screen: rare enough to come when the menu opens."""
    return html("fragments/tools.html", look_of(widget_of(request, public_id)))


@fragment("GET")
def transcript(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """The whole chat as a file, ``as`` txt, html or print, its times in the reader's ``zone``."""
    widget = widget_of(request, public_id)
    kind = request.GET.get("as", "txt")
    if kind not in KINDS:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        session = session_of(token_of(request), proof_of(request), widget)
        context = _context(session, widget)
    except problems.ERRORS as error:
        problem = problems.describe(error)
        return HttpResponse(str(problem.words), "text/plain; charset=utf-8", status=problem.status)
    template, media_type = KINDS[kind]
    with timezone.override(_zone(request.GET.get("zone", ""))):
        response = html(template, context)
    response["Content-Type"] = f"{media_type}; charset=utf-8"
    name = f"{slugify(widget.title) or 'chat'}-{timezone.localdate()}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _context(session: ChatSession, widget: Widget) -> dict[str, object]:
    said = conversation.history(session).messages
    return {
        **look_of(widget),
        **language(),
        "messages": [shown(each, session) for each in said if each.role != "system"],
    }


def _zone(name: str) -> tzinfo:
    """Return the reader's time zone; UTC for what is none here."""
    try:
        return ZoneInfo(name) if ZONE.fullmatch(name) else UTC
    except (LookupError, OSError, ValueError):
        return UTC
