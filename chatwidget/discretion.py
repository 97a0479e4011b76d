"""What a visitor wrote, and what proves who it is, stays out of Django's log and crash reports.

Django mails each answer of 5xx to a site's ``ADMINS`` with the whole request: what was posted, the
cookies, the headers, and of a crash the local variables of each frame, if the site wants them.
Each failed call has a line of the logger ``chatwidget`` already, without any of that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.debug import SafeExceptionReporterFilter, get_default_exception_reporter_filter
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponseBase])

COOKIE: Final = "chatwidget_session"
# Django hides what is called a token, a key or a secret; these open a chat by other names.
PRIVATE: Final = frozenset({COOKIE, "HTTP_X_CHAT_IDENTITY", "HTTP_X_CHAT_START"})


def discreet(view: AnyView) -> AnyView:
    """Keep what a request of ``view`` holds out of the reports of its crashes, and out of the log.

    An answer that the view gives is no news to Django's log, whatever its status: the app says
    itself what failed, and what a visitor did wrong anybody may do as often as they like.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.exception_reporter_filter = _filter()
        response = view(request, *args, **kwargs)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return cast(AnyView, sensitive_variables()(sensitive_post_parameters()(guarded)))


class _Discreet(SafeExceptionReporterFilter):
    def cleanse_setting(self, key: int | str, value: Any) -> Any:
        return self.cleansed_substitute if key in PRIVATE else super().cleanse_setting(key, value)


@cache
def _filter() -> SafeExceptionReporterFilter:
    """Return the site's own filter, which hides these names too."""
    own = type(get_default_exception_reporter_filter())
    made: type[SafeExceptionReporterFilter] = type("Discreet", (_Discreet, own), {})
    return made()
