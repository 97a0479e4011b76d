"""Visitors of ``bench.nothing_lost``: clients of the mirror that do what the widget does.

A message keeps its Idempotency-Key through every retry, until the site says that it can't tell
whether it arrived; then the same key asks again for as long as the site says when. What stays
unconfirmed is sent again with a new key ("Send again") by some, and left by the others.
"""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

PATIENCE = 240.0  # seconds for one message, whatever happens; more is "stuck"
POLL_SECONDS = 0.4
SOON = 0.5
SAME_WORDS = 0.1
PRESSES_AT_ONCE = 0.1
PRESSES_IN_THE_END = 0.5


class Stuck(Exception):
    """A message came to no end at all."""


class Gone(Exception):
    """The site refused what it should take."""


@dataclass
class Tally:
    """What visitors did and saw, by the words of the message."""

    messages: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Visitor:
    """One session, its messages one after the other."""

    number: int
    url: str
    widget: str
    chance: random.Random
    tally: Tally
    session_id: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def visit(self, messages: int) -> None:
        """Start a chat and say ``messages`` things."""
        self._start()
        for count in range(messages):
            is_repeat = self.chance.random() < SAME_WORDS
            text = f"v{self.number} ok" if is_repeat else f"v{self.number} m{count}"
            self.tally.messages[text] += 1
            try:
                outcome = self._say(text)
            except (Stuck, Gone) as error:
                outcome = type(error).__name__.lower()
                self.tally.wrong.append(f"{text}: {error}")
            self.tally.outcomes[outcome] += 1

    def _start(self) -> None:
        deadline = time.monotonic() + PATIENCE
        body = {"chatbot_id": self.widget}
        while (
            answer := self._call("POST", "start/", json=body)
        ) is None or answer.status_code > 201:
            _pause(answer, deadline)
        started = answer.json()
        self.session_id = started["session_id"]
        self.headers = {"X-Session-Token": started["session_token"]}

    def _say(self, text: str) -> str:
        deadline = time.monotonic() + PATIENCE
        key, may_press = self._new_key(text), True
        was_unconfirmed = False
        while True:
            answer = self._send(text, key)
            code = "" if answer is None else answer.json().get("code", "")
            if answer is not None and answer.status_code == 202:
                self.tally.confirmed[text] += 1
                return self._await(answer.json()["task_id"], text, deadline)
            if answer is not None and answer.status_code in {400, 403, 404, 422}:
                raise Gone(f"{answer.status_code} {code}")
            if code != "message_unconfirmed":
                _pause(answer, deadline)
                continue
            if not was_unconfirmed:
                self.tally.seen["unconfirmed at first"] += 1
                was_unconfirmed = True
            is_final = answer is None or "Retry-After" not in answer.headers
            eager = PRESSES_IN_THE_END if is_final else PRESSES_AT_ONCE
            if may_press and self.chance.random() < eager:
                self.tally.seen["pressed Send again"] += 1
                key, may_press = self._new_key(text), False
            elif is_final:
                return "unconfirmed"
            else:
                _pause(answer, deadline)

    def _new_key(self, text: str) -> str:
        self.tally.keys[text] += 1
        return str(uuid.uuid4())

    def _send(self, text: str, key: str) -> requests.Response | None:
        headers = {**self.headers, "Idempotency-Key": key}
        path = f"{self.session_id}/message/"
        return self._call("POST", path, headers=headers, json={"message": text})

    def _await(self, task_id: str, text: str, deadline: float) -> str:
        path = f"{self.session_id}/{task_id}/poll/"
        while True:
            answer = self._call("GET", path, headers=self.headers)
            said: Any = {} if answer is None else answer.json()
            if said.get("status") == "complete":
                if said["message"]["content"] not in (
                    f"Echo: {text}",
                    "Something went wrong with that.",
                ):
                    self.tally.wrong.append(f"{text}: answered with {said['message']['content']!r}")
                return "answered"
            if said.get("code") in {"bot_error", "reply_overdue"}:
                return str(said["code"])
            if answer is not None and answer.status_code in {400, 403, 404}:
                raise Gone(f"poll: {answer.status_code} {said.get('code')}")
            _pause(None if said.get("status") else answer, deadline, POLL_SECONDS)

    def _call(self, method: str, path: str, **options: Any) -> requests.Response | None:
        """The site's answer, or ``None`` if the network brought none (a killed worker)."""
        address = f"{self.url}/chatwidget/api/chat/{path}"
        try:
            answer = requests.request(method, address, timeout=20, **options)
        except requests.RequestException:
            self.tally.seen["calls without an answer"] += 1
            return None
        if answer.headers.get("Content-Type") == "application/json":
            return answer
        self.tally.wrong.append(f"{path}: {answer.status_code} without JSON")
        return None


def _pause(answer: requests.Response | None, deadline: float, seconds: float = SOON) -> None:
    if time.monotonic() > deadline:
        raise Stuck("no end to it")
    if answer is not None:
        seconds = float(answer.headers.get("Retry-After", seconds))
    time.sleep(seconds)
