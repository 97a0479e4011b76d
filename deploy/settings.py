"""Lantern Books as it would be deployed: behind one proxy, on PostgreSQL and Redis."""

from __future__ import annotations

import os

from example_project import environment
from example_project.settings import *  # noqa: F403

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]

# Names with a hash in them, which nginx lets browsers keep for good.
STATIC_ROOT = os.environ["STATIC_ROOT"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

CHATWIDGET = {
    # Of their own, so that a new SECRET_KEY leaves the servers' credentials readable.
    "ENCRYPTION_KEYS": environment.words("ENCRYPTION_KEYS"),
    # nginx is the one that adds to X-Forwarded-For; with a CDN before it there are two.
    "TRUSTED_PROXIES": 1,
    # Of 8 threads a process two stay free for the site's own pages, whatever the server does.
    "SERVER_CALLS": 6,
    # A Chat API on a private address or without TLS: a network of your own, or a test.
    "ALLOW_PRIVATE_SERVERS": os.environ.get("ALLOW_PRIVATE_SERVERS") == "1",
}
