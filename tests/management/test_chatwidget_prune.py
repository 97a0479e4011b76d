"""``chatwidget_prune``: what goes, what stays."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from chatwidget.conversation import feedback
from chatwidget.management.commands import chatwidget_prune
from chatwidget.models import ChatSession, Feedback, UsageDay


@pytest.fixture
def sessions(widget, settings):
    """Two sessions past a retention of 30 days, one that is not."""
    settings.CHATWIDGET = {"RETENTION_DAYS": 30}
    now = timezone.now()
    made = [ChatSession.objects.create(widget=widget) for _number in range(3)]
    for session, days in zip(made, (31, 300, 29), strict=True):
        session.last_active_at = now - timedelta(days=days)
        session.save()
    return made


def prune(**options: bool) -> str:
    stdout = StringIO()
    call_command("chatwidget_prune", stdout=stdout, **options)
    return stdout.getvalue()


def test_sessions_past_their_retention_are_deleted_and_counted(sessions):
    said = prune().splitlines()[0]
    assert said == "Deleted 2 session(s) without a message in the last 30 days."
    assert list(ChatSession.objects.all()) == [sessions[2]]


def test_feedback_goes_with_its_session(sessions):
    for session in ChatSession.objects.all():
        feedback.rate(session, 4)
    prune()
    assert Feedback.objects.count() == ChatSession.objects.count() > 0


def test_a_dry_run_counts_and_deletes_nothing(sessions):
    said = prune(dry_run=True).splitlines()
    assert said[0] == "Would delete 2 session(s) without a message in the last 30 days."
    assert ChatSession.objects.count() == 3


def test_more_than_a_batch_goes_in_several(sessions, monkeypatch):
    monkeypatch.setattr(chatwidget_prune, "BATCH", 1)
    assert prune().startswith("Deleted 2 ")
    assert list(ChatSession.objects.all()) == [sessions[2]]


def test_nothing_to_delete_is_said_too(db):
    assert prune().startswith("Deleted 0 ")


def test_counts_of_usage_past_their_retention_are_deleted(widget, settings):
    settings.CHATWIDGET = {"USAGE_RETENTION_DAYS": 100}
    today = timezone.now().date()
    for days in (10, 102, 500):
        UsageDay.objects.create(widget=widget, day=today - timedelta(days=days))
    assert "Would delete 2 count(s) of usage older than 100 days." in prune(dry_run=True)
    assert "Deleted 2 count(s) of usage older than 100 days." in prune()
    assert UsageDay.objects.get().day == today - timedelta(days=10)
