"""`manage.py demo`: what it makes, what it leaves alone, and how it says what is wrong."""

from __future__ import annotations

import io
import socket
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from chatwidget import crypto
from chatwidget.models import ChatServer, Widget
from example_project import fixtures
from example_project.demo_bot import conf
from example_project.management.commands import demo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    return tmp_path / "var"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(demo.Command(stdout=out), *arguments)
    return out.getvalue()


def test_it_makes_the_admin_the_server_and_the_widget(var: Path) -> None:
    run("--load-only", "--port", "8123")
    assert authenticate(username="admin", password="admin").is_superuser
    server = ChatServer.objects.get()
    assert server.base_url == "http://127.0.0.1:8123/demo-bot"
    assert server.origin == "http://127.0.0.1:8123"
    assert crypto.decrypt(server.encrypted_credential) == conf.EMBED_KEY
    widget = Widget.objects.get(public_id="11111111-1111-4111-8111-111111111111")
    widget.full_clean()
    assert (widget.slug, widget.server, widget.chatbot_id) == ("lantern", server, conf.CHATBOT_ID)
    assert widget.allows_seed_clients
    assert widget.allowed_origins == ["*"]
    assert len(widget.starter_questions) == 4
    assert var.is_dir()


def test_again_on_another_port_moves_the_server_and_keeps_what_an_admin_changed() -> None:
    run("--load-only", "--port", "8123")
    lantern = Widget.objects.filter(public_id=fixtures.WIDGET_ID)
    lantern.update(title="My shop", starter_questions=[])
    ChatServer.objects.update(scheme=ChatServer.Scheme.API_KEY)
    run("--load-only", "--port", "8124")
    server = ChatServer.objects.get()
    assert server.base_url == "http://127.0.0.1:8124/demo-bot"
    assert server.scheme == ChatServer.Scheme.API_KEY
    widget = lantern.get()
    assert (widget.title, widget.starter_questions) == ("My shop", [])


def test_a_key_that_an_admin_set_is_kept() -> None:
    server = fixtures.load_server("http://127.0.0.1:1")
    server.set_credential("another")
    server.save()
    fixtures.load_server("http://127.0.0.1:1")
    assert crypto.decrypt(ChatServer.objects.get().encrypted_credential) == "another"


def test_a_key_that_this_checkout_cannot_read_is_set_anew(settings: Any) -> None:
    fixtures.load_server("http://127.0.0.1:1")
    settings.SECRET_KEY = f"another-{uuid4()}"
    fixtures.load_server("http://127.0.0.1:1")
    assert crypto.decrypt(ChatServer.objects.get().encrypted_credential) == conf.EMBED_KEY


def test_a_taken_port_is_named_with_another_to_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port}.*make demo PORT={port + 1}"):
            run("--port", str(port))
    assert not Widget.objects.exists()


def test_it_serves_with_threads_and_prints_what_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, Any] = {}

    def serve(host: str, port: int, application: Any, **options: Any) -> None:
        served.update(host=host, port=port, **options)
        options["on_bind"](port)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run", serve)
    monkeypatch.setattr(demo, "require_free", lambda host, port: None)
    said = run("--port", "8125", "--host", "0.0.0.0")
    assert served["threading"] is True
    assert "http://127.0.0.1:8125/embed-demo/" in said
    assert f"http://127.0.0.1:8125/chatwidget/{fixtures.WIDGET_ID}/" in said
    assert said.endswith("Stopped.\n")


@pytest.mark.parametrize(
    ("host", "written"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("shop.localhost", "shop.localhost"),
    ],
)
def test_hosts_are_written_as_a_browser_reaches_them(host: str, written: str) -> None:
    assert demo.reachable(host) == written


def test_a_free_port_is_free_in_either_family() -> None:
    demo.require_free("127.0.0.1", 0)
    if socket.has_ipv6:
        demo.require_free("::1", 0)
