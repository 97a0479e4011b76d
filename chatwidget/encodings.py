"""One body in the encodings that browsers take (RFC 9110, sections 8.4 and 12.5.3)."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

try:
    import brotli
except ImportError:  # The "brotli" extra is not installed.
    brotli = None


@dataclass(frozen=True, slots=True)
class Variant:
    """The body in one encoding; ``name`` is empty for the body as it is.

    ``etag`` is strong: it differs wherever a byte differs, so between encodings too.
    """

    name: str
    content: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A body in each encoding that this process can make, the smallest first."""

    variants: tuple[Variant, ...]

    def best(self, names: Collection[str]) -> Variant:
        """The smallest variant in an encoding of ``names``, or the body as it is."""
        return next(variant for variant in self.variants if variant.name in {*names, ""})


def encode(content: bytes) -> Encoded:
    """Compress ``content`` as far as it goes; slow, so keep the result."""
    digest = hashlib.sha256(content).hexdigest()[:32]
    bodies: Mapping[str, bytes] = {
        **({"br": brotli.compress(content, quality=11)} if brotli else {}),
        "gzip": gzip.compress(content, 9, mtime=0),
        "": content,
    }
    return Encoded(
        tuple(
            Variant(name, body, f'"{digest}-{name}"' if name else f'"{digest}"')
            for name, body in bodies.items()
        )
    )


def accepted(header: str) -> set[str]:
    """The encodings that an ``Accept-Encoding`` names and does not refuse with ``q=0``."""
    names = set()
    for item in header.lower().split(","):
        name, _semicolon, parameter = item.partition(";")
        if parameter.replace(" ", "").rstrip("0").rstrip(".") not in {"q=", "q=0"}:
            names.add(name.strip())
    return names - {""}
