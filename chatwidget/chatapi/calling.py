"""How a call is made, whichever endpoint it is of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from chatwidget.chatapi import errors
from chatwidget.chatapi.addresses import normalise_base_url, path_segment
from chatwidget.chatapi.credentials import Credential, NoCredential, Peer, header_value
from chatwidget.chatapi.endpoints import Endpoint
from chatwidget.chatapi.hints import for_access
from chatwidget.chatapi.multipart import Multipart
from chatwidget.chatapi.nodes import load_json
from chatwidget.chatapi.refusals import is_json, refusal
from chatwidget.chatapi.transport import (
    PUBLIC,
    SHARED,
    USER_AGENT,
    Outgoing,
    Reply,
    Timeouts,
    Transport,
)
from chatwidget.chatapi.types import SessionRef

T = TypeVar("T")

# What JSON escapes: two halves of a character, (1) one alone, (2) NUL, or anything else.
ESCAPE: Final = re.compile(r"\\u(?:d[89ab]..\\u(?=d[c-f]).{4}|(d[89a-f]..)|(0000))|\\.", re.ASCII)

COMMON_HEADERS: Final[dict[str, str]] = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": USER_AGENT,
}


class Caller:
    """A server, the credential it is shown, and the time it is given."""

    def __init__(
        self,
        base_url: str,
        *,
        credential: Credential | None = None,
        connect_timeout: float = 3,
        read_timeout: float = 15,
        total_timeout: float = 20,
        allow_private: bool = True,
        transport: Transport | None = None,
    ) -> None:
        """Take the server's address as an admin types it, and timeouts in seconds.

        Without `allow_private` only https is spoken, and only with the addresses of the Internet
        that connections really reach; a `transport` that is given sees to that itself.

        Raises:
            ValueError: `base_url` is no address of a server.
        """
        self._credential = credential or NoCredential()
        self._timeouts = Timeouts(connect_timeout, read_timeout, total_timeout)
        self._transport = transport or (SHARED if allow_private else PUBLIC)
        send = partial(self._transport.send, timeouts=self._timeouts)
        self._peer = Peer(normalise_base_url(base_url), send)

    def _call(
        self,
        endpoint: Endpoint,
        path: str,
        payload: Mapping[str, object] | Multipart | None = None,
        session: SessionRef | None = None,
        *,
        total_timeout: float | None = None,
        max_bytes: int | None = None,
    ) -> Reply:
        """Make a call and return its answer if that is a success, else raise its error."""
        # No local variable here may hold a secret: error reports show them.
        outgoing = Outgoing(
            call=endpoint.call,
            method=endpoint.method,
            url=f"{self._peer.base_url}/api/chat/{_path(session)}{path}",
            headers=COMMON_HEADERS | _content_type(payload) | self._identity(session),
            body=_body(payload),
            max_bytes=max_bytes or endpoint.max_bytes,
        )
        reply = self._transport.send(outgoing, self._patience(total_timeout))
        if 200 <= reply.status < 300:
            return reply
        error = refusal(endpoint, reply)
        if isinstance(error, errors.AccessDenied):
            error.hint = for_access(error, self._credential.scheme)
        raise error

    def _identity(self, session: SessionRef | None) -> dict[str, str]:
        if session is None:
            return self._credential.start_headers(self._peer)
        if session.token is None:
            return self._credential.session_headers(self._peer, has_token=False)
        token = {"X-Session-Token": header_value(session.token, "The session token")}
        return self._credential.session_headers(self._peer, has_token=True) | token

    def _patience(self, total: float | None) -> Timeouts:
        return self._timeouts if total is None else replace(self._timeouts, total=total)


def read(endpoint: Endpoint, reply: Reply, parse: Callable[[object], T]) -> T:
    """Read the JSON of an answer.

    Raises:
        BadResponse: it is none, or not as the contract says.
    """
    try:
        if not is_json(reply):
            raise errors.BadResponse(reason="Content-Type: not JSON")
        return parse(load_json(reply.body))
    except errors.BadResponse as error:
        error.call, error.status = endpoint.call, reply.status
        raise


def _path(session: SessionRef | None) -> str:
    return "" if session is None else f"{path_segment(session.session_id)}/"


def _content_type(payload: Mapping[str, object] | Multipart | None) -> dict[str, str]:
    if payload is None:
        return {}
    name = payload.content_type if isinstance(payload, Multipart) else "application/json"
    return {"Content-Type": name}


def _body(payload: Mapping[str, object] | Multipart | None) -> bytes | Multipart | None:
    if payload is None or isinstance(payload, Multipart):
        return payload
    return ESCAPE.sub(_sound, json.dumps(payload, allow_nan=False)).encode()


def _sound(found: re.Match[str]) -> str:
    """Leave NULs out, and put a question mark for half a character: servers break on either."""
    if found[2]:
        return ""
    return "?" if found[1] else found[0]
