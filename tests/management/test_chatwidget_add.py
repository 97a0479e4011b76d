"""``chatwidget_add``: a server and a widget in one line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from chatwidget.models import ChatServer, Widget
from chatwidget.servers import secret_of

URL = "https://chat.example.com"
BOT = "22222222-2222-4222-8222-222222222222"
ORIGIN = "https://shop.example"

pytestmark = pytest.mark.django_db


def add(*arguments: str, name: str = "Shop", url: str = URL, bot: str = BOT) -> str:
    stdout = io.StringIO()
    line = [name, "--base-url", url, "--chatbot-id", bot, *arguments]
    call_command("chatwidget_add", *line, stdout=stdout)
    return stdout.getvalue()


def add_json(*arguments: str, **options: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(add("--json", *arguments, **options))
    return shown


def test_it_makes_a_server_and_a_widget_and_prints_the_snippet(settings):
    settings.CHATWIDGET = {"PUBLIC_URL": "https://www.example.com"}
    said = add("--auth", "api_key", "--credential", "secret-marked")
    widget = Widget.objects.get()
    assert str(widget.public_id) in said
    address = f"https://www.example.com/chat/{widget.public_id}/embed.js"
    assert f'<script src="{address}" async></script>' in said
    assert "secret-marked" not in said
    assert "PUBLIC_URL" not in said
    assert (widget.server.base_url, widget.server.scheme) == (URL, "api_key")
    assert secret_of(widget.server) == "secret-marked"


def test_without_a_public_url_it_says_where_the_snippet_works(settings):
    settings.CHATWIDGET = {}
    said = add("--auth", "none")
    assert '<script src="/chat/' in said
    assert "CHATWIDGET['PUBLIC_URL']" in said


def test_json_is_one_object_and_nothing_else(settings):
    settings.CHATWIDGET = {"PUBLIC_URL": "https://www.example.com"}
    shown = add_json("--auth", "none", name="Shop & more")
    widget = Widget.objects.get()
    root = f"https://www.example.com/chat/{widget.public_id}/"
    assert shown == {
        "public_id": str(widget.public_id),
        "slug": "shop-more",
        "name": "Shop & more",
        "server": "chat.example.com (none)",
        "note": "Made the server “chat.example.com (none)”.",
        "snippet": f'<script src="{root}embed.js" async></script>',
        "script_tag": f'<script src="{root}embed.js" async></script>',
        "template_tag": '{% load chatwidget %}{% chat_widget "shop-more" %}',
        "page": root,
        "embed": f"{root}embed.js",
    }


def test_the_widget_has_what_was_asked_for():
    add("--auth", "none", "--seed-clients", "--allowed-origin", "*")
    widget = Widget.objects.get()
    assert str(widget.chatbot_id) == BOT
    assert widget.allows_seed_clients
    assert widget.allowed_origins == ["*"]


def test_origins_are_stored_as_browsers_write_them():
    add(
        *("--auth", "embed_key", "--credential", "key", "--server-origin", "https://Shop.example/"),
        *("--allowed-origin", "https://WWW.example:443", "--allowed-origin", "https://*.a.example"),
    )
    widget = Widget.objects.get()
    assert widget.allowed_origins == ["https://www.example", "https://*.a.example"]
    assert widget.server.origin == ORIGIN


def test_without_an_allowed_origin_only_the_site_may_embed_it():
    add("--auth", "none")
    assert Widget.objects.get().allowed_origins == []


def test_the_same_name_twice_gives_two_slugs():
    slugs = [add_json("--auth", "none")["slug"] for _number in range(3)]
    assert slugs == ["shop", "shop-2", "shop-3"]


def test_a_name_that_makes_no_slug_gets_one():
    assert add_json("--auth", "none", name="本屋")["slug"] == "widget"


def test_a_server_with_that_address_and_scheme_is_reused():
    add("--auth", "bearer", "--credential", "token")
    said = add("--auth", "bearer", url=f"{URL}/api/chat/")
    assert "Reused the server “chat.example.com (bearer)”.\n" in said
    assert ChatServer.objects.count() == 1
    assert secret_of(ChatServer.objects.get()) == "token"


def test_another_scheme_at_that_address_is_another_server():
    add("--auth", "bearer", "--credential", "token")
    add("--auth", "none")
    assert ChatServer.objects.count() == 2


def test_a_servers_name_that_is_taken_gets_a_number():
    ChatServer.objects.create(name="chat.example.com (none)", base_url="https://b.example")
    assert add_json("--auth", "none")["server"] == "chat.example.com (none) 2"


def test_another_secret_is_another_server_and_the_first_keeps_its_own():
    first = add_json("--auth", "api_key", "--credential", "first", name="One")
    second = add_json("--auth", "api_key", "--credential", "second", name="Two")
    assert second["note"] == (
        "Made the server “chat.example.com (api_key) 2”. “chat.example.com (api_key)” has the same "
        "address with another credential or origin, and stays as it is. To change it, open it in "
        "the admin."
    )
    secrets = {each.name: secret_of(each.server) for each in Widget.objects.all()}
    assert secrets == {"One": "first", "Two": "second"}
    for number, made in enumerate((first, second)):
        again = add_json("--auth", "api_key", "--credential", ("first", "second")[number])
        assert again["note"] == f"Reused the server “{made['server']}”."


def test_a_variable_is_another_credential_than_a_stored_secret(monkeypatch):
    monkeypatch.setenv("CHATAPI_KEY", "stored")
    stored = add_json("--auth", "api_key", "--credential", "stored")["server"]
    named = add_json("--auth", "api_key", "--credential-env", "CHATAPI_KEY")["server"]
    server = ChatServer.objects.get(name=named)
    assert named != stored
    assert (server.encrypted_credential, secret_of(server)) == ("", "stored")
    assert add_json("--auth", "api_key", "--credential-env", "CHATAPI_KEY")["server"] == named
    assert add_json("--auth", "api_key", "--credential", "stored")["server"] == stored


def test_another_origin_is_another_server():
    key = ("--auth", "embed_key", "--credential", "key")
    first = add_json(*key, "--server-origin", ORIGIN)["server"]
    second = add_json(*key, "--server-origin", "https://other.example")["server"]
    assert ChatServer.objects.get(name=first).origin == ORIGIN
    assert ChatServer.objects.get(name=second).origin == "https://other.example"
    assert add_json(*key)["server"] == first


def test_a_client_of_another_id_is_another_server():
    line = ("--auth", "client_credentials", "--credential", "secret")
    place = ("--token-url", "https://auth.example.com/token/", "--client-id")
    first, second = (add_json(*line, *place, each)["server"] for each in ("one", "two"))
    assert ChatServer.objects.get(name=first).client_id == "one"
    assert ChatServer.objects.get(name=second).client_id == "two"
    assert add_json(*line, *place, "two")["server"] == second


def test_the_same_again_changes_nothing():
    line = ("--auth", "embed_key", "--credential", "key", "--server-origin", ORIGIN)
    add(*line)
    stored = ChatServer.objects.get().encrypted_credential
    assert "(embed_key)”.\n" in add(*line)
    assert ChatServer.objects.get().encrypted_credential == stored


def test_a_server_whose_secret_no_key_opens_is_not_reused(settings):
    add("--auth", "api_key", "--credential", "old")
    settings.SECRET_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz"
    with pytest.raises(CommandError, match="--credential: Type the secret"):
        add("--auth", "api_key")
    add("--auth", "api_key", "--credential", "new")
    assert secret_of(Widget.objects.latest("pk").server) == "new"


def test_a_dash_reads_the_secret_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("piped-secret\n"))
    add("--auth", "api_key", "--credential", "-")
    assert secret_of(ChatServer.objects.get()) == "piped-secret"


def test_a_dash_and_no_line_make_nothing(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="Nothing came on standard input"):
        add("--auth", "api_key", "--credential", "-")
    assert not ChatServer.objects.exists()


def test_a_dash_asks_for_the_secret_at_a_terminal_and_shows_none_of_it(monkeypatch):
    terminal = io.StringIO("seen\n")
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr("getpass.getpass", {"Credential: ": " unseen "}.get)
    add("--auth", "api_key", "--credential", "-")
    assert secret_of(ChatServer.objects.get()) == "unseen"


@pytest.mark.parametrize(
    ("arguments", "changes", "words"),
    [
        (["--auth", "none"], {"url": "chat.example.com"}, "--base-url: Type the whole address"),
        (["--auth", "none"], {"url": "http://10.0.0.1"}, "--base-url: Type an https address"),
        (["--auth", "none"], {"bot": "my-bot"}, "--chatbot-id: .* UUID"),
        (["--auth", "none"], {"name": "x" * 101}, "NAME: .* 100 characters"),
        (["--auth", "none"], {"name": ""}, "NAME: "),
        (["--auth", "basic"], {}, "--auth: invalid choice: 'basic'"),
        ([], {}, "required: --auth"),
        (["--auth", "none", "--credential", "key"], {}, "--credential: This server takes no"),
        (["--auth", "none", "--credential-env", "A"], {}, "--credential-env: This server takes"),
        (["--auth", "api_key"], {}, "--credential: Type the secret"),
        (
            ["--auth", "api_key", "--credential", "a", "--credential-env", "B"],
            {},
            "--credential-env: not allowed with argument --credential",
        ),
        (["--auth", "embed_key", "--credential", "key"], {}, "--server-origin: Type an origin"),
        (
            ["--auth", "none", "--server-origin", "*"],
            {},
            "--server-origin: “\\*” is not an origin",
        ),
        (
            ["--auth", "none", "--allowed-origin", "shop.example"],
            {},
            "--allowed-origin: “shop.example” is not an origin",
        ),
    ],
)
def test_wrong_input_names_the_option_and_makes_nothing(settings, arguments, changes, words):
    settings.CHATWIDGET = {}
    with pytest.raises(CommandError, match=words):
        add(*arguments, **changes)
    assert not ChatServer.objects.exists()
    assert not Widget.objects.exists()


def test_two_faults_take_a_line_each():
    with pytest.raises(CommandError) as caught:
        add("--auth", "embed_key")
    assert str(caught.value).count("\n") == 1


def test_a_site_without_the_apps_addresses_is_told_to_include_them(settings):
    settings.ROOT_URLCONF = "tests.admin.bare_urls"
    with pytest.raises(CommandError, match=r"include\('chatwidget.urls'\)"):
        add("--auth", "none")
    assert not Widget.objects.exists()


def test_client_credentials_take_where_tokens_come_from_and_for_whom():
    add(
        *("--auth", "client_credentials", "--credential", "client-secret"),
        *("--token-url", "https://auth.example.com/token/", "--client-id", "site"),
    )
    server = ChatServer.objects.get()
    assert (server.token_url, server.client_id) == ("https://auth.example.com/token/", "site")
    assert server.scope == "chat:start"


@pytest.mark.parametrize("option", ["--token-url", "--client-id"])
def test_client_credentials_without_one_of_them_name_the_option(option):
    given = {"--token-url": "https://auth.example.com/token/", "--client-id": "site"}
    del given[option]
    rest = [part for pair in given.items() for part in pair]
    with pytest.raises(CommandError, match=option):
        add("--auth", "client_credentials", "--credential", "client-secret", *rest)
    assert not ChatServer.objects.exists()
