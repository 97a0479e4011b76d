"""Versions of a chatbot: asked for by the caller, granted or not by the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from chatwidget.chatapi import errors
from chatwidget.conversation.errors import VersionRefused


@contextmanager
def asking_for(version_number: int | None) -> Iterator[None]:
    """Tell the refusal of a version from that of the credential, which only an admin can mend.

    Raises:
        VersionRefused: a call with a version was refused (403).
    """
    try:
        yield
    except errors.AccessDenied as error:
        if version_number is None or error.status != HTTPStatus.FORBIDDEN:
            raise
        raise VersionRefused from error
