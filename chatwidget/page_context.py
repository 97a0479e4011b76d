"""What the page says of itself with a message: as much of it as the widget admits."""

from __future__ import annotations

import json
import math
from urllib.parse import urlsplit, urlunsplit

from chatwidget.models import Widget

LONGEST = 8192
LONGEST_VALUE = 1024


def admitted(text: str, widget: Widget) -> dict[str, object] | None:
    """Return the values of ``text``, a JSON object, that ``widget`` passes on, or ``None``.

    Texts are cut at 1,024 characters; anything but texts, numbers and truths is left out, and of
    an address its query, fragment and user, unless the widget keeps queries.
    """
    try:
        given = json.loads(text) if 0 < len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return None
    kept = {
        name: value[:LONGEST_VALUE] if isinstance(value, str) else value
        for name, value in given.items()
        if name in widget.context_keys and _is_plain(value)
    }
    if "url" in kept:
        kept["url"] = _plain_address(kept["url"], keeps_query=widget.keeps_query)
    return {name: value for name, value in kept.items() if value != ""} or None


def _is_plain(value: object) -> bool:
    # Python reads NaN and 1e999, and neither can be sent on as JSON.
    return isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value))


def _plain_address(value: object, *, keeps_query: bool) -> str:
    try:
        parts = urlsplit(str(value))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https"):
        return ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, parts.query if keeps_query else "", ""))
