"""Which pages' scripts may call the mirror: the Fetch standard's CORS, a widget at a time.

A preflight names no widget, so it is answered for any origin and proves nothing; the request
itself is checked against the widget's "Allowed origins". Cookies are never asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from chatwidget import origins
from chatwidget.conf import conf
from chatwidget.models import Widget

ANY = "*"
EXPOSED = "Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
PREFLIGHT: Mapping[str, str] = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    # The last four are what clients of the Chat API send. They are not read here.
    "Access-Control-Allow-Headers": (
        "content-type, x-session-token, idempotency-key, x-chat-work, x-chat-identity, "
        "x-embed-key, x-ocs-widget-version, authorization, x-api-key"
    ),
    "Access-Control-Max-Age": "600",
}


class OriginNotAllowed(PermissionDenied):
    """A page of a site that the widget does not allow made the request."""

    default_code = "origin_not_allowed"
    default_detail = _(
        "This site may not use this chat. Add its origin to “Allowed origins” on the widget's "
        "page in the admin."
    )


def require_allowed(request: Request, widget: Widget) -> None:
    """Let the request pass if its origin may use ``widget``.

    A request without ``Origin`` passes (servers, curl): it is no other site's script, and proves
    nothing. The site's own pages pass.

    Raises:
        OriginNotAllowed: the origin is none of the widget's.
    """
    origin = request.headers.get("Origin")
    if origin is None or _is_own(origin, request):
        return
    if not origins.allows(origin, widget.allowed_origins):
        raise OriginNotAllowed


def _is_own(origin: str, request: Request) -> bool:
    return origin in {f"{request.scheme}://{request.get_host()}", conf.public_url} - {""}


def headers_for(request: Request, readable_by: str | None) -> dict[str, str]:
    """Return the headers that let a script read the answer.

    Args:
        readable_by: an origin, ``*`` for any, or ``None`` for no other site's script.
    """
    if "Origin" not in request.headers or readable_by is None:
        return {}
    return {
        "Access-Control-Allow-Origin": readable_by,
        "Access-Control-Expose-Headers": EXPOSED,
    }
