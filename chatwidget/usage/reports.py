"""What the counts of some days say, of a widget or of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from chatwidget.models import UsageDay, Widget
from chatwidget.usage.counting import COLUMNS, now
from chatwidget.usage.times import quantile

LISTED = 20


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of a span of days, first day first.

    ``days`` has a row for each day, the quiet ones too; ``median`` and ``slowest`` (the 95th
    percentile) are reply times in seconds, ``hours`` the messages by hour of the day.
    """

    days: Sequence[tuple[date, dict[str, int]]]
    totals: dict[str, int]
    median: float | None
    slowest: float | None
    hours: Sequence[int]
    errors: Sequence[tuple[str, int]]
    pages: Sequence[tuple[str, int]]


def report(widget: Widget | None, days: int) -> Report:
    """Return what happened in the last ``days`` days, today among them, in one query."""
    first = _first(days)
    by_day = {first + timedelta(number): dict.fromkeys(COLUMNS, 0) for number in range(days)}
    details: dict[str, Counter[str]] = {}
    for row in UsageDay.objects.filter(widget=widget, day__in=by_day):
        for column in COLUMNS:
            by_day[row.day][column] += getattr(row, column)
        for group, counts in row.detail.items():
            details.setdefault(group, Counter()).update(counts)
    times = {int(bucket): number for bucket, number in details.get("reply_times", {}).items()}
    hours = details.get("hours", Counter())
    return Report(
        days=list(by_day.items()),
        totals={column: sum(each[column] for each in by_day.values()) for column in COLUMNS},
        median=quantile(times, 0.5),
        slowest=quantile(times, 0.95),
        hours=[hours[str(hour)] for hour in range(24)],
        errors=details.get("errors", Counter()).most_common(LISTED),
        pages=details.get("pages", Counter()).most_common(LISTED),
    )


def per_widget(days: int) -> Sequence[dict[str, Any]]:
    """Return the busiest widgets of the last ``days`` days: id, name and the sum of each column."""
    within: Any = UsageDay.objects.filter(widget__isnull=False, day__gte=_first(days))
    sums = {f"all_{column}": Sum(column) for column in COLUMNS}
    summed = within.values("widget_id", "widget__name").annotate(**sums)
    return list(summed.order_by("-all_messages", "widget__name")[:LISTED])


def _first(days: int) -> date:
    return now().date() - timedelta(days=days - 1)
