"""``manage.py chatwidget_rekey``: encrypt what is stored anew, under the site's first key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatwidget.management.rekeying import columns, rekey


class Command(BaseCommand):
    """Run it after a new key was put first, and before the old one is taken away."""

    help = "Encrypts stored credentials and tokens anew under the first of the site's keys."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--dry-run``."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say what can be opened and what can't."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through each column; fail if there is something that no key opens."""
        closed = 0
        for model, column in columns():
            counts = rekey(model, column, dry=options["dry_run"])
            closed += counts["unreadable"]
            done = "can be encrypted anew" if options["dry_run"] else "encrypted anew"
            name = model._meta.verbose_name_plural
            self.stdout.write(f"{name}: {counts['done']} {done}, {counts['unreadable']} unreadable")
        if closed:
            raise CommandError(
                f"No key opens {closed}. Put the key that they were encrypted under back into "
                "CHATWIDGET['ENCRYPTION_KEYS'], behind the first, and run this again."
            )
