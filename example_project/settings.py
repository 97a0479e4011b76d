"""Settings of Lantern Books, the host site of the demo: what a customer's site would have."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from example_project import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

SECRET_KEY = os.environ.get("SECRET_KEY") or environment.kept_secret(VAR_DIR / "secret_key")
DEBUG = environment.flag("DEBUG", default=True)
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    ".localhost",
    *environment.words("ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "chatwidget",
    "example_project",
]

MIDDLEWARE = [
    "example_project.middleware.ThreadsRequired",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # X-Frame-Options: DENY, its default. The chat page exempts itself and nothing else.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"
ASGI_APPLICATION = "example_project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": environment.database(
        os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'demo.sqlite3'}"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": environment.cache(os.environ.get("REDIS_URL", ""))}

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("pt", _("Portuguese")),
    ("ar", _("Arabic")),
    ("hi", _("Hindi")),
    ("sw", _("Swahili")),
    ("uk", _("Ukrainian")),
    ("it", _("Italian")),
    ("de", _("German")),
    ("bn", _("Bengali")),
    ("zh-hans", _("Simplified Chinese")),
]
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    # What the bot does wrong, it does on purpose.
    "filters": {"not_the_bot": {"()": "example_project.logs.NotTheBot"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["not_the_bot"],
        },
    },
    "loggers": {
        "chatwidget": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # A line a request would bury what the demo prints first.
        "django.server": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
    },
}

# The demo's Chat API server is this very site, on loopback. A site of yours talks to a public
# host and leaves this off, so that nobody can point the proxy at the inside of your network.
# And all who try the demo come from one address, tools that send without a pause among them; a
# site of yours keeps its limits.
CHATWIDGET = {"ALLOW_PRIVATE_SERVERS": True, "ADDRESS_LIMIT": 0, "SESSION_LIMIT": 0}

# Servers give files to an API key alone. A site of yours has it in its environment, not here.
os.environ.setdefault("CHATAPI_DEMO_FILES_KEY", "demo-api-key")

# Seconds that the demo bot takes to answer; 0 for none.
DEMO_BOT_DELAY = float(os.environ.get("DEMO_BOT_DELAY", "0.6"))
