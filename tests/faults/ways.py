"""Ways in which a server can fail: each spoils one answer on a real socket, or the way there."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from chatwidget.models import ChatServer
from tests.chatapi.conftest import Answer, Request, http
from tests.faults.bot import SECRETS, WORDS, Bot, reset

# What a server should never say, and says: its own words, and whatever secret it was given.
SAID = " ".join(SECRETS)
PAGE = f"<html><body><h1>Traceback</h1><pre>{SAID}</pre></body></html>"
MEGABYTE = 1024 * 1024

# What a call of the bot's is spoilt with, once the bot is there.
Way = Callable[[Bot], Answer]
Place = Callable[[Bot], Iterator[str]]


def answers(
    status: int, body: object, content_type: str = "application/json", **headers: str
) -> Way:
    """Answer with this, whatever is asked."""
    raw = http(status, body, content_type, **headers)
    return lambda bot: lambda request, sock: raw


def page(status: int, **headers: str) -> Way:
    """Answer with a page of HTML, as proxies and crashed servers do."""
    return answers(status, PAGE, "text/html; charset=utf-8", **headers)


def refuses(status: int, code: str = "", **body: object) -> Way:
    """Answer with an error of the Chat API's own shape (facts 2, 5, 13)."""
    said = {"error": SAID, **({"code": code} if code else {}), **body}
    return answers(status, said)


def changed(**changes: Any) -> Way:
    """Answer rightly but for some keys."""
    return lambda bot: lambda request, sock: bot.honest(request, **changes)


def hang(bot: Bot) -> Answer:
    """Take the request and say nothing."""
    return lambda request, sock: stay_silent(bot)


def stay_silent(bot: Bot) -> None:
    bot.server.stopped.wait(30)


def drip(bot: Bot) -> Answer:
    """Send the right answer, a byte at a time, so that no single read takes long."""

    def answer(request: Request, sock: socket.socket) -> None:
        for byte in bot.honest(request):
            sock.sendall(bytes([byte]))
            if bot.server.stopped.wait(0.05):
                return

    return answer


def reset_before(bot: Bot) -> Answer:
    """Take the request and reset the connection."""
    return lambda request, sock: reset(sock)


def reset_inside(bot: Bot) -> Answer:
    """Reset the connection in the middle of the right answer."""

    def answer(request: Request, sock: socket.socket) -> None:
        sock.sendall(bot.honest(request)[:-20])
        reset(sock)

    return answer


def reset_after(bot: Bot) -> Answer:
    """Reset the connection once the whole answer is out."""

    def answer(request: Request, sock: socket.socket) -> None:
        sock.sendall(bot.honest(request))
        reset(sock)

    return answer


def endless(bot: Bot) -> Answer:
    """Send 100 MB of JSON."""

    def answer(request: Request, sock: socket.socket) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        sock.sendall(f"{head}Content-Length: {100 * MEGABYTE}\r\n\r\n".encode() + b'{"a": "')
        for _ in range(100):
            sock.sendall(b"x" * MEGABYTE)

    return answer


def nulls(bot: Bot) -> Answer:
    """Answer with the right keys and nothing in them."""

    def answer(request: Request, sock: socket.socket) -> bytes:
        head, _, body = bot.honest(request).partition(b"\r\n\r\n")
        return http(int(head.split()[1]), dict.fromkeys(json.loads(body)))

    return answer


def surrogates(bot: Bot) -> Answer:
    """Answer rightly, with half a character in every text that may hold any."""

    def answer(request: Request, sock: socket.socket) -> bytes:
        bot.say("assistant", "half \ud83d a character")
        message = bot.history[-1]
        head, _, body = bot.honest(request).partition(b"\r\n\r\n")
        said = json.loads(body)
        said |= {"message": message} if "message" in said else {}
        said |= {"participant": {"identifier": "\udc00"}} if "participant" in said else {}
        return http(int(head.split()[1]), said)

    return answer


def unknown_words(bot: Bot) -> Answer:
    """Answer with a status, a role and a kind of message that no contract has."""

    def answer(request: Request, sock: socket.socket) -> bytes:
        bot.say("narrator", WORDS)
        raw = bot.honest(request, status="paused", session_status="asleep")
        bot.history = [each for each in bot.history if each["role"] != "narrator"]
        return raw

    return answer


@contextmanager
def refused(bot: Bot) -> Iterator[str]:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def unknown_name(bot: Bot) -> Iterator[str]:
    """A name that no resolver knows (RFC 6761, 6.4)."""
    yield "http://remote-host-marked.invalid"


@contextmanager
def no_connection(bot: Bot) -> Iterator[str]:
    """A port whose queue is full, so that connecting hangs."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for sock in waiting:
            sock.close()


@contextmanager
def no_credential(bot: Bot) -> Iterator[str]:
    """The bot, but the variable that holds its credential is not set."""
    ChatServer.objects.update(credential_env="CHATAPI_NOBODY_SET_THIS")
    yield bot.server.url
    ChatServer.objects.update(credential_env="")


@contextmanager
def no_tls(bot: Bot) -> Iterator[str]:
    """A server that does not speak the TLS it is asked for."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_plainly, args=[listener], daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _answer_plainly(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            sock, _address = listener.accept()
            with sock:
                sock.recv(MEGABYTE)
                sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
