"""The schemes by name, and what each needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from chatwidget.chatapi.credentials import (
    ApiKey,
    Bearer,
    Credential,
    EmbedKey,
    NoCredential,
    SessionCookie,
)
from chatwidget.chatapi.oauth import START_SCOPE, ClientCredentials
from chatwidget.chatapi.tokens import MEMORY, TokenStore


@dataclass(frozen=True, slots=True)
class _Given:
    secret: str = field(repr=False)
    origin: str
    options: Mapping[str, str]
    store: TokenStore


def _client(given: _Given) -> ClientCredentials:
    return ClientCredentials(
        token_url=given.options["token_url"],
        client_id=given.options["client_id"],
        client_secret=given.secret,
        scope=given.options.get("scope") or START_SCOPE,
        store=given.store,
    )


SCHEMES: Final[Mapping[str, Callable[[_Given], Credential]]] = {
    "none": lambda _: NoCredential(),
    "api_key": lambda given: ApiKey(given.secret),
    "bearer": lambda given: Bearer(given.secret),
    "session_cookie": lambda given: SessionCookie(given.secret),
    "embed_key": lambda given: EmbedKey(
        given.secret, given.origin, given.options.get("files_key", "")
    ),
    "client_credentials": _client,
}
CLIENT_NEEDS: Final = {"token_url": "a token URL", "client_id": "a client id"}


def credential_for(
    scheme: str,
    secret: str,
    *,
    origin: str = "",
    options: Mapping[str, str] | None = None,
    store: TokenStore | None = None,
) -> Credential:
    """Make the credential of a scheme.

    Args:
        scheme: one of `SCHEMES`.
        secret: the key, the token, the value of the cookie, or the client's secret.
        origin: for `embed_key`, an origin that the chatbot's channel allows.
        options: for `client_credentials`, `token_url`, `client_id` and `scope`, which is
            `chat:start` unless given; for `embed_key`, `files_key`, an API key that opens
            attachments (fact 24).
        store: where fetched tokens are kept, the memory of the process unless given.

    Raises:
        ValueError: the scheme is unknown, or the words say what is missing or malformed.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"Unknown scheme. Choose one of {', '.join(SCHEMES)}.")
    if scheme != "none" and not secret:
        raise ValueError(f"The scheme {scheme} needs a credential.")
    if scheme == "embed_key" and not origin:
        raise ValueError("The scheme embed_key needs an origin that the chatbot's channel allows.")
    given = _Given(secret, origin, options or {}, MEMORY if store is None else store)
    if scheme == "client_credentials":
        for key, name in CLIENT_NEEDS.items():
            if not given.options.get(key):
                raise ValueError(f"The scheme client_credentials needs {name}.")
    return SCHEMES[scheme](given)
