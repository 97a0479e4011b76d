"""``chatwidget_doctor``: what it tries, what it says, how it ends."""

from __future__ import annotations

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from chatwidget.chatapi import errors
from chatwidget.models import ChatServer, ChatSession, Widget

KEY = Fernet.generate_key().decode()
CACHES = "django.core.cache.backends"


@pytest.fixture(autouse=True)
def in_order(settings, api):
    """A site with nothing to mend but its cache, which is of one process."""
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [KEY]}
    settings.SILENCED_SYSTEM_CHECKS = ["chatwidget.W003"]


def examine(*arguments: str) -> list[str]:
    stdout = io.StringIO()
    call_command("chatwidget_doctor", *arguments, stdout=stdout, no_color=True)
    return stdout.getvalue().splitlines()


def failures(*arguments: str) -> list[str]:
    """The lines that begin with FAIL; at least one is expected."""
    stdout = io.StringIO()
    with pytest.raises(CommandError, match="FAIL") as caught:
        call_command("chatwidget_doctor", *arguments, stdout=stdout, no_color=True)
    assert caught.value.returncode == 1
    return [line for line in stdout.getvalue().splitlines() if line.startswith("FAIL ")]


def test_a_site_in_order_has_a_line_for_each_thing(widget):
    assert examine() == [
        "ok   settings: Nothing to mend.",
        "ok   cache: “default” keeps what it is given.",
        "ok   database: It answers, and every migration of the app is applied.",
        "ok   keys: All stored secrets open (1).",
        "ok   widget “Shop”: “Remote bot” at Remote answers.",
    ]


def test_it_starts_a_chat_with_the_widgets_chatbot_and_stores_none(widget, api):
    examine()
    assert api.calls == [("start", {"chatbot_id": str(widget.chatbot_id)})]
    assert not ChatSession.objects.exists()


def test_a_warning_is_a_note_and_no_failure(widget, settings):
    settings.SILENCED_SYSTEM_CHECKS = []
    [note] = [line for line in examine() if line.startswith("note ")]
    assert "not shared between processes" in note
    assert "(chatwidget.W003)" in note


def test_wrong_settings_fail_and_nothing_else_is_tried(widget, settings, api):
    settings.CHATWIDGET = {"CACHE": "nowhere"}
    [line] = failures()
    assert "chatwidget.E011" in line
    assert api.calls == []


def test_a_cache_that_forgets_fails(widget, settings):
    settings.CACHES = {"default": {"BACKEND": f"{CACHES}.dummy.DummyCache"}}
    assert failures() == ["FAIL cache: “default” forgets at once. Name one that keeps."]


def test_a_cache_that_does_not_answer_fails(widget, settings):
    location = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "chat": {"BACKEND": f"{CACHES}.redis.RedisCache", "LOCATION": location},
    }
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [KEY], "CACHE": "chat"}
    assert failures() == ["FAIL cache: “chat” doesn't answer (ConnectionError). Check CACHES."]


def test_a_migration_that_was_forgotten_fails_and_no_table_is_read(widget, api):
    MigrationRecorder(connection).record_unapplied("chatwidget", "0001_initial")
    line = "FAIL migrations: Not applied yet: chatwidget.0001_initial. Run manage.py migrate."
    assert failures("--widget", "nobody") == [line]
    assert api.calls == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationalError("refused\nIs it running?"), "OperationalError: refused"),
        (InterfaceError(), "InterfaceError: "),
    ],
)
def test_a_database_that_does_not_answer_fails_in_one_line(db, monkeypatch, error, words):
    def fail(_recorder):
        raise error

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", fail)
    assert failures() == [f"FAIL database: It doesn't answer ({words}). Check DATABASES."]


def test_a_secret_that_no_key_opens_fails(widget, settings):
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [Fernet.generate_key().decode()]}
    keys, start = failures()
    assert keys.startswith("FAIL keys: The secret of “Remote” can't be opened.")
    assert start.startswith("FAIL widget “Shop”: Server “Remote”: ")


def test_an_identity_secret_that_no_key_opens_fails(widget, api):
    """Without it no other site's token is believed, and visitors are nobody."""
    widget.encrypted_identity_secret = Fernet(Fernet.generate_key()).encrypt(b"lost").decode()
    widget.save()
    (keys,) = failures()
    assert keys.startswith("FAIL keys: The secret of “Shop” can't be opened.")
    assert keys.endswith("or set it again with manage.py chatwidget_secret.")


def test_a_variable_that_is_not_set_is_named(widget, monkeypatch):
    monkeypatch.delenv("CHATAPI_NOBODY_SET_THIS", raising=False)
    ChatServer.objects.update(encrypted_credential="", credential_env="CHATAPI_NOBODY_SET_THIS")
    said = "Server “Remote”: The environment variable CHATAPI_NOBODY_SET_THIS is not set."
    assert failures() == [f"FAIL widget “Shop”: {said} Mend the server's page in the admin."]


