"""The migrations build what the models say, and let old and new processes run side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, RemoveField, RenameField
from django.db.migrations.operations.base import Operation


@pytest.mark.django_db
def test_the_migrations_are_up_to_date_with_the_models():
    call_command("makemigrations", "chatwidget", check=True, dry_run=True, verbosity=0)


def later_operations() -> Iterator[tuple[str, Operation]]:
    migrations = MigrationLoader(connection).disk_migrations
    for (app, name), migration in migrations.items():
        if app == "chatwidget" and not migration.initial:
            yield from ((name, operation) for operation in migration.operations)


def fault(operation: Operation) -> str:
    """What keeps a process of the version before from writing to the table, in words."""
    if isinstance(operation, RenameField):
        return "renames a column that the version before names"
    if isinstance(operation, AddField):
        field = operation.field
        has_default = field.has_db_default() or field.null or field.many_to_many
        return "" if has_default else "wants a value that the version before doesn't give"
    return ""


@pytest.mark.django_db
def test_the_version_before_can_write_to_the_tables_of_this_one():
    faults = [
        f"{name}: {operation.describe()} ({words})"
        for name, operation in later_operations()
        if (words := fault(operation))
    ]
    assert faults == [], "Give the field a db_default."


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (AddField("usageday", "x", models.IntegerField(default=0)), "wants a value"),
        (AddField("usageday", "x", models.IntegerField(default=0, db_default=0)), ""),
        (AddField("usageday", "x", models.IntegerField(null=True)), ""),
        (RenameField("usageday", "stars", "x"), "renames"),
        (RemoveField("usageday", "stars"), ""),
    ],
)
def test_what_would_stop_the_version_before_is_told(operation, words):
    assert fault(operation).startswith(words)
    assert bool(fault(operation)) == bool(words)
