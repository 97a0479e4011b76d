"""An OpenAPI schema as a template reads it: operations and schemas as plain lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an operation or a property of a schema."""

    name: str
    kind: str
    schema: str
    is_required: bool
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of an operation: its status, its body's schema, and when it comes."""

    status: str
    schema: str
    words: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation at its address."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    needs_token: bool
    request: str
    parameters: list[Field]
    answers: list[Answer]


def readable(schema: Node) -> dict[str, Any]:
    """Return what the page shows of ``schema``."""
    return {
        "title": schema["info"]["title"],
        "words": schema["info"]["description"],
        "endpoints": list(_endpoints(schema)),
        "schemas": [
            (name, each.get("enum", ()), list(_properties(each)))
            for name, each in schema["components"]["schemas"].items()
        ],
    }


def _endpoints(schema: Node) -> Iterator[Endpoint]:
    for path, methods in schema["paths"].items():
        for method, each in methods.items():
            yield Endpoint(
                id=each["operationId"],
                method=method.upper(),
                path=path,
                summary=each["summary"],
                words=each.get("description", ""),
                needs_token=each["security"] != [{}],
                request=_body(each.get("requestBody", {})),
                parameters=[_parameter(node) for node in each.get("parameters", ())],
                answers=[_answer(status, node) for status, node in each["responses"].items()],
            )


def _parameter(node: Node) -> Field:
    return Field(
        name=node["name"],
        kind=_kind(node["schema"]),
        schema="",
        is_required=node.get("required", False),
        place=node["in"],
        words=node.get("description", ""),
    )


def _properties(schema: Node) -> Iterator[Field]:
    for name, node in schema.get("properties", {}).items():
        yield Field(
            name=name,
            kind=_kind(node),
            schema=_name(node) or _name(node.get("items", {})),
            is_required=name in schema.get("required", ()),
            place="",
            words=node.get("description", ""),
        )


def _answer(status: str, node: Node) -> Answer:
    return Answer(status, _body(node), node["description"])


def _body(node: Node) -> str:
    """The name of the schema that the body of a request or an answer has."""
    media: Node = next(iter(node.get("content", {}).values()), {})
    return _name(media.get("schema", {}))


def _name(node: Node) -> str:
    """The name that a reference points to, direct or wrapped to carry a description."""
    inner = next(iter(node.get("allOf", ())), node)
    reference: str = inner.get("$ref", "")
    return reference.rpartition("/")[2]


def _kind(node: Node) -> str:
    words = " ".join(filter(None, (node.get("type", ""), node.get("format", ""))))
    if "items" in node:
        words = f"array of {_name(node['items']) or _kind(node['items'])}"
    elif name := _name(node):
        words = name
    elif "oneOf" in node:
        words = " or ".join(map(_kind, node["oneOf"]))
    return f"{words} or null" if node.get("nullable") else words
