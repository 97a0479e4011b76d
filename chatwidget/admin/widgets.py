"""Widgets in the admin: what they say, how they look, who may embed them, what to copy."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.db.models import JSONField, QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chatwidget.admin.edits import LateEditsAdmin
from chatwidget.admin.exchange import Exchanging, clone, may_open_chats
from chatwidget.admin.fields import LinesField
from chatwidget.admin.forms import SwitchForm, WidgetForm
from chatwidget.admin.moving import Moving
from chatwidget.admin.previews import Previewing, contrast_of
from chatwidget.admin.publishing import publishing
from chatwidget.admin.sections import AS_LINES, sections
from chatwidget.admin.sessions import ChatSessionAdmin
from chatwidget.admin.switches import Switchable
from chatwidget.admin.wording import WordsField
from chatwidget.models import ChatSession, UsageDay, Widget

# A deletion's page names up to so many sessions and days of usage, and counts more.
NAMED_ROWS = 100


@admin.register(Widget)
class WidgetAdmin(Exchanging, Moving, Previewing, Switchable, LateEditsAdmin):
    """Widgets, switched on and off in the list; each page shows the widget as it is edited."""

    form = WidgetForm
    actions = ("pause", "resume", "clone", "export")
    list_display = ("name", "server", "is_active", "updated_at", "chat_link")
    list_editable = ("is_active",)
    list_filter = ("is_active", "server")
    list_per_page = 50  # each row is a form
    list_select_related = ("server",)
    search_fields = ("name", "slug", "title")
    prepopulated_fields = {"slug": ("name",)}
    radio_fields = {"position": admin.HORIZONTAL}

    class Media:
        css = {"all": ("chatwidget/admin/widget.css",)}
        js = (
            "chatwidget/admin/widget.js",
            Script("chatwidget/admin/preview.js", defer=True),
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Edit each list as lines or as a table, and not as JSON."""
        if isinstance(db_field, JSONField):
            as_rows = db_field.name == "words"
            kwargs.setdefault("form_class", WordsField if as_rows else LinesField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Give each box of the list the name of what it switches."""
        return super().get_changelist_form(request, **{"form": SwitchForm, **kwargs})

    def get_readonly_fields(self, request: HttpRequest, obj: Widget | None = None) -> Any:
        """Leave it to readers of transcripts to open chats to whoever knows their ids."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if may_open_chats(request) else (*fixed, "allows_seed_clients")

    def get_fieldsets(self, request: HttpRequest, obj: Widget | None = None) -> Any:
        """Show lists as lines also to those who may only look."""
        if obj is None or self.has_change_permission(request, obj):
            return sections()
        return [
            (title, {**options, "fields": [AS_LINES.get(name, name) for name in options["fields"]]})
            for title, options in sections()
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Widget | None = None,
    ) -> HttpResponse:
        """Give the page the code to copy, once there is a widget to copy it for."""
        if obj is not None:
            context |= publishing(obj, request)
        context["contrast"] = contrast_of((obj or Widget()).accent)
        context["previews"] = f"{self.admin_site.name}:chatwidget_widget_preview"
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Widget) -> HttpResponseRedirect:
        """Go on to the new widget's page: the code to copy is there."""
        if not self.has_view_or_change_permission(request, obj):
            return super().response_post_save_add(request, obj)
        site = self.admin_site.name
        change = reverse(f"{site}:chatwidget_widget_change", args=[quote(str(obj.pk))])
        return HttpResponseRedirect(change)

    @admin.action(description=_("Clone"), permissions=["add"])
    def clone(self, request: HttpRequest, queryset: QuerySet[Widget]) -> None:
        """Copy each, paused, under a name and a slug of its own."""
        for widget in queryset:
            copy = clone(widget, may_open=may_open_chats(request))
            self.log_addition(request, copy, f"Cloned from “{widget}”.")
        self.message_user(request, _("Cloned. The copies are paused."), messages.SUCCESS)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Widget], search_term: str
    ) -> tuple[QuerySet[Widget], bool]:
        """Find a widget also by its public id, whole, as log lines and embed codes have it."""
        with suppress(ValueError):
            return queryset.filter(public_id=UUID(search_term.strip())), False
        return super().get_search_results(request, queryset, search_term)

    def view_on_site(self, obj: Widget) -> str:
        """The chat page at this very site, whatever the sites framework says."""
        return _page_or_nothing(obj)

    @admin.display(description=_("chat"))
    def chat_link(self, widget: Widget) -> str:
        """The chat page, in a tab of its own."""
        page = _page_or_nothing(widget)
        if not page:
            return self.get_empty_value_display()
        words = _("Open chat")
        return format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', page, words)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Count what goes with a widget where naming each would take for ever.

        Its usage goes with it: nobody may delete that alone, so it asks for no permission.
        """
        sessions = ChatSession.objects.filter(widget__in=objs).count()
        days = UsageDay.objects.filter(widget__in=objs).count()
        if sessions + days <= NAMED_ROWS:
            rows, counts, wanted, protected = super().get_deleted_objects(objs, request)
            return rows, counts, wanted - {UsageDay._meta.verbose_name}, protected
        names = [str(widget) for widget in objs]
        numbers = {
            Widget._meta.verbose_name_plural: len(names),
            ChatSession._meta.verbose_name_plural: sessions,
            UsageDay._meta.verbose_name_plural: days,
        }
        sessions_admin = ChatSessionAdmin(ChatSession, self.admin_site)
        may = not sessions or sessions_admin.has_delete_permission(request)
        return names, numbers, set() if may else {ChatSession._meta.verbose_name}, []


def _page_or_nothing(widget: Widget) -> str:
    try:
        return widget.get_absolute_url()
    except NoReverseMatch:
        return ""
