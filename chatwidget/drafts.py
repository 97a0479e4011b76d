"""Drafts: how a widget would look with values that are not saved, signed into an address.

The address shows a look and nothing else: a draft names no server and its chat sends nothing. So
the signature is all that is asked for, and a frame of our own origin can show it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Literal

from django.core import signing
from django.db import models

from chatwidget.models import ChatServer, Widget
from chatwidget.models.entry import Entry
from chatwidget.models.launcher import Launcher
from chatwidget.models.look import Look
from chatwidget.models.notices import Notices
from chatwidget.models.wording import Wording

SALT = "chatwidget.draft"
MAX_AGE = 24 * 60 * 60  # seconds
# Servers in front of Django refuse addresses of more than 4 to 8 KB.
LONGEST = 3000

Scheme = Literal["light", "dark"]


class DraftInvalid(Exception):
    """The text is no draft of ours, or too old."""


def fields() -> Iterator[models.Field[Any, Any]]:
    """Yield the fields that a draft keeps: all that is seen."""
    yield from Look._meta.local_fields
    yield from Launcher._meta.local_fields
    yield from Wording._meta.local_fields
    yield from Notices._meta.local_fields
    yield from Entry._meta.local_fields


def sign(widget: Widget, scheme: Scheme) -> str:
    """Return the look of ``widget`` as text for an address; long lists lose their end there."""
    values = {field.name: _plain(getattr(widget, field.name)) for field in fields()}
    values["scheme"] = scheme
    draft = _sign(values)
    while len(draft) > LONGEST:
        longest = max(values, key=lambda name: len(str(values[name])))
        values[longest] = values[longest][: len(values[longest]) // 2]
        draft = _sign(values)
    return draft


def read(draft: str) -> tuple[Widget, Scheme]:
    """Return the widget that ``draft`` describes, with an id that is nobody's, and its scheme.

    Raises:
        DraftInvalid: the text is no draft of ours, or older than a day.
    """
    try:
        values = signing.loads(draft, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature as error:
        raise DraftInvalid from error
    scheme: Scheme = values.pop("scheme")
    known = {field.name: field for field in fields()}
    kept = {name: known[name].to_python(value) for name, value in values.items() if name in known}
    widget = Widget(public_id=uuid.UUID(int=0), server=ChatServer(), allowed_origins=[], **kept)
    return widget, scheme


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, float, list, dict, type(None))) else str(value)


def _sign(values: dict[str, Any]) -> str:
    return signing.dumps(values, salt=SALT, compress=True)
