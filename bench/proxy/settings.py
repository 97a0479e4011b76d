"""One site for every contender that is Django: `startproject`'s own middleware, no DEBUG."""

from __future__ import annotations

import os

from example_project import environment

CONTENDER = os.environ["BENCH_CONTENDER"]
UPSTREAMS = dict(zip(("plain", "slow", "tls"), os.environ["BENCH_UPSTREAMS"].split(), strict=True))

SECRET_KEY = "only-for-benchmarks-0123456789-abcdefghijklmnopqr"  # noqa: S105 - of no site
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
# The upstream is on loopback.
SILENCED_SYSTEM_CHECKS = ["chatwidget.W001"]
DATABASES: dict[str, object] = {"default": environment.database(os.environ["DATABASE_URL"])}
DJANGOS = "django.core.cache.backends.redis.RedisCache"
CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": DJANGOS, "LOCATION": os.environ["REDIS_URL"]}
}

if CONTENDER == "ours":
    INSTALLED_APPS += ["rest_framework", "drf_spectacular", "django_htmx", "chatwidget"]
    ROOT_URLCONF = "bench.proxy.ours"
    # The cache that we tell sites to have.
    CACHES = {"default": environment.cache(os.environ["REDIS_URL"])}
    # Limits that count and never refuse. The others bound no calls: 64 connections are more than
    # a process of 8 threads lets through by default, while a busy machine makes each call late.
    CHATWIDGET = {
        "ALLOW_PRIVATE_SERVERS": True,
        "ADDRESS_LIMIT": 1_000_000,
        "SERVER_CALLS": 0,
        "SESSION_LIMIT": 1_000_000,
    }
elif CONTENDER == "revproxy":
    INSTALLED_APPS += ["revproxy"]
    ROOT_URLCONF = "bench.proxy.revproxy"
    DATABASES = {}
else:
    INSTALLED_APPS += ["rest_framework", "bench.proxy"]
    ROOT_URLCONF = "bench.proxy.peers"
