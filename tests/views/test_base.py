from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client

from chatwidget.models import Widget
from tests.views.asking import address, words

HTMX = {"HX-Request": "true"}


class Broken(io.BytesIO):
    """The body of a phone that lost its line."""

    def read(self, *_size: Any) -> bytes:
        raise OSError("connection reset")

    readline = read


@pytest.mark.parametrize("name", ["messages", "plain", "gate", "feedback"])
def test_a_body_that_broke_off_is_refused_in_words(client: Client, widget: Widget, name: str):
    body: dict[str, Any] = {"wsgi.input": Broken(), "CONTENT_LENGTH": "20"}
    response = client.post(address(name, widget), {"message": "Hi"}, headers=HTMX, **body)
    assert response.status_code == 400
    assert "The body broke off. Send it again." in words(response)
    assert not client.cookies


def test_what_no_page_reads_is_refused_in_words(client: Client, widget: Widget):
    response = client.post(address("plain", widget), {"message": "x" * 130_000})
    assert response.status_code == 413
    assert words(response).endswith("Not sent This is too long. Shorten it.")
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ["files", "feedback"])
def test_what_a_script_asks_for_is_refused_in_json(client: Client, widget: Widget, name: str):
    Widget.objects.update(is_active=False, paused_words="Back in May.")
    response = client.post(address(name, widget), {"stars": "1"}, headers=HTMX)
    assert response.status_code == 404
    assert response.json() == {"error": "Back in May.", "code": "widget_unavailable"}
    assert response["X-Chat-Fragment"] == "1"
