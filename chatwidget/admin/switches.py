"""What can be paused at one click: a button on its page, and actions in its list."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST


class Switchable(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of a model that has ``is_active``."""

    actions: tuple[str, ...] = ("pause", "resume")

    @admin.action(description=gettext_lazy("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Switch off each that is on."""
        self._switch(request, queryset, to=False)

    @admin.action(description=gettext_lazy("Resume"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Switch on each that is off."""
        self._switch(request, queryset, to=True)

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the button."""
        opts = self.model._meta
        name = f"{opts.app_label}_{opts.model_name}_switch"
        view = self.admin_site.admin_view(require_POST(self.switch_view))
        own = path("<path:object_id>/switch/", view, name=name)
        return [own, *super().get_urls()]

    def switch_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pause what is active, resume what is paused, and go back to its page."""
        item = self.get_object(request, object_id)
        if item is None or not self.has_change_permission(request, item):
            raise PermissionDenied
        queryset = self.model._default_manager.filter(pk=item.pk)
        self._switch(request, queryset, to=not cast(Any, item).is_active)
        opts = self.model._meta
        change = f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change"
        return HttpResponseRedirect(reverse(change, args=[object_id]))

    def _switch(self, request: HttpRequest, queryset: QuerySet[Any], *, to: bool) -> None:
        changed: list[Model] = list(queryset.filter(is_active=not to))
        for item in changed:
            cast(Any, item).is_active = to
            item.save(update_fields=["is_active", "updated_at"])
            self.log_change(request, item, _("Resumed.") if to else _("Paused."))
        number = len(changed)
        resumed = ngettext("%(number)d is active again.", "%(number)d are active again.", number)
        paused = ngettext("%(number)d is paused.", "%(number)d are paused.", number)
        self.message_user(
            request, (resumed if to else paused) % {"number": number}, messages.SUCCESS
        )
