"""The guard that tells a server without threads from one with them."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from example_project.logs import NotTheBot
from example_project.middleware import ThreadsRequired

# Typed loosely: what a server puts into its environ is no string only.
REQUESTS: Any = RequestFactory()
guard = ThreadsRequired(lambda request: HttpResponse("page"))
GTHREAD: dict[str, Any] = {"wsgi.multithread": True, "SERVER_SOFTWARE": "gunicorn/27.0.1"}
WSGIREF: dict[str, Any] = {"wsgi.multithread": True, "SERVER_SOFTWARE": "WSGIServer/0.2"}


def status(path: str = "/", **environ: Any) -> int:
    return guard(REQUESTS.get(path, **environ)).status_code


def test_a_server_with_one_thread_is_refused_in_plain_words() -> None:
    response = guard(REQUESTS.get("/", **{**GTHREAD, "wsgi.multithread": False}))
    assert response.status_code == 503
    assert "needs a server with threads" in response.content.decode()
    assert "--threads 8" in response.content.decode()


def test_a_server_with_threads_passes() -> None:
    assert status(**GTHREAD) == 200


@pytest.mark.parametrize("name", ["MainThread", "django-main-thread"])
def test_runserver_without_threads_is_told_by_the_thread(name: str) -> None:
    current = threading.current_thread()
    before, current.name = current.name, name
    try:
        assert status(**WSGIREF) == 503
    finally:
        current.name = before


def test_runserver_with_threads_passes() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(status, **WSGIREF).result() == 200


def test_asgi_passes() -> None:
    assert guard(AsyncRequestFactory().get("/")).status_code == 200


def test_several_processes_are_refused_at_the_bot_alone() -> None:
    several: dict[str, Any] = {**GTHREAD, "wsgi.multiprocess": True}
    assert status("/demo-bot/api/chat/start/", **several) == 503
    assert status("/", **several) == 200


def record(path: str, *, exc_info: Any = None) -> logging.LogRecord:
    made = logging.LogRecord("django.request", logging.ERROR, "", 0, "words", (), exc_info)
    made.request = REQUESTS.get(path)
    return made


def test_the_log_leaves_out_what_the_bot_does_on_purpose() -> None:
    keep = NotTheBot().filter
    assert not keep(record("/demo-bot/api/chat/start/"))
    assert keep(record("/demo-bot/api/chat/start/", exc_info=(ValueError, ValueError(), None)))
    assert keep(record("/admin/"))
    assert keep(logging.LogRecord("chatwidget", logging.INFO, "", 0, "words", (), None))
