"""`manage.py demo`: everything the demo needs, made where it is missing, and served."""

from __future__ import annotations

import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.core.servers.basehttp import WSGIServer, run
from django.core.wsgi import get_wsgi_application

from example_project import fixtures

TO_OPEN = """
Lantern Books, a shop with the chat in its corner:

  the shop         {site}/
  a plain page     {site}/embed-demo/   (the script tag alone)
  its modes        {site}/pages/        (inline, strict, Turbo, React and more)
  the chat alone   {site}/chatwidget/{widget}/
  the admin        {site}/admin/        (admin / admin)
  the API          {site}/api/docs/

Ask it anything about the shop or about this project; `help` lists the ways it can misbehave.
Ctrl+C stops it.
"""


class Command(BaseCommand):
    """Migrates, loads the demo's server, widget and admin, and serves it with threads."""

    help = "Loads the demo and serves it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--load-only", action="store_true", help="Load the demo's rows and don't serve."
        )

    def handle(self, *, host: str, port: int, load_only: bool, **_options: Any) -> None:
        if not load_only:
            require_free(host, port)
        site = f"http://{reachable(host)}:{port}"
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        fixtures.load(site)
        if not load_only:
            self.serve(host, port, site)

    def serve(self, host: str, port: int, site: str) -> None:
        """Serve until Ctrl+C. The bot shares the process, so there must be threads."""
        words = TO_OPEN.format(site=site, widget=fixtures.WIDGET_ID)
        try:
            run(
                host,
                port,
                get_wsgi_application(),
                ipv6=":" in host,
                threading=True,
                on_bind=lambda _port: self.say(words),
                server_cls=WSGIServer,
            )
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def say(self, words: str) -> None:
        """Write at once, also where the output goes through a pipe."""
        self.stdout.write(words)
        self.stdout.flush()


def require_free(host: str, port: int) -> None:
    """Raise CommandError, saying what to type, when something else listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} can't be used ({error.strerror}). "
                f"Try another: make demo PORT={port + 1}"
            ) from error


def reachable(host: str) -> str:
    """The host as a browser on this machine writes it."""
    if host in {"0.0.0.0", ""}:  # noqa: S104 (compared, not bound)
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host
