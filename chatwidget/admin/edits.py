"""Two admins who edit the same thing at once: the second is told, and overwrites nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

# The hidden field that says which state of the row its page was made of.
SEEN = "chatwidget_seen"


class LateEdits(forms.ModelForm):  # type: ignore[type-arg]
    """A form that is refused when its row has changed since the page was opened."""

    def clean(self) -> dict[str, Any] | None:
        """Compare the state that the page shows with the one that is stored."""
        data = super().clean()
        seen = self.data.get(SEEN)
        if seen and self.instance.pk and seen != state_of(self.instance):
            raise ValidationError(
                _(
                    "%(who)s saved this while you were editing it, and nothing of yours is saved. "
                    "Open it once more in another tab, and bring your changes there."
                )
                % {"who": _last_editor(self.instance)},
                code="late",
            )
        return data


class LateEditsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin whose page says which state of the row it was made of."""

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Hand the state on: the page's own, or the one that a refused form came with."""
        if obj is not None:
            context["seen"] = request.POST.get(SEEN) or state_of(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


def state_of(instance: Any) -> str:
    """Return what changes with each save of the row, as it is stored now."""
    stored = type(instance).objects.filter(pk=instance.pk).values_list("updated_at", flat=True)
    return str(stored.first() or "")


def _last_editor(instance: Any) -> str:
    kind = ContentType.objects.get_for_model(instance)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(instance.pk))
    entry = entries.select_related("user").order_by("-action_time").first()
    return str(entry.user) if entry else _("Somebody")
