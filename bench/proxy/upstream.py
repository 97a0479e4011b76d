"""A Chat API that answers at once: `python -m bench.proxy.upstream PLAIN SLOW TLS CERTIFICATE`.

Three ports: plain HTTP, plain HTTP 50 ms late, and TLS. Sessions and tasks are never remembered,
so that it costs next to nothing. Replies are ready after ``POST /ready/``, not after ``/unready/``.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import uuid

LATE = 0.05
MESSAGE = {
    "created_at": "2026-01-31T12:00:00.000000Z",
    "role": "assistant",
    "content": "We are open from nine to six, and on Saturdays until four.",
    "metadata": {},
    "tags": [],
    "attachments": [],
}


class Chat(asyncio.Protocol):
    """One connection, answering requests one after the other."""

    is_ready = False

    def __init__(self, late: float) -> None:
        self._late, self._buffer = late, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end or len(rest) < _length(head):
            return
        self._buffer = rest[_length(head) :]
        answer = _answer(head.split(b" ", 2)[1].decode())
        if self._late:
            asyncio.get_running_loop().call_later(self._late, self._transport.write, answer)
        else:
            self._transport.write(answer)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _answer(path: str) -> bytes:
    status, body = _said(path)
    raw = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n"
    return head.encode() + b"Server: upstream\r\n\r\n" + raw


def _said(path: str) -> tuple[str, object]:
    if path.endswith("ready/"):
        Chat.is_ready = path == "/ready/"
        return "200 OK", {}
    if path.endswith("/start/"):
        return "201 Created", _started()
    if path.endswith("/message/"):
        return "202 Accepted", {"task_id": str(uuid.uuid4()), "status": "processing"}
    if Chat.is_ready:
        return "200 OK", {"message": MESSAGE, "status": "complete"}
    return "200 OK", {"message": None, "status": "processing"}


def _started() -> dict[str, object]:
    return {
        "session_id": str(uuid.uuid4()),
        "session_token": uuid.uuid4().hex,
        "chatbot": {"id": str(uuid.uuid4()), "name": "Bench", "url": "", "version_number": 1},
        "participant": {"identifier": "someone", "remote_id": ""},
        "seed_message_task_id": None,
    }


async def serve(plain: int, slow: int, secure: int, certificate: str) -> None:
    """Listen for ever."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Chat(LATE), "127.0.0.1", slow)
    await loop.create_server(lambda: Chat(0), "127.0.0.1", secure, ssl=context)
    await (await loop.create_server(lambda: Chat(0), "127.0.0.1", plain)).serve_forever()


if __name__ == "__main__":
    first, second, third, file = sys.argv[1:]
    asyncio.run(serve(int(first), int(second), int(third), file))
