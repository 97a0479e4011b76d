"""What a chat's start costs: the challenge, for whoever wants to start one."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from chatwidget import work
from chatwidget.views.base import open_refusal, public, widget_of


@public("GET", "HEAD", refuse=open_refusal)
def start_work(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponseBase:
    """A new challenge; ``bits`` is 0 where no work is asked for."""
    widget = widget_of(request, public_id)
    found = {
        "challenge": work.challenge(widget),
        "bits": widget.start_work,
        "rounds": work.ROUNDS,
    }
    response = JsonResponse(found)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    # It tells nothing of anybody, and browsers that use the mirror need it.
    response["Access-Control-Allow-Origin"] = "*"
    return response
