"""Who may write now: not where a widget is read-only, and not while it is closed, if it says so."""

from __future__ import annotations

from django.utils import timezone

from chatwidget.conversation.errors import Closed, ReadOnly
from chatwidget.models import Widget


def require_writable(widget: Widget) -> None:
    """Let pass what begins or adds to a chat, if the widget takes anything now.

    Raises:
        ReadOnly: it takes nothing.
        Closed: it takes nothing until it opens.
    """
    if widget.is_read_only:
        raise ReadOnly(widget.read_only_words)
    if widget.takes_messages_closed:
        return
    now = timezone.now()
    opening = widget.opening_at(now)
    if opening is not None and not opening.is_open:
        change = opening.changes_at
        raise Closed(widget.closed_words, (change - now).total_seconds() if change else None)
