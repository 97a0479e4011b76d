"""Connections that keep to a deadline, know whom they reached and whether anything went out.

urllib3's timeouts count from read to read, so that a drip of a byte a second never trips them,
and its exceptions do not tell whether bytes were sent. Here every single read and write waits no
longer than what is left of the whole call, headers included, and sending leaves a mark.

Where only public addresses may be called, it is the address that a connection really reached that
counts, before TLS says a word on it: a name may mean another address each time it is looked up.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool

from chatwidget.chatapi.addresses import is_public, origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import WriteableBuffer


class NotPublic(OSError):
    """A connection reached an address of a private network, of this machine or of nobody."""


@dataclass(slots=True)
class Exchange:
    """One call under way, from the choice of a connection to the last byte of the answer.

    `deadline` is on the monotonic clock, `read_timeout` in seconds. `may_have_arrived` is
    false before a connection is chosen, and while a new one is made. With `public_only` a new
    connection must have reached an address of the Internet.
    """

    deadline: float
    read_timeout: float
    public_only: bool = False
    connected: bool = False
    reused: bool = False
    may_have_arrived: bool = False

    def patience(self) -> float:
        """Return how long the next read or write may wait, in seconds.

        Raises:
            TimeoutError: the deadline has passed.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole call took too long")
        return min(left, self.read_timeout)


# A call begins and reads its headers in one thread; its body may be read elsewhere.
current: Final[ContextVar[Exchange]] = ContextVar("chatapi_exchange")


class _PatientReader(io.RawIOBase):
    """A socket's bytes, each read with what patience is left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, exchange: Exchange) -> None:
        self._raw, self._sock, self._exchange = raw, sock, exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._sock.settimeout(self._exchange.patience())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_PatientReader(self.fp.detach(), sock, current.get()))


class _Connection(HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        exchange = current.get()
        exchange.connected = True
        try:
            super().connect()
        finally:
            # What a proxy was told to open a tunnel is nothing that the server saw.
            exchange.may_have_arrived = False

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        # A proxy is the site's own choice, and it is the one that looks names up.
        if current.get().public_only and self.proxy is None:
            _require_public(sock)
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        exchange = current.get()
        exchange.reused = not exchange.connected
        exchange.may_have_arrived = True
        self.sock.settimeout(exchange.patience())
        super().send(data)


class _SecureConnection(_Connection, HTTPSConnection):
    pass


def _require_public(sock: socket.socket) -> None:
    try:
        if not is_public(sock.getpeername()[0]):
            raise NotPublic("the address is not public")
    except OSError:
        sock.close()
        raise


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS: Final[Mapping[str, type[HTTPConnectionPool]]] = {"http": _Pool, "https": _SecurePool}


# Of so many servers at once connections are kept.
MOST_POOLS: Final = 10


class Adapter(HTTPAdapter):
    """An adapter of `requests` whose connections are the ones of this module.

    The pool of a server is looked up once, while servers are few: so one adapter is for one way of
    checking certificates, and one proxy for each server.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pools: dict[str, ConnectionPool] = {}

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> ConnectionPool:
        """Find the pool of a server, a new one where the last was closed."""
        origin = origin_of(str(request.url))
        found = self._pools.get(origin)
        if found is None or getattr(found, "pool", None) is None:
            if len(self._pools) >= MOST_POOLS:
                self._pools.clear()
            found = super().get_connection_with_tls_context(request, *args, **kwargs)
            self._pools[origin] = found
        return found

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the manager of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def build_response(
        self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse
    ) -> requests.Response:
        """Take the answer as it is: no cookie is kept, and nobody asks for an encoding."""
        response = requests.Response()
        response.status_code, response.reason = resp.status, str(resp.reason)
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw, response.url = resp, str(req.url)
        return response

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make or find the manager of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if proxy.startswith("http"):
            manager.pool_classes_by_scheme = POOLS
        return manager
