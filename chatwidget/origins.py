"""Who may embed a widget and call its API: web origins (RFC 6454) and patterns of them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

ANY = "*"
DEFAULT_PORTS = {"http": 80, "https": 443}
# Scheme, host (RFC 1035, 2.3.4) and port have fewer characters. Looking through the labels of what
# is longer takes seconds.
LONGEST = 300
# Python's IDNA of 2003 makes another host of these than browsers do (UTS 46, section 7), and that
# host may be somebody else's: "straße" would admit "strasse".
AMBIGUOUS = frozenset("ßς\u200c\u200d")


def normalise(text: str, *, wildcard: bool = False) -> str:
    """Return ``text`` as a browser writes an origin: lower case, no default port, no path.

    Args:
        text: what a person typed, such as ``https://Shop.example:443``.
        wildcard: whether ``*`` and ``https://*.example.com`` are admitted too.

    Raises:
        ValueError: with words that say what to type.
    """
    text = text.strip()
    if wildcard and text == ANY:
        return ANY
    if len(text) > LONGEST:
        raise _refusal(text[:LONGEST])
    parts, port = _split(text)
    host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    bare = host.removeprefix("*.") if wildcard else host
    if AMBIGUOUS & set(parts.hostname or ""):
        raise _refusal(text)
    if parts.scheme not in DEFAULT_PORTS or not bare or set(bare) & set("*%_ "):
        raise _refusal(text)
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise _refusal(text)
    shown = f"[{host}]" if ":" in host else host
    default = port in (None, DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{shown}" + ("" if default else f":{port}")


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        (parts.hostname or "").encode("idna")
        return parts, parts.port
    except ValueError as error:
        raise _refusal(text) from error


def _refusal(text: str) -> ValueError:
    return ValueError(
        _("“%(text)s” is not an origin. Type scheme and host, such as https://www.example.com.")
        % {"text": text}
    )


def allows(origin: str, allowed: Iterable[str]) -> bool:
    """Whether ``origin``, as a browser sent it, is one of the ``allowed`` patterns.

    Scheme, host and port must be equal; ``https://*.example.com`` admits each subdomain and not
    ``https://example.com`` itself. ``null`` and whatever is no origin is admitted by ``*`` alone.
    """
    patterns = set(allowed)
    if ANY in patterns:
        return True
    try:
        exact = normalise(origin)
    except ValueError:
        return False
    return exact in patterns or any(parent in patterns for parent in _parents(exact))


def _parents(origin: str) -> Iterable[str]:
    scheme, _sep, rest = origin.partition("://")
    labels = rest.split(".")
    return (f"{scheme}://*.{'.'.join(labels[start:])}" for start in range(1, len(labels)))
