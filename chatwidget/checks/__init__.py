"""System checks of the app's settings: each has an id, says what is wrong and what to write.

``check_settings`` runs with every ``manage.py check``, ``check_deployment`` with ``--deploy``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from chatwidget.checks import surroundings
from chatwidget.checks.rules import RULES
from chatwidget.conf import DEFAULTS, conf

__all__ = ["RULES", "check_deployment", "check_settings"]

LOCAL_CACHES = ("LocMemCache", "DummyCache")


def check_settings(**_kwargs: object) -> list[CheckMessage]:
    """Refuse settings that can't work, with the key and what to write there."""
    given = getattr(settings, "CHATWIDGET", {})
    if not isinstance(given, Mapping):
        return [
            Error(
                "CHATWIDGET must be a dict.",
                hint="Write CHATWIDGET = {'PUBLIC_URL': 'https://www.example.com'}.",
                id="chatwidget.E001",
            )
        ]
    return [*_unknown_keys(given), *_wrong_values(given), *_missing_apps(), *_open_doors(given)]


def _unknown_keys(given: Mapping[Any, object]) -> Iterator[CheckMessage]:
    for key in sorted(set(given) - set(DEFAULTS), key=str):
        close = difflib.get_close_matches(str(key).upper(), DEFAULTS, n=1)
        yield Error(
            f"CHATWIDGET has no key {key!r}.",
            hint=f"Write {close[0]!r}." if close else f"The keys are {', '.join(DEFAULTS)}.",
            id="chatwidget.E002",
        )


def _wrong_values(given: Mapping[Any, object]) -> Iterator[CheckMessage]:
    # The value itself is left out: it may be a key.
    for key, rule in RULES.items():
        if not rule.holds(given.get(key, DEFAULTS[key])):
            yield Error(
                f"CHATWIDGET[{key!r}] must be {rule.must}.",
                hint=rule.hint,
                id=f"chatwidget.{rule.code}",
            )


def _missing_apps() -> Iterator[CheckMessage]:
    if not apps.is_installed("django_htmx"):
        yield Error(
            "The chat page needs the static files of django_htmx.",
            hint="Add 'django_htmx' to INSTALLED_APPS.",
            id="chatwidget.E003",
        )


def _open_doors(given: Mapping[Any, object]) -> Iterator[CheckMessage]:
    if given.get("ALLOW_PRIVATE_SERVERS") is True and not settings.DEBUG:
        yield Caution(
            "CHATWIDGET['ALLOW_PRIVATE_SERVERS'] is on, and DEBUG is off.",
            hint="Whoever may edit chat servers can point the site at your own network. "
            "Take the key out, or silence this check if that is meant.",
            id="chatwidget.W001",
        )


def check_deployment(**_kwargs: object) -> list[CheckMessage]:
    """Warn of what works on one machine and bites on a real site."""
    if any(message.is_serious() for message in check_settings()):
        return []
    return [*_derived_keys(), *_local_cache(), *surroundings.check()]


def _derived_keys() -> Iterator[CheckMessage]:
    if not conf.encryption_keys:
        yield Caution(
            "CHATWIDGET['ENCRYPTION_KEYS'] is empty: stored credentials are encrypted under a key "
            "derived from SECRET_KEY, and lost with it.",
            hint=RULES["ENCRYPTION_KEYS"].hint,
            id="chatwidget.W002",
        )


def _local_cache() -> Iterator[CheckMessage]:
    backend = settings.CACHES[conf.cache]["BACKEND"]
    if backend.endswith(LOCAL_CACHES):
        yield Caution(
            f"The cache {conf.cache!r} is not shared between processes, so each asks the Chat API "
            "for itself.",
            hint="Use Redis, Memcached (started with -I 32m: a copy of a long chat is one item) or "
            "Django's database cache, and name its alias in CHATWIDGET['CACHE'].",
            id="chatwidget.W003",
        )
