"""The way to the fake: it takes what the client would send over the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qsl, urlsplit

from chatwidget.chatapi import ChatAPIError, TooLarge, Transport
from chatwidget.chatapi.transport import Outgoing, Streamed, Timeouts
from chatwidget.testing import consents, starting, talking, uploads
from chatwidget.testing.wire import Crash, Refusal, Request, Response

if TYPE_CHECKING:
    from chatwidget.testing.fake import FakeChatAPI
    from chatwidget.testing.faults import Fault

CHUNK: Final = 64 * 1024
CHAT: Final = r"(?P<prefix>.*)/api/chat/"
NOT_FOUND: Final = Response(404, "<!DOCTYPE html><title>Not Found</title><h1>Not Found</h1>")
ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Response]], ...]] = (
    ("start", "POST", rf"{CHAT}start/", starting.start),
    ("send", "POST", rf"{CHAT}([^/]+)/message/", talking.message),
    ("upload", "POST", rf"{CHAT}([^/]+)/upload/", uploads.upload),
    ("consent", "POST", rf"{CHAT}([^/]+)/consent/", consents.consent),
    ("poll_session", "GET", rf"{CHAT}([^/]+)/poll/", talking.poll_session),
    ("poll_task", "GET", rf"{CHAT}([^/]+)/([^/]+)/poll/", talking.poll_task),
    ("download", "GET", r"(?P<prefix>.*)/api/files/(\d+)/content", uploads.content),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of the fake, read as one of the network is (`chatapi.transport.Streamed`)."""

    outgoing: Outgoing
    response: Response

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self.response.all_headers

    def __iter__(self) -> Iterator[bytes]:
        content, most = self.response.content, self.outgoing.max_bytes
        if len(content) > most:
            raise TooLarge(self.outgoing.call, reason=f"body: over {most} bytes")
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]

    def close(self) -> None:
        """Do nothing: there is no connection."""


class FakeTransport(Transport):
    """Hands every request to a fake, one at a time."""

    def __init__(self, fake: FakeChatAPI) -> None:
        super().__init__()
        self._fake = fake

    def open(self, outgoing: Outgoing, timeouts: Timeouts) -> Streamed:  # noqa: ARG002
        """Let the fake answer.

        Raises:
            ChatAPIError: the test lined it up.
        """
        body = outgoing.body or b""
        request = _request(outgoing, body if isinstance(body, bytes) else b"".join(body))
        with self._fake.lock:
            return cast("Streamed", Answered(outgoing, self._answer(request, outgoing.call)))

    def _answer(self, request: Request, call: str) -> Response:
        name, handler, arguments = _route(request)
        self._fake.note(name, request)
        fault = self._fake.next_fault(name)
        if fault is None:
            return self._handle(handler, request, arguments)
        if fault.arrived:
            self._handle(handler, request, arguments)
        return _struck(fault, call)

    def _handle(
        self, handler: Callable[..., Response], request: Request, arguments: tuple[str, ...]
    ) -> Response:
        self._fake.counted = {}
        try:
            response = handler(self._fake, request, *arguments)
        except (Refusal, Crash) as refusal:
            response = refusal.response
        return replace(response, headers={**response.headers, **self._fake.counted})


def _struck(fault: Fault, call: str) -> Response:
    if isinstance(fault.strike, ChatAPIError):
        fault.strike.call = call
        raise fault.strike
    return fault.strike


def _request(outgoing: Outgoing, body: bytes) -> Request:
    parts = urlsplit(outgoing.url)
    return Request(
        method=outgoing.method,
        path=parts.path,
        root=f"{parts.scheme}://{parts.netloc}",
        query=dict(parse_qsl(parts.query)),
        headers={name.lower(): value for name, value in outgoing.headers.items()},
        body=body,
    )


def _route(request: Request) -> tuple[str, Callable[..., Response], tuple[str, ...]]:
    for name, method, pattern, handler in ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match and method == request.method:
            return name, handler, match.groups()[1:]
    if "/api/" not in request.path:
        return "token", starting.token, ()
    return "", lambda *_: NOT_FOUND, ()
