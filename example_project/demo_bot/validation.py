"""Checks what callers send, in the words that the real servers use (Django REST framework's)."""

from __future__ import annotations

import json
from typing import Any, NoReturn
from uuid import UUID

from django.http import HttpRequest

from example_project.demo_bot.wire import Problem

REQUIRED = "This field is required."
NULL = "This field may not be null."
BLANK = "This field may not be blank."


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The request's body; raises Problem (400, 415) when it is no JSON object."""
    media_type = request.headers.get("Content-Type", "")
    if request.content_type != "application/json":
        raise Problem(415, detail=f'Unsupported media type "{media_type}" in request.')
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Problem(400, detail=f"JSON parse error - {error}") from error
    if not isinstance(body, dict):
        kind = type(body).__name__
        words = f"Invalid data. Expected a dictionary, but got {kind}."
        raise Problem(400, {"non_field_errors": [words]})
    return body


def peek(request: HttpRequest, name: str) -> object:
    """A field of the body before it is checked; None where there is no such thing."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return body.get(name) if isinstance(body, dict) else None


def text(body: dict[str, Any], name: str, *, required: bool = False) -> str:
    """A string field, trimmed; "" where an optional one is absent. Numbers become strings."""
    if name not in body:
        if required:
            _invalid(name, REQUIRED)
        return ""
    value = body[name]
    if value is None:
        _invalid(name, NULL)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        _invalid(name, "Not a valid string.")
    value = str(value).strip()
    if not value:
        _invalid(name, BLANK)
    if "\x00" in value:
        _invalid(name, "Null characters are not allowed.")
    for character in value:
        if 0xD800 <= ord(character) <= 0xDFFF:
            _invalid(name, f"Surrogate characters are not allowed: U+{ord(character):X}.")
    return value


def uuid(body: dict[str, Any], name: str) -> UUID:
    if name not in body:
        _invalid(name, REQUIRED)
    if body[name] is None:
        _invalid(name, NULL)
    try:
        return UUID(str(body[name]))
    except ValueError:
        _invalid(name, "Must be a valid UUID.")


def mapping(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name, {})
    if value is None:
        _invalid(name, NULL)
    if not isinstance(value, dict):
        kind = type(value).__name__
        _invalid(name, f'Expected a dictionary of items but got type "{kind}".')
    return dict(value)


def numbers(body: dict[str, Any], name: str) -> list[int]:
    value = body.get(name, [])
    if not isinstance(value, list):
        kind = type(value).__name__
        _invalid(name, f'Expected a list of items but got type "{kind}".')
    wrong = {
        str(index): ["A valid integer is required."]
        for index, item in enumerate(value)
        if not isinstance(item, int)
    }
    if wrong:
        raise Problem(400, {name: wrong})
    return list(value)


def no_version(body: dict[str, Any]) -> None:
    """Only callers with credentials of their own may ask for a version; the bot knows none."""
    if body.get("version_number") is not None:
        raise Problem(403, error="Version number requires authentication")


def _invalid(name: str, words: str) -> NoReturn:
    raise Problem(400, {name: [words]})
