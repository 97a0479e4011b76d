"""What every HTML view shares: what it is exempt from, its headers, and errors made into HTML."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chatwidget import bundle, conversation, crashes, languages, limits, problems, work
from chatwidget.conf import conf
from chatwidget.conversation.errors import BodyTooLong, FormBrokeOff, WidgetPaused
from chatwidget.discretion import discreet
from chatwidget.exemptions import exempt
from chatwidget.languages import Language
from chatwidget.models import Widget
from chatwidget.problems import Problem
from chatwidget.views.headers import forbid_everything, new_nonce, protect_page
from chatwidget.views.showing import language, theme_of
from chatwidget.views.visitor import TOKEN_HEADER

FRAGMENT_HEADER = "X-Chat-Fragment"
# A message in four-byte characters, percent-encoded, and the fields around it.
BYTES_A_CHARACTER = 12
BYTES_AROUND = 4096
NEUTRAL = "#777777"
UNSENT = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

View = Callable[..., HttpResponse]
Refusal = Callable[[HttpRequest, Problem], HttpResponse]
AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])


def html(template: str, context: Mapping[str, object], status: int = HTTPStatus.OK) -> HttpResponse:
    """Render one of our templates, without the host's context processors."""
    rendered = render_to_string(f"chatwidget/{template}", {**context, "version": bundle.version()})
    return HttpResponse(rendered, status=status)


def missing(_request: HttpRequest, problem: Problem) -> HttpResponse:
    """The page in place of a widget that is unknown or paused, or of whatever else there isn't."""
    nonce = new_nonce()
    title = _("Not sent") if problem.status in UNSENT else _("Not available")
    context = {"words": problem.words, "title": title, "nonce": nonce}
    context |= {**theme_of(Widget(accent=NEUTRAL)), **language()}
    response = _uncached(html("missing.html", context, problem.status), problem)
    return protect_page(response, nonce=nonce, ancestors=["*"], scripts=False)


def notice(_request: HttpRequest, problem: Problem) -> HttpResponse:
    """A line in the log."""
    return html("fragments/notice.html", {"problem": problem}, problem.status)


def json_refusal(_request: HttpRequest, problem: Problem) -> HttpResponse:
    """What the scripts of our pages read, in the shape of the mirror's errors."""
    body = {"error": str(problem.words), "code": problem.code}
    response = _uncached(JsonResponse(body, status=problem.status), problem)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def open_refusal(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The same for the scripts of any page, where they may read what there is instead."""
    response = json_refusal(request, problem)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def _uncached(response: HttpResponse, problem: Problem) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    if problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    return response


def public(
    *methods: str, takes_files: bool = False, refuse: Refusal = missing
) -> Callable[[AnyView], AnyView]:
    """Make a view that any visitor may use, in whatever site it lives (design decision 10).

    Its body may be as long as a message; one that takes files refuses long ones itself.
    ``refuse`` says to the visitor what was wrong, if the view doesn't.
    """

    def decorate(view: AnyView) -> AnyView:
        @wraps(view)
        def guarded(request: HttpRequest, **ids: Any) -> HttpResponseBase:
            with (
                limits.asked_by(request.META),
                work.shown_by(request.META),
                languages.speaking(language_of(request)),
            ):
                try:
                    if not takes_files:
                        _require_length(request)
                    return view(request, **ids)
                except UnreadablePostError:
                    return refuse(request, problems.describe(FormBrokeOff()))
                except problems.ERRORS as error:
                    return refuse(request, problems.describe(error))

        guarded = xframe_options_exempt(exempt(discreet(crashes.noted(guarded))))
        return cast(AnyView, require_http_methods(list(methods))(guarded))

    return decorate


def fragment(
    *methods: str, takes_files: bool = False, refuse: Refusal = notice
) -> Callable[[View], View]:
    """Make a view of HTML fragments, which reads the token header and no cookie.

    So it needs no CSRF token; for whatever writes, htmx's own header is asked for, which a
    foreign page can't send without the preflight that nobody here answers.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **ids: Any) -> HttpResponse:
            if request.method == "POST" and "HX-Request" not in request.headers:
                return _private(HttpResponse(status=HTTPStatus.BAD_REQUEST))
            return _private(view(request, **ids))

        def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
            return _private(refuse(request, problem))

        return csrf_exempt(public(*methods, takes_files=takes_files, refuse=refused)(guarded))

    return decorate


def language_of(request: HttpRequest, widget: Widget | None = None) -> Language:
    """The language to answer in; a page names its own in the query, its fragments in a header."""
    return languages.chosen(
        page=request.GET.get("language", "") or request.headers.get(languages.HEADER, ""),
        widget=widget.language if widget else "",
        browser=request.headers.get("Accept-Language", ""),
    )


def widget_of(request: HttpRequest, public_id: uuid.UUID, mark: str | None = None) -> Widget:
    """Return the widget that visitors may use, and go on in its language and its words.

    ``mark`` is that of a glance, if there was one.

    Raises:
        WidgetPaused: there is none, or it or its server was switched off.
    """
    try:
        widget = conversation.active_widget(public_id, mark)
    except WidgetPaused as error:
        _speak_as(request, error.widget)
        raise
    _speak_as(request, widget)
    return widget


def _speak_as(request: HttpRequest, widget: Widget | None) -> None:
    words = widget.words if widget else ()
    languages.switch(language_of(request, widget), words)


def is_asked_for(request: HttpRequest, widget: Widget) -> bool:
    """Whether the page's own address decides the language, so that its fragments have to know."""
    browser = request.headers.get("Accept-Language", "")
    return languages.spoken().code != languages.chosen(widget=widget.language, browser=browser).code


def text_field(request: HttpRequest, name: str) -> str:
    """Return a posted field, with line ends as the browser's own scripts have them."""
    return request.POST.get(name, "").replace("\r\n", "\n")


def whole_number(given: str, default: int) -> int:
    """Return a whole number that a browser gives, of nine digits at most."""
    return int(given) if re.fullmatch(r"[0-9]{1,9}", given) else default


def milliseconds(seconds: float | None) -> int:
    """Return the delay that a fragment names until its next request."""
    return math.ceil(1000 * (seconds or 0))


def _require_length(request: HttpRequest) -> None:
    """Let a body pass that a message can need, before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    longest = conf.message_max_length * BYTES_A_CHARACTER + BYTES_AROUND
    if whole_number(length, longest + 1) > longest:
        raise BodyTooLong


def _private(response: HttpResponse) -> HttpResponse:
    """Keep a fragment out of every cache (design decision 9), and mark it as ours."""
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, [TOKEN_HEADER])
    response[FRAGMENT_HEADER] = "1"
    return forbid_everything(response)
