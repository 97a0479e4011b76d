"""What of a site's own middleware stands in the way of a page in a frame, or of an API.

Only what can be told from the settings: ``chatwidget_doctor`` asks the site itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as Caution
from django.urls import NoReverseMatch, reverse

from chatwidget.conf import conf

PUBLIC = "Let the namespace 'chatwidget' through: visitors have no account here."
# Middleware that asks for a login of everybody and doesn't know Django's login_not_required.
GATES: Mapping[str, str] = {
    "login_required.middleware.LoginRequiredMiddleware": (
        "Add r'^chatwidget:' to LOGIN_REQUIRED_IGNORE_VIEW_NAMES."
    ),
    "stronghold.middleware.LoginRequiredMiddleware": (
        "Add the names of chatwidget's views to STRONGHOLD_PUBLIC_NAMED_URLS."
    ),
    "global_login_required.GlobalLoginRequiredMiddleware": (
        "Add the path of chatwidget's addresses to PUBLIC_PATHS."
    ),
}


def check() -> Iterator[CheckMessage]:
    """Warn of what is known to be in the way."""
    yield from _addresses()
    yield from _gates()
    yield from _hidden_visitors()


def _addresses() -> Iterator[CheckMessage]:
    try:
        reverse("chatwidget:embed", args=["00000000-0000-4000-8000-000000000000"])
    except NoReverseMatch:
        yield Caution(
            "The site doesn't include chatwidget.urls, so no widget has an address.",
            hint="Add path('chatwidget/', include('chatwidget.urls')) to the site's urls.py.",
            id="chatwidget.W004",
        )


def _gates() -> Iterator[CheckMessage]:
    for path, hint in GATES.items():
        if path in settings.MIDDLEWARE:
            yield Caution(
                f"{path} asks visitors of the chat to log in.",
                hint=f"{hint} {PUBLIC}",
                id="chatwidget.W005",
            )


def _hidden_visitors() -> Iterator[CheckMessage]:
    behind_proxy = settings.SECURE_PROXY_SSL_HEADER or settings.USE_X_FORWARDED_HOST
    if behind_proxy and not conf.trusted_proxies:
        yield Caution(
            "The site is behind a proxy, and CHATWIDGET['TRUSTED_PROXIES'] is 0: all visitors are "
            "counted as one address.",
            hint="Write how many proxies of your own add to X-Forwarded-For, such as 1.",
            id="chatwidget.W006",
        )
