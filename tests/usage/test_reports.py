"""What the counts of some days say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatwidget import usage
from chatwidget.models import UsageDay
from chatwidget.usage import counting
from chatwidget.usage.times import bucket_of
from tests.fixtures import make_widget


def day(widget, ago: int, detail=None, **columns: int) -> None:
    at = counting.now().date() - timedelta(days=ago)
    UsageDay.objects.create(widget=widget, day=at, detail=detail or {}, **columns)


def test_a_report_has_each_day_and_their_sums(widget, django_assert_num_queries):
    day(widget, 0, sessions=1, messages=5)
    day(widget, 6, messages=2)
    day(widget, 7, messages=100)
    day(None, 0, messages=1000)
    with django_assert_num_queries(1):
        report = usage.report(widget, 7)
    assert [counts["messages"] for _day, counts in report.days] == [2, 0, 0, 0, 0, 0, 5]
    assert (report.totals["messages"], report.totals["sessions"]) == (7, 1)


def test_details_of_all_days_are_added(widget):
    quick, slow = str(bucket_of(1.0)), str(bucket_of(20.0))
    pages = {"https://a.example/": 2}
    day(widget, 0, {"reply_times": {quick: 90}, "errors": {"timed_out": 1}, "hours": {"9": 2}})
    day(widget, 1, {"reply_times": {slow: 10}, "errors": {"timed_out": 2}, "pages": pages})
    report = usage.report(widget, 30)
    assert report.median == pytest.approx(1, rel=0.2)
    assert report.slowest == pytest.approx(20, rel=0.2)
    assert report.errors == [("timed_out", 3)]
    assert report.pages == [("https://a.example/", 2)]
    assert (report.hours[9], sum(report.hours)) == (2, 2)


def test_of_nothing_there_is_a_report_too(widget):
    report = usage.report(widget, 90)
    assert len(report.days) == 90
    assert report.median is None
    assert set(report.totals.values()) == {0}


def test_widgets_are_compared_the_busiest_first(server, django_assert_num_queries):
    for number in range(3):
        widget = make_widget(server, name=f"W{number}")
        day(widget, 0, messages=number)
        day(widget, 1, messages=10)
        day(widget, 40, messages=1000)
    with django_assert_num_queries(1):
        rows = list(usage.per_widget(30))
    assert [(row["widget__name"], row["all_messages"]) for row in rows] == [
        ("W2", 12),
        ("W1", 11),
        ("W0", 10),
    ]
