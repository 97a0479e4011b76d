"""A demo bot with an empty memory and a clock that the test moves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from example_project.demo_bot import calls, conf, views
from example_project.demo_bot.limits import RateLimits
from example_project.demo_bot.store import Store

API = "/demo-bot/api/chat/"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 13, 17, 43, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def timestamp(self) -> float:
        return self.now.timestamp()

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Bot:
    """The bot as a client of the contract meets it: over HTTP, with one session at hand."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.client = Client()
        self.session, self.token = self.start()

    def start(self) -> tuple[str, str]:
        body = self.post("start/", {"chatbot_id": str(conf.CHATBOT_ID)}).json()
        return body["session_id"], body["session_token"]

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        content = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        # Named again, because the test client leaves the type of an empty body out.
        named = {"content-type": "application/json", **headers}
        return self.client.post(API + path, content, "application/json", headers=named)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(API + path, headers=headers)

    @property
    def pass_(self) -> dict[str, str]:
        return {"X-Session-Token": self.token}

    def send(self, text: str, **more: Any) -> Any:
        return self.post(f"{self.session}/message/", {"message": text, **more}, **self.pass_)

    def task(self, text: str) -> str:
        response = self.send(text)
        assert response.status_code == 202
        return str(response.json()["task_id"])

    def poll(self, task: str) -> Any:
        return self.get(f"{self.session}/{task}/poll/", **self.pass_)

    def history(self, query: str = "") -> Any:
        response = self.get(f"{self.session}/poll/{query}", **self.pass_)
        assert response.status_code == 200
        return response.json()

    def ask(self, text: str) -> str:
        """The bot's answer, after as long as it takes."""
        task = self.task(text)
        self.clock.forward(1)
        body = self.poll(task).json()
        assert body["status"] == "complete"
        return str(body["message"]["content"])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(clock: Clock, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Bot:
    settings.ROOT_URLCONF = "tests.example_project.bot_urls"
    settings.DEMO_BOT_DELAY = 0.6
    store = Store(clock=clock)
    monkeypatch.setattr(views, "store", store)
    monkeypatch.setattr(calls, "rate_limits", RateLimits(clock=clock.timestamp))
    return Bot(store, clock)


@pytest.fixture
def unknown() -> UUID:
    return uuid4()
