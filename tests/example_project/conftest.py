"""The shop as the demo serves it, on the suite's database."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def demo_settings(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The demo's settings, read without a word in the environment and without touching `var/`."""
    for name in ("DEBUG", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "DEMO_BOT_DELAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "only-for-tests")
    module = importlib.import_module("example_project.settings")
    return importlib.reload(module)


@pytest.fixture
def shop(demo_settings: Any, settings: Any) -> Client:
    """A browser in the shop, on a server that has threads."""
    settings.ROOT_URLCONF = demo_settings.ROOT_URLCONF
    settings.TEMPLATES = demo_settings.TEMPLATES
    settings.MIDDLEWARE = demo_settings.MIDDLEWARE
    settings.STATICFILES_DIRS = demo_settings.STATICFILES_DIRS
    settings.INSTALLED_APPS = demo_settings.INSTALLED_APPS
    threads: Any = {"wsgi.multithread": True}
    return Client(**threads)
