"""Session tokens: what a visitor shows to go on with a chat (design decision 2).

A token binds a session to its widget, is signed with the site's ``SECRET_KEY`` (and, while keys
are rotated, its fallbacks), and ages. It holds no secret of the server's.
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

from django.core import signing

from chatwidget.conf import conf
from chatwidget.models import ChatSession

SALT = "chatwidget.session"


class TokenError(Exception):
    """A session call without a token that proves the session; ``code`` is the contract's."""

    code = "session_token_invalid"


class TokenRequired(TokenError):
    """No token came along."""

    code = "session_token_required"


class TokenInvalid(TokenError):
    """The token is not one of ours, or another session's."""


class TokenExpired(TokenError):
    """The token was ours and is too old."""

    code = "session_expired"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token proves."""

    session_id: uuid.UUID
    widget_id: uuid.UUID


def issue(session: ChatSession) -> str:
    """Return a token for ``session``."""
    packed = session.id.bytes + session.widget.public_id.bytes
    value = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return signing.TimestampSigner(salt=SALT).sign(value)


def read(token: str) -> Claims:
    """Return what ``token`` proves.

    Raises:
        TokenRequired: it is empty.
        TokenExpired: it is older than ``SESSION_MAX_AGE``.
        TokenInvalid: it is anything else than a token of ours.
    """
    if not token:
        raise TokenRequired
    try:
        value = signing.TimestampSigner(salt=SALT).unsign(token, max_age=conf.session_max_age)
        packed = base64.urlsafe_b64decode(value + "==")
        return Claims(uuid.UUID(bytes=packed[:16]), uuid.UUID(bytes=packed[16:]))
    except signing.SignatureExpired as error:
        raise TokenExpired from error
    except (signing.BadSignature, ValueError) as error:
        raise TokenInvalid from error
