"""The contender "c": django-revproxy, with the key put in."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from revproxy.views import ProxyView  # type: ignore[import-not-found,unused-ignore]

from bench.proxy.settings import UPSTREAMS


class Keyed(ProxyView):  # type: ignore[misc,unused-ignore]
    """A proxy that shows the server a key."""

    add_x_forwarded = False

    def get_request_headers(self) -> Any:
        """Add the key."""
        return {**super().get_request_headers(), "X-api-key": "key"}


urlpatterns = [
    path(f"{name}/<path:path>", csrf_exempt(Keyed.as_view(upstream=f"{url}/api/chat")))
    for name, url in UPSTREAMS.items()
]
