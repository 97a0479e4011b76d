"""What the demo's settings make of the environment."""

from __future__ import annotations

import importlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from example_project import environment


def test_postgres_and_mysql_addresses_are_taken_apart() -> None:
    found = environment.database("postgres://me:p%40ss@db.example:5433/shop")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"]) == ("me", "p@ss")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "5433", "shop")
    bare = environment.database("mysql://localhost/shop")
    assert bare["ENGINE"] == "django.db.backends.mysql"
    assert (bare["USER"], bare["PASSWORD"], bare["PORT"]) == ("", "", "")


@pytest.mark.parametrize(
    ("url", "name"), [("sqlite:////var/shop.db", "/var/shop.db"), ("sqlite:///shop.db", "shop.db")]
)
def test_sqlite_lets_threads_wait_for_each_other(url: str, name: str) -> None:
    found = environment.database(url)
    assert found["NAME"] == name
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "WAL" in found["OPTIONS"]["init_command"]


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="oracle:// is not postgres, mysql or sqlite"):
        environment.database("oracle://localhost/shop")


def test_the_cache_is_redis_where_there_is_one() -> None:
    assert environment.cache("redis://localhost/3")["LOCATION"] == "redis://localhost/3"
    assert environment.cache("")["BACKEND"].endswith("LocMemCache")


@pytest.mark.parametrize(("value", "on"), [("1", True), ("True", True), ("0", False), ("", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, on: bool) -> None:
    monkeypatch.setenv("DEMO_FLAG", value)
    assert environment.flag("DEMO_FLAG", default=not on) is on
    monkeypatch.delenv("DEMO_FLAG")
    assert environment.flag("DEMO_FLAG", default=True) is True


def test_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_WORDS", "a.example, b.example,")
    assert environment.words("DEMO_WORDS") == ["a.example", "b.example"]


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: environment.kept_secret(path), range(16)))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]


def test_the_demo_runs_on_sqlite_and_answers_on_loopback_alone(demo_settings: Any) -> None:
    assert demo_settings.DATABASES["default"]["NAME"] == str(demo_settings.VAR_DIR / "demo.sqlite3")
    assert demo_settings.ALLOWED_HOSTS == ["localhost", "127.0.0.1", "[::1]", ".localhost"]
    assert len(demo_settings.LANGUAGES) == 12


def test_both_entrances_open() -> None:
    assert callable(importlib.import_module("example_project.wsgi").application)
    assert callable(importlib.import_module("example_project.asgi").application)
