"""Counting: what happens reaches the database once, whoever writes it and when."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError

from chatwidget import usage
from chatwidget.models import UsageDay, Widget
from chatwidget.usage import counting
from tests.fixtures import make_widget


def of(widget: Widget | None) -> UsageDay:
    return UsageDay.objects.get(widget=widget)


def test_what_was_counted_is_written_for_its_widget_and_for_all(widget, server):
    other = make_widget(server)
    usage.count(widget.pk, "messages", "hours:13")
    usage.count(widget.pk, "messages", "hours:13")
    usage.count(other.pk, "messages", "hours:14")
    usage.flush()
    assert (of(widget).messages, of(other).messages, of(None).messages) == (2, 1, 3)
    assert of(widget).detail == {"hours": {"13": 2}}
    assert of(None).detail == {"hours": {"13": 2, "14": 1}}
    assert of(widget).day == counting.now().date()


def test_what_is_counted_later_is_added(widget):
    for _round in range(3):
        usage.count(widget.pk, "sessions", "pages:https://a.example/")
        usage.flush()
    assert of(widget).sessions == 3
    assert of(widget).detail["pages"] == {"https://a.example/": 3}


def test_nothing_is_written_twice(widget, django_assert_num_queries):
    usage.count(widget.pk, "messages")
    usage.flush()
    with django_assert_num_queries(0):
        usage.flush()


def test_a_hundred_widgets_take_as_many_queries_as_one(server, django_assert_max_num_queries):
    widgets = [make_widget(server) for _number in range(100)]
    for widget in widgets:
        usage.count(widget.pk, "messages")
    with django_assert_max_num_queries(8):
        usage.flush()
    assert UsageDay.objects.count() == 101
    for widget in widgets:
        usage.count(widget.pk, "messages")
    with django_assert_max_num_queries(6):
        usage.flush()


def test_a_widget_that_was_deleted_meanwhile_is_left_out(widget):
    usage.count(widget.pk, "messages")
    widget.delete()
    usage.flush()
    assert [day.widget for day in UsageDay.objects.all()] == [None]


def test_the_table_does_not_grow_with_made_up_names(widget):
    for number in range(counting.MAX_NAMES + 50):
        usage.count(widget.pk, f"pages:https://{number}.example/")
    usage.flush()
    pages = of(widget).detail["pages"]
    assert len(pages) == counting.MAX_NAMES + 1
    assert pages[counting.OTHERS] == 50


def test_what_the_database_refuses_is_kept_for_later(widget, monkeypatch, caplog):
    def refuse(*_args, **_kwargs):
        raise DatabaseError("words-marked")

    usage.count(widget.pk, "messages")
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, "chatwidget"):
        patch.setattr(UsageDay.objects, "bulk_update", refuse)
        usage.flush()
    assert "kept for later" in caplog.text
    assert "words-marked" not in caplog.text
    usage.count(widget.pk, "messages")
    usage.flush()
    assert of(widget).messages == 2


def test_who_comes_while_another_writes_leaves_it_to_him(widget):
    usage.count(widget.pk, "messages")
    with counting._flushing:
        usage.flush()
    assert not UsageDay.objects.exists()


def test_it_is_written_after_an_answer_and_not_after_each(widget, client, monkeypatch):
    usage.count(widget.pk, "messages")
    client.get("/nowhere/")
    assert not UsageDay.objects.exists()
    monkeypatch.setattr(counting, "FLUSH_SECONDS", 0)
    client.get("/nowhere/")
    assert of(widget).messages == 1


def test_the_day_is_of_the_sites_own_zone(widget, settings):
    settings.TIME_ZONE = "Pacific/Kiritimati"  # UTC+14
    assert counting.now().utcoffset() == timedelta(hours=14)
    settings.TIME_ZONE = "Pacific/Niue"  # UTC-11
    assert counting.now().utcoffset() == timedelta(hours=-11)


@pytest.mark.parametrize("widget_is_known", [True, False])
def test_two_rows_of_all_widgets_are_added_up(widget, widget_is_known):
    today = counting.now().date()
    UsageDay.objects.bulk_create(UsageDay(day=today, messages=2) for _row in range(2))
    usage.count(widget.pk, "messages")
    usage.flush()
    assert usage.report(None, 7).totals["messages"] == 5
