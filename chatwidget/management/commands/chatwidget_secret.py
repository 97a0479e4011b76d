"""``manage.py chatwidget_secret``: set the secret that other sites sign identities with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.views.decorators.debug import sensitive_variables

from chatwidget.management.asking import ask
from chatwidget.models import Widget
from chatwidget.snippets import find_widget

SHORTEST = 32  # bytes, as many as HS256 makes (RFC 7518, section 3.2)


class Command(BaseCommand):
    """Takes the secret from the terminal or standard input, never from the command line."""

    help = "Sets the secret that other sites sign identities with."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the widget."""
        parser.add_argument("widget", help="The widget's public id or slug.")

    @sensitive_variables()
    def handle(self, *args: Any, **options: Any) -> None:
        """Store the secret encrypted; an empty one removes it."""
        try:
            widget = find_widget(options["widget"])
        except Widget.DoesNotExist as error:
            raise CommandError("No widget has that public id or slug.") from error
        secret = ask("Secret (empty: remove it)")
        if secret and len(secret.encode()) < SHORTEST:
            raise CommandError(f"Make it {SHORTEST} bytes or longer.")
        widget.set_identity_secret(secret)
        widget.save(update_fields=["encrypted_identity_secret", "updated_at"])
        self.stdout.write("Stored." if secret else "Removed.")
