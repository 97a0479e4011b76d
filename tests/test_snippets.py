"""The code that embeds a widget."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch

from chatwidget.snippets import snippets_for
from tests.fixtures import make_widget


@pytest.fixture
def widget(server):
    return make_widget(server, slug="lantern", public_id="11111111-1111-4111-8111-111111111111")


def test_snippets_are_absolute_under_the_sites_public_url(settings, widget):
    settings.CHATWIDGET = {"PUBLIC_URL": "https://shop.example/"}
    page = "https://shop.example/chat/11111111-1111-4111-8111-111111111111/"
    snippets = snippets_for(widget, site="https://other.example")
    assert snippets.page == page
    assert snippets.embed == f"{page}embed.js"
    assert snippets.script_tag == f'<script src="{page}embed.js" async></script>'


def test_without_a_public_url_the_address_in_use_serves(settings, widget):
    settings.CHATWIDGET = {}
    snippets = snippets_for(widget, site="http://localhost:8000")
    assert snippets.page.startswith("http://localhost:8000/chat/")


def test_without_any_address_snippets_work_on_the_site_itself(settings, widget):
    settings.CHATWIDGET = {}
    assert snippets_for(widget).embed.startswith("/chat/")


def test_the_template_tag_names_the_slug(widget):
    tag = snippets_for(widget).template_tag
    assert tag == '{% load chatwidget %}{% chat_widget "lantern" %}'


def test_an_address_cannot_break_out_of_the_script_tag(settings, widget):
    settings.CHATWIDGET = {}
    tag = snippets_for(widget, site='https://a.example"><b>').script_tag
    assert tag.count('"') == 2
    assert "<b>" not in tag


def test_a_site_without_the_apps_addresses_has_no_snippets(settings, widget):
    settings.ROOT_URLCONF = "tests.admin.bare_urls"
    with pytest.raises(NoReverseMatch):
        snippets_for(widget)
