"""The preview of a draft: a page of nowhere with the real launcher, and the real chat page in it.

A draft is signed by the admin (``drafts``) and shows a look. Its chat sends nothing: the policy of
its page lets no request out, and what is typed has nowhere to go.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from chatwidget import drafts, languages, palette
from chatwidget.conf import conf
from chatwidget.drafts import DraftInvalid, Scheme
from chatwidget.loading import config_for, greeting_source, greeting_words, loader_source
from chatwidget.models import Widget
from chatwidget.views.base import NEUTRAL, html, language_of, public
from chatwidget.views.embed import script_response
from chatwidget.views.gate import gate_of
from chatwidget.views.headers import new_nonce, protect_page
from chatwidget.views.notices import notices_of
from chatwidget.views.showing import language, page_look_of

DraftView = Callable[..., HttpResponse]


def _of_draft(view: DraftView) -> DraftView:
    """Hand the view its draft; what is none of ours is not found."""

    @public("GET", "HEAD")
    @wraps(view)
    def opened(request: HttpRequest, *, draft: str, **_ids: uuid.UUID) -> HttpResponse:
        try:
            widget, scheme = drafts.read(draft)
        except DraftInvalid:
            return HttpResponse(status=HTTPStatus.NOT_FOUND)
        languages.switch(language_of(request, widget), widget.words)
        response = view(widget, scheme, draft)
        response["Cache-Control"] = "private, max-age=300"
        return response

    return opened


@_of_draft
def host_page(widget: Widget, scheme: Scheme, draft: str) -> HttpResponse:
    """A page that the launcher stands on, as on a customer's."""
    nonce = new_nonce()
    paint = palette.light if scheme == "light" else palette.dark
    context = {
        "title": widget.title,
        "loader": reverse("chatwidget:preview-embed", args=[draft, widget.public_id]),
        "colours": paint(NEUTRAL).as_css(),
        "scheme": scheme,
        "nonce": nonce,
        **language(),
    }
    response = protect_page(html("preview.html", context), nonce=nonce, ancestors=[], scripts=True)
    return _changed(response, {"require-trusted-types-for": None, "frame-src": "'self'"})


@_of_draft
def loader(widget: Widget, scheme: Scheme, _draft: str) -> HttpResponse:
    """The loader with the draft's config."""
    # Not compressed: that takes longer than this admin's line, and each draft is another.
    script = loader_source(config_for(_in_scheme(widget, scheme)))
    return script_response(script.encode(), "")


@_of_draft
def greeting(widget: Widget, _scheme: Scheme, _draft: str) -> HttpResponse:
    """The draft's greeting."""
    script = greeting_source(greeting_words(widget))
    return script_response(script.encode(), "")


@_of_draft
def chat_page(widget: Widget, scheme: Scheme, _draft: str) -> HttpResponse:
    """The chat page with the draft's look, which sends nothing."""
    nonce = new_nonce()
    context = {
        **page_look_of(_in_scheme(widget, scheme)),
        **notices_of(widget),
        **gate_of(widget),
        "nonce": nonce,
        "limit": conf.message_max_length,
        "is_preview": True,
    }
    response = protect_page(html("page.html", context), nonce=nonce, ancestors=[], scripts=True)
    return _changed(response, {"connect-src": "'none'", "form-action": "'none'"})


def _in_scheme(widget: Widget, scheme: Scheme) -> Widget:
    """Let a widget that would follow the visitor's scheme follow the preview's.

    No page can tell a frame which scheme to prefer.
    """
    if widget.theme == Widget.Theme.AUTO:
        widget.theme = scheme
    return widget


def _changed(response: HttpResponse, changes: dict[str, str | None]) -> HttpResponse:
    header = response["Content-Security-Policy"]
    policy: dict[str, str | None] = {}
    for directive in header.split("; "):
        name, _sep, value = directive.partition(" ")
        policy[name] = value
    policy |= changes
    kept = (f"{name} {value}" for name, value in policy.items() if value is not None)
    response["Content-Security-Policy"] = "; ".join(kept)
    return response
