"""JSON in, JSON out: what of Django REST framework's defaults the mirror does not leave to a site.

A body is refused before it costs anything: over 1 MB, nested over 50 levels deep, not an object,
or with a key twice.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import IO, Any, NoReturn

from django.http import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

MAX_BYTES = 1_000_000
MAX_DEPTH = 50


class InvalidJSON(ParseError):
    """The body is not the JSON object that it should be."""

    default_code = "invalid_json"
    default_detail = _("The body is not valid JSON. Send an object, in UTF-8.")


class TooLarge(APIException):
    """The body has more than ``MAX_BYTES``."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is too large. Send 1 MB or less.")


class ObjectParser(BaseParser):
    """Reads a JSON object (RFC 8259)."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        _media_type: str | None = None,
        _parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object.

        Raises:
            InvalidJSON: it is not one.
            TooLarge: it has more than ``MAX_BYTES``.
        """
        return load(_read(stream))


def load(body: bytes) -> dict[str, Any]:
    """Return the JSON object that ``body`` is, or raise :class:`InvalidJSON`."""
    try:
        value = json.loads(
            body.decode(),
            parse_constant=_no_constant,
            parse_float=_finite,
            object_pairs_hook=_no_key_twice,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidJSON from error
    if not isinstance(value, dict):
        raise InvalidJSON(_("Send a JSON object."))
    if _is_deep(value):
        raise InvalidJSON(_("The JSON is nested too deeply. Send 50 levels or fewer."))
    return value


def _read(stream: IO[Any]) -> bytes:
    try:
        body: bytes = stream.read(MAX_BYTES + 1)
    except UnreadablePostError as error:
        raise InvalidJSON(_("The body broke off. Send it again.")) from error
    if len(body) > MAX_BYTES:
        raise TooLarge
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        # JSON has 1e999, but what Python makes of it can't be sent on as JSON.
        raise ValueError(f"{text} is too large")
    return number


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidJSON(_("A key stands twice in one JSON object. Send it once."))
    return found


def _is_deep(value: object) -> bool:
    level: list[object] = [value]
    for _depth in range(MAX_DEPTH):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return False
    return True


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class PlainJSONRenderer(JSONRenderer):
    """Writes JSON; the site's settings for its own API have no say."""

    ensure_ascii = False
    compact = True
    strict = True


class JSONOnly(BaseContentNegotiation):
    """Answers JSON whatever ``Accept`` says, and reads JSON alone.

    A form or plain text is refused, which also means that no other site's page can post without
    asking first (a preflight).
    """

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """The parser, if the body claims to be JSON."""
        claimed = (request.content_type or "").partition(";")[0].strip().lower()
        return next((each for each in parsers if each.media_type == claimed), None)

    def select_renderer(
        self,
        _request: Request,
        renderers: Iterable[BaseRenderer],
        _format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The first renderer."""
        first = next(iter(renderers))
        return first, first.media_type
