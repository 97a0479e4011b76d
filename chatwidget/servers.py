"""From a stored server to a client that can call it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache

from chatwidget import crypto
from chatwidget.chatapi import ChatAPI, Credential, SessionRef, Transport, credential_for
from chatwidget.conf import conf
from chatwidget.models import ChatServer, ChatSession
from chatwidget.store import store

# The way that every call goes out, None for the network. `chatwidget.testing` puts a fake here.
transport: Transport | None = None


class NotConfigured(Exception):
    """The server's own record keeps it from being called; the message says what to mend."""


class SealedCache:
    """Fetched tokens in the site's cache, encrypted: a cache is read by more than this app."""

    def get(self, key: str, /) -> object:
        """Return the token, nothing if there is none that the site's keys open."""
        try:
            return crypto.decrypt(store().get(key) or "") or None
        except crypto.SecretUnreadable:
            return None

    def set(self, key: str, value: str, seconds: int, /) -> None:
        """Keep a token."""
        store().set(key, crypto.encrypt(value), seconds)

    def delete(self, key: str, /) -> None:
        """Forget a token."""
        store().delete(key)


def client_for(server: ChatServer) -> ChatAPI:
    """Return a client with the server's credential, and its timeouts or the site's.

    Raises:
        NotConfigured: the credential is missing or cannot be read.
    """
    try:
        credential = _credential(
            _Given(
                server.scheme, secret_of(server), server.origin, tuple(options_of(server).items())
            )
        )
    except (ValueError, crypto.SecretUnreadable) as error:
        raise NotConfigured(f"Server “{server.name}”: {error}") from error
    return ChatAPI(
        server.base_url,
        credential=credential,
        connect_timeout=server.connect_timeout or conf.connect_timeout,
        read_timeout=server.read_timeout or conf.read_timeout,
        total_timeout=longest_call(server),
        allow_private=conf.allow_private_servers,
        transport=transport,
    )


def longest_call(server: ChatServer) -> float:
    """Return the seconds that a call of the server may take in all: its own, or the site's."""
    return server.total_timeout or conf.total_timeout


@dataclass(frozen=True, slots=True)
class _Given:
    """All that a credential is made of."""

    scheme: str
    secret: str = field(repr=False)
    origin: str
    options: tuple[tuple[str, str], ...] = field(repr=False)


@lru_cache(maxsize=256)
def _credential(given: _Given) -> Credential:
    """Make a credential, once for all calls that are given the same."""
    return credential_for(
        given.scheme,
        given.secret,
        origin=given.origin,
        options=dict(given.options),
        store=SealedCache(),
    )


def options_of(server: ChatServer) -> dict[str, str]:
    """Return what a scheme wants besides a secret and an origin."""
    return {
        "token_url": server.token_url,
        "client_id": server.client_id,
        "scope": server.scope,
        "files_key": _variable(server.files_key_env) if server.files_key_env else "",
    }


def secret_of(server: ChatServer) -> str:
    """Return the credential, from the environment if the server names a variable.

    Raises:
        ValueError: the named variable is not set, or holds what no server may be told.
        SecretUnreadable: the stored secret was encrypted under a key that is gone.
    """
    if not server.credential_env:
        return crypto.decrypt(server.encrypted_credential)
    return _variable(server.credential_env)


def _variable(name: str) -> str:
    try:
        secret = os.environ[name]
    except KeyError as error:
        raise ValueError(f"The environment variable {name} is not set.") from error
    if crypto.is_sites_own(secret):
        raise ValueError(f"The environment variable {name} holds a key of this site itself.")
    return secret


def session_ref(session: ChatSession) -> SessionRef:
    """Return what the server knows the session by.

    Raises:
        NotConfigured: the session's token was encrypted under a key that is gone.
    """
    try:
        token = crypto.decrypt(session.encrypted_remote_token)
    except crypto.SecretUnreadable as error:
        raise NotConfigured(f"The token of session {session.pk}: {error}") from error
    return SessionRef(session.remote_id, token or None)
