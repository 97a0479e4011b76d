"""The banner and the line of opening hours, as they are at this moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chatwidget.languages import reworded
from chatwidget.models import Widget
from chatwidget.rendering import render_markdown


def notices_of(widget: Widget) -> dict[str, object]:
    """Return what templates say of the moment, nothing for a widget that says nothing."""
    now = timezone.now()
    found: dict[str, object] = {}
    if widget.banner:
        text = reworded(widget.banner) if widget.has_banner_at(now) else ""
        found["banner"] = render_markdown(text)
    opening = widget.opening_at(now)
    if opening is not None:
        found["opening"] = opening
        found["subtitle"] = reworded(widget.subtitle)
        found["closed_words"] = reworded(widget.closed_words)
        found["until"] = _until(widget, opening.changes_at, now)
    return found


def _until(widget: Widget, change: datetime | None, now: datetime) -> SafeString:
    """The moment as the site's place reads it; a script of the page makes it the visitor's."""
    if change is None:
        return SafeString()
    here = change.astimezone(widget.zone)
    days = here.date() - now.astimezone(widget.zone).date()
    day = "" if not days else "D " if days < timedelta(days=7) else _("j M ")
    words = date_format(here, f"{day}H:i")
    moment = change.isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{} {}</time>', moment, words, here.tzname() or "")
