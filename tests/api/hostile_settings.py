"""A site that settles every question about its own API in a way that would break this one."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import MIDDLEWARE as PLAIN_MIDDLEWARE

ROOT_URLCONF = "tests.api.urls"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "chatwidget",
]
MIDDLEWARE = [
    *PLAIN_MIDDLEWARE,
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "ATOMIC_REQUESTS": True,  # type: ignore[dict-item]
    }
}
REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.BrowsableAPIRenderer",
        "rest_framework.renderers.StaticHTMLRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "ALLOWED_VERSIONS": ["9"],
    "DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.coreapi.AutoSchema",
    "EXCEPTION_HANDLER": "tests.api.hostile_settings.no_handler",
    "NON_FIELD_ERRORS_KEY": "all",
    "UNICODE_JSON": False,
    "COMPACT_JSON": False,
    "STRICT_JSON": False,
    "URL_FORMAT_OVERRIDE": "limit",
    "FORMAT_SUFFIX_KWARG": "session_id",
}
SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "Their API",
    "OAS_VERSION": "3.1.0",
    "CAMELIZE_NAMES": True,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/chat",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "ENUM_SUFFIX": "Theirs",
    "SORT_OPERATIONS": False,
    "SERVERS": [{"url": "https://theirs.example"}],
    "PREPROCESSING_HOOKS": ["tests.api.hostile_settings.no_endpoints"],
}


def no_handler(exc: Exception, context: object) -> None:
    raise RuntimeError("The site's own handler was asked")


def no_endpoints(endpoints: list[object]) -> list[object]:
    return []
