"""Who a visitor is: claims that this site or another signed, short-lived, and for one widget.

For people logged in here, ``IDENTITY`` says who they are and this site signs it. For pages of
another site, that site signs a JWT (RFC 7519) with the widget's secret. Nothing that a page says
unsigned is believed.
"""

from __future__ import annotations

import json
import logging
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from chatwidget import crypto
from chatwidget.conf import conf
from chatwidget.models import ChatSession, Widget
from chatwidget.tokens import TokenInvalid

logger = logging.getLogger("chatwidget")

HEADER = "X-Chat-Identity"
SALT = "chatwidget.identity"
# Long enough for a visitor who opens the chat and thinks; the page asks again when it comes back.
MAX_AGE = 15 * 60
# A clock that is a little off must not lock anybody out.
LEEWAY = 30
# Whoever gets hold of a JWT is that person for as long; its signer's clock may be a little ahead.
LONGEST_JWT = 24 * 60 * 60
LONGEST_TOKEN = 4096
ID_LENGTH = 255  # fact 7: more is a crash of the server
NAME_LENGTH = 320
ATTRIBUTES_LENGTH = 2048
JWT_DOTS = 2


class IdentityError(Exception):
    """What should say who the visitor is doesn't."""


class IdentityInvalid(IdentityError):
    """It is not signed as it must be, is for another widget, or no server would take it."""


class IdentityExpired(IdentityError):
    """It was good, and is too old to start a chat with."""


class IdentityTooLong(IdentityInvalid):
    """It would be good for longer than a day."""


class IdentityMissing(IdentityError):
    """Somebody is named, and nothing proves it, where a widget can be shown a proof."""


class IdentityChanged(TokenInvalid):
    """The chat is somebody's, and the visitor is nobody or another."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person: an id that stays the same, a name to show, and what else the site chose to tell."""

    id: str
    name: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what the server would refuse, or break on.

        Raises:
            IdentityInvalid: the id is blank or over 255 characters, the name over 320, either holds
                control characters, or the attributes are no JSON of at most 2 KB.
        """
        texts: tuple[tuple[object, int], ...] = ((self.id, ID_LENGTH), (self.name, NAME_LENGTH))
        for text, limit in texts:
            if not isinstance(text, str) or len(text) > limit or _has_controls(text):
                raise IdentityInvalid
        if not self.id.strip() or not _is_small_json(self.attributes):
            raise IdentityInvalid


def from_user(request: HttpRequest) -> Identity | None:
    """Say who is logged in: the default of the setting ``IDENTITY``, for any user model."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    # AbstractBaseUser has no get_full_name.
    name = getattr(user, "get_full_name", str)() or user.get_username()
    shown = "".join(" " if _has_controls(char) else char for char in name)
    return Identity(str(user.pk), shown[:NAME_LENGTH])


def of_request(request: HttpRequest) -> Identity | None:
    """Ask the site's ``IDENTITY`` who is at the other end; nobody is an answer.

    Whom no server would take is nobody, and the log says so: the chat has to open all the same.
    """
    given: Any = conf.identity
    ask: Callable[[HttpRequest], Identity | None] = (
        import_string(given) if isinstance(given, str) else given
    )
    try:
        return ask(request)
    except IdentityError as error:
        logger.warning("identity refused: IDENTITY gave %s", type(error).__name__)
        return None


def issue(who: Identity, widget: Widget) -> str:
    """Sign ``who`` for ``widget``, for :data:`MAX_AGE` seconds."""
    value = {"id": who.id, "name": who.name, "attributes": dict(who.attributes)}
    return signing.dumps(value, salt=_salt(widget))


def mark_of(who: Identity | None, widget: Widget) -> str:
    """Return what a browser may remember a person by: it tells two apart, and nothing else."""
    if who is None:
        return ""
    return salted_hmac(_salt(widget), who.id, algorithm="sha256").hexdigest()[:32]


def read(token: str, widget: Widget, *, max_age: int = MAX_AGE) -> Identity:
    """Return whom ``token`` proves to ``widget``.

    Raises:
        IdentityExpired: it is older than ``max_age`` seconds, or past its ``exp``.
        IdentityTooLong: its ``exp`` is more than a day ahead.
        IdentityInvalid: it is anything else than signed for this widget.
    """
    if len(token) > LONGEST_TOKEN:
        raise IdentityInvalid
    if token.count(".") == JWT_DOTS and ":" not in token:
        return _from_jwt(token, widget)
    try:
        value = signing.loads(token, salt=_salt(widget), max_age=max_age)
    except signing.SignatureExpired as error:
        raise IdentityExpired from error
    except signing.BadSignature as error:
        raise IdentityInvalid from error
    return Identity(**value)


def of_start(widget: Widget, token: str, claimed: str) -> Identity | None:
    """Return whom a start of a chat is for: whom ``token`` proves, or nobody.

    The server hears of both alike, so an id that is ``claimed`` and not proven has no place where
    ids are proven.

    Raises:
        IdentityMissing: an id is claimed, nothing proves it, and the widget asks who visitors are.
        IdentityError: what :func:`read` raises.
    """
    if token:
        return read(token, widget)
    if claimed and widget.asks_who:
        raise IdentityMissing
    return None


def require_owner(session: ChatSession, token: str) -> None:
    """Refuse a chat that isn't the visitor's who shows ``token``, or nothing.

    Raises:
        IdentityChanged: the chat is somebody's, and the visitor is nobody or another.
        IdentityError: what :func:`read` raises.
    """
    if not session.is_identified:
        # What somebody wrote before they logged in stays theirs.
        return
    who = read(token, session.widget, max_age=conf.session_max_age) if token else None
    if who is None or who.id != session.participant_id:
        raise IdentityChanged


def _from_jwt(token: str, widget: Widget) -> Identity:
    try:
        secret = widget.identity_secret
    except crypto.SecretUnreadable as error:
        raise IdentityInvalid from error
    if not secret:
        raise IdentityInvalid
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=str(widget.public_id),
            leeway=LEEWAY,
            options={"require": ["aud", "exp", "sub"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise IdentityExpired from error
    except jwt.InvalidTokenError as error:
        raise IdentityInvalid from error
    if int(claims["exp"]) > time.time() + LONGEST_JWT + LEEWAY:
        raise IdentityTooLong
    return Identity(claims["sub"], claims.get("name", ""), claims.get("attributes", {}))


def _salt(widget: Widget) -> str:
    return f"{SALT}.{widget.public_id}"


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


def _is_small_json(value: object) -> bool:
    try:
        return isinstance(value, Mapping) and (
            len(json.dumps(dict(value), allow_nan=False)) <= ATTRIBUTES_LENGTH
        )
    except (TypeError, ValueError):
        return False
