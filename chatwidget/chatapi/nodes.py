"""A decoded JSON value that knows its own path, so that a complaint can name the field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NoReturn, TypeVar

from chatwidget.chatapi.errors import BadResponse

T = TypeVar("T")

# An id (by the contract a UUID) becomes part of an address and of a database row, a token a header.
ID: Final = re.compile(r"(?!\.+$)[A-Za-z0-9._~:@+=-]{1,64}")
TOKEN: Final = re.compile(r"[\x21-\x7e]{1,4096}")
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class _Missing:
    """Stands for a key that is not there."""


def load_json(body: bytes) -> object:
    """Decode a UTF-8 JSON body.

    Raises:
        BadResponse: it is something else, holds NaN or Infinity, or is nested too deep.
    """
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        # Without its cause, which holds the body.
        raise complaint("body: not JSON") from None


def complaint(reason: str) -> BadResponse:
    """Make the error that says what is wrong with an answer."""
    return BadResponse(reason=reason, detail=reason)


def encodable(text: str) -> str:
    """Replace lone surrogates, which JSON can carry and no encoding can."""
    return LONE_SURROGATE.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its path. Every reading method raises `BadResponse` on another type."""

    value: object
    path: str = ""

    def __bool__(self) -> bool:
        """Be true whatever the value: only an absent node (`None`) is false."""
        return True

    def __getitem__(self, key: str) -> Node:
        """Step to a key that must be there."""
        value = self._as(dict, "object").get(key, _Missing())
        return Node(value, f"{self.path}.{key}" if self.path else key)

    def optional(self, key: str) -> Node | None:
        """Step to a key that may be missing or null."""
        node = self[key]
        return None if node.value is None or isinstance(node.value, _Missing) else node

    def items(self) -> Iterator[Node]:
        """Step through a list."""
        for index, value in enumerate(self._as(list, "list")):
            yield Node(value, f"{self.path}[{index}]")

    def text(self) -> str:
        """Read a string, made encodable."""
        return encodable(self._as(str, "str"))

    def integer(self) -> int:
        """Read an integer, which `true` is not."""
        if isinstance(self.value, bool):
            raise self.wrong("int")
        return self._as(int, "int")

    def integer_or_text(self) -> int | str:
        """Read an id that may be a number or a string."""
        return self.text() if isinstance(self.value, str) else self.integer()

    def flag(self) -> bool:
        """Read a boolean."""
        return self._as(bool, "bool")

    def matching(self, pattern: re.Pattern[str], name: str) -> str:
        """Read a string that the whole of a pattern matches."""
        text = self.text()
        if not pattern.fullmatch(text):
            raise self.wrong(name)
        return text

    def one_of(self, *choices: str) -> str:
        """Read one of some words."""
        text = self.text()
        if text not in choices:
            raise self.wrong(" or ".join(choices))
        return text

    def wrong(self, expected: str) -> BadResponse:
        """Make the complaint about this value."""
        found = {type(None): "null", _Missing: "nothing", dict: "object"}
        name = found.get(type(self.value), type(self.value).__name__)
        return complaint(f"{self.path or 'body'}: expected {expected}, got {name}")

    def _as(self, kind: type[T], name: str) -> T:
        if not isinstance(self.value, kind):
            raise self.wrong(name)
        return self.value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
