"""Work before a chat starts: one visitor doesn't notice it, and a thousand starts cost dear.

A challenge is signed for a widget, and ages. Whoever starts a chat shows it with a number for
which PBKDF2-HMAC-SHA256 (RFC 8018) of the two begins with so many zero bits; it is found by trying
alone, and checked by one try. A challenge starts one chat: the cache remembers which are spent.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.core import signing

from chatwidget.models import Widget
from chatwidget.store import store

HEADER = "X-Chat-Work"
SALT = "chatwidget.work"
ROUNDS = 1000
MAX_AGE = 600
SHOWN = re.compile(r"([\w:-]{1,200})\.([0-9]{1,12})", re.ASCII)

_shown: ContextVar[str] = ContextVar("chatwidget_work", default="")


class WorkWanted(Exception):
    """The start of a chat came without work that counts."""


@contextmanager
def shown_by(meta: Mapping[str, object]) -> Iterator[None]:
    """Let the starts within the block show the work that came with the request."""
    token = _shown.set(str(meta.get("HTTP_X_CHAT_WORK", "")))
    try:
        yield
    finally:
        _shown.reset(token)


def challenge(widget: Widget) -> str:
    """Return a new challenge for ``widget``, good for :data:`MAX_AGE` seconds."""
    value = f"{widget.public_id.hex}{secrets.token_hex(8)}"
    return signing.TimestampSigner(salt=SALT).sign(value)


def is_solved(given: str, number: str, bits: int) -> bool:
    """Whether ``number`` solves the challenge ``given``."""
    found = hashlib.pbkdf2_hmac("sha256", given.encode(), number.encode(), ROUNDS, 4)
    return int.from_bytes(found, "big") < 1 << (32 - bits)


def require(widget: Widget, client_id: str = "") -> None:
    """Let the start of a chat pass, if work was done for it or the widget asks for none.

    ``client_id`` is the first message's: its retry may show the same work again.

    Raises:
        WorkWanted: there is no work, or it is another widget's, too old, wrong or spent.
    """
    if not widget.start_work:
        return
    shown = SHOWN.fullmatch(_shown.get())
    if shown is None or not _is_ours(shown[1], widget):
        raise WorkWanted
    if not is_solved(shown[1], shown[2], widget.start_work) or not _spend(shown[1], client_id):
        raise WorkWanted


def _is_ours(given: str, widget: Widget) -> bool:
    try:
        value = signing.TimestampSigner(salt=SALT).unsign(given, max_age=MAX_AGE)
    except signing.BadSignature:
        return False
    return value.startswith(widget.public_id.hex)


def _spend(given: str, client_id: str) -> bool:
    cache, key = store(), f"chatwidget:work:{given.partition(':')[0]}"
    if cache.add(key, client_id, MAX_AGE):
        return True
    return bool(client_id) and cache.get(key) == client_id
