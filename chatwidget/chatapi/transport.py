"""The pools of connections of a process, and the only place that knows `requests`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from importlib import metadata
from typing import Final

import requests
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies

from chatwidget.chatapi import wire
from chatwidget.chatapi.addresses import origin_of
from chatwidget.chatapi.errors import BadResponse, TooLarge, Unavailable
from chatwidget.chatapi.failures import our_errors

CHUNK: Final = 64 * 1024
ENCODINGS: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def _version() -> str:
    try:
        return metadata.version("django-chatapi-widget")
    except metadata.PackageNotFoundError:
        return "0"


USER_AGENT: Final = f"django-chatapi-widget/{_version()} (+requests/{requests.__version__})"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect (each address), to wait for more bytes, and for the whole answer.

    Looking up a name has no timeout of its own: the resolver's applies.
    """

    connect: float = 3
    read: float = 15
    total: float = 20


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to make. `call` names it in errors, `max_bytes` bounds the decoded answer.

    A body that is no bytes has a length, and is read piece by piece while it is sent.
    """

    call: str
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | Iterable[bytes] | None = field(repr=False)
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever its status; header names are in any case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer whose body is read as it is iterated over, once; `close` it in any case."""

    outgoing: Outgoing
    exchange: wire.Exchange
    response: requests.Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; their names are in any case."""
        return self.response.headers

    def __iter__(self) -> Iterator[bytes]:
        """Read the body, decoded, in pieces of 64 KB.

        Raises:
            Unavailable, TimedOut: the rest did not come.
            BadResponse, TooLarge: it cannot be decoded, or is over `max_bytes`.
        """
        size, most = 0, self.outgoing.max_bytes
        with our_errors(self.outgoing.call, self.exchange):
            if self.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
                raise BadResponse(reason="body: unknown encoding")
            for chunk in self.response.raw.stream(CHUNK, decode_content=True):
                size += len(chunk)
                if size > most:
                    raise TooLarge(reason=f"body: over {most} bytes")
                yield chunk

    def close(self) -> None:
        """Give the connection back, or end it if the body was not read."""
        self.response.close()


class _Pool:
    """The adapter of one process, with the environment as it was when it began."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.adapter = wire.Adapter(pool_connections=wire.MOST_POOLS, pool_maxsize=64)
        self.verify = next(filter(None, map(os.environ.get, CA_VARIABLES)), True)
        self._proxies: dict[str, dict[str, str]] = {}

    def proxies(self, url: str) -> dict[str, str]:
        """Return the environment's proxies for a server, asked once for each."""
        origin = origin_of(url)
        if origin not in self._proxies:
            self._proxies[origin] = get_environ_proxies(origin)
        return self._proxies[origin]


class Transport:
    """Sends requests over pooled connections; safe between threads and after a fork.

    The adapter is used without a `requests.Session` around it: so there is no cookie jar, no
    netrc and no following of redirects to switch off, and no lock to wait for.

    With `public_only` it speaks https alone, and to addresses of the Internet alone. It shares
    no connection with one that may do more.
    """

    def __init__(self, *, public_only: bool = False) -> None:
        self._own = _Pool()
        self._public_only = public_only

    def send(self, outgoing: Outgoing, timeouts: Timeouts) -> Reply:
        """Make a request and read the whole answer; raises what `open` and reading do."""
        with closing(self.open(outgoing, timeouts)) as answer:
            return Reply(answer.status, answer.headers, b"".join(answer))

    def open(self, outgoing: Outgoing, timeouts: Timeouts) -> Streamed:
        """Make a request and read the answer's headers.

        Nothing is sent twice, but for a GET that a connection kept from before did not carry:
        the server may have closed it at that very moment.

        Raises:
            Unavailable, TimedOut: no answer came.
        """
        if self._public_only and not outgoing.url.startswith("https://"):
            raise Unavailable(outgoing.call, reason="address not https", may_have_arrived=False)
        pool = self._pool()
        deadline = time.monotonic() + timeouts.total
        exchange = wire.Exchange(deadline, timeouts.read, self._public_only)
        token = wire.current.set(exchange)
        try:
            with our_errors(outgoing.call, exchange):
                answer = _open(pool, _prepared(outgoing), exchange, timeouts)
                return Streamed(outgoing, exchange, answer)
        finally:
            wire.current.reset(token)

    def _pool(self) -> _Pool:
        # Two threads of a new process may both make one here; the one that is lost costs
        # a connection, and a lock could be held by a thread that the fork did not copy.
        pool = self._own
        if pool.pid != os.getpid():
            pool = self._own = _Pool()
        return pool


SHARED: Final = Transport()
PUBLIC: Final = Transport(public_only=True)


def _prepared(outgoing: Outgoing) -> requests.PreparedRequest:
    """Return what `prepare` would make, without what this package has seen to already.

    The address was normalised and its parts encoded (`addresses`), the headers' values checked
    (`credentials.header_value`), and a body is bytes of known length.
    """
    prepared, body = requests.PreparedRequest(), outgoing.body
    if not (body is None or isinstance(body, bytes)):
        prepared.prepare(outgoing.method, outgoing.url, headers=outgoing.headers, data=body)
        return prepared
    prepared.method, prepared.url, prepared.body = outgoing.method, outgoing.url, body
    prepared.headers = CaseInsensitiveDict(outgoing.headers)
    if body is not None or outgoing.method != "GET":
        prepared.headers["Content-Length"] = str(len(body or b""))
    return prepared


def _open(
    pool: _Pool, prepared: requests.PreparedRequest, exchange: wire.Exchange, timeouts: Timeouts
) -> requests.Response:
    def attempt() -> requests.Response:
        patience = exchange.patience()
        exchange.may_have_arrived = True
        return pool.adapter.send(
            prepared,
            stream=True,
            timeout=(min(timeouts.connect, patience), patience),
            verify=pool.verify,
            proxies=pool.proxies(str(prepared.url)),
        )

    try:
        return attempt()
    except requests.ConnectionError:
        if prepared.method != "GET" or not exchange.reused:
            raise
    return attempt()
