"""``manage.py chatwidget_prune``: delete sessions and counts of usage past their retention."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Model, QuerySet
from django.utils import timezone

from chatwidget.conf import conf
from chatwidget.models import ChatSession, UsageDay

BATCH = 1000


class Command(BaseCommand):
    """Deletes in batches, so that no transaction holds a table for long."""

    help = "Deletes sessions and usage older than RETENTION_DAYS and USAGE_RETENTION_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--dry-run``."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say how many would be deleted."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many there were."""
        done = "Would delete" if options["dry_run"] else "Deleted"
        days, usage_days = conf.retention_days, conf.usage_retention_days
        sessions = ChatSession.objects.filter(last_active_at__lt=_ago(days))
        usage = UsageDay.objects.filter(day__lt=_ago(usage_days).date())
        counts = [
            rows.count() if options["dry_run"] else _delete(rows.order_by(oldest, "pk"))
            for rows, oldest in ((sessions, "last_active_at"), (usage, "day"))
        ]
        self.stdout.write(
            f"{done} {counts[0]} session(s) without a message in the last {days} days.\n"
            f"{done} {counts[1]} count(s) of usage older than {usage_days} days."
        )


def _ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def _delete(rows: QuerySet[Any]) -> int:
    return sum(takewhile(bool, iter(lambda: _delete_batch(rows), None)))


def _delete_batch(rows: QuerySet[Any]) -> int:
    model: type[Model] = rows.model
    oldest = list(rows.values_list("pk", flat=True)[:BATCH])
    # What goes with a row is not counted as one.
    return model._default_manager.filter(pk__in=oldest).delete()[1].get(model._meta.label, 0)
