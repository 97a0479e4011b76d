"""The app as operators run it: gunicorn with two workers, PostgreSQL and Redis, and a Chat API
server (the demo bot) in a process of its own behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from example_project.demo_bot import conf as bot_conf
from tests.browser.running import ROOT, await_answer, free_port, manage


@dataclass(frozen=True)
class Deployment:
    """A site under gunicorn, and the bot that it talks to."""

    url: str
    bot_url: str
    widget: str
    environment: dict[str, str]
    log: Path

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call of the mirror, on a connection of its own so that any worker may take it."""
        address = f"{self.url}/chatwidget/api/chat/{path}"
        return requests.request(method, address, timeout=30, **options)

    def start(self) -> tuple[str, dict[str, str]]:
        """Start a session; return its id and the header that opens it."""
        answer = self.call("POST", "start/", json={"chatbot_id": self.widget})
        assert answer.status_code == 201, answer.text
        started = answer.json()
        return started["session_id"], {"X-Session-Token": started["session_token"]}


@contextmanager
def process(
    arguments: list[str], environment: dict[str, str], url: str, log: Path
) -> Iterator[None]:
    """Run a server until the end of the block."""
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            await_answer(url, server, log)
            yield
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def deployment(
    postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """Two gunicorn workers of eight threads over PostgreSQL and Redis, and the bot beside them."""
    directory = tmp_path_factory.mktemp("deployment")
    common = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "DEMO_BOT_DELAY": "0",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": "only-for-service-tests-0123456789-abcdefghijklmnop",
    }
    bot = {**common, "DATABASE_URL": f"sqlite:///{directory / 'bot.sqlite3'}"}
    bot.pop("REDIS_URL", None)
    site = {**common, "DATABASE_URL": postgres_url, "REDIS_URL": redis_url}
    bot_port, site_port = free_port(), free_port()
    bot_url, site_url = f"http://127.0.0.1:{bot_port}", f"http://127.0.0.1:{site_port}"
    manage(bot, "migrate", "--verbosity", "0")
    manage(site, "migrate", "--verbosity", "0")
    gunicorn = ["-m", "gunicorn", "example_project.wsgi", "--bind", f"127.0.0.1:{site_port}"]
    workers = ["--workers", "2", "--threads", "8", "--worker-class", "gthread"]
    with ExitStack() as running:
        serve = ["manage.py", "runserver", "--noreload", f"127.0.0.1:{bot_port}"]
        running.enter_context(process(serve, bot, bot_url, directory / "bot.log"))
        log = directory / "site.log"
        running.enter_context(process([*gunicorn, *workers], site, site_url, log))
        widget = json.loads(
            manage(
                site,
                "chatwidget_add",
                f"Deployed {uuid.uuid4()}",
                "--base-url",
                f"{bot_url}/demo-bot",
                "--chatbot-id",
                str(bot_conf.CHATBOT_ID),
                "--auth",
                "none",
                "--json",
            )
        )
        yield Deployment(site_url, bot_url, widget["public_id"], site, log)
