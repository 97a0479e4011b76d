"""Budgets: so many messages a day and a month, to the last one, and the site is told."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import django
import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import translation

from chatwidget import budgets, conversation, signals
from chatwidget.budgets import BudgetSpent
from chatwidget.chatapi import errors
from chatwidget.models import UsageDay
from chatwidget.problems import describe
from chatwidget.usage import counting
from tests.fixtures import let_mails_go, make_widget


@pytest.fixture(autouse=True)
def admins(settings):
    """Somebody to write to."""
    address = "ada@example.com"
    settings.ADMINS = [address if django.VERSION >= (6,) else ("Ada", address)]


@pytest.fixture
def told():
    """What the signal told."""
    heard = []

    def listen(**facts):
        heard.append((facts["period"], facts["share"], facts["used"], facts["budget"]))

    signals.budget_spent.connect(listen)
    yield heard
    signals.budget_spent.disconnect(listen)


def spent(widget, tries: int) -> int:
    done = 0
    for _try in range(tries):
        try:
            budgets.spend(widget)
        except BudgetSpent:
            continue
        done += 1
    return done


def mails() -> list[mail.EmailMessage]:
    """What was sent, once all that is on its way has gone."""
    let_mails_go()
    return mail.outbox


def test_a_widget_without_budgets_counts_nothing(widget, told):
    assert spent(widget, 5) == 5
    budgets.require(widget)
    assert told == []


@pytest.mark.parametrize("field", ["daily_budget", "monthly_budget"])
def test_no_message_more_than_the_budget(server, field):
    widget = make_widget(server, **{field: 10})
    assert spent(widget, 15) == 10
    with pytest.raises(BudgetSpent):
        budgets.require(widget)


def test_the_site_is_told_once_at_80_and_once_at_100_percent(server, told):
    widget = make_widget(server, daily_budget=10)
    spent(widget, 30)
    assert told == [("day", 80, 8, 10), ("day", 100, 10, 10)]
    assert [each.subject for each in sorted(mails(), key=lambda each: each.subject)] == [
        "[Django] Chat widget “Shop”: 100 % of its messages are used",
        "[Django] Chat widget “Shop”: 80 % of its messages are used",
    ]
    budgets.give_back(widget)
    spent(widget, 1)
    assert len(mails()) == 2


@pytest.mark.parametrize(
    ("field", "period"), [("daily_budget", "Tag"), ("monthly_budget", "Monat")]
)
def test_the_mail_speaks_the_sites_language_and_not_the_visitors(server, settings, field, period):
    settings.LANGUAGE_CODE = "de"
    with translation.override("fr"):
        spent(make_widget(server, **{field: 1}), 1)
    (sent,) = mails()
    assert "Nachrichten" in sent.subject
    assert f"({period})" in sent.body


def test_a_name_over_two_lines_loses_no_mail(server):
    spent(make_widget(server, name="Shop\nin town", daily_budget=1), 1)
    assert "“Shop in town”" in mails()[0].subject


def test_a_mail_that_cannot_be_sent_stops_no_message(server, monkeypatch, caplog):
    monkeypatch.setattr(budgets, "mail_admins", Mock(side_effect=OSError))
    assert spent(make_widget(server, daily_budget=10), 10) == 10
    mails()
    assert "mail about a spent budget could not be sent" in caplog.text


def test_no_message_waits_for_a_mail_server(server, monkeypatch):
    answers, came = threading.Event(), []

    def hang(*mail: str) -> None:
        answers.wait(30)
        came.append(mail)

    monkeypatch.setattr(budgets, "mail_admins", hang)
    assert spent(make_widget(server, daily_budget=10), 10) == 10
    assert came == []
    answers.set()
    mails()
    assert len(came) == 2


def test_a_mail_leaves_no_connection_of_the_database_behind(server, monkeypatch):
    closed = Mock()
    monkeypatch.setattr(budgets, "connections", closed)
    spent(make_widget(server, daily_budget=1), 1)
    mails()
    closed.close_all.assert_called_once_with()


def test_of_a_budget_of_one_only_the_end_is_told(server, told):
    spent(make_widget(server, daily_budget=1), 2)
    assert told == [("day", 100, 1, 1)]


def test_a_month_that_is_spent_gives_the_day_back(server):
    widget = make_widget(server, daily_budget=10, monthly_budget=3)
    assert spent(widget, 6) == 3
    assert budgets.used(widget, budgets.DAY) == 3


def test_a_lost_cache_forgets_what_was_written_and_no_more(server):
    widget = make_widget(server, daily_budget=10, monthly_budget=100)
    today = counting.now().date()
    UsageDay.objects.create(widget=widget, day=today, messages=8)
    if today.day > 1:
        UsageDay.objects.create(widget=widget, day=today.replace(day=1), messages=5)
    UsageDay.objects.create(widget=widget, day=today.replace(day=1) - timedelta(1), messages=50)
    cache.clear()
    assert spent(widget, 5) == 2
    assert budgets.used(widget, budgets.MONTH) == 10 + (5 if today.day > 1 else 0)


def test_a_message_that_was_not_sent_costs_nothing(server, api):
    widget = make_widget(server, daily_budget=5)
    session = conversation.start(widget)
    for error in (errors.TimedOut(may_have_arrived=False), errors.Rejected(status=400)):
        api.fails["send"].append(error)
        with pytest.raises(type(error)):
            conversation.send(session, "Hello", client_id="c1")
    assert budgets.used(widget, budgets.DAY) == 0


def test_a_lost_claim_costs_nothing(server, api, monkeypatch):
    widget = make_widget(server, daily_budget=5)
    session = conversation.start(widget)
    monkeypatch.setattr("chatwidget.conversation.attempts.claim", lambda *_a, **_k: None)
    with pytest.raises(conversation.errors.MessageUnderWay):
        conversation.send(session, "Hello", client_id="c1")
    assert budgets.used(widget, budgets.DAY) == 0


def test_no_chat_starts_on_a_spent_budget_and_the_visitor_reads_why(server, api):
    widget = make_widget(server, daily_budget=1, budget_words="Write to us instead.")
    conversation.send(conversation.start(widget), "Hello", client_id="c1")
    with pytest.raises(BudgetSpent) as refused:
        conversation.start(widget)
    assert api.count("start") == 1
    problem = describe(refused.value)
    assert (problem.status, problem.code) == (429, "budget_spent")
    assert problem.words == "Write to us instead."
    assert problem.retry_after in range(1, 24 * 60 * 60 + 1)


@pytest.mark.parametrize(
    ("at", "period", "seconds"),
    [
        (datetime(2026, 2, 28, 23, 0), budgets.DAY, 3600),
        (datetime(2026, 2, 28, 23, 0), budgets.MONTH, 3600),
        (datetime(2026, 12, 1, 0, 0), budgets.MONTH, 31 * 86400),
        # The clocks change in these.
        (datetime(2026, 3, 29, 0, 0), budgets.DAY, 23 * 3600),
        (datetime(2026, 10, 25, 0, 0), budgets.DAY, 25 * 3600),
    ],
)
def test_it_says_when_the_next_day_or_month_begins(widget, monkeypatch, at, period, seconds):
    monkeypatch.setattr(budgets, "now", lambda: at.replace(tzinfo=ZoneInfo("Europe/Berlin")))
    assert budgets._spent(widget, period).retry_after == seconds
    assert budgets._first(budgets.MONTH) == date(at.year, at.month, 1)


def test_without_words_of_its_own_a_widget_says_something_that_fits(widget):
    assert "Come back later" in budgets._spent(widget, budgets.DAY).words
