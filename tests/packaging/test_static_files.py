"""The app's static files as a site serves them that follows ``docs/how-to/nginx-and-cdn.md``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/nginx-and-cdn.md").read_text()
YEARS = "max-age=315360000, public, immutable"
pytestmark = pytest.mark.slow


@pytest.fixture
def served(settings, tmp_path):
    """The site with what the page says of WhiteNoise in its settings, its files collected."""
    (snippet,) = (
        each for each in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "noise" in each
    )
    written: dict[str, Any] = {"MIDDLEWARE": list(settings.MIDDLEWARE)}
    exec(snippet, written)  # noqa: S102 (our own page)
    settings.STATIC_ROOT = tmp_path
    settings.MIDDLEWARE, settings.STORAGES = written["MIDDLEWARE"], written["STORAGES"]
    call_command("collectstatic", interactive=False, verbosity=0)
    return Client()


def test_whitenoise_serves_what_the_pages_name_by_its_hash_and_for_good(served, widget, admin_user):
    served.force_login(admin_user)
    names = set()
    for address in (
        reverse("chatwidget:page", args=[widget.public_id]),
        reverse("admin:chatwidget_widget_change", args=[widget.pk]),
        reverse("admin:chatwidget_usageday_changelist"),
    ):
        page = served.get(address)
        assert page.status_code == 200
        names |= set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.content.decode()))
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in names} >= {
        "/static/django_htmx/htmx-2.min.js",
        "/static/chatwidget/admin/widget.js",
        "/static/chatwidget/admin/usage.css",
    }
    for name in names:
        file = served.get(name, headers={"Accept-Encoding": "gzip"})
        assert (file.status_code, file["Cache-Control"]) == (200, YEARS), name
        assert b"".join(file.streaming_content)
