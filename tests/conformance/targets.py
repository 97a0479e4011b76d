"""The servers that are held against the recordings: the fake, and the demo bot over real HTTP."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from unittest import mock

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import override_settings

from chatwidget.chatapi.transport import Outgoing, Timeouts
from chatwidget.testing import Answer, FakeChatAPI, File
from example_project.demo_bot import calls, conf, limits, views
from example_project.demo_bot.limits import RateLimits
from example_project.demo_bot.store import Store
from tests.conformance.recordings import Answered
from tests.example_project.demo_bot.conftest import Clock

# What a message may lead to; the bot is told by its commands.
SITUATIONS = {
    "answered": "hello",
    "working": "slow 20",
    "progress": "progress 6",
    "failed": "fail",
    "refused": "refuse",
}


class Target(Protocol):
    """A server, and the ways to bring it into the situations of the recordings."""

    chatbot_id: str
    embed_key: str
    api_key: str
    prefix: str
    # How many exchanges it takes to end a session.
    farewells: int

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """Make a request."""

    def tune(self, recording: str, headers: Mapping[str, str]) -> None:
        """Be the chatbot and the channel of the recording."""

    def text(self, situation: str) -> str:
        """Make ready for a message that leads to a situation, and return it."""

    def forward(self, seconds: float) -> None:
        """Let time pass."""

    def end(self, session_id: str, token: str) -> None:
        """Complete a session."""

    def expire(self, session_id: str, token: str) -> None:
        """Let the token of a session expire."""

    def limit(self, calls: int) -> None:
        """Admit so many calls of a session, no more."""


class Fake:
    """The fake of `chatwidget.testing`."""

    chatbot_id = "22222222-2222-4222-8222-222222222222"
    embed_key = "embed-key-of-the-fake"
    api_key = "api-key-of-the-fake"
    farewells = 0
    prefix = ""

    def __init__(self, dialect: Any) -> None:
        self.api = FakeChatAPI(dialect=dialect)
        self.api.chatbot_ids = {self.chatbot_id}

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        url = f"https://fake.example{path}"
        outgoing = Outgoing("", method, url, headers, body, 10**8)
        reply = self.api.transport.send(outgoing, Timeouts())
        return answered(reply.status, dict(reply.headers), reply.body)

    def tune(self, recording: str, headers: Mapping[str, str]) -> None:
        if "X-Embed-Key" in headers or recording.startswith("B14"):
            origin = "http://localhost:3000"
            self.api.requires = {"X-Embed-Key": self.embed_key, "Origin": origin}
        if recording in {"A25d", "A25g"}:
            self.api.requires = {"Authorization": f"Bearer {self.api.access_token}"}
        if recording.startswith("E7"):
            self.api.requires = {"X-api-key": self.api_key}
        self.api.history_lag = 0.5 if recording.startswith("K") else 0
        self.api.gives_token = recording not in {"A20", "B14", "B14b", "B14c"}
        self.api.seed = "hello seed" if recording in {"A24", "B17", "M2", "M2b", "M2c"} else None

    def text(self, situation: str) -> str:
        fields: dict[str, dict[str, Any]] = {
            "answered": {"seconds": 0.02},
            "file": {"files": (File("report.txt", "text/plain", b"attachment"),)},
            "unkept": {"in_history": False},
            "working": {"seconds": 20},
            "progress": {"seconds": 20, "progress": "Thinking about it"},
            "refused": {"refuses": "Unable to transcribe audio"},
        }
        if situation == "failed":
            self.api.bot_fails()
        else:
            self.api.answers_with(Answer(**fields[situation]))
        return "hello"

    def forward(self, seconds: float) -> None:
        self.api.forward(seconds)

    def end(self, session_id: str, token: str) -> None:
        self.api.end_sessions()

    def expire(self, session_id: str, token: str) -> None:
        self.api.expire_sessions()

    def limit(self, calls: int) -> None:
        self.api.limit = calls


class Bot:
    """The demo bot, over a socket."""

    chatbot_id = str(conf.CHATBOT_ID)
    embed_key = conf.EMBED_KEY
    api_key = conf.API_KEY
    farewells = 1
    prefix = "/demo-bot"

    def __init__(self, port: int, clock: Clock) -> None:
        self.port = port
        self.clock = clock

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body or None, dict(headers))
            response = connection.getresponse()
            return answered(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def tune(self, recording: str, headers: Mapping[str, str]) -> None:
        """There is one bot, whatever is asked."""

    def text(self, situation: str) -> str:
        return SITUATIONS[situation]

    def forward(self, seconds: float) -> None:
        self.clock.forward(seconds)

    def end(self, session_id: str, token: str) -> None:
        self._say("end", session_id, token)
        self.forward(5)

    def expire(self, session_id: str, token: str) -> None:
        self._say("expire", session_id, token)

    def limit(self, calls: int) -> None:
        limits.LIMIT = calls

    def _say(self, text: str, session_id: str, token: str) -> None:
        headers = {"Content-Type": "application/json", "X-Session-Token": token}
        path = f"{self.prefix}/api/chat/{session_id}/message/"
        self.ask("POST", path, headers, json.dumps({"message": text}).encode())


def answered(status: int, headers: dict[str, str], body: bytes) -> Answered:
    """Read a body by its type."""
    page = Answered(status, headers, body.decode(errors="replace"))
    return Answered(status, headers, json.loads(body)) if page.is_json else page


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def demo_bot() -> Iterator[Bot]:
    """Serve the demo bot, with an empty memory and a clock that stands still."""
    clock = Clock()
    clock.forward(0.000015)  # whole milliseconds would hide what is lost when a time is cut
    with (
        override_settings(ROOT_URLCONF="tests.example_project.bot_urls", DEMO_BOT_DELAY=0.6),
        mock.patch.object(views, "store", Store(clock=clock)),
        mock.patch.object(calls, "rate_limits", RateLimits(clock=clock.timestamp)),
        mock.patch.object(limits, "LIMIT", limits.LIMIT),
        ThreadedWSGIServer(("127.0.0.1", 0), Quiet) as server,
    ):
        server.set_app(WSGIHandler())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Bot(server.server_port, clock)
        finally:
            server.shutdown()
            thread.join()
