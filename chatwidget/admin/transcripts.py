"""Reading a transcript: fetched from the server, never stored, and written to the admin's log."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chatwidget import advice, conversation, problems
from chatwidget.models import ChatSession
from chatwidget.rendering import render_markdown

PERMISSION = "chatwidget.read_transcript"
READ = gettext_noop("Read the transcript.")


class Transcripts(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of sessions with a button that reads what was said.

    It is a POST, because each reading leaves an entry in the log: no link that is followed ahead
    of time, and no page that is loaded once more by itself, makes one.
    """

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the button."""
        view = never_cache(self.admin_site.admin_view(require_POST(self.transcript_view)))
        own = path("<path:object_id>/transcript/", view, name="chatwidget_chatsession_transcript")
        return [own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the button to who may press it."""
        context["may_read"] = request.user.has_perm(PERMISSION)
        return super().render_change_form(request, context, *args, **kwargs)

    def transcript_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what was said, or why that can't be had."""
        session = cast("ChatSession | None", self.get_object(request, object_id))
        may = self.has_view_permission(request, session) and request.user.has_perm(PERMISSION)
        if session is None or not may:
            raise PermissionDenied
        # Noted before it is fetched: a reading that fails half-way was one.
        LogEntry.objects.log_actions(
            str(request.user.pk), [session], CHANGE, change_message=READ, single_object=True
        )
        context = {
            **self.admin_site.each_context(request),
            **_said(session),
            "opts": self.model._meta,
            "original": session,
            "title": _("Transcript"),
        }
        template = "admin/chatwidget/chatsession/transcript.html"
        return TemplateResponse(request, template, context)


def _said(session: ChatSession) -> dict[str, object]:
    if not session.remote_id:  # Its first message has not arrived.
        return {"messages_said": ()}
    try:
        history = conversation.history(session)
    except problems.ERRORS as error:
        return {"fault": advice.words_for(error)}
    messages = [
        {
            "role": each.role,
            "at": each.created,
            "text": each.content,
            "html": "" if each.role == "user" else render_markdown(each.content),
        }
        for each in history.messages
    ]
    return {"messages_said": messages}
