"""Which sites may use a widget: the mirror's CORS and the frame's ancestors, tried with tricks."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import origins
from tests.security.conftest import Visitor, everything

ALLOWED = ["https://shop.example", "https://*.chain.example", "http://dev.example:8080"]
ADMITTED = (
    "https://shop.example",
    "https://www.chain.example",
    "https://a.b.chain.example",
    "http://dev.example:8080",
    "http://127.0.0.1",  # the site's own pages
)
TRICKS = (
    "null",
    "NULL",
    "",
    "*",
    "https://shop.example.evil.test",
    "https://shop.example.",
    "https://.shop.example",
    "https://evil-shop.example",
    "https://evilshop.example",
    "https://shopxexample",
    "https://shop.example:444",
    "https://shop.example:0",
    "https://shop.example:443@evil.test",
    "https://shop.example@evil.test",
    "https://evil.test@shop.example",
    "https://evil.test/https://shop.example",
    "https://evil.test#https://shop.example",
    "https://evil.test?https://shop.example",
    "https://evil.test\\@shop.example",
    "https://evil.test\\.shop.example",
    "https://shop.example%2eevil.test",
    "https://shop.example%00.evil.test",
    "https://shop.example, https://evil.test",
    "https://evil.test, https://shop.example",
    "https://shop.example https://evil.test",
    "http://shop.example",
    "HTTP://shop.example",
    "ftp://shop.example",
    "file://shop.example",
    "javascript://shop.example",
    "chrome-extension://shop.example",
    "//shop.example",
    "shop.example",
    "https:shop.example",
    "https:///shop.example",
    "https://chain.example",
    "https://*.chain.example",
    "https://evilchain.example",
    "https://chain.example.evil.test",
    "https://www.chain.example.",
    "https://www.chain.example:8443",
    "http://www.chain.example",
    "https://-.chain.example.evil.test",
    "https://dev.example:8080",
    "http://dev.example",
    "http://dev.example:80",
    "http://dev.example:8081",
    "http://dev.example:08080x",
    "http://127.0.0.1:81",
    "http://127.0.0.1.evil.test",
    "http://localhost",
    "http://[::1]",
    "https://xn--shop-0ra.example",
    "https://sh\u043ep.example",
    "https://127.0.0.1",
)
CORS = "Access-Control-Allow-Origin"


@pytest.fixture
def shop(alice: Visitor) -> Visitor:
    """A visitor of a widget that some sites may use."""
    alice.widget.allowed_origins = ALLOWED
    alice.widget.save()
    return alice


def ask(visitor: Visitor, origin: str) -> tuple[int, str | None, bool]:
    """Read the chat from a page: the status, whose scripts may read, and whether words came."""
    headers = {"X-Session-Token": visitor.token, "Origin": as_header(origin)}
    url = reverse("chatwidget:api-history", args=[visitor.session_id])
    answer = Client(SERVER_NAME="127.0.0.1").get(url, headers=headers)
    return answer.status_code, answer.headers.get(CORS), visitor.heard in everything(answer)


def as_header(text: str) -> str:
    """As a WSGI server hands it on (PEP 3333)."""
    return text.encode().decode("latin-1")


def test_a_site_that_is_allowed_reads_with_the_token(shop):
    for origin in ADMITTED:
        assert ask(shop, origin) == (200, origin, True)


def test_no_trick_reads_even_with_the_token(shop):
    for origin in TRICKS:
        status, _readable, heard = ask(shop, origin)
        assert status == 403, origin
        assert not heard, origin


def test_no_trick_writes(shop):
    before = shop.claims
    url = reverse("chatwidget:api-message", args=[shop.session_id])
    for origin in TRICKS:
        headers = {"X-Session-Token": shop.token, "Origin": as_header(origin)}
        body = {"message": "written by a foreign site"}
        answer = Client().post(url, body, "application/json", headers=headers)
        assert answer.status_code == 403, origin
    assert shop.claims == before


def test_no_trick_starts_a_chat(shop, remote):
    count = remote.count("start")
    body = {"chatbot_id": str(shop.widget.public_id)}
    for origin in TRICKS:
        headers = {"Origin": as_header(origin)}
        url = reverse("chatwidget:api-start")
        answer = Client().post(url, body, "application/json", headers=headers)
        assert answer.status_code == 403, origin
    assert remote.count("start") == count


def test_cookies_are_never_asked_for(shop):
    """With `*` or an origin alone a browser lets no script read what was asked with cookies."""
    for origin in (*ADMITTED, *TRICKS):
        headers = {"X-Session-Token": shop.token, "Origin": as_header(origin)}
        url = reverse("chatwidget:api-history", args=[shop.session_id])
        for answer in (Client().get(url, headers=headers), Client().options(url, headers=headers)):
            assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_refusal_says_nothing_but_our_own_words(shop):
    """Any page may read an error, so there is nothing in it of the widget or the chat."""
    headers = {"X-Session-Token": shop.token, "Origin": "https://evil.test"}
    url = reverse("chatwidget:api-history", args=[shop.session_id])
    answer = Client().get(url, headers=headers)
    assert set(answer.json()) == {"error", "code"}
    assert shop.session_id not in answer.content.decode()
    assert "shop.example" not in answer.content.decode()


def test_a_missing_origin_is_admitted_and_proves_nothing(shop):
    url = reverse("chatwidget:api-history", args=[shop.session_id])
    assert Client().get(url, headers={"X-Session-Token": shop.token}).status_code == 200
    assert Client().get(url).status_code == 403


def test_the_host_header_makes_no_origin_the_sites_own(shop):
    """A proxy that passes any Host on is Django's ALLOWED_HOSTS to stop."""
    headers = {"X-Session-Token": shop.token, "Origin": "http://evil.test"}
    url = reverse("chatwidget:api-history", args=[shop.session_id])
    assert Client(SERVER_NAME="evil.test").get(url, headers=headers).status_code == 400


