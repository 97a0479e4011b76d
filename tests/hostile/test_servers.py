"""The hostile site as operators run it: behind real servers, with a bot in another process."""

from __future__ import annotations

import json
import os
import sqlite3
import time
import uuid
from contextlib import closing
from functools import partial

import pytest
import requests

from example_project.demo_bot import conf as bot_conf
from tests.browser.running import free_port, manage
from tests.hostile.test_site import AS_EVER
from tests.hostile.visit import talk
from tests.services.conftest import process

SERVERS = {
    "gunicorn --preload": [
        *("-m", "gunicorn", "--preload", "--workers", "2", "--threads", "4"),
        *("--bind", "127.0.0.1:{port}", "tests.hostile.entrance:wsgi"),
    ],
    "uvicorn": [
        *("-m", "uvicorn", "--log-level", "warning", "--port", "{port}"),
        "tests.hostile.entrance:asgi",
    ],
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    """The demo bot's address."""
    directory, port = tmp_path_factory.mktemp("bot"), free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        "DATABASE_URL": f"sqlite:///{directory / 'bot.sqlite3'}",
        "DEMO_BOT_DELAY": "0",
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
    }
    manage(environment, "migrate", "--verbosity", "0")
    serve = ["manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    with process(serve, environment, url, directory / "bot.log"):
        yield f"{url}/demo-bot"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The environment of a hostile site with a database of its own, and its files collected."""
    directory = tmp_path_factory.mktemp("hostile")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.hostile.settings",
        "HOSTILE_DATABASE": str(directory / "site"),
        "HOSTILE_STATIC": str(directory / "static"),
    }
    for alias in ("default", "chat"):
        manage(environment, "migrate", "--run-syncdb", "--database", alias, "--verbosity", "0")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    replicate(environment)
    return environment


@pytest.fixture(scope="module")
def widget(hostile, bot):
    """The public id of a widget made by the command, which the replica has heard of."""
    added = manage(
        hostile,
        *("chatwidget_add", "Hostile", "--base-url", bot, "--auth", "none", "--json"),
        *("--chatbot-id", str(bot_conf.CHATBOT_ID)),
    )
    public_id = json.loads(added)["public_id"]
    change = f"Widget.objects.filter(public_id='{public_id}').update(knows_users=True)"
    code = f"from chatwidget.models import Widget; {change}"
    manage(hostile, "shell", "--no-imports", "-c", code)
    replicate(hostile)
    return public_id


def replicate(environment):
    """Bring the replica to where the chat's database is now; it hears of nothing later."""
    database = environment["HOSTILE_DATABASE"]
    with (
        closing(sqlite3.connect(f"{database}-chat")) as source,
        closing(sqlite3.connect(f"{database}-replica")) as replica,
    ):
        source.backup(replica)


def ask(site, method, path, data=None, headers=None):
    """A request on a connection of its own, so that any worker may take it."""
    return requests.request(
        method, f"{site}/de/deep/chat/{path}", data=data, headers=headers, timeout=30
    )


@pytest.mark.slow
@pytest.mark.parametrize("server", SERVERS)
def test_the_chat_works_and_answers_behind_a_real_server(server, widget, hostile, tmp_path):
    port = free_port()
    command = [each.format(port=port) for each in SERVERS[server]]
    site = f"http://127.0.0.1:{port}"
    with process(command, hostile, site, tmp_path / "log"):
        assert talk(partial(ask, site), widget) == AS_EVER
        assert "open from" in answer_to(partial(ask, site), widget, "When are you open today?")
    assert "Traceback" not in (tmp_path / "log").read_text()


def answer_to(ask, widget, text):
    """Send a text in a new chat and read the chat until the answer is there."""
    say = {"message": text, "client_id": str(uuid.uuid4())}
    said = ask("POST", f"{widget}/messages/", say, {"HX-Request": "true"})
    token = {"X-Session-Token": said.headers["X-Session-Token"], "HX-Request": "true"}
    reply = said.text.split('hx-get="/site/de/deep/chat/')[1].split('"')[0]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = ask("GET", reply.replace("&amp;", "&"), None, token)
        assert answer.status_code == 200, answer.text
        if "pending" not in answer.text:
            return answer.text
        time.sleep(0.3)
    raise AssertionError("no reply in 20 s")
