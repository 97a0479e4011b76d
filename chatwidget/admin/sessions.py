"""Sessions in the admin: who talks where, and when. To read, not to edit, and without words."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from chatwidget.admin.fields import QuickSelect
from chatwidget.admin.paging import ShortList
from chatwidget.admin.transcripts import Transcripts
from chatwidget.models import ChatSession, Feedback, Widget


class WidgetFilter(admin.SimpleListFilter):
    """Sessions of one widget, chosen from a list that may have a thousand."""

    title = _("widget")
    parameter_name = "widget"
    template = "admin/chatwidget/chatsession/select_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer each widget."""
        rows = Widget.objects.order_by("name").values_list("pk", "name")
        return [(str(pk), name) for pk, name in rows]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield what a form holds: the select, and the rest of the query to carry along."""
        select = QuickSelect(choices=[("", _("All")), *self.lookup_choices])
        label = {"aria-label": self.title, "data-chatwidget-filter": True}
        rest = changelist.get_query_string(remove=[self.parameter_name, "p"])
        yield {
            "select": select.render(self.parameter_name, self.value(), label),
            "rest": parse_qsl(rest.removeprefix("?")),
        }

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChatSession]
    ) -> QuerySet[ChatSession]:
        """Keep those of the widget."""
        value = self.value()
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(widget=int(value)) if value in known else queryset


class FeedbackInline(admin.TabularInline):  # type: ignore[type-arg]
    """What the visitor thought, to read and not to edit."""

    model = Feedback
    fields = readonly_fields = ("judged", "judgement", "word", "created_at")
    can_delete = False
    extra = 0

    @admin.display(description=_("of"))
    def judged(self, feedback: Feedback) -> str:
        """The answer's time, or the chat as a whole."""
        return feedback.answer or str(_("The chat"))

    @admin.display(description=_("value"))
    def judgement(self, feedback: Feedback) -> str:
        """A thumb in words, or stars."""
        if feedback.liked is None:
            return str(feedback)
        return str(_("Liked") if feedback.liked else _("Disliked"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Visitors give it, nobody else."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who sees the session sees what was thought of it."""
        return True


@admin.register(ChatSession)
class ChatSessionAdmin(ShortList, Transcripts):
    """Sessions. What the server calls them, and its tokens, stay out."""

    inlines = (FeedbackInline,)
    fields = (
        "id",
        "widget",
        "state",
        "participant_id",
        "participant_name",
        "is_identified",
        "answered",
        "agreed",
        "message_count",
        "flight",
        "created_at",
        "last_active_at",
    )
    readonly_fields = fields
    list_display = (
        "short_id",
        "who",
        "widget",
        "state",
        "message_count",
        "last_active_at",
    )
    list_filter = ("state", "last_active_at", WidgetFilter)
    list_per_page = 50
    list_select_related = ("widget",)
    # Only says that there is a search; get_search_results is what searches.
    search_fields = ("participant_id",)
    search_help_text = _("Session id or participant id, whole.")
    show_facets = admin.ShowFacets.NEVER
    # By anything else a million rows would be sorted for each page.
    sortable_by = ("last_active_at",)

    class Media:
        css = {"all": ("chatwidget/admin/widget.css",)}
        js = ("chatwidget/admin/filter.js",)

    @admin.display(description=_("session"))
    def short_id(self, session: ChatSession) -> str:
        """The first eight digits of the id, which a list has room for."""
        return str(session.pk)[:8]

    @admin.display(description=_("participant"))
    def who(self, session: ChatSession) -> str:
        """The name or id that came with the start of the chat, and whether it was proven."""
        name = session.participant_name or session.participant_id or str(_("Visitor"))
        return f"{name} ({_('proven')})" if session.is_identified else name

    @admin.display(description=_("answers before the chat"))
    def answered(self, session: ChatSession) -> str:
        """What the form before the chat was answered, a line each."""
        lines = ((f"{key}: {answer}",) for key, answer in session.answers.items())
        return format_html_join(mark_safe("<br>"), "{}", lines) or self.get_empty_value_display()

    @admin.display(description=_("agreed to"))
    def agreed(self, session: ChatSession) -> str:
        """What was agreed to, whose it is, which version and when, with the words themselves."""
        rows = (
            (
                _("This site") if each["by"] == "site" else _("Server"),
                each["version"],
                each["at"],
                each["text"],
            )
            for each in session.agreements
        )
        template = "<details><summary>{}: {} · {}</summary><p>{}</p></details>"
        return format_html_join("", template, rows) or self.get_empty_value_display()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ChatSession], search_term: str
    ) -> tuple[QuerySet[ChatSession], bool]:
        """Find the whole id, not parts of it: a table may have a million rows."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(participant_id=term) | _with_id(term)), False

    def get_inlines(self, request: HttpRequest, obj: ChatSession | None) -> Any:
        """List what the visitor thought, if they said."""
        return self.inlines if obj is not None and obj.feedback.exists() else ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Visitors start sessions, nobody else."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A session is what happened."""
        return False


def _with_id(term: str) -> Q:
    try:
        return Q(pk=uuid.UUID(term))
    except ValueError:
        return Q()
