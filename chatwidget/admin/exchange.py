"""Widgets as JSON, between sites and without secrets; and copies within one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chatwidget.admin.slugs import free_slug, taken_slugs
from chatwidget.models import ChatServer, Widget

# PostgreSQL stores none, and forms let none through.
without_nulls = ProhibitNullCharactersValidator()

FORMAT, VERSION = "chatwidget.widgets", 1
# A thousand widgets, with room for what their owners wrote.
MAX_BYTES = 8 * 1024 * 1024
MAX_WIDGETS = 1000


def exported_fields() -> list[models.Field[Any, Any]]:
    """Return the fields that travel: all that an admin types, so no ids, times and secrets."""
    fields = Widget._meta.concrete_fields
    return [field for field in fields if field.editable and field.name not in ("id", "server")]


def as_json(widgets: QuerySet[Widget]) -> str:
    """Return the widgets as a JSON document; of their servers the name alone."""
    rows = [
        {
            **{field.name: field.value_from_object(widget) for field in exported_fields()},
            "server": widget.server.name,
        }
        for widget in widgets.select_related("server")
    ]
    document = {"format": FORMAT, "version": VERSION, "widgets": rows}
    return json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def may_open_chats(request: HttpRequest) -> bool:
    """Whether somebody may let clients read a chat by its id alone, as they could anyway."""
    return request.user.has_perm("chatwidget.read_transcript")


def clone(widget: Widget, *, may_open: bool) -> Widget:
    """Return a stored copy, paused, with an id, a name and a slug of its own.

    It lets clients read a chat by its id alone only for whoever ``may_open`` chats.
    """
    values = {field.name: getattr(widget, field.name) for field in exported_fields()}
    name = _("%(name)s (copy)") % {"name": widget.name[:90]}
    values |= {"name": name, "slug": free_slug(widget.slug, taken_slugs()), "is_active": False}
    values["allows_seed_clients"] &= may_open
    return Widget.objects.create(server=widget.server, **values)


class ImportForm(forms.Form):
    """A document, and the server for widgets whose own is not known here."""

    document = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("As “Export as JSON” made it.")
    )
    server = forms.ModelChoiceField(
        ChatServer.objects.all(),
        label=gettext_lazy("Server"),
        required=False,
        help_text=gettext_lazy("For widgets whose server has another name here."),
    )

    def clean(self) -> dict[str, Any]:
        """Make the widgets, unsaved; refuse the whole document for any that can't work."""
        data = super().clean() or {}
        if "document" in data:
            try:
                data["widgets"] = self._widgets(_read(data["document"]), data.get("server"))
            except ValidationError as error:
                self.add_error("document", error)
        return data

    @staticmethod
    def _widgets(rows: list[Any], server: ChatServer | None) -> list[Widget]:
        servers = {each.name: each for each in ChatServer.objects.all()}
        made: list[Widget] = []
        faults: list[ValidationError] = []
        for number, row in enumerate(rows, 1):
            try:
                made.append(_widget(row, servers, server))
            except ValidationError as error:
                faults.append(ValidationError(f"{number}: {_words(error)}", code="row"))
        if faults:
            raise ValidationError(faults)
        return made


def _read(document: Any) -> list[Any]:
    if document.size > MAX_BYTES:
        raise ValidationError(_("This file is larger than 8 MB. Import fewer widgets at once."))
    try:
        found = json.loads(document.read().decode("utf-8-sig"))
        # What can't be written again can't be stored: 1e999, NaN, one half of a surrogate pair.
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("This is no JSON. Choose a file that was exported.")) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValidationError(_("This holds no widgets. Choose a file that was exported."))
    if found.get("version") != VERSION:
        words = _("This is of version %(version)s, and only version 1 can be read here.")
        raise ValidationError(words % {"version": str(found.get("version"))[:20]})
    rows = found.get("widgets")
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_WIDGETS:
        raise ValidationError(_("It must hold 1 to 1000 widgets."))
    return rows


