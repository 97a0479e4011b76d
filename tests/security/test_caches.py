"""Caches between a visitor and the site: none ever hands one visitor's chat to another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from tests.security.conftest import call, everything
from tests.settings import MIDDLEWARE

SITE_WIDE = [
    "django.middleware.cache.UpdateCacheMiddleware",
    *MIDDLEWARE,
    "django.middleware.cache.FetchFromCacheMiddleware",
]
READS = ("api-history", "api-task", "messages", "reply", "plain")


@pytest.mark.parametrize("name", READS)
@override_settings(MIDDLEWARE=SITE_WIDE, CACHE_MIDDLEWARE_SECONDS=600)
def test_djangos_cache_middleware_keeps_no_chat(name, alice, bob):
    first = call(name, alice, alice.token)
    assert alice.heard in everything(first)
    for token in ("", bob.token, "wrong"):
        assert alice.heard not in everything(call(name, alice, token))
    kept = list(cache._cache)  # type: ignore[attr-defined]
    assert not [key for key in kept if "views.decorators.cache.cache_page" in key]


@dataclass
class SharedCache:
    """A CDN that honours headers (RFC 9111), and stores whatever they don't forbid."""

    kept: dict[str, list[tuple[dict[str, str], Any]]] = field(default_factory=dict)

    def get(self, url: str, headers: dict[str, str], cookie: str = "") -> Any:
        sent = {**headers, **({"Cookie": cookie} if cookie else {})}
        for varying, stored in self.kept.get(url, []):
            if all(sent.get(name, "") == value for name, value in varying.items()):
                return stored
        http = Client(SERVER_NAME="127.0.0.1")
        answer = http.get(url, headers=sent)
        control = answer.headers.get("Cache-Control", "")
        if not re.search(r"no-store|private|no-cache", control) and "Set-Cookie" not in answer:
            # Without a lifetime, a cache may choose one (4.2.2): this one does.
            names = [each.strip() for each in answer.headers.get("Vary", "").split(",")]
            varying = {name: sent.get(name, "") for name in names if name}
            self.kept.setdefault(url, []).append((varying, answer))
        return answer


def test_a_cdn_keeps_the_loader_and_nothing_that_is_somebodys(alice, bob):
    cdn, page = SharedCache(), alice.widget.get_absolute_url()
    urls = {
        f"/chat/api/chat/{alice.session_id}/poll/": "X-Session-Token",
        f"/chat/api/chat/{alice.session_id}/{alice.task_id}/poll/": "X-Session-Token",
        f"{page}messages/": "X-Session-Token",
        f"{page}replies/{alice.task_id}/": "X-Session-Token",
        f"{page}plain/": "Cookie",
        f"{page}embed.js": "",
        page: "",
    }
    for url, header in urls.items():
        value = f"chatwidget_session={alice.token}" if header == "Cookie" else alice.token
        cdn.get(url, {header: value} if header else {})
    for url in urls:
        for token in ("", bob.token):
            assert alice.heard not in everything(cdn.get(url, {"X-Session-Token": token}))
    assert list(cdn.kept) == [f"{page}embed.js"]


def test_the_loader_is_the_same_bytes_for_everybody(alice, bob):
    url = f"{alice.widget.get_absolute_url()}embed.js"
    visitors = [
        {"Accept-Language": "fr", "Cookie": "sessionid=one"},
        {"Accept-Language": "ar", "X-Session-Token": bob.token},
        {"Referer": "https://shop.example/", "User-Agent": "Other"},
    ]
    bodies = {Client().get(url, headers=headers).content for headers in visitors}
    assert len(bodies) == 1
