from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from chatwidget.models import Widget
from tests.fixtures import make_widget
from tests.views.asking import address, policy, words


def test_the_page_holds_the_widget_s_look_and_no_visitor(client: Client, widget: Widget):
    Widget.objects.filter(pk=widget.pk).update(
        title="Lantern", subtitle="Back soon", accent="#123456",
        welcome_messages=["Hello <you>", "I know **books**"], starter_questions=["Open now?"],
    )  # fmt: skip
    response = client.get(address("page", widget))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Hello &lt;you&gt;" in page
    assert "I know <strong>books</strong>" in page
    assert "Open now?" in page
    assert "Back soon" in page
    assert "--accent:#123456" in page
    assert not response.cookies
    assert "style=" not in page


def test_the_page_of_a_widget_without_words_greets_all_the_same(client: Client, widget: Widget):
    widget.title = "…"
    widget.save()
    response = client.get(address("page", widget))
    assert "How can we help?" in words(response)
    assert "•" in words(response)


@pytest.mark.parametrize(
    ("fields", "waits"),
    [
        ({}, True),
        ({"welcome_messages": ["Hello", "I know **books**"]}, False),
        ({"banner": "Closed today"}, False),
        ({"consent_text": "May we?"}, False),
    ],
)
def test_how_answers_look_waits_for_one_unless_the_page_has_such_text(
    client: Client, widget: Widget, fields: dict[str, object], waits: bool
):
    Widget.objects.filter(pk=widget.pk).update(**fields)
    page = client.get(address("page", widget)).content.decode()
    (link,) = re.findall('<link[^>]*id="answers"[^>]*>', page)
    assert (" disabled" in link) == waits


def test_the_microphone_is_for_widgets_with_dictation_alone(client: Client, widget: Widget):
    def permissions() -> str:
        return client.get(address("page", widget))["Permissions-Policy"]

    def loader() -> str:
        return client.get(address("embed", widget)).content.decode()

    assert "microphone=()" in permissions()
    assert "; microphone" not in loader()
    widget.offers_dictation = True
    widget.save()
    assert "microphone=(self)" in permissions()
    assert "camera=()" in permissions()
    assert "clipboard-write; microphone" in loader()


def test_the_page_holds_nothing_of_extras_that_are_off(client: Client, widget: Widget):
    extras = ("attach", "dictate", "judging", "rating", "aloud")
    page = client.get(address("page", widget)).content.decode()
    assert not [name for name in extras if name in page]
    Widget.objects.update(
        takes_files=True, offers_dictation=True, asks_feedback=True, reads_aloud=True
    )
    page = client.get(address("page", widget)).content.decode()
    assert not [name for name in extras if name not in page]


def test_the_page_starts_a_chat_by_itself_only_for_a_seed_message(client: Client, widget: Widget):
    assert b'id="seed"' not in client.get(address("page", widget)).content
    Widget.objects.update(has_seed_message=True)
    assert b'id="seed"' in client.get(address("page", widget)).content


def test_the_page_may_load_and_run_only_what_is_ours(client: Client, widget: Widget):
    response = client.get(address("page", widget))
    nonce = re.search(r'<style nonce="([\w-]+)">', response.content.decode()).group(1)
    assert policy(response) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "default",
    }
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "X-Frame-Options" not in response


def test_each_page_has_its_own_nonce(client: Client, widget: Widget):
    first, second = (policy(client.get(address("page", widget))) for _turn in range(2))
    assert first["style-src"] != second["style-src"]


def test_the_page_may_be_framed_where_the_widget_says(client: Client, widget: Widget):
    widget.allowed_origins = ["https://*.example.com", "https://a.example; script-src *", "ä"]
    widget.save()
    response = client.get(address("page", widget))
    assert policy(response)["frame-ancestors"] == "'self' https://*.example.com"


@override_settings(
    STATIC_URL="https://cdn.example/static/", CHATWIDGET={"IMAGE_HOSTS": ["pics.example"]}
)
def test_assets_may_come_from_the_site_s_own_static_host(client: Client, widget: Widget):
    allowed = policy(client.get(address("page", widget)))
    assert allowed["script-src"] == "'self' https://cdn.example"
    assert allowed["img-src"] == "'self' data: https://pics.example"


@override_settings(STATIC_URL="//cdn.example/static/")
def test_the_static_host_may_go_without_a_scheme(client: Client, widget: Widget):
    assert policy(client.get(address("page", widget)))["script-src"] == "'self' cdn.example"


def test_a_csp_middleware_of_the_host_leaves_the_page_alone(client: Client, widget: Widget):
    response: Any = client.get(address("page", widget))
    assert response._csp_exempt
    assert response._csp_exempt_ro
    assert response._csp_config == response._csp_ro_config == {}


def test_no_cache_keeps_the_page(client: Client, widget: Widget):
    assert client.get(address("page", widget))["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", ["page", "plain"])
def test_a_widget_that_is_unknown_or_paused_has_a_page_of_our_words(
    client: Client, widget: Widget, name: str
):
    paused = make_widget(widget.server, is_active=False)
    for public_id in (paused.public_id, uuid.uuid4()):
        response = client.get(reverse(f"chatwidget:{name}", args=[public_id]))
        assert response.status_code == 404
        assert "This chat isn't available at the moment." in words(response).replace("&#x27;", "'")
        assert "script-src" not in policy(response)


def test_the_page_is_only_read(client: Client, widget: Widget):
    assert client.post(address("page", widget)).status_code == 405


@override_settings(
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
)
def test_the_page_is_public_on_a_site_that_is_not(client: Client, widget: Widget):
    response = client.get(address("page", widget))
    assert response.status_code == 200
    assert "X-Frame-Options" not in response


def test_a_host_page_under_coep_may_frame_the_page(client: Client, widget: Widget):
    plain = client.get(address("page", widget))
    isolated = client.get(address("page", widget) + "?coep")
    assert "Cross-Origin-Embedder-Policy" not in plain
    assert isolated["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert isolated["Cross-Origin-Resource-Policy"] == "cross-origin"
