"""The headers of each address, against the table in ``docs/explanation/security.md``."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import reverse

from chatwidget import bundle, conversation, drafts
from chatwidget.loading import pinned_version
from chatwidget.models import Widget
from chatwidget.testing import Answer, File
from tests.security.addresses import names
from tests.security.conftest import Visitor, call

PAGE = Path(__file__).parents[2] / "docs/explanation/security.md"
PREVIEWS = {"preview", "preview-more", "preview-move", "preview-hold"}
PREVIEWS_OF_A_WIDGET = {"preview-page", "preview-embed", "preview-greeting"}


class Row(NamedTuple):
    """A line of the table."""

    cache: str
    vary: str
    policy: str


def table() -> dict[str, Row]:
    section = PAGE.read_text().partition("## Headers")[2]
    rows = re.findall(r"^\| `([\w-]+)` \| `(.*?)` \| (.*?) ?\| ?(.*?) ?\|$", section, re.MULTILINE)
    return {name: Row(*cells) for name, *cells in rows}


def policies() -> dict[str, str]:
    return dict(re.findall(r"^- \*\*(\w+)\*\*.*?: `(.*)`$", PAGE.read_text(), re.MULTILINE))


def address_of_a_file(visitor: Visitor) -> str:
    """Have the bot attach a file, and return what the visitor is given for it."""
    assert visitor.api is not None
    visitor.api.answers_with(Answer("Here", files=(File("a.txt", "text/plain", b"text"),)))
    task = conversation.send(visitor.row, "Please", client_id=str(uuid.uuid4()))
    said = conversation.reply(visitor.row, task.id).message
    return conversation.linked(visitor.row, said.attachments[0]).address


def answer_at(name: str, visitor: Visitor) -> Any:
    widget = [visitor.widget.public_id]
    http = Client(SERVER_NAME="127.0.0.1")
    if name in PREVIEWS | PREVIEWS_OF_A_WIDGET:
        draft = [drafts.sign(Widget(title="Drafted", greeting="Hello"), "light")]
        ids = widget if name in PREVIEWS_OF_A_WIDGET else []
        return http.get(reverse(f"chatwidget:{name}", args=[*draft, *ids]))
    match name:
        case "attachment":
            return http.get(address_of_a_file(visitor))
        case "pinned":
            return http.get(reverse("chatwidget:pinned", args=[pinned_version()]))
        case "asset":
            url = reverse("chatwidget:asset", args=[bundle.version(), "chat.js"])
            return http.get(url)
        case "more" | "move" | "hold":
            return http.get(reverse(f"chatwidget:{name}"))
        case "embed" | "work" | "page" | "identity" | "tools":
            return http.get(reverse(f"chatwidget:{name}", args=widget))
        case "greeting":
            Widget.objects.update(greeting="Hello")
            return http.get(reverse("chatwidget:greeting", args=widget))
        case "api-start":
            body = {"chatbot_id": str(visitor.widget.public_id)}
            return http.post(reverse("chatwidget:api-start"), body, "application/json")
    return call(name, visitor, visitor.token)


def test_the_table_has_every_address():
    assert set(names()) == set(table())


@pytest.mark.parametrize("name", table())
def test_an_address_answers_with_the_headers_of_the_table(name, alice):
    row, headers = table()[name], answer_at(name, alice).headers
    assert headers["Cache-Control"] == row.cache
    assert headers["X-Content-Type-Options"] == "nosniff"
    varies = {each.strip() for each in headers.get("Vary", "").split(",")}
    assert set(re.findall("`(.*?)`", row.vary)) <= varies
    if "alone" in row.vary:
        assert varies == {"Accept-Encoding"}
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    if row.policy:
        policy = re.sub(r"'nonce-[\w-]{22,}'", "'nonce-…'", headers["Content-Security-Policy"])
        assert policy == policies()[row.policy].replace("'self' …", "'self'")
        assert ("unsafe" in policy) is (row.policy == "file")
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-DNS-Prefetch-Control"] == "off"
        assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("name", table())
def test_no_address_but_the_plain_page_sets_a_cookie(name, alice):
    assert bool(answer_at(name, alice).cookies) is (name == "plain")


def test_a_refusal_is_kept_out_of_caches_as_an_answer_is(alice):
    for name, row in table().items():
        if "X-Session-Token" in row.vary and name not in ("api-start", "files", "gate", "tools"):
            answer = call(name, alice, "wrong")
            assert answer.status_code == 403
            assert answer.headers["Cache-Control"] == "private, no-store"


def test_each_page_has_a_nonce_of_its_own(alice):
    policy = "Content-Security-Policy"
    assert len({answer_at("page", alice).headers[policy] for _ in range(20)}) == 20


def test_who_may_frame_a_widget_is_its_own_matter(alice):
    alice.widget.allowed_origins = ["https://shop.example", "https://*.example.org"]
    alice.widget.save()
    policy = answer_at("page", alice).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example https://*.example.org;" in policy
    assert "frame-ancestors 'none'" in answer_at("plain", alice).headers["Content-Security-Policy"]
