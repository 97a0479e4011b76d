"""What each command of `help` does to a client of the contract."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler

from example_project.demo_bot import commands, conf, faults
from tests.example_project.demo_bot.conftest import Bot
from tests.example_project.demo_bot.test_views import RECORDED, assert_same


def test_help_lists_every_command() -> None:
    listed = set(re.findall(r"^\| `(\w+)", commands.HELP, re.MULTILINE))
    assert listed == set(commands.COMMANDS) - {"help"}


@pytest.mark.parametrize("text", ["fail", " FAIL ", "/fail", "!fail"])
def test_a_command_is_found_however_it_is_typed(text: str) -> None:
    reply = commands.find(text, delay=0)
    assert reply is not None
    assert reply.outcome == "failure"


@pytest.mark.parametrize("text", ["does it fail", "what is the limit", "slowly", "help me", ""])
def test_a_sentence_is_no_command(text: str) -> None:
    assert commands.find(text, delay=0) is None


@pytest.mark.parametrize(
    ("text", "seconds"), [("slow", 8), ("slow 2.5", 2.5), ("slow 20s", 20), ("slow 9999", 120)]
)
def test_slow_takes_as_long_as_asked_within_reason(text: str, seconds: float) -> None:
    reply = commands.find(text, delay=0.6)
    assert reply is not None
    assert reply.seconds == seconds


def test_slow_is_processing_until_then(bot: Bot) -> None:
    task = bot.task("slow 10")
    bot.clock.forward(9)
    assert_same(bot.poll(task), "C1")
    bot.clock.forward(2)
    assert bot.poll(task).json()["status"] == "complete"


def test_fail_is_a_json_error_and_other_words_in_the_history(bot: Bot) -> None:
    task = bot.task("fail")
    bot.clock.forward(1)
    assert_same(bot.poll(task), "C7")
    recorded = RECORDED["C7b"]["response"]["body"]["messages"][-1]["content"]
    assert bot.history()["messages"][-1]["content"] == recorded


def test_refuse_is_a_json_error_for_the_person(bot: Bot) -> None:
    task = bot.task("refuse")
    bot.clock.forward(1)
    assert_same(bot.poll(task), "C9", words=False)


def test_silent_never_answers(bot: Bot) -> None:
    task = bot.task("silent")
    bot.clock.forward(3600)
    assert_same(bot.poll(task), "C1")
    assert [one["role"] for one in bot.history()["messages"]] == ["user"]


@pytest.mark.parametrize(("command", "status"), [("crash", 500), ("nonsense", 200)])
def test_a_page_of_html_answers_the_send_once_and_nothing_was_taken(
    bot: Bot, command: str, status: int
) -> None:
    response = bot.send(command)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    bot.clock.forward(1)
    assert bot.history()["messages"] == []
    assert bot.ask(command) == commands.RECOVERED
    assert bot.send(command).status_code == status


def test_limit_asks_to_wait_and_then_goes_on(bot: Bot) -> None:
    response = bot.send("limit")
    assert response.status_code == 429
    assert response["Retry-After"] == "5"
    assert response.json() == {"detail": "Rate limit exceeded.", "available_in": 5}
    bot.clock.forward(3.5)
    assert bot.send("hello")["Retry-After"] == "2"
    bot.clock.forward(2)
    assert bot.ask("limit") == commands.RECOVERED


def test_expire_closes_every_call_from_then_on(bot: Bot) -> None:
    task = bot.task("expire")
    assert_same(bot.poll(task), "F3")
    assert_same(bot.send("hello"), "F3")


def test_end_answers_and_takes_no_more(bot: Bot) -> None:
    assert "ends here" in bot.ask("end")
    assert bot.history()["session_status"] == "ended"
    assert_same(bot.send("x"), "F2c")


def test_long_and_markdown_show_what_the_chat_must_set(bot: Bot) -> None:
    assert len(bot.ask("long")) > 7_500
    sample = bot.ask("markdown")
    assert all(mark in sample for mark in ("```python", "| Title |", "![", "](https", "1. First"))


@pytest.fixture
def served(settings: Any) -> Iterator[str]:
    """The bot's address over a real socket, on the server that runserver is made of."""
    settings.ROOT_URLCONF = "tests.example_project.bot_urls"
    settings.DEMO_BOT_DELAY = 0
    with ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler) as server:
        server.set_app(WSGIHandler())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/demo-bot/api/chat/"
        server.shutdown()
        thread.join()


def test_drop_takes_the_message_and_cuts_the_line(served: str) -> None:
    body = {"chatbot_id": str(conf.CHATBOT_ID)}
    with requests.Session() as session:
        started = session.post(f"{served}start/", json=body, timeout=10).json()
        session.headers["X-Session-Token"] = started["session_token"]
        path = f"{served}{started['session_id']}/"
        with pytest.raises(requests.ConnectionError):
            session.post(f"{path}message/", json={"message": "drop"}, timeout=10)
        history = session.get(f"{path}poll/", timeout=10).json()
    assert [one["role"] for one in history["messages"]] == ["user", "assistant"]


def test_drop_hangs_up_on_the_socket_that_gunicorn_hands_over(rf: Any) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        faults.hang_up(rf.get("/", **{"gunicorn.socket": ours}))
        assert theirs.recv(1) == b""


def test_drop_is_a_crash_where_the_socket_is_out_of_reach(bot: Bot) -> None:
    assert bot.send("drop").status_code == 500
    bot.clock.forward(1)
    assert len(bot.history()["messages"]) == 2
