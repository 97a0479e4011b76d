"""Which secret a server's scheme takes: the rule that the admin and the commands share."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from chatwidget.chatapi import credential_for
from chatwidget.models import ChatServer

Scheme = ChatServer.Scheme


def faults(
    *,
    scheme: str,
    secret: str,
    variable: str,
    origin: str,
    options: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return what is wrong with a server's credential: words by field, never the secret.

    Args:
        scheme: one of ``ChatServer.Scheme``.
        secret: the secret itself, if it is stored.
        variable: the environment variable that holds it instead.
        origin: the origin that goes with an embed key.
        options: ``token_url`` and ``client_id`` of client credentials.
    """
    options = options or {}
    found = _secret_faults(scheme, secret, variable)
    if scheme == Scheme.EMBED_KEY and not origin:
        found["origin"] = _("Type an origin that the chatbot's channel allows.")
    if scheme == Scheme.CLIENT_CREDENTIALS:
        found |= {name: words for name, words in _needed().items() if not options.get(name)}
    if not found and secret:
        try:
            credential_for(scheme, secret, origin=origin, options=options)
        except ValueError as error:
            found["credential"] = str(error)
    return found


def _needed() -> dict[str, str]:
    return {
        "token_url": _("Type the address where the server gives out access tokens."),
        "client_id": _("Type the id that the server gave the client."),
    }


def _secret_faults(scheme: str, secret: str, variable: str) -> dict[str, str]:
    if scheme == Scheme.NONE:
        words = _("This server takes no secret. Leave it empty, or choose another credential.")
        given = {"credential": secret, "credential_env": variable}
        return {field: words for field, value in given.items() if value}
    if secret and variable:
        return {"credential_env": _("Give the secret or a variable, not both.")}
    if not secret and not variable:
        return {"credential": _("Type the secret, or name a variable that holds it.")}
    return {}
