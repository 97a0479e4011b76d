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
    """Make a server, or bring the one with that address and scheme up to date.

    Args:
        base_url, scheme: which server.
        secret: what it wants to be shown; or
        variable: the environment variable that holds it.
        origin: goes with an embed key.
        client: ``token_url``, ``client_id`` and ``scope`` of client credentials; what is empty
            stays as it is.

    Returns:
        The server, and a sentence on what was done.

    Raises:
        ValidationError: with words by field; that of the secret is ``credential``.
    """
    address = _address(base_url)
    server = ChatServer.objects.filter(base_url=address, scheme=scheme).order_by("pk").first()
    if server is None:
        server = ChatServer(name=_server_name(address, scheme), base_url=address, scheme=scheme)
    is_new = server.pk is None
    for name, value in (client or {}).items():
        setattr(server, name, value or getattr(server, name))
    changes = _bring_up_to_date(server, secret, variable, _origins([origin], "origin"))
    server.full_clean()
    server.save()
    if is_new:
        return server, f"Made the server “{server.name}”."
    news = f", with a new {' and '.join(changes)}" if changes else ""
    return server, f"Reused the server “{server.name}”{news}."


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
def _bring_up_to_date(
    server: ChatServer, secret: str, variable: str, origin: list[str]
) -> list[str]:
    """Store what was given and differs; return the names of what changed."""
    before = (_stored_secret(server), server.credential_env, server.origin)
    if not (secret or variable):
        secret, variable = before[:2]
    after = (secret, variable, *(origin or [server.origin]))
    found = credentials.faults(
        scheme=server.scheme,
        secret=secret,
        variable=variable,
        origin=after[2],
        options=options_of(server),
    )
    if found:
        raise ValidationError(dict(found))
    if secret != before[0]:
        server.set_credential(secret)
    server.credential_env, server.origin = after[1:]
    changed = {"credential": after[:2] != before[:2], "origin": after[2] != before[2]}
    return [name for name, is_changed in changed.items() if is_changed]


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
