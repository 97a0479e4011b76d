"""Processes, a scratch database and a scratch cache for benchmarks that run the whole site."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from tests.browser.running import free_port

__all__ = ["free_port", "make_widget", "manage", "process", "scratch_services"]

ROOT = Path(__file__).resolve().parent.parent
POSTGRES_URL = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
START_LIMIT = 60.0
LOCK = Path(tempfile.gettempdir()) / "chatwidget-bench.lock"


@contextmanager
def scratch_services() -> Iterator[tuple[str, str]]:
    """Give the addresses of an empty PostgreSQL database and an empty Redis one.

    One bench after the other: two would measure each other, and two of those with many threads
    need more connections than PostgreSQL has.
    """
    with _alone(), _scratch_services() as urls:
        yield urls


@contextmanager
def _alone() -> Iterator[None]:
    with LOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Another bench is running: waiting for {LOCK}", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _scratch_services() -> Iterator[tuple[str, str]]:
    name = f"chatwidget_{uuid.uuid4().hex}"
    cache_url = _empty_redis()
    with psycopg.connect(POSTGRES_URL, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{POSTGRES_URL.rpartition('/')[0]}/{name}", cache_url
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)
            redis.Redis.from_url(cache_url).flushdb()


def _empty_redis() -> str:
    for number in range(15, 0, -1):
        url = f"{REDIS_URL.rpartition('/')[0]}/{number}"
        with redis.Redis.from_url(url) as client:
            if not client.dbsize() and client.set("chatwidget-bench", os.getpid(), nx=True):
                return url
    raise RuntimeError("Every numbered Redis database from 1 to 15 holds keys: empty one")


def make_widget(environment: dict[str, str], bot: str) -> str:
    """Add a widget whose server is ``bot``; return its public id."""
    chatbot = str(uuid.uuid4())
    arguments = ["--base-url", bot, "--chatbot-id", chatbot, "--auth", "none", "--json"]
    made = json.loads(manage(environment, "chatwidget_add", "Bench", *arguments))
    return str(made["public_id"])


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a command of manage.py and return what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def process(
    arguments: list[str],
    environment: dict[str, str],
    url: str,
    directory: Path,
    python: Sequence[str] = (sys.executable,),
) -> Iterator[int]:
    """Run a Python process until the end of the block, once ``url`` answers; give its id.

    With ``python`` by another one, or by none what is no Python program.
    """
    log = directory / f"{arguments[1].replace('/', '_')}.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*python, *arguments], cwd=ROOT, env=environment, stdout=output, stderr=output
        ) as process,
    ):
        try:
            _await(url, process, log)
            yield process.pid
        finally:
            process.terminate()


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    host, port = url.split("/")[2].split(":")
    deadline = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        return
    raise RuntimeError(f"{url} doesn't answer:\n{log.read_text()}")
