"""Every example of ``docs/reference/mirror.md``, sent as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chatwidget import problems
from chatwidget.testing import Answer, File

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "mirror.md").read_text()
EXAMPLE = re.compile(r"^```http\n(.*?)^```\n\n```json (\d+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def shape(value):
    """What a client relies on: names and types, and not how long a list is."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value[:1]]
    return type(value)


def send(mirror, example, known):
    """Send a request as it is written, with what earlier answers gave."""
    for name, value in known.items():
        example = example.replace(f"{{{name}}}", str(value))
    head, _, body = example.partition("\n\n")
    line, *fields = head.strip().splitlines()
    method, address = line.split()
    headers = dict(field.split(": ") for field in fields)
    kind = headers.pop("Content-Type", "")
    if kind.startswith("multipart"):
        body = body.replace("\n", "\r\n")
    return mirror.http.generic(
        method, f"/chat/api/chat/{address}", body, content_type=kind, headers=headers
    )


def test_every_example_is_answered_as_the_page_says(mirror, widget, remote):
    remote.consent_text = "May we keep what you write for a week?"
    label = File("label.png", "image/png", b"x")
    remote.answers_with(Answer("It is on its way.", files=(label,)))
    known = {"widget": widget.public_id}
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("```http") == 6
    for request, status, answer in examples:
        given = send(mirror, request, known)
        assert given.status_code == int(status), (request, given.content)
        body = json.loads(given.content or "null")
        told = json.loads(answer or "null")
        if "poll/?" in request:
            body["messages"][0]["attachments"] = []  # as in the example, whose question has none
        assert shape(body) == shape(told), request
        known |= {name: part for name, part in (body or {}).items() if isinstance(part, str)}
        if "files" in (body or {}):
            known["file_id"] = body["files"][0]["id"]


def test_every_code_of_the_table_of_errors_is_explained():
    rows = [row for _kind, row in problems.TABLE] + list(problems.BY_CALL.values())
    codes = {row.code for row in rows} - {"files_refused"}  # of pages
    assert not {code for code in codes if f"`{code}`" not in PAGE}


@pytest.mark.parametrize("path", ["start/", "/message/", "/poll/", "/upload/", "/consent/"])
def test_every_address_is_on_the_page(path):
    assert re.search(rf"^(GET|POST) \S*{path}", PAGE, re.MULTILINE)
