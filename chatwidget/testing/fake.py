"""The fake server's face: what a test tells it to do, and what it says was done."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any, Final, Literal, get_args
from unittest import mock
from uuid import uuid4

from chatwidget.chatapi import ChatAPIError
from chatwidget.testing.answers import FAILURE, Answer, File
from chatwidget.testing.faults import CALLS, CallName, Fault, Faults, known
from chatwidget.testing.fresh import fresh
from chatwidget.testing.state import Clock, Kept, Session
from chatwidget.testing.transport import FakeTransport
from chatwidget.testing.wire import Refusal, Request, Response

Dialect = Literal["2025-10", "2026-08"]
DIALECTS: Final[Sequence[Dialect]] = get_args(Dialect)
WINDOW_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Call:
    """A call that reached the fake: its name, its headers in lower case, the object it sent."""

    name: str
    headers: dict[str, str]
    json: dict[str, Any]


class FakeChatAPI:
    """A Chat API server in memory. Nothing fails and every message is echoed until told otherwise.

    Attributes, to be set at any time:
        dialect: "2026-08", as servers speak today, or "2025-10", as the contract was written.
        requires: the headers that a start must have, such as ``{"X-api-key": "secret"}``.
        chatbot_ids: the chatbots that there are; ``None`` stands for any.
        gives_token: whether a session gets a token; without, it wants the embed key (fact 4).
        allows_versions: whether ``version_number`` may be asked for.
        answer: what becomes of each message that no other answer was lined up for.
        seed: the message that starts a session of the 2025-10 dialect, ``None`` for none.
        consent_text, consent_version: what a participant must agree to, ``None`` for nothing.
        history_lag: seconds until a worker takes a message and the history holds it (fact 18).
        limit: calls that a session may make in 5 minutes (fact 26).

    Attributes, to be read:
        calls: every call that came, in order.
        received: the texts of the messages that were taken, in order.
        sessions, files: what the server keeps, by id.
    """

    access_token = "access-token-of-the-fake"  # noqa: S105 (opens nothing)

    def __init__(
        self, *, dialect: Dialect = "2026-08", requires: Mapping[str, str] | None = None
    ) -> None:
        self.dialect = dialect
        self.requires = dict(requires or {})
        self.chatbot_ids: set[str] | None = None
        self.chatbot_name = "Fake bot"
        self.gives_token = True
        self.allows_versions = False
        self.answer = Answer()
        self.seed: str | None = None
        self.consent_text: str | None = None
        self.consent_version = 1
        self.history_lag: float = 0
        self.limit = 300
        self.calls: list[Call] = []
        self.received: list[str] = []
        self.sessions: dict[str, Session] = {}
        self.files: dict[int, Kept] = {}
        self.clock = Clock()
        self.transport = FakeTransport(self)
        self.lock = threading.RLock()
        self._answers: list[Answer] = []
        self._faults = Faults()
        self._buckets: dict[str, tuple[float, int]] = {}
        self.counted: dict[str, str] = {}
        self._numbers = itertools.count(1)

    @property
    def dialect(self) -> Dialect:
        """What kind of server it is."""
        return self._dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self._dialect = known(dialect, DIALECTS)

    @property
    def speaks_2026(self) -> bool:
        """Whether it speaks today's dialect."""
        return self.dialect == "2026-08"

    def answers_with(self, answer: Answer | str) -> None:
        """Line up the answer to the next message; said again, to the one after it."""
        self._answers.append(Answer(answer) if isinstance(answer, str) else answer)

    def bot_fails(self, words: str = FAILURE) -> None:
        """Let the bot fail at the next message."""
        self.answers_with(Answer(fails=words))

    def fail(
        self, call: CallName, strike: ChatAPIError | Response, *, arrived: bool = False
    ) -> None:
        """Let a call go wrong once; said again, the one after it goes wrong too.

        With ``arrived``, the server does as it was asked, and only its answer is lost.
        """
        self._faults.once(call, Fault(strike, arrived))

    def always_fail(self, call: CallName, strike: ChatAPIError | Response) -> None:
        """Let a call go wrong each time until :meth:`heal`."""
        self._faults.always(call, Fault(strike))

    def heal(self) -> None:
        """Let nothing go wrong from here on."""
        self._faults.clear()

    def forward(self, seconds: float) -> None:
        """Let so many seconds pass on the server; the site's own clock stays."""
        self.clock.forward(seconds)

    def says(self, text: str) -> None:
        """Add a message of the bot's own accord to every session's history."""
        for session in self.sessions.values():
            session.say("assistant", text, self.clock(), tags=["v1"])

    def end_sessions(self) -> None:
        """Complete every session, as in the server's own pages (fact 22)."""
        for session in self.sessions.values():
            session.is_ended = True

    def expire_sessions(self) -> None:
        """Let the token of every session expire (fact 5)."""
        for session in self.sessions.values():
            session.is_expired = True

    def forget_sessions(self) -> None:
        """Know nothing of any session (fact 6)."""
        self.sessions.clear()

    def count(self, call: CallName) -> int:
        """Return how often a call came."""
        return [each.name for each in self.calls].count(known(call, CALLS))

    # What follows is for the endpoints.

    def has_chatbot(self, chatbot_id: str) -> bool:
        """Say whether there is such a chatbot."""
        return self.chatbot_ids is None or chatbot_id in self.chatbot_ids

    def new_session(self) -> Session:
        """Keep a new session."""
        token = f"token-{uuid4()}" if self.gives_token and self.speaks_2026 else None
        session = Session(token, writes_early=self.speaks_2026)
        self.sessions[session.id] = session
        return session

    def keep(self, file: File) -> Kept:
        """Keep a file."""
        kept = Kept(next(self._numbers), file)
        self.files[kept.id] = kept
        return kept

    def owner_of(self, task_id: str) -> Session | None:
        """Return the session of a task, ``None`` for one that is not known."""
        return next((each for each in self.sessions.values() if task_id in each.tasks), None)

    def next_answer(self) -> Answer:
        """Return what is to become of a message that comes now."""
        return self._answers.pop(0) if self._answers else self.answer

    def note(self, name: str, request: Request) -> None:
        """Keep what a call sent."""
        is_json = request.headers.get("content-type") == "application/json"
        self.calls.append(Call(name, dict(request.headers), request.json if is_json else {}))

    def next_fault(self, call: str) -> Fault | None:
        """Return what is to go wrong with a call that comes now."""
        return self._faults.next(call)

    def count_call(self, bucket: str) -> None:
        """Count a call; refuse it over the limit (fact 26). The older dialect counts nothing."""
        if not self.speaks_2026:
            return
        window, into = divmod(self.clock().timestamp(), WINDOW_SECONDS)
        last, calls = self._buckets.get(bucket, (window, 0))
        calls = calls + 1 if last == window else 1
        self._buckets[bucket] = window, calls
        reset = ceil(WINDOW_SECONDS - into)
        self.counted = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - calls, 0)),
            "X-RateLimit-Reset": str(reset),
        }
        if calls > self.limit:
            self.counted["Retry-After"] = str(reset)
            raise Refusal(429, {"detail": "Rate limit exceeded.", "available_in": reset})


@contextmanager
def fake_chat_api(*, dialect: Dialect = "2026-08") -> Iterator[FakeChatAPI]:
    """Let a fake answer every call of the site to whatever server, in all of its threads.

    The site knows nothing of earlier chats, and has a cache for the block alone. It may ask for a
    reply as often as the test likes.
    """
    fake = FakeChatAPI(dialect=dialect)
    with (
        fresh(),
        mock.patch("chatwidget.servers.transport", fake.transport),
        mock.patch.multiple("chatwidget.conversation.replies", SOONEST=0, REST_SECONDS=0),
    ):
        yield fake
