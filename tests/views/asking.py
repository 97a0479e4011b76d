"""How the chat page asks for its fragments, and what a reader finds in them."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from chatwidget.models import Widget

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
NEXT_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def address(name: str, widget: Widget, *more: object) -> str:
    return reverse(f"chatwidget:{name}", args=[widget.public_id, *more])


def post(client: Client, widget: Widget, text: str, **options: str) -> Any:
    """Send a message as the page does; ``token`` and ``client_id`` are options."""
    headers = {"HX-Request": "true"}
    if token := options.get("token"):
        headers["X-Session-Token"] = token
    fields = {"message": text, "client_id": options.get("client_id", ID)}
    return client.post(address("messages", widget), fields, headers=headers)


def get(client: Client, url: str, token: str = "") -> Any:
    headers = {"HX-Request": "true"} | ({"X-Session-Token": token} if token else {})
    return client.get(url, headers=headers)


def words(response: Any) -> str:
    """What a reader sees, without tags and needless blanks."""
    return " ".join(re.sub("<[^>]*>", " ", response.content.decode()).split())


def next_poll(response: Any) -> str:
    return re.search(r'hx-get="([^"]*/replies/[^"]*)"', response.content.decode()).group(1)


def next_delay(response: Any) -> int:
    return int(re.search(r"load delay:(\d+)ms", response.content.decode()).group(1))


def policy(response: Any) -> dict[str, str]:
    parts = response["Content-Security-Policy"].split("; ")
    return dict(part.partition(" ")[::2] for part in parts)
