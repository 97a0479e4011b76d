"""Media types: the one word of a `Content-Type` header that decides anything here."""

from __future__ import annotations

import re
from typing import Final

UNKNOWN: Final = "application/octet-stream"
MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")


def media_type(text: str) -> str:
    """Return type and subtype in lower case without parameters, `UNKNOWN` for nonsense.

    So a header made of it holds nothing else, whoever wrote it (RFC 6838, 4.2).
    """
    essence = text.partition(";")[0].strip().lower()
    return essence if MEDIA_TYPE.fullmatch(essence) else UNKNOWN
