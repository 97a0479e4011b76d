"""Many visitors of the chat page at once, each doing what the page does: it asks again when the
fragment says, keeps a message that was refused, and sends it again.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

NEXT = re.compile(r'hx-get="([^"]*/replies/[^"]*)"')
DELAY = re.compile(r"load delay:(\d+)ms")
AGAIN = 2.0
REFUSALS = (429, 503)
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 if nothing did."""

    status: int
    headers: Mapping[str, str]
    body: str
    seconds: float


@dataclass
class Tally:
    """What visitors met: seconds by kind of call or of refusals, statuses, and what is wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    answered: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, kind: str, answer: Answer) -> None:
        """Count an answer."""
        refused = answer.status in REFUSALS
        self.seconds.setdefault("refusal" if refused else kind, []).append(answer.seconds)
        self.statuses[answer.status] += 1

    def clear(self) -> None:
        """Forget what was met so far."""
        self.seconds.clear()
        self.statuses.clear()

    def share(self, kind: str, part: float) -> float:
        """Return the milliseconds within which ``part`` of the calls of a kind were answered."""
        return percentile(self.seconds.get(kind, []), part)


def percentile(seconds: list[float], part: float) -> float:
    """Return the milliseconds within which ``part`` of ``seconds`` lies."""
    if not seconds:
        return 0.0
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(part * len(seconds)))]


async def fetch(
    url: str, path: str, fields: Mapping[str, str] | None = None, token: str = ""
) -> Answer:
    """Make a call on a connection of its own, as nginx does for a visitor."""
    started = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            status, headers, body = await _exchange(url, path, fields, token)
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        return Answer(0, {}, repr(error), time.perf_counter() - started)
    return Answer(status, headers, body, time.perf_counter() - started)


async def _exchange(
    url: str, path: str, fields: Mapping[str, str] | None, token: str
) -> tuple[int, dict[str, str], str]:
    place = urlsplit(url)
    raw = urlencode(fields or {}).encode()
    head = [
        f"{'GET' if fields is None else 'POST'} {path} HTTP/1.1",
        f"Host: {place.netloc}",
        "HX-Request: true",
        "Connection: close",
        *([f"X-Session-Token: {token}"] if token else []),
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(raw)}",
    ]
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write("\r\n".join([*head, "", ""]).encode() + raw)
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = [line.split(": ", 1) for line in lines if ": " in line]
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.read()
    finally:
        writer.close()
    return int(first.split()[1]), headers, body.decode(errors="replace")


@dataclass
class Visitor:
    """A visitor with a tab of the chat page."""

    url: str
    widget: str
    tally: Tally
    token: str = ""

    async def say(self, text: str) -> None:
        """Send a message, again where it is refused, and wait for its answer."""
        fields = {"message": text, "client_id": str(uuid.uuid4())}
        while (answer := await self._call("send", "messages/", fields)).status in (*REFUSALS, 504):
            await asyncio.sleep(AGAIN)
        if answer.status != 200:
            self.tally.wrong.append(f"send: {answer.status} {_plain(answer.body)}")
            return
        self.token = answer.headers.get("x-session-token", self.token)
        while following := NEXT.search(answer.body):
            await asyncio.sleep(int(DELAY.search(answer.body).group(1)) / 1000)  # type: ignore[union-attr]
            path = following.group(1).replace("&amp;", "&")
            answer = await self._call("poll", path)
        if f"Echo: {text}" in answer.body:
            self.tally.answered += 1
        else:
            self.tally.wrong.append(f"poll: {answer.status} {_plain(answer.body)}")

    async def open_page(self) -> None:
        """Load the chat page."""
        await self._call("page", "")

    async def look(self, since: str = "") -> None:
        """Read the log as another tab does, or what came since."""
        if self.token:
            await self._call("log", "messages/" + (f"?since={since}" if since else ""))

    async def _call(self, kind: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        whole = path if path.startswith("/") else f"/chatwidget/{self.widget}/{path}"
        answer = await fetch(self.url, whole, fields, self.token)
        self.tally.note(kind, answer)
        return answer


def _plain(body: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", body).split())[:200]
