"""Whether visitors get through to a widget: a request of each kind, past the site's middleware."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse

from chatwidget.conf import conf
from chatwidget.models import Widget

# The test client says "one thread" (PEP 3333), as no server of a site does that works.
THREADED: Any = {"wsgi.multithread": True}
LET_THROUGH = "Let the namespace 'chatwidget' through the middleware that does it."
BROKEN = "The site's log says why. After an install or an upgrade, run collectstatic."


def obstacles(widget: Widget) -> list[str]:
    """Return what stands in the way, in words; nothing where nothing does."""
    host = urlsplit(conf.public_url).hostname or _host()
    client = Client(
        enforce_csrf_checks=True, raise_request_exception=False, SERVER_NAME=host, **THREADED
    )
    return [*_page(client, widget), *_loader(client, widget), *_api(client)]


def _host() -> str:
    named = (host.lstrip(".") for host in settings.ALLOWED_HOSTS if host != "*")
    return next(named, "localhost")


def _page(client: Client, widget: Widget) -> Iterator[str]:
    # Here as below: SECURE_SSL_REDIRECT would redirect a plain request, rightly.
    response: Any = client.get(widget.get_absolute_url(), secure=True)
    if response.status_code != 200:
        yield _answers("The chat page", response)
        return
    if "X-Frame-Options" in response:
        yield (
            "The site adds X-Frame-Options to the chat page, so no page can frame it. "
            f"{LET_THROUGH}"
        )
    if "frame-ancestors" not in response.get("Content-Security-Policy", ""):
        yield f"The site replaces the chat page's Content-Security-Policy. {LET_THROUGH}"


def _loader(client: Client, widget: Widget) -> Iterator[str]:
    response: Any = client.get(reverse("chatwidget:embed", args=[widget.public_id]), secure=True)
    if response.status_code != 200:
        yield _answers("embed.js", response)
    elif response.cookies:
        yield f"The site sets a cookie on embed.js, which caches may hand on. {LET_THROUGH}"


def _api(client: Client) -> Iterator[str]:
    # Nothing is started: what is asked for is missing.
    address = reverse("chatwidget:api-start")
    response: Any = client.post(address, "{}", content_type="application/json", secure=True)
    if response.status_code != 400 or not response["Content-Type"].startswith("application/json"):
        yield _answers("The API", response)


def _answers(what: str, response: Any) -> str:
    where = f" to {urlsplit(response['Location']).path}" if "Location" in response else ""
    hint = BROKEN if response.status_code >= 500 else LET_THROUGH
    return f"{what} answers {response.status_code}{where}. {hint}"
