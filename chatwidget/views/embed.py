"""Our scripts over HTTP: each widget's loader, the one that is pinned, and the chat page's files.

Each is the same for every visitor, so that a CDN may keep it: nothing in it comes from the
request but the language that its address names, and it varies on ``Accept-Encoding`` alone
(design decision 9). A widget that is unknown
or paused answers 200 too, because a browser runs no other answer and the page's developer reads
the console.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import ResponseHeaders
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from chatwidget import bundle, conversation, crashes, languages
from chatwidget.conversation.errors import WidgetPaused
from chatwidget.discretion import discreet
from chatwidget.encodings import Encoded, accepted
from chatwidget.exemptions import exempt
from chatwidget.loading import (
    config_for,
    greeting_words,
    packed,
    packed_greeting,
    packed_late,
    packed_rest,
    pinned_version,
)

FRESH_FOR = "public, max-age=300, stale-while-revalidate=86400"
NO_GREETING = b"export default () => {};"
FOR_GOOD = "public, max-age=31536000, immutable"


class PinnedVary(ResponseHeaders):
    """Headers whose ``Vary`` no middleware widens.

    ``LocaleMiddleware`` adds ``Accept-Language`` and ``SessionMiddleware`` ``Cookie`` to whatever
    passes, and a CDN would keep a copy for each language and visitor of the very same bytes.
    """

    def __setitem__(self, key: str, value: str | bytes | int) -> None:
        super().__setitem__(key, "Accept-Encoding" if key.lower() == "vary" else value)


class PublicResponse(HttpResponse):
    """An answer without cookies, whatever the site's middleware would set.

    ``SESSION_SAVE_EVERY_REQUEST`` puts a visitor's session on every answer; on one that shared
    caches keep, the next visitor would get it.
    """

    def set_cookie(self, *args: object, **kwargs: object) -> None:
        """Set none."""


def script(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view of a script that every page may run, in whatever site it lives."""
    # It reads nothing; any method but GET and HEAD is a 405, not a 403.
    return csrf_exempt(require_safe(exempt(discreet(crashes.noted(view)))))


@script
def loader(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Answer with the widget's loader, from the cache of this process where it can."""
    try:
        widget = conversation.active_widget(public_id)
    except WidgetPaused:
        return script_response(nothing_for(public_id).encode(), "no-store")
    return _answer(request, packed(config_for(widget, _asked(request))), FRESH_FOR)


@script
def rest(request: HttpRequest, **_draft: str) -> HttpResponse:
    """Answer with the rest of the loader, which a page imports as a module."""
    return _answer(request, packed_rest(languages.chosen(page=_asked(request)).anywhere), FRESH_FOR)


@script
def late(request: HttpRequest, name: str, **_draft: str) -> HttpResponse:
    """Answer with a module that :func:`rest` imports when it is used."""
    return _answer(request, packed_late(name), FRESH_FOR)


@script
def greeting(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Answer with the widget's greeting, a module that its loader imports at its time."""
    try:
        widget = conversation.active_widget(public_id)
    except WidgetPaused:
        return script_response(NO_GREETING, "no-store")
    if not widget.greeting:
        return script_response(NO_GREETING, "no-store")
    return _answer(request, packed_greeting(greeting_words(widget, _asked(request))), FRESH_FOR)


@script
def pinned(request: HttpRequest, version: str) -> HttpResponse:
    """Answer with the loader that takes its config from its tag and never changes (SRI)."""
    if version != pinned_version():
        raise Http404
    return _answer(request, packed("null"), FOR_GOOD)


@script
def asset(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """Answer with a script or a style sheet of the chat page.

    While a new release replaces an old one, pages of one ask a process of the other: it answers
    with what it has, which no cache keeps under the wrong name.
    """
    try:
        made = bundle.packed(name)
    except KeyError:
        raise Http404 from None
    response = _answer(request, made, FOR_GOOD if version == bundle.version() else "no-store")
    response["Content-Type"] = f"{bundle.TYPES[name.rpartition('.')[2]]}; charset=utf-8"
    return response


def _asked(request: HttpRequest) -> str:
    return request.GET.get("language", "")


def _answer(request: HttpRequest, made: Encoded, cache_control: str) -> HttpResponse:
    encoded = made.best(accepted(request.headers.get("Accept-Encoding", "")))
    conditional = get_conditional_response(request, etag=encoded.etag)
    response = script_response(b"" if conditional else encoded.content, cache_control)
    response["ETag"] = encoded.etag
    if conditional:
        response.status_code = conditional.status_code
    elif encoded.name:
        response["Content-Encoding"] = encoded.name
    return response


def script_response(content: bytes, cache_control: str) -> HttpResponse:
    """A script that a page of any site may run, as a module too (CORS), or under COEP (CORP)."""
    response = PublicResponse(content, content_type="text/javascript; charset=utf-8")
    response.headers = PinnedVary(response.headers)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = cache_control
    response["Content-Language"] = languages.of_site().tag
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Vary"] = "Accept-Encoding"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def nothing_for(public_id: uuid.UUID) -> str:
    """The script of a widget that isn't there: one line for the page's developer."""
    return f'console.warn("[chatwidget] Widget {public_id} is unknown or paused: nothing drawn.");'
