"""A Chat API server that fails one call in five and writes its history late, in its own process.

``python -m bench.faulty_server PORT LATEST SEED``: it answers with "Echo: …", and its history shows
an exchange up to LATEST seconds after it was. What it took is at ``/received/``, as JSON.
"""

from __future__ import annotations

import json
import random
import socket
import struct
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FAILING = 0.2
BOT_FAILS = 0.02
TASK_IS_LOST = 0.005
HANGS = 10.0
SLOW = 1.0
HTML = b"<html><body><h1>Something broke</h1></body></html>"

Body = dict[str, Any]


@dataclass
class Entry:
    """A message of the history, and when it shows there."""

    role: str
    content: str
    at: float
    shows_at: float

    def as_json(self) -> Body:
        moment = datetime.fromtimestamp(self.at, UTC).isoformat(timespec="microseconds")
        return {
            "created_at": moment.replace("+00:00", "Z"),
            "role": self.role,
            "content": self.content,
            "metadata": {},
            "tags": [],
            "attachments": [],
        }


@dataclass
class Task:
    """An answer on its way: ``answer`` at its time, ``None`` if the task is never found again."""

    answer: Entry | None
    fails: bool


@dataclass
class Memory:
    """What the server knows. Histories are in order of time, and show in that order."""

    latest: float
    chance: random.Random
    lock: threading.Lock = field(default_factory=threading.Lock)
    received: list[str] = field(default_factory=list)
    histories: dict[str, list[Entry]] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)

    def take(self, session_id: str, text: str) -> str:
        """Take a message: its exchange is written at once, and shows later."""
        now = time.time()
        history = self.histories[session_id]
        last = history[-1] if history else Entry("", "", 0, 0)
        asked_at = max(now, last.at + 0.000001)
        shows_at = max(last.shows_at, now + self.chance.uniform(0, self.latest))
        fails = self.chance.random() < BOT_FAILS
        words = "Something went wrong with that." if fails else f"Echo: {text}"
        answered_at = asked_at + self.chance.uniform(0.02, 0.4)
        answer = Entry("assistant", words, answered_at, max(shows_at, answered_at))
        history += [Entry("user", text, asked_at, shows_at), answer]
        self.received.append(text)
        task_id = str(uuid.uuid4())
        is_lost = self.chance.random() < TASK_IS_LOST
        self.tasks[task_id] = Task(None if is_lost else answer, fails)
        return task_id


class Handler(BaseHTTPRequestHandler):
    """The four calls of the contract, and the ways in which one of five fails."""

    protocol_version = "HTTP/1.1"
    memory: Memory

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parts = self._parts()
        self._perhaps(
            lambda: self._start() if parts[-1] == "start" else self._take(parts[-2], body)
        )

    def do_GET(self) -> None:
        parts = self._parts()
        if parts == ["received"]:
            known = self.memory
            self._answer(200, {"received": known.received, "faults": known.faults})
        elif len(parts) == 5:
            self._perhaps(lambda: self._task(parts[3]))
        else:
            self._perhaps(lambda: self._history(parts[2]))

    def _parts(self) -> list[str]:
        return urlsplit(self.path).path.strip("/").split("/")

    def _perhaps(self, take: Callable[[], tuple[int, Body]]) -> None:
        """Answer, or fail: before anything was taken, or after."""
        with self.memory.lock:
            is_failing = self.memory.chance.random() < FAILING
            way = self.memory.chance.choice(WAYS) if is_failing else well
            if is_failing:
                name = way.__name__.replace("_", " ")
                self.memory.faults[name] = self.memory.faults.get(name, 0) + 1
        way(self, lambda: self._locked(take))

    def _locked(self, take: Callable[[], tuple[int, Body]]) -> tuple[int, Body]:
        with self.memory.lock:
            return take()

    def _start(self) -> tuple[int, Body]:
        session_id = str(uuid.uuid4())
        self.memory.histories[session_id] = []
        return 201, {
            "session_id": session_id,
            "session_token": "token",
            "chatbot": {"id": "bot", "name": "Bot"},
            "participant": {},
        }

    def _take(self, session_id: str, body: Body) -> tuple[int, Body]:
        return 202, {"task_id": self.memory.take(session_id, body["message"])}

    def _task(self, task_id: str) -> tuple[int, Body]:
        task = self.memory.tasks[task_id]
        if task.answer is None or task.answer.at > time.time():
            return 200, {"message": None, "status": "processing"}
        if task.fails:
            return 500, {"error": "The bot failed.", "status": "error"}
        return 200, {"message": task.answer.as_json(), "status": "complete"}

    def _history(self, session_id: str) -> tuple[int, Body]:
        asked = parse_qs(urlsplit(self.path).query)
        since, limit = asked.get("since", [""])[0], int(asked["limit"][0])
        now = time.time()
        shown = [
            each.as_json() for each in self.memory.histories[session_id] if each.shows_at < now
        ]
        new = [each for each in shown if each["created_at"] > since]
        more = len(new) > limit
        return 200, {"messages": new[:limit], "has_more": more, "session_status": "active"}

    def _answer(self, status: int, body: Body, **headers: str) -> None:
        self._send(status, json.dumps(body).encode(), "application/json", **headers)

    def _send(self, status: int, raw: bytes, content_type: str, **headers: str) -> None:
        self.send_response(status)
        fields = {"Content-Type": content_type, "Content-Length": str(len(raw)), **headers}
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def reset(self) -> None:
        """End the connection with an RST."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):
            return


Take = Callable[[], tuple[int, Body]]


def well(handler: Handler, take: Take) -> None:
    handler._answer(*take())


def slow(handler: Handler, take: Take) -> None:
    status, body = take()
    time.sleep(SLOW)
    handler._answer(status, body)


def reset_before_taking(handler: Handler, _take: Take) -> None:
    handler.reset()


def reset_after_taking(handler: Handler, take: Take) -> None:
    take()
    handler.reset()


def page_500_before_taking(handler: Handler, _take: Take) -> None:
    handler._send(500, HTML, "text/html")


def page_502_after_taking(handler: Handler, take: Take) -> None:
    take()
    handler._send(502, HTML, "text/html")


def page_503_before_taking(handler: Handler, _take: Take) -> None:
    handler._send(503, HTML, "text/html", Retry_After="1")


def page_200_after_taking(handler: Handler, take: Take) -> None:
    take()
    handler._send(200, HTML, "text/html")


def too_many_calls(handler: Handler, _take: Take) -> None:
    handler._answer(429, {"detail": "Slow down", "available_in": 1}, Retry_After="1")


def no_answer_before_taking(handler: Handler, _take: Take) -> None:
    time.sleep(HANGS)
    handler.reset()


def no_answer_after_taking(handler: Handler, take: Take) -> None:
    take()
    time.sleep(HANGS)
    handler.reset()


def half_an_answer(handler: Handler, take: Take) -> None:
    raw = json.dumps(take()[1]).encode()
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(raw)))
    handler.end_headers()
    handler.wfile.write(raw[: len(raw) // 2])
    handler.reset()


WAYS = (
    slow,
    reset_before_taking,
    reset_after_taking,
    page_500_before_taking,
    page_502_after_taking,
    page_503_before_taking,
    page_200_after_taking,
    too_many_calls,
    no_answer_before_taking,
    no_answer_after_taking,
    half_an_answer,
)


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True


def main() -> None:
    port, latest, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    Handler.memory = Memory(latest, random.Random(seed))  # noqa: S311 - chance, not secrecy
    Server(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
