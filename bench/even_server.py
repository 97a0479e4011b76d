"""A Chat API server that answers evenly, however many ask: `uvicorn bench.even_server:app`.

Each call takes CALL_SECONDS, and a reply is there after REPLY_SECONDS, or at a time drawn between
two, evenly by its logarithm, if it says "1-60". ``PUT /?call=0.5`` changes the first
meanwhile, and any PUT tells what was received.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

Body = dict[str, Any]

chance = random.Random(1)  # noqa: S311 - chance, not secrecy
low, _, high = os.environ.get("REPLY_SECONDS", "0").partition("-")
call_seconds = [float(os.environ.get("CALL_SECONDS", "0"))]
histories: dict[str, list[Body]] = {}
tasks: dict[str, Body] = {}
calls: Counter[str] = Counter()


async def app(
    scope: Body,
    receive: Callable[[], Awaitable[Body]],
    send: Callable[[Body], Awaitable[None]],
) -> None:
    """Answer a call."""
    if scope["type"] != "http":
        return
    raw = b""
    while True:
        event = await receive()
        raw += event.get("body", b"")
        if not event.get("more_body"):
            break
    query = parse_qs(scope["query_string"].decode())
    if scope["method"] == "PUT":
        call_seconds[0] = float(query.get("call", call_seconds)[0])
        received = sum(map(len, histories.values())) // 2
        status, body = 200, {"received": received, "calls": dict(calls)}
    else:
        await asyncio.sleep(call_seconds[0])
        parts = scope["path"].strip("/").split("/")[2:]
        status, body = _answer(parts, json.loads(raw or b"{}"), query.get("since", [""])[0])
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def _answer(parts: list[str], body: Body, since: str) -> tuple[int, Body]:
    if not parts:
        return 200, {}
    if parts[0] == "start":
        calls["start"] += 1
        session_id = str(uuid.uuid4())
        histories[session_id] = []
        bot = {"id": "bot", "name": "Bot"}
        started = {"session_id": session_id, "session_token": "token", "chatbot": bot}
        return 201, {**started, "participant": {}}
    if parts[1] == "message":
        calls["send"] += 1
        return 202, {"task_id": _take(parts[0], body["message"])}
    if len(parts) == 3:
        calls["poll_task"] += 1
        answer = tasks[parts[1]]
        if answer["at"] > time.time():
            return 200, {"message": None, "status": "processing"}
        return 200, {"message": answer["message"], "status": "complete"}
    calls["poll_session"] += 1
    known = [each["message"] for each in histories[parts[0]] if each["at"] <= time.time()]
    new = [each for each in known if each["created_at"] > since]
    return 200, {"messages": new, "has_more": False, "session_status": "active"}


def _take(session_id: str, text: str) -> str:
    now, task_id = time.time(), str(uuid.uuid4())
    tasks[task_id] = _entry("assistant", f"Echo: {text}", now + _reply_seconds())
    histories[session_id] += [_entry("user", text, now), tasks[task_id]]
    return task_id


def _reply_seconds() -> float:
    if not high:
        return float(low) + 0.001
    return math.exp(chance.uniform(math.log(float(low)), math.log(float(high))))


def _entry(role: str, content: str, at: float) -> Body:
    created_at = datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")
    message = {"created_at": created_at.replace("+00:00", "Z"), "role": role, "content": content}
    return {"at": at, "message": {**message, "metadata": {}, "tags": [], "attachments": []}}
