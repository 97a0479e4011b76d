"""Moving over from the server's own widget: a page's HTML in, the form of a new widget out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from chatwidget.admin import pasted
from chatwidget.admin.counterparts import Moved, move
from chatwidget.models import Widget

LONGEST = 1_000_000  # characters
# The form's field that says it was filled by a move, and where the session keeps what is left to
# do until the widget's page has shown it.
MOVED = "chatwidget_moved"
MOST_NOTES = 100


class MoveForm(forms.Form):
    """A page that has the widget of the server, or the tag alone."""

    html = forms.CharField(
        label="HTML",
        max_length=LONGEST,
        strip=False,
        help_text=gettext_lazy(
            "Of a page that has <open-chat-studio-widget>, or the tag alone. Nothing is saved yet."
        ),
        widget=forms.Textarea(
            attrs={"class": "vLargeTextField", "rows": 12, "spellcheck": "false"}
        ),
    )

    def clean_html(self) -> pasted.Pasted:
        """Read it; refuse what has no such tag."""
        found = pasted.read(self.cleaned_data["html"])
        if not found.tags:
            words = _("There is no <open-chat-studio-widget> in it. Copy the page's source again.")
            raise ValidationError(words, code="tag")
        return found


class Moving(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of widgets that reads the tag of another."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the page."""
        view = self.admin_site.admin_view(self.move_view)
        own = path("move/", view, name="chatwidget_widget_move")
        return [own, *super().get_urls()]

    @method_decorator(sensitive_post_parameters("html"))
    def move_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the HTML; then show the form of a new widget, filled in and not saved."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = MoveForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._filled(request, move(form.cleaned_data["html"]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "has_view_permission": self.has_view_or_change_permission(request),
            "title": _("Move over from the server's own widget"),
            "form": form,
        }
        return TemplateResponse(request, "admin/chatwidget/widget/move.html", context)

    def _filled(self, request: HttpRequest, moved: Moved) -> HttpResponse:
        # The page of a new widget as it is first shown, which goes on where it always does.
        request.method = "GET"
        request.chatwidget_moved = moved  # type: ignore[attr-defined]
        request.session[MOVED] = {"notes": _kept(moved)}
        add = reverse(f"{self.admin_site.name}:chatwidget_widget_add")
        return self.changeform_view(request, None, add, {"moved": request.session[MOVED]})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what came over."""
        moved = getattr(request, "chatwidget_moved", None)
        return {**super().get_changeform_initial_data(request), **(moved.values if moved else {})}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Widget | None = None,
    ) -> HttpResponse:
        """Say what is left to do also on a form that was refused, and once when it is saved."""
        kept = request.session.get(MOVED, {})
        if MOVED in request.POST and kept:
            context["moved"] = kept
        elif obj is not None and kept.get("widget") == obj.pk:
            context["moved"] = request.session.pop(MOVED)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(
        self, request: HttpRequest, obj: Widget, *args: Any, **options: Any
    ) -> HttpResponse:
        """Remember which widget it became."""
        if MOVED in request.POST and MOVED in request.session:
            request.session[MOVED] = {**request.session[MOVED], "widget": obj.pk}
        return super().response_add(request, obj, *args, **options)


def _kept(moved: Moved) -> list[dict[str, str]]:
    return [{"name": note.name, "words": str(note.words)} for note in moved.notes[:MOST_NOTES]]
