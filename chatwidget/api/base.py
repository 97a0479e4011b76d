"""The view that the mirror's views are: a guest in somebody's site (design decision 10).

Each attribute of Django REST framework is pinned here, so a site's own ``REST_FRAMEWORK`` settings
have no say. No cookie is read, which is why no CSRF token is asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.schemas.inspectors import ViewInspector
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from chatwidget import conversation, identity, languages, limits, work
from chatwidget.api import cors, refusals
from chatwidget.api.openapi import ChatSchema, Operation
from chatwidget.api.wire import JSONOnly, ObjectParser, PlainJSONRenderer
from chatwidget.conversation.errors import WidgetPaused
from chatwidget.discretion import discreet
from chatwidget.exemptions import exempt
from chatwidget.languages import Language
from chatwidget.models import ChatSession, Widget


class ChatView(APIView):
    """A view of the mirror: JSON, open to anybody, its errors in one shape, its answers private."""

    authentication_classes = ()
    content_negotiation_class = JSONOnly
    http_method_names = ["get", "post", "head", "options"]
    metadata_class = None
    parser_classes: tuple[type[BaseParser], ...] = (ObjectParser,)
    permission_classes = (AllowAny,)
    renderer_classes = (PlainJSONRenderer,)
    schema: ViewInspector | None = ChatSchema()
    throttle_classes = ()
    versioning_class = None

    operation: ClassVar[Operation]
    #: The origin whose scripts may read the answer; known once the widget is.
    readable_by: str | None = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Make the view exempt from what guards a site's own pages."""
        view: Callable[..., Any] = super().as_view(**initkwargs)
        return csrf_exempt(exempt(discreet(view)))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, counting what is sent for the address that asks."""
        with (
            limits.asked_by(request.META),
            work.shown_by(request.META),
            languages.speaking(language_of(request)),
        ):
            return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Ask nobody who the user is: ``request.user`` would load the site's user model."""

    def options(  # type: ignore[override] # DRF hands its own request on
        self, _request: Request, *_args: Any, **_kwargs: Any
    ) -> Response:
        """Answer a preflight (and any other OPTIONS)."""
        self.readable_by = cors.ANY
        return Response(status=204, headers=dict(cors.PREFLIGHT))

    def handle_exception(self, exc: Exception) -> Response:
        """Turn an error into its answer; a developer sees a fault of the site's own as it is."""
        if isinstance(exc, WidgetPaused) and exc.widget:
            speak_as(exc.widget, self.request)
        answer = refusals.answer_to(exc)
        if answer is None:
            if settings.DEBUG:
                raise exc
            answer = refusals.unexpected(exc, self.request._request)
        # Until a widget admits the origin nothing but our own words can be in an error, and the
        # developer of the page has to be able to read them.
        self.readable_by = self.readable_by or cors.ANY
        answer.exception = True
        return answer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep caches from handing an answer to anybody else (design decision 9)."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        for name, value in cors.headers_for(request, self.readable_by).items():
            response[name] = value
        patch_vary_headers(response, ["X-Session-Token", "Origin"])
        return response

    def admit(self, request: Request, widget: Widget) -> Widget:
        """Return ``widget`` if the page that asks may use it; go on in its language and words.

        Raises:
            OriginNotAllowed: it may not.
        """
        speak_as(widget, request)
        cors.require_allowed(request, widget)
        self.readable_by = request.headers.get("Origin")
        return widget

    def session(
        self, request: Request, session_id: uuid.UUID, *, waits: bool = False
    ) -> ChatSession:
        """Return the session, for a caller who proves it and whose page may use its widget.

        A chat that somebody proved is theirs wants their proof here too: a token that they left
        behind in a browser is not enough.
        """
        token = request.headers.get("X-Session-Token", "")
        session = conversation.for_client(session_id, token, waits=waits)
        self.admit(request, session.widget)
        identity.require_owner(session, request.headers.get(identity.HEADER, ""))
        return session

    @staticmethod
    def checked(form: type[Serializer[Any]], data: Any) -> dict[str, Any]:
        """Return what ``form`` makes of ``data``, or raise ``ValidationError``."""
        return dict(_form(form, get_language()).run_validation(data))


def language_of(request: HttpRequest | Request, widget: Widget | None = None) -> Language:
    """The language to answer in, as on the pages."""
    browser = request.headers.get("Accept-Language", "")
    return languages.chosen(widget=widget.language if widget else "", browser=browser)


def speak_as(widget: Widget, request: Request) -> None:
    """Go on in the widget's language and its words."""
    languages.switch(language_of(request, widget), widget.words)


@cache
def _form(form: type[Serializer[Any]], _language: str | None) -> Serializer[Any]:
    """Make a form, once for all bodies: it keeps nothing of them, only its words' language."""
    return form()
