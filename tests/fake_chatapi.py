"""A Chat API without a network, for tests of what stands on the client.

It takes the client's place in ``chatwidget.servers`` and keeps sessions, tasks and a history as a
server does. A test scripts it: ``api.fails["send"].append(errors.TimedOut())`` makes the next send
fail, ``api.answers = False`` keeps tasks processing.

``chatwidget.testing.FakeChatAPI``, for users, is a whole server behind the real client, and knows
only the sessions that it started. These tests make sessions in every state by hand and write the
history as they need it, so that they stand on less: the values that the client gives.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from chatwidget.chatapi import (
    CallBudget,
    ChatAPIError,
    Chatbot,
    Message,
    Participant,
    SessionPoll,
    SessionRef,
    StartedSession,
    TaskPoll,
)

START = datetime.now(UTC) - timedelta(seconds=1)


class FakeChatAPI:
    """The four calls of a Chat API, scripted."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, object]] = []
        self.fails: dict[str, list[ChatAPIError]] = defaultdict(list)
        self.answers = True
        self.progress = ""
        self.seed_task: str | None = None
        self.session_status = "active"
        self.budget: CallBudget | None = None
        self.token: str | None = "remote-token-marked"
        self.history: list[Message] = []
        self.tasks: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def __call__(self, *_args: object, **_options: object) -> FakeChatAPI:
        """Stand in for the class: each client made is this one."""
        return self

    def message(self, role: str, content: str) -> Message:
        """A message of the history, each a little later than the last."""
        at = datetime.now(UTC) + timedelta(microseconds=next(self._numbers))
        created_at = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
        return Message(created_at=created_at, role=role, content=content)  # type: ignore[arg-type]

    def start(self, chatbot_id: str, **options: object) -> StartedSession:
        self._call("start", {"chatbot_id": chatbot_id, **options})
        number = next(self._numbers)
        return StartedSession(
            session=SessionRef(f"remote-session-{number}", self.token),
            chatbot=Chatbot(id=chatbot_id, name="Remote bot"),
            participant=Participant(identifier="anon:internal", remote_id=""),
            seed_message_task_id=self.seed_task,
        )

    def send(
        self,
        session: SessionRef,
        message: str,
        *,
        context: Mapping[str, object] | None = None,
        **options: object,
    ) -> str:
        sent = {"session": session, "message": message, "context": context, **options}
        self._call("send", sent)
        task_id = f"remote-task-{next(self._numbers)}"
        self.tasks[task_id] = f"Echo: {message}"
        self.history.append(self.message("user", message))
        return task_id

    def poll_task(self, session: SessionRef, task_id: str) -> TaskPoll:
        self._call("poll_task", {"session": session, "task_id": task_id})
        if not self.answers:
            progress = self.message("assistant", self.progress) if self.progress else None
            return TaskPoll("processing", progress, self.budget)
        answer = self.message("assistant", self.tasks.get(task_id, "Hello from the seed"))
        if task_id in self.tasks:
            self.history.append(answer)
        return TaskPoll("complete", answer)

    def poll_session(
        self,
        session: SessionRef,
        *,
        since: str | None = None,
        limit: int = 50,
        max_bytes: int | None = None,
    ) -> SessionPoll:
        asked = {"session": session, "since": since, "limit": limit, "max_bytes": max_bytes}
        self._call("poll_session", asked)
        new = [each for each in self.history if since is None or each.created_at > since]
        return SessionPoll(tuple(new[:limit]), len(new) > limit, self.session_status)  # type: ignore[arg-type]

    def count(self, call: str) -> int:
        """How often ``call`` was made."""
        return sum(name == call for name, _options in self.calls)

    def _call(self, name: str, options: object) -> None:
        self.calls.append((name, options))
        if self.fails[name]:
            raise self.fails[name].pop(0)
