"""What a server says about how often it may be asked (fact 26)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from chatwidget.chatapi.types import CallBudget

LONGEST_WAIT: Final = 24 * 60 * 60.0
NUMBER: Final = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
COUNT: Final = re.compile(r"\d{1,9}", re.ASCII)
LONGEST_NUMBER: Final = 64


def call_budget(headers: Mapping[str, str]) -> CallBudget | None:
    """Read `X-RateLimit-*`; `None` for nonsense, and where a reply is not counted."""
    limit, remaining, reset = (
        headers.get(f"X-RateLimit-{name}", "") for name in ("Limit", "Remaining", "Reset")
    )
    if not (COUNT.fullmatch(limit) and COUNT.fullmatch(remaining) and NUMBER.fullmatch(reset)):
        return None
    return CallBudget(int(limit), int(remaining), min(float(reset), LONGEST_WAIT))


def retry_after(headers: Mapping[str, str], available_in: object) -> float | None:
    """Read `Retry-After` (RFC 9110, 10.2.3) in seconds, else what the body says."""
    seconds = _seconds(headers.get("Retry-After", ""))
    if seconds is None:
        seconds = _seconds(str(available_in)[:LONGEST_NUMBER])
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds(text: str) -> float | None:
    if NUMBER.fullmatch(text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()
