"""A guard for the demo: its bot lives in the site's own process, so one thread is too few.

A chat call waits for the bot, and the bot's answer needs a thread of its own: with a single one
the site would wait for itself until the client gives up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

MAIN_THREADS = {"MainThread", "django-main-thread"}


def has_one_thread(request: HttpRequest) -> bool:
    """Whether the server handles one request at a time. Under ASGI, Django says that it doesn't."""
    multithread = request.META.get("wsgi.multithread", True)
    # wsgiref, and so runserver, claims to have threads even when told to have none (--nothreading).
    from_wsgiref = str(request.META.get("SERVER_SOFTWARE", "")).startswith("WSGIServer")
    in_main_thread = threading.current_thread().name in MAIN_THREADS
    return not multithread or (from_wsgiref and in_main_thread)


def has_several_processes(request: HttpRequest) -> bool:
    """Whether gunicorn runs more than one worker. (wsgiref always claims several.)"""
    software = str(request.META.get("SERVER_SOFTWARE", ""))
    return software.startswith("gunicorn") and bool(request.META.get("wsgi.multiprocess"))


class ThreadsRequired:
    """Answers 503 in plain words where the demo cannot work, instead of letting it hang."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_one_thread(request):
            return refusal(_("This demo needs a server with threads"))
        if request.path.startswith("/demo-bot/") and has_several_processes(request):
            return refusal(_("The demo bot needs a server with one process"))
        return self.get_response(request)


def refusal(title: str) -> HttpResponse:
    """A page that says why, and what to type."""
    reason = _(
        "Its chat bot lives in the site's own process and remembers its chats there. "
        "Start it in one of these ways:"
    )
    page = format_html(
        '<!doctype html><html lang="en"><head><title>{}</title></head>'
        "<body><h1>{}</h1><p>{}</p><pre>make demo\npython manage.py runserver\n"
        "gunicorn --workers 1 --threads 8 example_project.wsgi</pre></body></html>",
        title,
        title,
        reason,
    )
    return HttpResponse(page, status=503)
