"""The chat page, alone or in a frame; what is said on it comes by the fragments of its siblings."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from chatwidget import usage
from chatwidget.conf import conf
from chatwidget.views.base import html, is_asked_for, public, widget_of
from chatwidget.views.gate import gate_of
from chatwidget.views.headers import new_nonce, protect_page
from chatwidget.views.notices import notices_of
from chatwidget.views.showing import page_look_of


@public("GET", "HEAD")
def chat_page(request: HttpRequest, *, public_id: uuid.UUID) -> HttpResponse:
    """The page; it holds no visitor's words."""
    widget = widget_of(request, public_id)
    usage.count_page(widget, request.headers.get("Referer", ""))
    nonce = new_nonce()
    context = {
        **page_look_of(widget),
        **notices_of(widget),
        **gate_of(widget),
        "nonce": nonce,
        "limit": conf.message_max_length,
        "session_age": conf.session_max_age,
        "says_language": is_asked_for(request, widget),
    }
    response = html("page.html", context)
    patch_vary_headers(response, ["Accept-Language"])
    # A pause acts at once (decision 9), and a shared cache must not keep the nonce.
    response["Cache-Control"] = "private, no-cache"
    if "coep" in request.GET:
        # A host page under COEP frames what says the same (HTML, "embedder policy").
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return protect_page(
        response,
        nonce=nonce,
        ancestors=widget.allowed_origins,
        scripts=True,
        listens=widget.offers_dictation,
    )
