"""``manage.py chatwidget_add``: a server and a widget in one line, for scripts and first steps."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import NoReverseMatch
from django.views.decorators.debug import sensitive_variables

from chatwidget.conf import conf
from chatwidget.management.adding import add_server, add_widget
from chatwidget.management.asking import ask
from chatwidget.models import ChatServer, Widget
from chatwidget.snippets import Snippets, snippets_for

OPTIONS = {
    "name": "NAME",
    "base_url": "--base-url",
    "chatbot_id": "--chatbot-id",
    "credential": "--credential",
    "credential_env": "--credential-env",
    "origin": "--server-origin",
    "token_url": "--token-url",
    "client_id": "--client-id",
    "scope": "--scope",
    "allowed_origins": "--allowed-origin",
}
FLAG: dict[str, Any] = {"action": "store_true"}
AUTH: dict[str, Any] = {"required": True, "help": "What the server wants to be shown."}
ORIGIN: dict[str, Any] = {"metavar": "ORIGIN"}
ALLOWED: dict[str, Any] = {
    "action": "append",
    "default": [],
    "help": "A site that may embed it, or * for any; may be repeated. None: this site alone.",
}
NO_ADDRESSES = (
    "The site has no chat pages yet. Add path('chatwidget/', include('chatwidget.urls')) to its "
    "urls.py, then run this again."
)
RELATIVE = (
    "\nIt works on this site's own pages. Set CHATWIDGET['PUBLIC_URL'] for one that works on "
    "others."
)


class Command(BaseCommand):
    """Makes a widget and, where there is none yet, its server."""

    help = (
        "Makes a widget, and a chat server unless there is one with that address and credential; "
        "prints the embed snippet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the options that the design fixes."""
        secret = parser.add_mutually_exclusive_group()
        for group, name, arguments in (
            (parser, "name", {"metavar": "NAME", "help": "What you call the widget."}),
            (parser, "--base-url", {"required": True, "help": "Where the Chat API lives."}),
            (parser, "--chatbot-id", {"required": True, "help": "The chatbot's UUID there."}),
            (parser, "--auth", AUTH | {"choices": ChatServer.Scheme.values}),
            (secret, "--credential", {"help": "The secret; - asks for it, or reads a pipe."}),
            (secret, "--credential-env", {"metavar": "VAR", "help": "Variable that holds it."}),
            (parser, "--server-origin", ORIGIN | {"help": "Sent along with an embed key."}),
            (parser, "--token-url", {"help": "Where client credentials are turned into tokens."}),
            (parser, "--client-id", {"help": "The client's id, with client credentials."}),
            (parser, "--scope", {"help": "What their token is asked for; chat:start if left out."}),
            (parser, "--allowed-origin", ORIGIN | ALLOWED),
            (parser, "--seed-clients", FLAG | {"help": "Admit clients without session token."}),
            (parser, "--json", FLAG | {"help": "Print one JSON object."}),
        ):
            group.add_argument(name, **arguments)

    @sensitive_variables()
    def handle(self, *args: Any, **options: Any) -> None:
        """Make both or neither, and print what embeds the widget."""
        try:
            with transaction.atomic():
                server, note = _server(options)
                widget = _widget(server, options)
                snippets = snippets_for(widget)
        except ValidationError as error:
            raise CommandError(_by_option(error)) from error
        except NoReverseMatch as error:
            raise CommandError(NO_ADDRESSES) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(widget, snippets, note), indent=2))
        else:
            self.stdout.write(_in_words(widget, snippets, note))


@sensitive_variables()
def _server(options: dict[str, Any]) -> tuple[ChatServer, str]:
    given = options["credential"] or ""
    return add_server(
        base_url=options["base_url"],
        scheme=options["auth"],
        secret=ask("Credential") if given == "-" else given,
        variable=options["credential_env"] or "",
        origin=options["server_origin"] or "",
        client={name: options[name] or "" for name in ("token_url", "client_id", "scope")},
    )


def _widget(server: ChatServer, options: dict[str, Any]) -> Widget:
    return add_widget(
        server,
        name=options["name"],
        chatbot_id=options["chatbot_id"],
        allowed_origins=options["allowed_origin"],
        seed_clients=options["seed_clients"],
    )


def _by_option(error: ValidationError) -> str:
    return "\n".join(
        f"{OPTIONS.get(field, field)}: {' '.join(words)}"
        for field, words in error.message_dict.items()
    )


def _as_json(widget: Widget, snippets: Snippets, note: str) -> dict[str, str]:
    return {
        "public_id": str(widget.public_id),
        "slug": widget.slug,
        "name": widget.name,
        "server": widget.server.name,
        "note": note,
        "snippet": snippets.script_tag,
        **asdict(snippets),
    }


def _in_words(widget: Widget, snippets: Snippets, note: str) -> str:
    return (
        f"{note}\n"
        f"Made the widget “{widget.name}”: {widget.public_id}\n"
        f"Its chat page: {snippets.page}\n\n"
        f"Paste this before the end of a page's body:\n{snippets.script_tag}\n"
        f"{'' if conf.public_url else RELATIVE}"
    )
