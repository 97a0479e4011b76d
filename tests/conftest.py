"""What every test may ask for, and the rule for services: skip where one is missing, or fail.

A test that uses `postgres_url` or `redis_url`, or is marked `services`, needs them. They are looked
for at `DATABASE_URL` and `REDIS_URL`, by default on the standard ports of this machine; Chromium at
`CHROMIUM` or on the `PATH`.
"""

from __future__ import annotations

import functools
import os
import shutil
import uuid
from typing import TYPE_CHECKING, NoReturn

import psycopg
import pytest
import redis
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from chatwidget import configs, health, overload, usage
from chatwidget.conversation import pacing, replies
from chatwidget.testing import fresh
from chatwidget.usage import counting
from tests.fixtures import api, let_mails_go, server, session, widget

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["api", "server", "session", "widget"]

# Neither a deadline nor a check of how quick data is made: the machine may be busy with others.
hypothesis_settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("suite")
# Mutation testing runs each test hundreds of times, and asks for this one.
hypothesis_settings.register_profile("quick", max_examples=20)

# What a process does again after some seconds, a test does when it says so, however long it takes.
counting.FLUSH_SECONDS = configs.FRESH_SECONDS = 3600
# And it waits for nothing.
replies.SOONEST = replies.REST_SECONDS = 0
# Tests of the app look into the site's cache, and lose it, while the fake for users' tests answers.
new_cache, fresh.new_cache = fresh.new_cache, lambda: None

POSTGRES_URL = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")


@functools.cache
def postgres_fault() -> str:
    """Why PostgreSQL can't be used, or nothing."""
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        words = str(error).splitlines()[0]
        return f"PostgreSQL doesn't answer ({words}): start it or set DATABASE_URL"
    return ""


@functools.cache
def redis_fault() -> str:
    """Why Redis can't be used, or nothing."""
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError as error:
        return f"Redis doesn't answer ({error}): start it or set REDIS_URL"
    return ""


def refuse(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything must run."""
    if os.environ.get("REQUIRE_SERVICES"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


FAULTS = {"postgres_url": postgres_fault, "redis_url": redis_fault}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FAULTS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker("services")
        if "chromium_path" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            # A busy machine can starve a browser: in CI it may try once more, and the run says so.
            if os.environ.get("CI"):
                item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("services") is None:
        return
    named = FAULTS.keys() & set(getattr(item, "fixturenames", ()))
    if faults := [fault for name in sorted(named or FAULTS) if (fault := FAULTS[name]())]:
        refuse("; ".join(faults))


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """The address of an empty scratch database, dropped afterwards."""
    name = f"chatwidget_{uuid.uuid4().hex}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{POSTGRES_URL.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """The address of an empty numbered Redis database, flushed afterwards."""
    for number in range(15, 0, -1):
        url = f"{REDIS_URL.rpartition('/')[0]}/{number}"
        with redis.Redis.from_url(url) as client:
            if not client.set("chatwidget-tests", os.getpid(), nx=True, ex=600):
                continue
            if client.dbsize() > 1:
                client.delete("chatwidget-tests")
                continue
            try:
                yield url
            finally:
                client.flushdb()
            return
    pytest.fail("Every numbered Redis database from 1 to 15 holds keys: empty one")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that browser tests start."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return path or refuse("No Chromium: install it or set CHROMIUM")


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """No test sees what another left in the cache."""
    cache.clear()
    usage.forget()
    health.forget()
    overload.forget()
    pacing.forget()
    configs.forget()
    yield
    cache.clear()
    usage.forget()


@pytest.fixture(autouse=True)
def empty_outbox() -> Iterator[None]:
    """No test finds a mail that another one's message set off."""
    yield
    let_mails_go()
