"""Usage in the admin: numbers, charts that can be read as tables, CSV."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from chatwidget import usage
from chatwidget.admin.charts import HEIGHT, chart
from chatwidget.models import UsageDay
from chatwidget.usage import counting
from tests.fixtures import make_widget

PAGE = "admin:chatwidget_usageday_changelist"


@pytest.fixture
def counted(widget):
    """A widget with five messages in the last week, one of them slow, and an error."""
    yesterday = counting.now().date() - timedelta(days=1)
    detail = {
        "hours": {"9": 4},
        "reply_times": {"13": 4, "31": 1},
        "errors": {"timed_out": 1},
        "pages": {"https://shop.example/<tea>": 3},
    }
    columns = {"sessions": 2, "messages": 4, "failures": 1, "detail": detail}
    for of in (widget, None):
        UsageDay.objects.create(widget=of, day=yesterday, **columns)
    return widget


def test_it_shows_numbers_charts_and_tables(admin_client, counted):
    html = admin_client.get(reverse(PAGE)).text
    for part in ("timed_out", "https://shop.example/&lt;tea&gt;", "Shop", "<svg", "0.9 s", "9:00"):
        assert part in html
    assert html.count("<thead>") == 5


def test_feedback_is_shown_as_numbers_and_a_mean(admin_client, counted):
    assert admin_client.get(reverse(PAGE)).context["rating"] == "-"
    UsageDay.objects.update(likes=7, dislikes=2, ratings=4, stars=15)
    response = admin_client.get(reverse(PAGE))
    assert response.context["rating"] == "3.8 of 5"
    tiles = {str(label): number for label, number in response.context["tiles"]}
    assert (tiles["Liked"], tiles["Disliked"], tiles["Ratings"]) == (7, 2, 4)
    header, *rows = csv.reader(io.StringIO(admin_client.get(reverse(PAGE), {"csv": "1"}).text))
    assert header[-2:] == ["ratings", "stars"]
    assert ["4", "15"] in [row[-2:] for row in rows]


def test_what_this_process_counted_is_there_at_once(admin_client, widget):
    usage.count(widget.pk, "messages")
    assert admin_client.get(reverse(PAGE)).context["report"].totals["messages"] == 1


def test_one_widget_can_be_chosen_with_its_budgets(admin_client, server, counted):
    other = make_widget(server, name="Tea room", daily_budget=10)
    response = admin_client.get(reverse(PAGE), {"widget": other.pk, "days": "90"})
    assert response.context["report"].totals["messages"] == 0
    assert response.context["days"] == 90
    assert "0 of 10" in response.text
    assert "Busiest widgets" not in response.text


@pytest.mark.parametrize("query", [{"widget": "nonsense"}, {"days": "8"}, {"days": "x"}])
def test_a_choice_that_is_none_shows_all(admin_client, counted, query):
    response = admin_client.get(reverse(PAGE), query)
    assert response.context["report"].totals["messages"] == 4
    assert ("Select a valid choice" in response.text) == ("widget" in query)


@pytest.mark.parametrize(
    ("days", "shown"), [(None, 30), ("", 30), ("7", 7), ("90", 90), ("365", 30), ("x", 30)]
)
def test_the_form_shows_what_the_numbers_are_of(admin_client, counted, days, shown):
    """As the button on a widget's page asks, which names no days."""
    query = {"widget": counted.pk, **({} if days is None else {"days": days})}
    response = admin_client.get(reverse(PAGE), query)
    assert (response.context["widget"], response.context["days"]) == (counted, shown)
    assert f'<option value="{shown}" selected>' in response.text
    assert f'<option value="{counted.pk}" selected>' in response.text
    rows = admin_client.get(reverse(PAGE), {**query, "csv": "1"}).text.splitlines()
    assert len(rows) == 1 + shown


@pytest.mark.parametrize("of_widget", [True, False])
def test_a_csv_has_a_row_a_day(admin_client, counted, of_widget):
    query = {"csv": "1", "days": "7", "widget": counted.pk if of_widget else ""}
    response = admin_client.get(reverse(PAGE), query)
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert len(rows) == 7
    assert rows[-2]["day"] == (counting.now().date() - timedelta(days=1)).isoformat()
    assert rows[-2]["messages"] == "4"
    name = counted.slug if of_widget else "all"
    assert response["Content-Disposition"] == f'attachment; filename="usage-{name}.csv"'


def test_it_takes_as_many_queries_for_many_widgets(
    admin_client, server, django_assert_max_num_queries
):
    today = counting.now().date()
    widgets = [make_widget(server) for _number in range(30)]
    UsageDay.objects.bulk_create(UsageDay(widget=each, day=today) for each in widgets)
    with django_assert_max_num_queries(12):
        admin_client.get(reverse(PAGE))


def test_who_may_not_look_does_not_and_nobody_edits(make_admin, widget, client):
    assert make_admin("view_widget").get(reverse(PAGE)).status_code == 403
    assert client.get(reverse("admin:chatwidget_usageday_add")).status_code == 403


def test_nobody_changes_or_deletes_what_happened(admin_client, counted):
    day = UsageDay.objects.first()
    change = reverse("admin:chatwidget_usageday_change", args=[day.pk])
    assert admin_client.post(change, {"messages": 1}).status_code == 403
    delete = reverse("admin:chatwidget_usageday_delete", args=[day.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403


def test_bars_stand_on_the_ground_as_high_as_their_values():
    drawn = chart([("a", 0), ("b", 1), ("c", 1000)])
    assert [round(bar.height) for bar in drawn.bars] == [0, 2, HEIGHT]
    assert all(round(bar.y + bar.height, 1) == HEIGHT for bar in drawn.bars)
    assert (drawn.top, drawn.first, drawn.last) == (1000, "a", "c")


def test_of_nothing_there_is_an_empty_chart():
    assert chart([]).bars == []