def _widget(row: Any, servers: dict[str, ChatServer], fallback: ChatServer | None) -> Widget:
    if not isinstance(row, dict):
        raise ValidationError(_("This is no widget."))
    known = {field.name: field for field in exported_fields()}
    unknown = sorted(set(row) - {*known, "server"})
    if unknown:
        words = _("Unknown: %(names)s. It was exported by a newer version, or changed by hand.")
        raise ValidationError(words % {"names": ", ".join(map(str, unknown))[:200]})
    server = servers.get(str(row.get("server"))) or fallback
    if server is None:
        words = _("There is no server “%(name)s” here. Choose one below.")
        raise ValidationError(words % {"name": str(row.get("server"))[:100]})
    values = {name: _value(known[name], value) for name, value in row.items() if name in known}
    widget = Widget(server=server, **values)
    widget.full_clean(validate_unique=False)
    return widget


def _value(field: models.Field[Any, Any], value: object) -> object:
    """Return what the field makes of a value of JSON, whatever kind it is."""
    try:
        if value is None and not field.null:
            raise ValidationError(field.error_messages["null"])
        for text in _texts(value):
            without_nulls(text)
        made = field.to_python(value)
        if isinstance(made, datetime):
            return _moment(made)
        return [] if isinstance(field, models.JSONField) and made in ("", {}) else made
    except ValidationError as error:
        raise ValidationError({field.name: error.messages}) from error
    except (OverflowError, TypeError) as error:  # Python's and Django's own, of times
        words = ValidationError(field.error_messages["invalid"], params={"value": value})
        raise ValidationError({field.name: words.messages}) from error


def _moment(made: datetime) -> datetime:
    """Return the time with its zone; one that is out of range in UTC, as databases have it, raises.

    Raises:
        OverflowError: it is before year 1 or after 9999.
    """
    aware = timezone.make_aware(made) if timezone.is_naive(made) else made
    aware.astimezone(UTC)
    return aware


def _texts(value: object) -> Iterator[str]:
    """Every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from chain(value, chain.from_iterable(map(_texts, value.values())))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts, value))


def _words(error: ValidationError) -> str:
    """Return what is wrong in a line, each after the name that its field has in the document."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    named = ((f"{name}: ", words) for name, words in error.message_dict.items())
    return " ".join(name.removeprefix("__all__: ") + " ".join(words) for name, words in named)


class Exchanging(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of widgets with “Export as JSON” and an import."""

    change_list_template = "admin/chatwidget/widget/change_list.html"

    @admin.action(description=gettext_lazy("Export as JSON"), permissions=["view"])
    def export(self, _request: HttpRequest, queryset: QuerySet[Widget]) -> HttpResponse:
        """Answer with a file."""
        response = HttpResponse(as_json(queryset), content_type="application/json")
        response["Content-Disposition"] = 'attachment; filename="widgets.json"'
        return response

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the import."""
        view = self.admin_site.admin_view(self.import_view)
        own = path("import/", view, name="chatwidget_widget_import")
        return [own, *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form; take a document, all of it or nothing."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ImportForm(*sent)
        if form.is_valid():
            return self._import(request, form.cleaned_data["widgets"])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "has_view_permission": self.has_view_or_change_permission(request),
            "title": _("Import widgets"),
            "form": form,
        }
        return TemplateResponse(request, "admin/chatwidget/widget/import.html", context)

    def _import(self, request: HttpRequest, widgets: list[Widget]) -> HttpResponse:
        taken = taken_slugs()
        with transaction.atomic():
            for widget in widgets:
                widget.slug = free_slug(widget.slug, taken)
                widget.allows_seed_clients &= may_open_chats(request)
                widget.save()
                self.log_addition(request, widget, "Imported.")
        words = ngettext(
            "Imported %(number)d widget.", "Imported %(number)d widgets.", len(widgets)
        )
        self.message_user(request, words % {"number": len(widgets)}, messages.SUCCESS)
        may_look = self.has_view_or_change_permission(request)
        page = "chatwidget_widget_changelist" if may_look else "index"
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:{page}"))
