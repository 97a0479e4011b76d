"""What two real servers answered, and how an answer of ours is held against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "data" / "recorded.jsonl"
# Words that a program reads, whose values must be the same.
CODES = ("error", "detail", "code", "status", "session_status", "has_more", "role")
HEADERS = ("X-RateLimit-Limit", "Retry-After", "WWW-Authenticate")
# Of tokens and files, which are no part of the Chat API.
OTHER_LIMITS = ("100", "2000")
# The server's own business, which differs from chatbot to chatbot (fact 19).
FREE = ("metadata", "versions", "fields")


@dataclass(frozen=True)
class Answered:
    """A status, headers and a body: an object, or the text of a page."""

    status: int
    headers: Mapping[str, str]
    body: Any

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case."""
        return {key.lower(): value for key, value in self.headers.items()}.get(name.lower())

    @property
    def is_json(self) -> bool:
        return (self.header("Content-Type") or "").startswith("application/json")


@dataclass(frozen=True)
class Recording:
    """One exchange."""

    id: str
    title: str
    dialect: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    answered: Answered


def load() -> dict[str, Recording]:
    """Every recording by its id, in the order of the file."""
    return {row["id"]: _recording(row) for row in map(json.loads, FILE.read_text().splitlines())}


def _recording(row: Any) -> Recording:
    asked, answered = row["request"], row["response"]
    return Recording(
        id=row["id"],
        title=row["title"],
        dialect=row["server"],
        method=asked["method"],
        path=asked["path"],
        headers=asked["headers"],
        body=asked["body"],
        answered=Answered(answered["status"], answered["headers"], answered["body"]),
    )


def differences(recorded: Answered, ours: Answered, *, words: bool = True) -> list[str]:
    """What a program would notice; without ``words``, the server's sentences may differ."""
    found = []
    if recorded.status != ours.status:
        found.append(f"status {ours.status}, not {recorded.status}")
    if recorded.is_json != ours.is_json:
        return [*found, f"{ours.header('Content-Type')}, not {recorded.header('Content-Type')}"]
    for name in HEADERS:
        if recorded.header(name) in OTHER_LIMITS:
            continue
        if (recorded.header(name) is None) != (ours.header(name) is None):
            found.append(f"{name}: {ours.header(name)}, not {recorded.header(name)}")
    return [*found, *_compared(recorded.body, ours.body, "body", words)] if ours.is_json else found


def _compared(theirs: Any, ours: Any, path: str, words: bool) -> Iterator[str]:
    if type(theirs) is not type(ours):
        yield f"{path} is {ours!r}, not {theirs!r}"
    elif isinstance(theirs, dict):
        if theirs.keys() != ours.keys():
            yield f"{path} has {sorted(ours)}, not {sorted(theirs)}"
        for key in theirs.keys() & ours.keys() - set(FREE):
            yield from _compared(theirs[key], ours[key], f"{path}.{key}", words)
    elif isinstance(theirs, list):
        if len(theirs) != len(ours):
            yield f"{path} has {len(ours)} items, not {len(theirs)}"
        for index, (their, our) in enumerate(zip(theirs, ours, strict=False)):
            yield from _compared(their, our, f"{path}[{index}]", words)
    elif theirs != ours and _is_code(path) and (words or path.endswith(("code", "status"))):
        yield f"{path} is {ours!r}, not {theirs!r}"


def _is_code(path: str) -> bool:
    name = path.rpartition(".")[2]
    # An item of a list at the top is a complaint about a field.
    return name in CODES or (name.endswith("]") and path.count(".") == 1)
