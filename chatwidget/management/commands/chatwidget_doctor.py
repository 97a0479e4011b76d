"""``manage.py chatwidget_doctor``: what is wrong with this site's chat, a line each."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatwidget.management.examination import Finding, Level, examine


class Command(BaseCommand):
    """Looks at settings, cache, database and keys, and starts a chat with each widget's server."""

    help = (
        "Checks settings, cache, database, keys, and each active widget's server with a real start."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--widget``."""
        parser.add_argument(
            "--widget", metavar="ID", help="Only this widget, by its public id or slug."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each finding as it comes; fail if one is bad."""
        levels = set()
        try:
            for finding in examine(options["widget"]):
                levels.add(finding.level)
                self._print(finding)
        except LookupError as error:
            raise CommandError(f"--widget: {error}") from error
        if Level.BAD in levels:
            raise CommandError("Something is wrong: see the lines that begin with FAIL.")

    def _print(self, finding: Finding) -> None:
        style = self.style.ERROR if finding.level is Level.BAD else str
        mark = style(f"{finding.level.value:4}")
        self.stdout.write(f"{mark} {finding.subject}: {finding.words}")
