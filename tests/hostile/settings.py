"""A site that settles every question in a way that could break a guest."""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS as PLAIN_APPS
from tests.settings import MIDDLEWARE as PLAIN
from tests.settings import TEMPLATES as PLAIN_TEMPLATES

ROOT_URLCONF = "tests.hostile.urls"
FORCE_SCRIPT_NAME = "/site"
APPEND_SLASH = False
INSTALLED_APPS = [*PLAIN_APPS, "rest_framework", "csp", "tests.hostile.people"]
AUTH_USER_MODEL = "people.Person"
LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch"), ("ar", "العربية")]
LOGIN_URL = "/login/"
X_FRAME_OPTIONS = "DENY"
CSRF_USE_SESSIONS = True
SESSION_SAVE_EVERY_REQUEST = True
CACHE_MIDDLEWARE_SECONDS = 600
# Two policies that allow nothing, by django-csp and by Django 6 itself.
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": ["'none'"]}}
CONTENT_SECURITY_POLICY_REPORT_ONLY = {"DIRECTIVES": {"script-src": ["'none'"]}}
SECURE_CSP = {"default-src": ["'none'"]}
SECURE_CSP_REPORT_ONLY = {"script-src": ["'none'"]}
DJANGOS_CSP = (
    ["django.middleware.csp.ContentSecurityPolicyMiddleware"]
    if find_spec("django.middleware.csp")
    else []
)
MIDDLEWARE = [
    "django.middleware.cache.UpdateCacheMiddleware",
    "csp.middleware.CSPMiddleware",
    *DJANGOS_CSP,
    *PLAIN,
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "tests.hostile.middleware.everybodys_policy",
    "django.middleware.cache.FetchFromCacheMiddleware",
]
TEMPLATES = [
    {
        **PLAIN_TEMPLATES[0],
        "OPTIONS": {
            "context_processors": [
                *PLAIN_TEMPLATES[0]["OPTIONS"]["context_processors"],  # type: ignore[index]
                "tests.hostile.middleware.no_context",
            ],
            "string_if_invalid": "INVALID",
        },
    }
]
DATABASES = {
    name: {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": (
            f"{os.environ['HOSTILE_DATABASE']}-{name}"
            if "HOSTILE_DATABASE" in os.environ
            else f"file:{name}?mode=memory&cache=shared"
        ),
        "ATOMIC_REQUESTS": True,  # type: ignore[dict-item]
    }
    for name in ("default", "chat", "replica")
}
DATABASE_ROUTERS = ["tests.hostile.middleware.ReplicaRouter"]
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
}

# Files without a name in the manifest are an error here, not an unhashed address.
STATIC_ROOT = os.environ.get("HOSTILE_STATIC", tempfile.gettempdir())
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    },
}
