"""Every address of the app and what guards it: a new one has to find its place here.

The matrices of this package are made from this table, so that an address which nobody thought
about fails them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from django.urls import URLResolver

from chatwidget import urls


class Guard(StrEnum):
    """What somebody has to show at an address before it says anything of a chat."""

    TOKEN = "a session's token in a header"
    COOKIE = "a session's token in a cookie, with CSRF"
    LOGIN = "the site's own session"
    LINK = "an address that is signed, ages and names one file of one session"
    DRAFT = "a draft that an admin signed"
    NOBODY = "nothing: it tells nothing of anybody"


GUARDS = {
    "api-start": Guard.NOBODY,
    "api-message": Guard.TOKEN,
    "api-task": Guard.TOKEN,
    "api-history": Guard.TOKEN,
    "api-upload": Guard.TOKEN,
    "api-consent": Guard.TOKEN,
    "attachment": Guard.LINK,
    "more": Guard.NOBODY,
    "move": Guard.NOBODY,
    "hold": Guard.NOBODY,
    "asset": Guard.NOBODY,
    "pinned": Guard.NOBODY,
    "embed": Guard.NOBODY,
    "greeting": Guard.NOBODY,
    "page": Guard.NOBODY,
    "messages": Guard.TOKEN,
    "reply": Guard.TOKEN,
    "files": Guard.TOKEN,
    "feedback": Guard.TOKEN,
    "transcript": Guard.TOKEN,
    "tools": Guard.NOBODY,
    "gate": Guard.TOKEN,
    "identity": Guard.LOGIN,
    "work": Guard.NOBODY,
    "plain": Guard.COOKIE,
    "preview": Guard.DRAFT,
    "preview-more": Guard.NOBODY,
    "preview-move": Guard.NOBODY,
    "preview-hold": Guard.NOBODY,
    "preview-page": Guard.DRAFT,
    "preview-embed": Guard.DRAFT,
    "preview-greeting": Guard.DRAFT,
}


def names(patterns: Sequence[Any] = urls.urlpatterns) -> Iterator[str]:
    """The name of each address that the app has now."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name
