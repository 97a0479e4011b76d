"""Scheme `client_credentials`: a token of OAuth2 that this client fetches for itself (fact 2).

oauthlib writes the request and reads the answer; the bytes go the way of every other call, with
its pool, its timeouts and its caps, and no redirect is followed.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from typing import ClassVar, Final
from urllib.parse import quote, urlsplit

from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error

from chatwidget.chatapi import errors
from chatwidget.chatapi.addresses import UNFIT
from chatwidget.chatapi.calling import read
from chatwidget.chatapi.credentials import Peer
from chatwidget.chatapi.endpoints import TOKEN
from chatwidget.chatapi.hints import for_access
from chatwidget.chatapi.nodes import TOKEN as TOKEN_TEXT
from chatwidget.chatapi.nodes import Node, complaint
from chatwidget.chatapi.refusals import refusal
from chatwidget.chatapi.tokens import MEMORY, TokenStore
from chatwidget.chatapi.transport import USER_AGENT, Outgoing, Reply

START_SCOPE: Final = "chat:start"
EARLY: Final = 60
UNSAID: Final = 5 * 60
LONGEST: Final = 24 * 60 * 60
HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": USER_AGENT,
}


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """A client of an authorization server; its token goes on start, and on files.

    A token is kept in `store` until a minute before it expires, for a day at most, and for
    five minutes where the server does not say.
    """

    scheme: ClassVar[str] = "client_credentials"
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = START_SCOPE
    store: TokenStore = field(default=MEMORY, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse an address that none can ask, and a client without a name."""
        parts = urlsplit(self.token_url)
        if (
            UNFIT.search(self.token_url)
            or parts.scheme not in {"http", "https"}
            or not parts.hostname
            or "@" in parts.netloc
            or parts.fragment
        ):
            raise ValueError("The token URL must be like https://chat.example.com/o/token/.")
        if not self.client_id or not self.client_secret:
            raise ValueError("The client id and its secret must not be empty.")

    def start_headers(self, peer: Peer) -> dict[str, str]:
        """Add the token, fetched if none is kept."""
        return {"Authorization": f"Bearer {self._kept() or self._fetched(peer)}"}

    def session_headers(self, peer: Peer, *, has_token: bool) -> dict[str, str]:  # noqa: ARG002
        """Add nothing: calls on a session do not read it."""
        return {}

    def file_headers(self, peer: Peer) -> dict[str, str]:
        """Add the token, which helps where its scope covers files."""
        return self.start_headers(peer)

    def renew(self) -> bool:
        """Forget the token, so that the next call fetches another."""
        self.store.delete(self._key())
        return True

    def _key(self) -> str:
        """Name what is kept, so that another secret or scope finds nothing."""
        parts = (self.token_url, self.client_id, self.client_secret, self.scope)
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
        return f"chatapi-token-{digest.hexdigest()}"

    def _kept(self) -> str | None:
        kept = self.store.get(self._key())
        return kept if isinstance(kept, str) and TOKEN_TEXT.fullmatch(kept) else None

    def _fetched(self, peer: Peer) -> str:
        try:
            fetched = _read(peer.send(self._request()))
        except errors.ChatAPIError as error:
            error.may_have_arrived = False  # not the call that the token is for
            raise
        if fetched.seconds > 0:
            self.store.set(self._key(), fetched.token, fetched.seconds)
        return fetched.token

    def _request(self) -> Outgoing:
        """Write the request (RFC 6749, 4.4.2), the client named as in 2.3.1."""
        client = BackendApplicationClient(self.client_id)
        pair = ":".join(quote(part, safe="") for part in (self.client_id, self.client_secret))
        return Outgoing(
            call=TOKEN.call,
            method=TOKEN.method,
            url=self.token_url,
            headers=HEADERS | {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"},
            body=client.prepare_request_body(scope=self.scope).encode(),
            max_bytes=TOKEN.max_bytes,
        )


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A token, and for how many seconds to keep it."""

    token: str = field(repr=False)
    seconds: int


def _read(reply: Reply) -> _Fetched:
    if not 200 <= reply.status < 300:
        error = refusal(TOKEN, reply)
        if isinstance(error, errors.AccessDenied):
            error.hint = for_access(error, ClientCredentials.scheme)
        raise error
    return read(TOKEN, reply, lambda _: _token(reply.body))


def _token(body: bytes) -> _Fetched:
    """Read an answer (RFC 6749, 5.1) that is JSON; oauthlib would take a form for one, too."""
    try:
        client = BackendApplicationClient("")
        said = Node(dict(client.parse_request_body_response(body.decode("utf-8-sig"))))
    except (OAuth2Error, ArithmeticError, AttributeError, TypeError, ValueError):
        raise complaint("body: no token") from None
    life = said.optional("expires_in")
    seconds = UNSAID if life is None else life.integer() - EARLY
    return _Fetched(said["access_token"].matching(TOKEN_TEXT, "a token"), min(seconds, LONGEST))
