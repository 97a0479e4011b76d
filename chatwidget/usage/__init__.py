"""What happens, counted by widget and day, and what the counts say."""

from __future__ import annotations

from chatwidget.usage.counting import count, flush, forget
from chatwidget.usage.events import count_page
from chatwidget.usage.reports import Report, per_widget, report

__all__ = ["Report", "count", "count_page", "flush", "forget", "per_widget", "report"]
