"""How the proxy shows the Chat API who it is: one small class a scheme (facts 1 to 4, 8)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol
from urllib.parse import urlsplit

from chatwidget.chatapi.transport import Outgoing, Reply

HEADER_VALUE: Final = re.compile(r"[\x21-\x7e]+( +[\x21-\x7e]+)*")
# RFC 6265, 4.1.1.
COOKIE_VALUE: Final = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")


@dataclass(frozen=True, slots=True)
class Peer:
    """The server that a credential is shown to, and a way to make calls of one's own."""

    base_url: str
    send: Callable[[Outgoing], Reply] = field(repr=False)


class Credential(Protocol):
    """What a scheme adds to the headers of a call."""

    scheme: ClassVar[str]

    def start_headers(self, peer: Peer) -> dict[str, str]:
        """Give the headers of the call that starts a session."""
        ...

    def session_headers(self, peer: Peer, *, has_token: bool) -> dict[str, str]:
        """Give the headers of a call on a session, whose token may be enough by itself."""
        ...

    def file_headers(self, peer: Peer) -> dict[str, str]:
        """Give the headers of the download of a file (fact 24)."""
        ...

    def renew(self) -> bool:
        """Forget what was fetched and has been refused; say whether it can be fetched again."""
        ...


def header_value(value: str, name: str) -> str:
    """Return a value that can go into a header.

    Raises:
        ValueError: it is empty, or has control characters or others than ASCII. The words
            name the header and never hold the value.
    """
    if not HEADER_VALUE.fullmatch(value):
        raise ValueError(f"{name} must be plain ASCII characters on one line.")
    return value


class _EveryCall:
    """A scheme whose headers go on every call, session token or not."""

    __slots__ = ()

    def start_headers(self, peer: Peer) -> dict[str, str]:  # noqa: ARG002
        """Add nothing."""
        return {}

    def session_headers(self, peer: Peer, *, has_token: bool) -> dict[str, str]:  # noqa: ARG002
        """Add what start adds."""
        return self.start_headers(peer)

    def file_headers(self, peer: Peer) -> dict[str, str]:
        """Add what start adds."""
        return self.start_headers(peer)

    def renew(self) -> bool:
        """Say no: what is kept was typed by a person."""
        return False


@dataclass(frozen=True, slots=True)
class NoCredential(_EveryCall):
    """Scheme `none`: whoever knows the chatbot's id may start."""

    scheme: ClassVar[str] = "none"


@dataclass(frozen=True, slots=True)
class ApiKey(_EveryCall):
    """Scheme `api_key`: `X-api-key` on every call (the contract's first)."""

    scheme: ClassVar[str] = "api_key"
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a key that no header can carry."""
        header_value(self.key, "The API key")

    def start_headers(self, peer: Peer) -> dict[str, str]:  # noqa: ARG002
        """Add the key."""
        return {"X-api-key": self.key}


@dataclass(frozen=True, slots=True)
class Bearer(_EveryCall):
    """Scheme `bearer`: `Authorization: Bearer` on every call (the contract's third)."""

    scheme: ClassVar[str] = "bearer"
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a token that no header can carry."""
        header_value(self.token, "The bearer token")

    def start_headers(self, peer: Peer) -> dict[str, str]:  # noqa: ARG002
        """Add the token."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class EmbedKey(_EveryCall):
    """Scheme `embed_key`: the key of a widget channel, with an Origin the channel allows.

    Beside a session token it does harm at worst and nothing at best (fact 4), so that
    sessions with a token go without.
    """

    scheme: ClassVar[str] = "embed_key"
    key: str = field(repr=False)
    origin: str
    files_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what no header can carry, and an origin that is none."""
        header_value(self.key, "The embed key")
        if self.files_key:
            header_value(self.files_key, "The files' API key")
        header_value(self.origin, "The origin")
        parts = urlsplit(self.origin)
        if not parts.netloc or self.origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError("The origin must be like https://www.example.com, without a path.")

    def start_headers(self, peer: Peer) -> dict[str, str]:  # noqa: ARG002
        """Add key and origin."""
        return {"X-Embed-Key": self.key, "Origin": self.origin}

    def session_headers(self, peer: Peer, *, has_token: bool) -> dict[str, str]:
        """Add key and origin only where there is no token."""
        return {} if has_token else self.start_headers(peer)

    def file_headers(self, peer: Peer) -> dict[str, str]:  # noqa: ARG002
        """Add the API key, if there is one: files are no channel's (fact 24)."""
        return {"X-api-key": self.files_key} if self.files_key else {}


@dataclass(frozen=True, slots=True)
class SessionCookie(_EveryCall):
    """Scheme `session_cookie`: a person's `sessionid` on every call (the contract's second).

    Such a call is that person's: the participant is they, and a `participant_remote_id` must
    be their email address (fact 8). Django wants a pair of equal CSRF tokens on a POST, and
    over https a `Referer` of its own; an `Origin` would have to be the server's, whose scheme
    behind a proxy only the server knows.
    """

    scheme: ClassVar[str] = "session_cookie"
    session_id: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a value that no cookie can have."""
        if not COOKIE_VALUE.fullmatch(self.session_id):
            raise ValueError("The session cookie must be its value alone, without its name.")

    def start_headers(self, peer: Peer) -> dict[str, str]:
        """Add the cookie and the CSRF pair."""
        pair = secrets.token_hex(16)
        return {
            "Cookie": f"sessionid={self.session_id}; csrftoken={pair}",
            "X-CSRFToken": pair,
            "Referer": f"{peer.base_url}/",
        }
