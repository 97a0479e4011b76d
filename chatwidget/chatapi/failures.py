"""What `requests`, urllib3 and the system raise, as the errors of this package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests
import urllib3
from urllib3.exceptions import DecodeError, NameResolutionError, ReadTimeoutError

from chatwidget.chatapi import wire
from chatwidget.chatapi.errors import BadResponse, ChatAPIError, TimedOut, Unavailable


@contextmanager
def our_errors(call: str, exchange: wire.Exchange) -> Iterator[None]:
    """Turn what the libraries raise into ours, without the addresses and ids in their words."""
    try:
        yield
    except ChatAPIError as error:
        error.call = call
        raise
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        kind, reason = _classify(error)
        raise kind(call, reason=reason, may_have_arrived=exchange.may_have_arrived) from None


def _classify(error: Exception) -> tuple[type[ChatAPIError], str]:
    cause = _cause(error)
    if isinstance(error, requests.ConnectTimeout):
        return TimedOut, "no connection in time"
    if isinstance(error, requests.Timeout | ReadTimeoutError | TimeoutError):
        return TimedOut, "no answer in time"
    if isinstance(cause, TimeoutError):  # while the request was sent
        return TimedOut, "no answer in time"
    if isinstance(error, DecodeError):
        return BadResponse, "body: broken encoding"
    if isinstance(error, requests.exceptions.ProxyError):
        return Unavailable, "proxy failed"
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return Unavailable, "TLS failed"
    if isinstance(cause, wire.NotPublic):
        return Unavailable, "address not public"
    if isinstance(cause, NameResolutionError):
        return Unavailable, "name not found"
    return Unavailable, "connection failed"


def _cause(error: Exception) -> object:
    """Find what an error is about: `requests` wraps urllib3's, which wraps the system's."""
    inner = error.args[0] if error.args else None
    if isinstance(inner, urllib3.exceptions.ProtocolError):
        return inner.args[-1]
    return getattr(inner, "reason", None)
