"""A small honest Chat API on a real socket, one of whose calls a test may spoil."""

from __future__ import annotations

import itertools
import json
import socket
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.chatapi.conftest import Answer, Request, Server, http

# What must show nowhere: neither to a visitor, nor to a client, nor in a log.
CREDENTIAL = "credential-marked"
TOKEN = "remote-token-marked"
SESSION = "remote-session-marked"
TASK = "remote-task-marked"
WORDS = "server-words-marked"
SECRETS = (CREDENTIAL, TOKEN, SESSION, TASK, WORDS)

Body = dict[str, Any]


class Bot:
    """Keeps one session's history; ``spoilt`` answers a call by its name instead of the bot.

    The calls are ``start``, ``send``, ``poll`` and ``history``. ``skew`` is how far its clock is
    from ours.
    """

    def __init__(self) -> None:
        self.server = Server(answer=self.answer)
        self.spoilt: dict[str, Answer] = {}
        self.calls: list[str] = []
        self.received: list[str] = []
        self.history: list[Body] = []
        self.skew = timedelta()
        self._numbers = itertools.count()

    def answer(self, request: Request, sock: socket.socket) -> bytes | None:
        """Answer as the contract says, unless this call is spoilt."""
        call = name_of(request)
        self.calls.append(call)
        if call in self.spoilt:
            return self.spoilt[call](request, sock)
        return self.honest(request)

    def honest(self, request: Request, **changes: Any) -> bytes:
        """What the bot answers; ``changes`` replace keys of it."""
        call = name_of(request)
        bodies: dict[str, Callable[[Request], Body]] = {
            "start": self._start,
            "send": self._send,
            "poll": self._poll,
            "history": self._history,
        }
        status = {"start": 201, "send": 202}.get(call, 200)
        return http(status, bodies[call](request) | changes)

    def say(self, role: str, content: str, **fields: Any) -> Body:
        """Add a message to the history and return it, each a little later than the last."""
        later = timedelta(microseconds=next(self._numbers))
        moment = (datetime.now(UTC) + self.skew + later).isoformat(timespec="microseconds")
        message: Body = {
            "created_at": moment.replace("+00:00", "Z"),
            "role": role,
            "content": content,
            "metadata": {"trace_info": WORDS},
            "tags": [],
            "attachments": [],
            **fields,
        }
        self.history.append(message)
        return message

    def _start(self, request: Request) -> Body:
        return {
            "session_id": SESSION,
            "session_token": TOKEN,
            "chatbot": {"id": "b", "name": "Bot", "url": f"{self.server.url}/{WORDS}"},
            "participant": {"identifier": WORDS, "remote_id": ""},
        }

    def _send(self, request: Request) -> Body:
        text = json.loads(request.body)["message"]
        self.received.append(text)
        self.say("user", text)
        return {"task_id": TASK, "status": "processing"}

    def _poll(self, request: Request) -> Body:
        return {"message": self.say("assistant", "Here you are."), "status": "complete"}

    def _history(self, request: Request) -> Body:
        asked = parse_qs(urlsplit(request.target).query)
        since, limit = asked.get("since", [""])[0], int(asked["limit"][0])
        new = [each for each in self.history if each["created_at"] > since]
        return {
            "messages": new[:limit],
            "has_more": len(new) > limit,
            "session_status": "active",
        }


def name_of(request: Request) -> str:
    """The call that a request makes."""
    parts = urlsplit(request.target).path.strip("/").split("/")[2:]
    if request.method == "POST":
        return {"start": "start", "message": "send"}[parts[-1]]
    return "poll" if len(parts) == 3 else "history"


def reset(sock: socket.socket) -> None:
    """End the connection with an RST (RFC 9293, 3.5.3)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def running_bot() -> Iterator[Bot]:
    """A bot until the end of the test."""
    bot = Bot()
    yield bot
    bot.server.stop()