def test_paused_widgets_are_left_alone(widget, api):
    Widget.objects.update(is_active=False)
    assert examine()[-1].startswith("note widgets: None is active.")
    assert api.calls == []


@pytest.mark.parametrize("name", ["slug", "public_id"])
def test_one_widget_is_examined_by_slug_or_public_id_even_if_paused(widget, server, name):
    Widget.objects.create(server=server, name="B", slug="b", chatbot_id=widget.chatbot_id)
    Widget.objects.update(is_active=False)
    found = [line for line in examine("--widget", str(getattr(widget, name))) if "widget" in line]
    assert found == ["ok   widget “Shop”: “Remote bot” at Remote answers."]


def test_a_widget_that_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="--widget: There is no widget “nobody”"):
        examine("--widget", "nobody")


def test_a_site_without_the_apps_addresses_fails(widget, settings):
    settings.ROOT_URLCONF = "tests.admin.bare_urls"
    [line] = failures()
    assert "include('chatwidget.urls')" in line


EMBED_KEY, API_KEY = ChatServer.Scheme.EMBED_KEY, ChatServer.Scheme.API_KEY


@pytest.mark.parametrize(
    ("scheme", "error", "words"),
    [
        (API_KEY, errors.AccessDenied(status=401), "Check the secret"),
        (API_KEY, errors.AccessDenied(status=403), "Check the secret"),
        (EMBED_KEY, errors.AccessDenied(status=401), "Check the secret"),
        (EMBED_KEY, errors.AccessDenied(status=403, hint="Type an origin."), "Type an origin."),
        (API_KEY, errors.NotFound(status=404), "No such chatbot"),
        (API_KEY, errors.BadResponse(status=200), "no Chat API"),
        (API_KEY, errors.TooLarge(), "no Chat API"),
        (API_KEY, errors.Unavailable(reason="TLS failed"), "TLS certificate isn't accepted"),
        (API_KEY, errors.Unavailable(reason="name not found"), "name isn't known"),
        (API_KEY, errors.Unavailable(reason="connection failed"), "can't be reached"),
        (API_KEY, errors.Unavailable(status=502), "can't be reached"),
        (API_KEY, errors.TimedOut(), "doesn't answer in time"),
        (API_KEY, errors.RateLimited(status=429), "Try again later"),
        (API_KEY, errors.Rejected(status=400), "refuses to start"),
        (API_KEY, errors.ConsentRequired(), "doesn't start a chat"),
    ],
)
def test_each_failure_says_what_to_do(widget, api, scheme, error, words):
    ChatServer.objects.update(scheme=scheme, origin="https://shop.example")
    api.fails["start"].append(error)
    [line] = failures()
    assert line.startswith("FAIL widget “Shop”: ")
    assert words in line
    assert "marked" not in line


def test_a_failing_widget_does_not_hide_the_next(widget, server, api):
    Widget.objects.create(server=server, name="B", slug="b", chatbot_id=widget.chatbot_id)
    api.fails["start"].append(errors.TimedOut())
    assert len(failures()) == 1
    assert api.count("start") == 2


MIDDLEWARE = "tests.management.middleware"


@pytest.mark.parametrize(
    ("middleware", "words"),
    [
        ("login", "The chat page answers 302 to /login/. Let the namespace 'chatwidget' through"),
        ("frames", "X-Frame-Options"),
        ("policy", "replaces the chat page's Content-Security-Policy"),
        ("cookies", "sets a cookie on embed.js"),
        ("posts", "The API answers 403."),
        ("scripts", "embed.js answers 500. The site's log says why."),
    ],
)
def test_what_the_site_puts_in_the_way_fails(widget, settings, middleware, words):
    settings.MIDDLEWARE = [f"{MIDDLEWARE}.{middleware}", *settings.MIDDLEWARE]
    [line] = failures()
    assert line.startswith("FAIL widget “Shop”: ")
    assert words in line


def test_a_site_whose_static_files_were_not_collected_is_told_to(widget, settings):
    hashed = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": hashed}}
    settings.STATIC_ROOT = "/nowhere"
    [line] = failures()
    assert "The chat page answers 500." in line
    assert "run collectstatic" in line


def test_a_site_that_sends_all_to_https_is_in_order(widget, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.CHATWIDGET = {**settings.CHATWIDGET, "PUBLIC_URL": "https://testserver:8443"}
    assert examine()[-1].startswith("ok   widget")


def test_a_site_that_wants_threads_is_in_order(widget, settings):
    """As the demo's own: who asks is no server with one thread."""
    settings.MIDDLEWARE = ["example_project.middleware.ThreadsRequired", *settings.MIDDLEWARE]
    assert examine()[-1].startswith("ok   widget")


def test_a_time_zone_that_is_gone_fails(widget, api):
    Widget.objects.update(hours_zone="Atlantis/Poseidonis")
    (line,) = failures()
    assert "Its time zone Atlantis/Poseidonis is unknown here: the site's own counts." in line
