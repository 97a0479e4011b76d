"""The live preview's half in the admin: form values in, the address of a draft out."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatwidget import drafts, palette
from chatwidget.models import Widget


class Previewing(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of widgets that shows what is not saved yet."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address that the page's script asks."""
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        own = path("preview/", view, name="chatwidget_widget_preview")
        return [own, *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> JsonResponse:
        """Sign what the form holds, with the last good value in place of each wrong one."""
        widget = self._of(request)
        form: Any = self.get_form(request, widget, change=widget is not None)(
            request.POST, instance=widget or Widget()
        )
        wrong = _wrong_fields(form)
        draft = _draft_of(form, wrong)
        try:
            addresses = {
                scheme: reverse("chatwidget:preview", args=[drafts.sign(draft, scheme)])
                for scheme in ("light", "dark")
            }
        except NoReverseMatch:
            addresses = {}
        return JsonResponse(
            {**addresses, "contrast": contrast_of(draft.accent), "wrong": sorted(wrong)}
        )

    def _of(self, request: HttpRequest) -> Widget | None:
        object_id = request.POST.get("chatwidget_object", "")
        widget = cast("Widget | None", self.get_object(request, object_id)) if object_id else None
        may = self.has_change_permission(request, widget) if widget else None
        if not (may or self.has_add_permission(request)):
            raise PermissionDenied
        return widget


def contrast_of(accent: str) -> str:
    """Say how well text on the colour can be read (WCAG 1.4.3), and what it becomes for that."""
    light, dark = palette.light(accent), palette.dark(accent)
    return _("Light: %(light)s, %(on_light).1f to 1. Dark: %(dark)s, %(on_dark).1f to 1.") % {
        "light": light.accent,
        "on_light": palette.contrast(light.accent, light.on_accent),
        "dark": dark.accent,
        "on_dark": palette.contrast(dark.accent, dark.on_accent),
    }


def _wrong_fields(form: BaseForm) -> set[str]:
    seen = {field.name for field in drafts.fields()}
    return seen & set(form.errors)


def _draft_of(form: Any, wrong: set[str]) -> Widget:
    """Return an unsaved widget with the form's good values, and stored ones where it has wrong."""
    kept = {} if form.instance.pk is None else _stored(form.instance.pk)
    draft = Widget(**kept)
    for field in drafts.fields():
        if field.name in form.cleaned_data and field.name not in wrong:
            setattr(draft, field.name, form.cleaned_data[field.name])
    return draft


def _stored(pk: int) -> dict[str, Any]:
    stored = Widget.objects.get(pk=pk)
    return {field.name: getattr(stored, field.name) for field in drafts.fields()}
