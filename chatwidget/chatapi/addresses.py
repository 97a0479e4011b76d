"""The addresses of a Chat API: what an admin types, and what is called."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

API_ROOT: Final = re.compile(r"/api(/v1)?/chat$")
UNFIT: Final = re.compile(r"[^\x21-\x7e]|[\\<>\"{}|^`]")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# RFC 6052, 2.1: a gateway turns the last 32 bits into an IPv4 address.
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# All that IANA has given out; some of what lies outside reaches a network's own machines, such as
# fec0::/10 (RFC 3879) and the gateways of 64:ff9b:1::/48 (RFC 8215).
GIVEN_OUT: Final = ipaddress.ip_network("2000::/3")


@lru_cache(maxsize=256)
def normalise_base_url(url: str) -> str:
    """Turn what an admin types into the one way of writing it.

    `https://Host/prefix/api/chat/`, `https://host/prefix/` and `https://host:443/prefix` are
    all `https://host/prefix`.

    Raises:
        ValueError: it is no such address; the words say what to type.
    """
    text = url.strip()
    if UNFIT.search(text):
        raise ValueError("Type an address of plain ASCII characters without blanks.")
    parts, port = _split(text)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("Type the whole address, like https://chat.example.com.")
    if "@" in parts.netloc:
        raise ValueError("Type the address without a user name; the credential has its own field.")
    if "?" in text or "#" in text:
        raise ValueError("Type the address without the part from ? or # on.")
    if {".", ".."} & set(parts.path.split("/")):
        raise ValueError("Type the address without . or .. in its path.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port not in (None, DEFAULT_PORTS[parts.scheme]):
        host = f"{host}:{port}"
    prefix = API_ROOT.sub("", parts.path.rstrip("/")).rstrip("/")
    return f"{parts.scheme}://{host}{prefix}"


def own_address(base_url: str, link: str) -> str:
    """Return where a link of the server leads, which must be the server itself (fact 24).

    Raises:
        ValueError: it leads to another scheme, host or port, or is no link.
    """
    own = urlsplit(base_url)
    if UNFIT.search(link):
        raise ValueError("The link has characters that no address has.")
    parts, _ = _split(urljoin(base_url, link))
    if "@" in parts.netloc or _origin(parts) != _origin(own):
        raise ValueError("The link leads to another server.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{own.scheme}://{own.netloc}{parts.path or '/'}{query}"


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address that was normalised."""
    return "/".join(url.split("/", 3)[:3])


def path_segment(identifier: str) -> str:
    """Encode an id so that it stays one segment of a path.

    Raises:
        ValueError: it is empty or made of dots, which no encoding keeps a segment.
    """
    if not identifier.strip("."):
        raise ValueError("An id must not be empty or made of dots.")
    return quote(identifier, safe="")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet's, and so is the IPv4 one that it may hold.

    Raises:
        ValueError: it is no IP address.
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        held = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            held = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if held is None and found not in GIVEN_OUT:
            return False
        found = held or found
    return found.is_global and not found.is_multicast


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
        if port == 0:
            raise ValueError(port)
    except ValueError:
        raise ValueError("Type a host and a port that exist, like chat.example.com:8443.") from None
    return parts, port


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
