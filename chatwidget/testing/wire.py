"""Requests and responses of the fake, and the contract's JSON as it writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

JSON = dict[str, Any]

CRASH_PAGE: Final = "<!DOCTYPE html><title>Server Error (500)</title><h1>Server Error (500)</h1>"


@dataclass(frozen=True, slots=True)
class Request:
    """What the client sent; header names are in lower case."""

    method: str
    path: str
    root: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> JSON:
        """The body, which the client makes an object of."""
        value: JSON = json.loads(self.body)
        return value


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: an object or list is sent as JSON, text as a page of HTML, bytes as they are."""

    status: int
    body: JSON | list[Any] | str | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        if self.body is None:
            return b""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, with the type and length of the body."""
        kind = "application/json" if isinstance(self.body, dict | list) else "text/html"
        return {
            "Content-Type": kind,
            "Content-Length": str(len(self.content)),
            **self.headers,
        }


class Refusal(Exception):
    """An answer other than the one asked for, and the JSON that says why."""

    def __init__(self, status: int, body: JSON | None = None, /, **words: str) -> None:
        super().__init__(status)
        headers = {"WWW-Authenticate": 'Bearer realm="api"'} if status == 401 else {}
        self.response = Response(status, body or words, headers)


class Crash(Exception):
    """The server falls over, with a page of HTML (fact 13)."""

    response = Response(500, CRASH_PAGE)


class NoKey(Refusal):
    """A file is asked for without the API key: the one refusal that is not JSON (fact 24)."""

    def __init__(self) -> None:
        super().__init__(401)
        binary = {"Content-Type": "application/octet-stream"}
        self.response = Response(401, b"detail", {**self.response.headers, **binary})


def invalid(field_name: str, words: str) -> Refusal:
    """Refuse a field."""
    return Refusal(400, {field_name: [words]})


def timestamp(moment: datetime) -> str:
    """Write a time as the server does (fact 19)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def message(role: str, content: str, moment: datetime, **more: Any) -> JSON:
    """Write a message, with all six of its keys."""
    return {
        "created_at": timestamp(moment),
        "role": role,
        "content": content,
        "metadata": {},
        "tags": [],
        "attachments": [],
        **more,
    }
