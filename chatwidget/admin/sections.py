"""The sections of a widget's page: every field that an admin may set has a place in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import JSONField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chatwidget.models import Widget
from chatwidget.rewording import PARTS

Section = tuple[str | Promise, dict[str, Any]]

ORDER: Sequence[tuple[Promise, bool, Sequence[str]]] = (
    (_("General"), True, ("name", "slug", "is_active", "server", "chatbot_id")),
    (
        _("Look"),
        True,
        ("title", "subtitle", "avatar", "accent", "theme", "radius", "font", "font_file"),
    ),
    (
        _("Launcher"),
        False,
        ("position", "mode", "icon", "label", "offset_x", "offset_y", "z_index"),
    ),
    (_("Greeting"), False, ("greeting", "greeting_delay", "greeting_paths")),
    (_("Conversation"), True, ("welcome_messages", "starter_questions", "has_seed_message")),
    (_("Language"), False, ("language", "words")),
    (
        _("Extras"),
        False,
        ("takes_files", "asks_feedback", "offers_dictation", "reads_aloud"),
    ),
    (
        _("Banner"),
        False,
        ("banner", "banner_tone", "banner_place", "banner_from", "banner_until"),
    ),
    (
        _("Opening hours"),
        False,
        ("hours", "hours_zone", "holidays", "closed_words", "takes_messages_closed"),
    ),
    (_("Read-only and paused"), False, ("is_read_only", "read_only_words", "paused_words")),
    (
        _("Before the chat"),
        False,
        ("form_words", "asks_name", "asks_email", "form_questions"),
    ),
    (_("Consent"), False, ("consent_text", "consent_link", "consent_version")),
    (_("Who may embed it"), True, ("allowed_origins", "allows_seed_clients")),
    (_("Visitors"), False, ("knows_users", "context_keys", "keeps_query")),
    (
        _("Guard"),
        False,
        (
            "daily_budget",
            "monthly_budget",
            "budget_words",
            "address_limit",
            "session_limit",
            "widget_limit",
            "start_work",
        ),
    ),
)


def sections() -> list[Section]:
    """Return the page's sections, folded where few need them; the last holds what no other does."""
    editable = [
        field.name
        for field in Widget._meta.concrete_fields
        if field.editable and not field.primary_key
    ]
    placed = [
        (title, is_open, [name for name in names if name in editable])
        for title, is_open, names in ORDER
    ]
    rest = [name for name in editable if not any(name in names for *_rest, names in placed)]
    found = [
        (title, {"fields": names, **({} if is_open else {"classes": ("collapse",)})})
        for title, is_open, names in placed
    ]
    return [*found, *([(_("More"), {"fields": rest})] if rest else [])]


def _as_lines(field: JSONField[Any, Any]) -> Callable[[Widget], str]:
    """Return a column that shows a list as lines, to those who may only look."""

    @admin.display(description=field.verbose_name)
    def lines(widget: Widget) -> str:
        return "\n".join(map(_as_line, getattr(widget, field.name)))

    return lines


def _as_line(entry: object) -> str:
    return " · ".join(entry[part] for part in PARTS) if isinstance(entry, dict) else str(entry)


AS_LINES: dict[object, Callable[[Widget], str]] = {
    field.name: _as_lines(field)
    for field in Widget._meta.concrete_fields
    if isinstance(field, JSONField)
}
