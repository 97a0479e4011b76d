"""The checks of the settings: what each refuses, and that Django runs them."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils.module_loading import import_string

from chatwidget.checks import RULES, check_deployment, check_settings
from chatwidget.checks.surroundings import GATES
from chatwidget.conf import DEFAULTS

# Always the same: it stands in the names of tests, which the workers of one run must agree on.
KEY = base64.urlsafe_b64encode(bytes(32)).decode()
REDIS = "django.core.cache.backends.redis.RedisCache"
DOCS = Path(__file__).resolve().parent.parent / "docs" / "reference" / "settings.md"

WRONG: dict[str, list[object]] = {
    "ADDRESS_LIMIT": [-1, 1.5, "600", None],
    "ALLOW_PRIVATE_SERVERS": ["yes", 1, None],
    "CACHE": ["nowhere", "", 3, None],
    "CONNECT_TIMEOUT": [0, -1, 61, "3", None, True, float("nan")],
    "CREDENTIAL_VARIABLES": ["CHATAPI_*", [""], [3], None],
    "ENCRYPTION_KEYS": [KEY, ["short"], [None], None, [KEY, "ö"]],
    "IDENTITY": ["", "nowhere.at.all", None],
    "IMAGE_HOSTS": [
        "images.example.com",
        ["https://images.example.com"],
        ["Images.example.com"],
        ["*.example.com"],
        ["images.example.com; script-src *"],
        [""],
        [1],
        None,
    ],
    "MESSAGE_MAX_LENGTH": [0, 100_001, 12.5, "10000", True, None],
    "PUBLIC_URL": [
        "www.example.com",
        "ftp://example.com",
        "https://example.com/chat",
        "https://me@example.com",
        "https://example.com?a=b",
        "https://example.com:port",
        " https://example.com",
        "https://[",
        3,
        None,
    ],
    "READ_TIMEOUT": [0, 301, "15"],
    "REPLY_DEADLINE": [0, 86_401, "300"],
    "REQUEST_ID": ["nowhere.at.all", "chatwidget.conf.DEFAULTS", "noid", 3, None],
    "RETENTION_DAYS": [0, 1.5, "90"],
    "SERVER_CALLS": [-1, 1.5, "6"],
    "SERVER_FAILURES": [-1, True],
    "SERVER_REST": [0, 3601, "10"],
    "SESSION_LIMIT": [-1, "60"],
    "SESSION_MAX_AGE": [59, 3600.5, "7 days"],
    "TOTAL_TIMEOUT": [0, 601, None],
    "TRUSTED_PROXIES": [-1, 11, True, "1"],
    "USAGE_RETENTION_DAYS": [0, "730"],
    "WIDGET_LIMIT": [-1, None],
    "UPLOAD_MAX_BYTES": [-1, 50 * 1024 * 1024 + 1, "50 MB", True],
    "UPLOAD_TYPES": [
        [".pdf"],
        {"pdf": ["application/pdf"]},
        {".PDF": ["application/pdf"]},
        {".pdf": "application/pdf"},
        {".pdf": []},
        {".pdf": ["pdf"]},
        {".pdf": [None]},
        {7: ["application/pdf"]},
        None,
    ],
}
RIGHT: dict[str, list[object]] = {
    "ADDRESS_LIMIT": [0, 1_000_000],
    "ALLOW_PRIVATE_SERVERS": [False],
    "CACHE": ["default"],
    "CONNECT_TIMEOUT": [0.5, 60],
    "CREDENTIAL_VARIABLES": [[], ["CHATAPI_*", "BOT_KEY"]],
    "ENCRYPTION_KEYS": [[], (KEY,), [KEY, KEY.encode()]],
    "IDENTITY": ["chatwidget.identity.from_user", str],
    "IMAGE_HOSTS": [[], ("images.example.com", "localhost:8000")],
    "MESSAGE_MAX_LENGTH": [1, 100_000],
    "PUBLIC_URL": [
        "",
        "https://www.example.com",
        "http://localhost:8000/",
        "https://EXAMPLE.com:443",
    ],
    "READ_TIMEOUT": [0.1, 300],
    "REPLY_DEADLINE": [1, 86_400],
    "REQUEST_ID": ["", "tests.test_request_ids.current"],
    "RETENTION_DAYS": [1, 36_500],
    "SERVER_CALLS": [0, 6],
    "SERVER_FAILURES": [0, 5],
    "SERVER_REST": [1, 1.5],
    "SESSION_LIMIT": [0, 5],
    "SESSION_MAX_AGE": [60, 604_800],
    "TOTAL_TIMEOUT": [0.1, 600.0],
    "TRUSTED_PROXIES": [0, 2],
    "USAGE_RETENTION_DAYS": [1, 730],
    "WIDGET_LIMIT": [0, 10_000],
    "UPLOAD_MAX_BYTES": [0, 1_000_000],
    "UPLOAD_TYPES": [{}, {".pdf": ["application/pdf"], ".txt": ("text/plain", "text/x-c")}],
}


def ids(messages: list[CheckMessage]) -> list[str]:
    return [str(message.id) for message in messages]


def pairs(values: dict[str, list[object]]) -> list[tuple[str, object]]:
    return [(key, value) for key, each in values.items() for value in each]


@pytest.mark.parametrize(("key", "value"), pairs(WRONG))
def test_a_value_that_cannot_work_is_an_error_of_its_key(settings, key, value):
    settings.CHATWIDGET = {key: value}
    [message] = check_settings()
    assert message.id == f"chatwidget.{RULES[key].code}"
    assert message.msg.startswith(f"CHATWIDGET['{key}'] must be ")
    assert message.is_serious()
    assert message.hint


@pytest.mark.parametrize(("key", "value"), pairs(RIGHT))
def test_a_value_that_works_passes(settings, key, value):
    settings.CHATWIDGET = {key: value}
    assert check_settings() == []


def test_every_key_has_a_check_with_an_id_of_its_own_and_cases_here():
    assert RULES.keys() == WRONG.keys() == RIGHT.keys() == DEFAULTS.keys()
    assert len({rule.code for rule in RULES.values()}) == len(RULES)


def test_every_key_has_a_row_in_the_docs_with_its_default_and_check():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|(.+)$", DOCS.read_text(), re.MULTILINE))
    assert rows.keys() == DEFAULTS.keys()
    for key, row in rows.items():
        assert f"`chatwidget.{RULES[key].code}`" in row
        shown = re.search(r"`([^`]*)`", row).group(1)
        if shown.startswith("chatwidget."):
            assert import_string(shown) == DEFAULTS[key]
        else:
            plain = repr(DEFAULTS[key]).replace("_", "")
            assert shown.replace("_", "").replace('"', "'") == plain


def test_the_defaults_pass(settings):
    settings.CHATWIDGET = {}
    assert check_settings() == []


def test_a_site_without_the_dict_passes(settings):
    del settings.CHATWIDGET
    assert check_settings() == []


def test_something_else_than_a_dict_is_refused(settings):
    settings.CHATWIDGET = [("CACHE", "default")]
    assert ids(check_settings()) == ["chatwidget.E001"]


def test_a_mistyped_key_is_refused_with_the_one_that_is_meant(settings):
    settings.CHATWIDGET = {"retention_day": 3}
    [message] = check_settings()
    assert message.id == "chatwidget.E002"
    assert message.hint == "Write 'RETENTION_DAYS'."


def test_a_key_like_no_other_is_refused_with_the_list_of_keys(settings):
    settings.CHATWIDGET = {7: True}
    [message] = check_settings()
    assert message.id == "chatwidget.E002"
    assert all(key in str(message.hint) for key in DEFAULTS)


def test_a_wrong_key_is_not_repeated_in_the_message(settings):
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": ["secret-marked"]}
    [message] = check_settings()
    assert "secret-marked" not in f"{message.msg} {message.hint}"


def test_django_htmx_has_to_be_installed(settings):
    settings.CHATWIDGET = {}
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "django_htmx"]
    assert ids(check_settings()) == ["chatwidget.E003"]


@pytest.mark.parametrize(("debug", "expected"), [(False, ["chatwidget.W001"]), (True, [])])
def test_private_servers_are_a_warning_without_debug(settings, debug, expected):
    settings.DEBUG = debug
    settings.CHATWIDGET = {"ALLOW_PRIVATE_SERVERS": True}
    assert ids(check_settings()) == expected


def test_a_site_with_keys_and_a_shared_cache_may_be_deployed(settings):
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [KEY]}
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": "redis://127.0.0.1:6379/0"}}
    assert check_deployment() == []


def test_keys_derived_from_the_secret_key_are_a_warning(settings):
    settings.CHATWIDGET = {}
    assert "chatwidget.W002" in ids(check_deployment())


@pytest.mark.parametrize("kind", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_a_cache_that_processes_do_not_share_is_a_warning(settings, kind):
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [KEY], "CACHE": "chat"}
    settings.CACHES = {
        "default": {"BACKEND": REDIS},
        "chat": {"BACKEND": f"django.core.cache.backends.{kind}"},
    }
    [message] = check_deployment()
    assert message.id == "chatwidget.W003"
    assert "'chat'" in message.msg


def test_deployment_is_not_looked_at_while_settings_are_wrong(settings):
    settings.CHATWIDGET = {"CACHE": "nowhere"}
    assert check_deployment() == []


# Of its own, Django asks SQLite whether it knows JSON.
@pytest.mark.django_db
def test_django_runs_the_checks_of_the_settings(settings):
    settings.CHATWIDGET = {"RETENTION_DAYS": 0}
    with pytest.raises(SystemCheckError, match="chatwidget.E019"):
        call_command("check", "chatwidget")


@pytest.mark.django_db
def test_django_runs_the_checks_of_a_deployment_only_when_asked(settings):
    settings.CHATWIDGET = {}
    # Django 6.1 asks for real mail, which no test sends.
    settings.SILENCED_SYSTEM_CHECKS = ["mail.E001"]
    said = {}
    for deploy in (False, True):
        stderr = io.StringIO()
        call_command("check", "chatwidget", deploy=deploy, stderr=stderr)
        said[deploy] = "chatwidget.W002" in stderr.getvalue()
    assert said == {False: False, True: True}


@pytest.fixture
def deployed(settings):
    """A site that has nothing to be warned of."""
    settings.CHATWIDGET = {"ENCRYPTION_KEYS": [KEY]}
    settings.CACHES = {"default": {"BACKEND": REDIS, "LOCATION": "redis://127.0.0.1:6379/0"}}
    return settings


def test_a_site_without_the_apps_addresses_is_a_warning(deployed):
    deployed.ROOT_URLCONF = "tests.admin.bare_urls"
    [message] = check_deployment()
    assert message.id == "chatwidget.W004"
    assert "include('chatwidget.urls')" in str(message.hint)


@pytest.mark.parametrize("path", sorted(GATES))
def test_a_gate_that_knows_no_public_views_is_a_warning(deployed, path):
    deployed.MIDDLEWARE = [*deployed.MIDDLEWARE, path]
    [message] = check_deployment()
    assert message.id == "chatwidget.W005"
    assert path in message.msg


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
        ("USE_X_FORWARDED_HOST", True),
    ],
)
def test_a_proxy_that_hides_the_visitors_is_a_warning(deployed, name, value):
    setattr(deployed, name, value)
    assert ids(check_deployment()) == ["chatwidget.W006"]
    deployed.CHATWIDGET["TRUSTED_PROXIES"] = 1
    assert check_deployment() == []
