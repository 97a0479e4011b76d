"""An error as a person and a program meet it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as its reader meets it.

    ``retry_after`` is in whole seconds. ``starts_afresh`` says that only a new session helps.
    """

    status: HTTPStatus
    code: str
    words: str | Promise
    retry_after: int | None = None
    starts_afresh: bool = False
