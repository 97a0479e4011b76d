"""A line of log for what nobody foresaw, such as a cache or a database that is gone.

It names the error's class alone: its text may hold what a visitor wrote. The traceback goes where
the site has those of its own pages, Django's logger ``django.request`` and whoever listens to
``got_request_exception``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase

from chatwidget import request_ids

logger = logging.getLogger("chatwidget")

AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])

# What whoever asks did wrong, or broke off.
EXPECTED = (
    BadRequest,
    Http404,
    MultiPartParserError,
    PermissionDenied,
    SuspiciousOperation,
    UnreadablePostError,
)


def note(error: Exception, request: HttpRequest) -> None:
    """Write the line, if that is what the error is."""
    if isinstance(error, EXPECTED):
        return
    found = request.resolver_match
    logger.error(
        "unexpected error: kind=%s view=%s request=%s",
        type(error).__name__,
        found.view_name if found else "-",
        request_ids.current(),
    )


def noted(view: AnyView) -> AnyView:
    """Write the line for whatever ``view`` doesn't catch, and let it go on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            note(error, request)
            raise

    return cast(AnyView, guarded)
