"""Who is logged in, for the chat page alone: it asks when the visitor opens the chat.

The site's pages hold no identity, so that they may be cached and shared. This view reads the
site's cookies and answers to its own pages only: no CORS header, and browsers say where from.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_GET

from chatwidget import conversation, crashes, identity
from chatwidget.conversation.errors import WidgetPaused
from chatwidget.discretion import discreet
from chatwidget.exemptions import exempt


@require_GET
@exempt
@discreet
@crashes.noted
def who(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Answer with the signed identity of who is logged in, and the mark to know them by.

    ``identity`` is ``null`` for nobody, and ``mark`` empty. A widget that knows no users is 404,
    and a page of another site 403 (Fetch Metadata, section 2.3).
    """
    try:
        widget = conversation.active_widget(public_id)
    except WidgetPaused:
        return _private(HttpResponse(status=HTTPStatus.NOT_FOUND))
    if not widget.knows_users:
        return _private(HttpResponse(status=HTTPStatus.NOT_FOUND))
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return _private(HttpResponse(status=HTTPStatus.FORBIDDEN))
    person = identity.of_request(request)
    return _private(
        JsonResponse(
            {
                "identity": None if person is None else identity.issue(person, widget),
                "mark": identity.mark_of(person, widget),
            }
        )
    )


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["Cookie"])
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
