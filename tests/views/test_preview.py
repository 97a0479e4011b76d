"""The preview of a draft: the real widget on a page of nowhere, which sends nothing."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from chatwidget import drafts, palette
from chatwidget.views import preview

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def draft(widget, scheme):
    widget.title, widget.accent = "Drafted", "#aa3366"
    return drafts.sign(widget, scheme)


def policy(response) -> dict[str, str]:
    rules = response["Content-Security-Policy"].split("; ")
    return {name: value for name, _space, value in (rule.partition(" ") for rule in rules)}


def test_the_page_of_nowhere_runs_the_drafts_loader(client, draft):
    response = client.get(reverse("chatwidget:preview", args=[draft]))
    loader = reverse("chatwidget:preview-embed", args=[draft, NOBODY])
    assert f'src="{loader}"' in response.text
    assert policy(response)["frame-ancestors"] == "'self'"
    assert policy(response)["frame-src"] == "'self'"
    assert "X-Frame-Options" not in response


def test_the_loader_has_the_drafts_config_in_its_scheme(client, draft, scheme):
    script = client.get(reverse("chatwidget:preview-embed", args=[draft, NOBODY])).text
    assert '"Drafted"' in script
    assert "prefers-color-scheme" not in script
    assert (f".all{{color-scheme:{scheme};") in script


def test_the_chat_page_is_the_real_one_in_the_drafts_colours(client, draft, scheme):
    response = client.get(reverse("chatwidget:preview-page", args=[draft, NOBODY]))
    paint = {"light": palette.light, "dark": palette.dark}[scheme]
    assert response.text.count(f"--accent:{paint('#aa3366').accent}") >= 1
    other = {"light": palette.dark, "dark": palette.light}[scheme]
    assert f"--accent:{other('#aa3366').accent}" not in response.text
    assert "Drafted" in response.text


def test_nothing_can_be_sent_from_it(client, draft):
    response = client.get(reverse("chatwidget:preview-page", args=[draft, NOBODY]))
    assert policy(response)["connect-src"] == "'none'"
    assert policy(response)["form-action"] == "'none'"
    assert re.search(r"<footer[^>]* inert", response.text)


def test_the_rest_of_the_loader_is_beside_it(client, draft):
    assert client.get(reverse("chatwidget:preview-more", args=[draft])).status_code == 200


def test_the_drafts_greeting_is_beside_it(client, draft):
    response = client.get(reverse("chatwidget:preview-greeting", args=[draft, NOBODY]))
    assert "export default function" in response.text


@pytest.mark.parametrize("name", ["preview", "preview-page", "preview-embed", "preview-greeting"])
def test_what_was_not_signed_here_is_not_found(client, db, name):
    ids = [] if name == "preview" else [NOBODY]
    assert client.get(reverse(f"chatwidget:{name}", args=["made-up", *ids])).status_code == 404


def test_a_widget_that_has_chosen_a_scheme_keeps_it(client, widget):
    for chosen, shown in (("light", "light"), ("auto", "dark")):
        widget.theme = chosen
        assert preview._in_scheme(widget, "dark").theme == shown