def test_fragments_want_a_header_that_no_foreign_page_sends_unasked(shop):
    url = reverse("chatwidget:messages", args=[shop.widget.public_id])
    before = shop.claims
    answer = shop.http.post(url, {"message": "x"}, headers={"X-Session-Token": shop.token})
    assert answer.status_code == 400
    asked = shop.http.options(url, headers={"Origin": "https://evil.test"})
    assert CORS not in asked.headers
    assert shop.claims == before


def test_the_plain_page_keeps_csrf(shop):
    url = reverse("chatwidget:plain", args=[shop.widget.public_id])
    http = Client(enforce_csrf_checks=True)
    http.cookies["chatwidget_session"] = shop.token
    before = shop.claims
    for headers in ({}, {"Origin": "https://evil.test"}, {"Origin": "null"}):
        assert http.post(url, {"message": "x"}, headers=headers).status_code == 403
    assert shop.claims == before


@pytest.mark.parametrize(
    "pattern", ["https://a.test; script-src *", "https://a.test 'unsafe-inline'"]
)
def test_no_pattern_breaks_out_of_the_policy(shop, pattern):
    """A row that no form checked."""
    shop.widget.allowed_origins = [pattern]
    shop.widget.save()
    page = shop.http.get(shop.widget.get_absolute_url())
    assert page.headers["Content-Security-Policy"].count("script-src") == 1
    assert "unsafe" not in page.headers["Content-Security-Policy"]


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(LABEL, min_size=1, max_size=4).map(".".join)


@given(host=HOSTS, other=HOSTS, prefix=LABEL)
def test_a_host_admits_itself_alone(host: str, other: str, prefix: str) -> None:
    allowed = [f"https://{host}"]
    assert origins.allows(f"https://{host}", allowed)
    assert origins.allows(f"https://{other}", allowed) is (host == other)
    for trick in (f"{prefix}.{host}", f"{prefix}{host}", f"{host}.{prefix}", f"{host}{prefix}"):
        assert not origins.allows(f"https://{trick}", allowed)


@given(host=HOSTS, prefix=HOSTS)
def test_a_star_admits_what_is_below_it_alone(host: str, prefix: str) -> None:
    allowed: Iterable[str] = [f"https://*.{host}"]
    assert origins.allows(f"https://{prefix}.{host}", allowed)
    assert not origins.allows(f"http://{prefix}.{host}", allowed)
    assert not origins.allows(f"https://{prefix}.{host}:8443", allowed)
    assert not origins.allows(f"https://x{host}", allowed)
    if not host.endswith(f".{host}"):
        assert not origins.allows(f"https://{host}", allowed)


@override_settings(CHATWIDGET={"ALLOW_PRIVATE_SERVERS": True, "PUBLIC_URL": "https://own.example"})
def test_the_public_address_of_the_site_is_its_own(shop):
    assert ask(shop, "https://own.example")[0] == 200
    assert ask(shop, "https://own.example.evil.test")[0] == 403
