"""``manage.py chatwidget_tag``: print the tag that puts a widget on a page."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chatwidget import origins
from chatwidget.conf import conf
from chatwidget.loading import pinned_tag
from chatwidget.models import Widget
from chatwidget.snippets import find_widget, snippets_for

RELATIVE = (
    "It works on this site's own pages. Give --site, or set CHATWIDGET['PUBLIC_URL'], for one "
    "that works on others."
)


class Command(BaseCommand):
    """Prints the usual tag, or one whose script never changes (Subresource Integrity)."""

    help = "Prints the tag that puts a widget on a page."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the widget, ``--pinned`` and ``--site``."""
        parser.add_argument("widget", help="The widget's public id or slug.")
        parser.add_argument(
            "--pinned",
            action="store_true",
            help="A script that never changes, with its hash; the widget's look is in the tag.",
        )
        parser.add_argument(
            "--site", default="", help="Scheme and host, where PUBLIC_URL is empty."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the tag."""
        try:
            widget = find_widget(options["widget"])
        except Widget.DoesNotExist as error:
            raise CommandError("No widget has that public id or slug.") from error
        site = _origin(options["site"])
        if options["pinned"]:
            self.stdout.write(pinned_tag(widget, site=site))
        else:
            self.stdout.write(snippets_for(widget, site=site).script_tag)
        if not (conf.public_url or site):
            self.stderr.write(RELATIVE)


def _origin(typed: str) -> str:
    try:
        return origins.normalise(typed) if typed else ""
    except ValueError as error:
        raise CommandError(f"--site: {error}") from error
