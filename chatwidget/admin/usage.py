"""Usage in the admin: how much, how fast, what failed, when and where, as charts and numbers."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from chatwidget import budgets, usage
from chatwidget.admin.charts import chart
from chatwidget.admin.fields import QuickSelect
from chatwidget.models import Feedback, UsageDay, Widget
from chatwidget.usage import Report

SPANS = (7, 30, 90)
PLAIN = {
    "days": gettext_lazy("Days"),
    "sessions": gettext_lazy("Sessions"),
    "messages": gettext_lazy("Messages"),
    "replies": gettext_lazy("Replies"),
    "failures": gettext_lazy("Errors"),
    "likes": gettext_lazy("Liked"),
    "dislikes": gettext_lazy("Disliked"),
    "ratings": gettext_lazy("Ratings"),
    "stars": gettext_lazy("Stars in all"),
}


class Choice(forms.Form):
    """Which widget, and how many days."""

    widget = forms.ModelChoiceField(
        Widget.objects.order_by("name"),
        required=False,
        label=gettext_lazy("Widget"),
        empty_label=gettext_lazy("All"),
        widget=QuickSelect,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Days"),
        choices=[(days, str(days)) for days in SPANS],
        coerce=int,
        required=False,
        empty_value="",
    )


@admin.register(UsageDay)
class UsageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Usage has no rows to edit: its list is a page of what they add up to."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Visitors make usage, nobody else."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is what happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """``chatwidget_prune`` deletes."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the numbers of the chosen widget and days, or give them as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        usage.flush()
        asked = Choice(request.GET)
        wrong = asked.errors
        # What is wrong in one field is no reason to forget the other.
        widget, days = asked.cleaned_data.get("widget"), asked.cleaned_data.get("days") or 30
        report = usage.report(widget, days)
        if "csv" in request.GET:
            return as_csv(report, widget)
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            **_shown(report),
            "opts": self.model._meta,
            "title": _("Usage"),
            "choice": Choice(initial={"widget": widget and widget.pk, "days": days}),
            "wrong": wrong.get("widget", ""),
            "widget": widget,
            "days": days,
            "spans": SPANS,
            "widgets": [] if widget else usage.per_widget(days),
            "budgets": _budgets(widget),
        }
        return TemplateResponse(request, "admin/chatwidget/usageday/usage.html", context)


def _shown(report: Report) -> dict[str, object]:
    days = [(date_format(day, "SHORT_DATE_FORMAT"), counts) for day, counts in report.days]
    hours = [(f"{hour}:00", number) for hour, number in enumerate(report.hours)]
    tiles = [
        (label, report.totals[name])
        for name, label in PLAIN.items()
        if name not in ("days", "stars")
    ]
    return {
        "report": report,
        "tiles": tiles,
        "rating": _rating(report.totals),
        "median": _seconds(report.median),
        "slowest": _seconds(report.slowest),
        "messages_chart": chart([(day, counts["messages"]) for day, counts in days]),
        "hours_chart": chart(hours),
        "hours": hours,
        "columns": [PLAIN[name] for name in report.totals],
        "rows": [(day, counts.values()) for day, counts in days],
    }


def _rating(totals: dict[str, int]) -> str:
    if not totals["ratings"]:
        return "-"
    mean = number_format(round(totals["stars"] / totals["ratings"], 1), 1)
    return _("%(mean)s of %(most)s") % {"mean": mean, "most": Feedback.MOST_STARS}


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    return pgettext("seconds", "%s s") % number_format(round(seconds, 1), 1)


def _budgets(widget: Widget | None) -> list[tuple[str, int, int]]:
    if widget is None:
        return []
    limits = (
        (_("Today"), budgets.DAY, widget.daily_budget),
        (_("This month"), budgets.MONTH, widget.monthly_budget),
    )
    return [
        (label, budgets.used(widget, period), limit) for label, period, limit in limits if limit
    ]


def as_csv(report: Report, widget: Widget | None) -> HttpResponse:
    """Return a row for each day, with names that programs can rely on (RFC 4180)."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"usage-{widget.slug if widget else 'all'}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(["day", *report.totals])
    for day, counts in report.days:
        writer.writerow([day.isoformat(), *counts.values()])
    return response
