"""Making a server and a widget from plain values, as ``chatwidget_add`` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_variables

from chatwidget import credentials, crypto, origins
from chatwidget.chatapi import normalise_base_url
from chatwidget.models import ChatServer, Widget
from chatwidget.servers import options_of
from chatwidget.validators import validate_base_url

OTHER = (
    "“{}” has the same address with another credential or origin, and stays as it is. To change "
    "it, open it in the admin."
)


@sensitive_variables()
def add_server(
    *,
    base_url: str,
    scheme: str,
    secret: str = "",
    variable: str = "",
    origin: str = "",
    client: Mapping[str, str] | None = None,
) -> tuple[ChatServer, str]:
    """Find the server that is all that was given, or make one; change none that is there.

    Two chatbots of one server may each have a key: the second must not take the first one's away.

    Args:
        base_url, scheme: which server.
        secret: what it wants to be shown; or
        variable: the environment variable that holds it. Neither: as the server that is there.
        origin: goes with an embed key.
        client: ``token_url``, ``client_id`` and ``scope`` of client credentials.

    Returns:
        The server, and what was done, in words.

    Raises:
        ValidationError: with words by field; that of the secret is ``credential``.
    """
    address = _address(base_url)
    place = {"base_url": address, "scheme": scheme}
    options = {
        **(client or {}),
        "credential_env": variable,
        "origin": "".join(_origins([origin], "origin")),
    }
    given = {name: value for name, value in options.items() if value}
    for server in ChatServer.objects.filter(**place, **given).order_by("pk"):
        stored = _stored_secret(server)
        if secret in ("", stored) and not _faults(server, stored):
            return server, f"Reused the server “{server.name}”."
    other = ChatServer.objects.filter(**place).first()
    server = ChatServer(name=_server_name(address, scheme), **place, **given)
    _store(server, secret)
    note = f"Made the server “{server.name}”."
    return server, f"{note} {OTHER.format(other.name)}" if other else note


def add_widget(
    server: ChatServer,
    *,
    name: str,
    chatbot_id: str,
    allowed_origins: Iterable[str] = (),
    seed_clients: bool = False,
) -> Widget:
    """Make a widget of ``server``, with a slug of its own.

    Raises:
        ValidationError: with words by field.
    """
    slugs = _numbered(slugify(name)[:90] or "widget", "{}-{}")
    widget = Widget(
        name=name,
        slug=next(slug for slug in slugs if not Widget.objects.filter(slug=slug).exists()),
        server=server,
        chatbot_id=chatbot_id,
        allowed_origins=_origins(allowed_origins, "allowed_origins"),
        allows_seed_clients=seed_clients,
    )
    # The server is there; a replica that lags may not have heard of it.
    widget.full_clean(exclude=["server"])
    widget.save()
    return widget


@sensitive_variables()
def _store(server: ChatServer, secret: str) -> None:
    found = _faults(server, secret)
    if found:
        raise ValidationError(dict(found))
    server.set_credential(secret)
    server.full_clean()
    server.save()


@sensitive_variables()
def _faults(server: ChatServer, secret: str) -> dict[str, str]:
    return credentials.faults(
        scheme=server.scheme,
        secret=secret,
        variable=server.credential_env,
        origin=server.origin,
        options=options_of(server),
    )


def _stored_secret(server: ChatServer) -> str:
    try:
        return crypto.decrypt(server.encrypted_credential)
    except crypto.SecretUnreadable:
        return ""


def _address(base_url: str) -> str:
    try:
        validate_base_url(base_url)
    except ValidationError as error:
        raise ValidationError({"base_url": error}) from error
    return normalise_base_url(base_url)


def _origins(typed: Iterable[str], field: str) -> list[str]:
    try:
        wildcard = field == "allowed_origins"
        return [origins.normalise(text, wildcard=wildcard) for text in typed if text]
    except ValueError as error:
        raise ValidationError({field: str(error)}) from error


def _server_name(address: str, scheme: str) -> str:
    host = urlsplit(address).netloc[:70]
    names = _numbered(f"{host} ({scheme})", "{} {}")
    return next(name for name in names if not ChatServer.objects.filter(name=name).exists())


def _numbered(text: str, pattern: str) -> Iterator[str]:
    return chain([text], (pattern.format(text, number) for number in count(2)))
