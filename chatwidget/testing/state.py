"""What the fake remembers: sessions, their tasks, their files, and a clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from chatwidget.testing import wire
from chatwidget.testing.answers import FAILURE_IN_HISTORY, Answer, File
from chatwidget.testing.wire import JSON

TICK = timedelta(microseconds=1)


class Clock:
    """The time of day, which a test can move forward; no two readings are the same."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._last = datetime.min.replace(tzinfo=UTC)

    def forward(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self._ahead += timedelta(seconds=seconds)

    def __call__(self) -> datetime:
        """Read the time in UTC."""
        self._last = max(datetime.now(UTC) + self._ahead, self._last + TICK)
        return self._last


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that the server keeps, and its number there."""

    id: int
    file: File

    @property
    def uploaded(self) -> JSON:
        """What the answer to an upload says of it."""
        file = self.file
        size = len(file.content)
        return {
            "id": self.id,
            "name": file.name,
            "size": size,
            "content_type": file.content_type,
        }

    def attached(self, root: str) -> JSON:
        """What a message says of it; the address is built from the host asked (fact 24)."""
        return {
            "name": self.file.name,
            "content_type": self.file.content_type,
            "size": len(self.file.content),
            "content_url": f"{root}/api/files/{self.id}/content",
        }


@dataclass(slots=True)
class Task:
    """A message on its way to an answer. Times are aware and in UTC."""

    text: str
    answer: Answer
    starts_at: datetime
    ready_at: datetime
    uploads: tuple[Kept, ...] = ()
    attached: tuple[Kept, ...] = ()
    polls: int = 0
    started: bool = False
    finished: bool = False
    said: JSON | None = None
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def failed(self) -> bool:
        return bool(self.answer.fails or self.answer.refuses)

    def is_due(self, now: datetime) -> bool:
        """Whether the bot is done with it by now."""
        return not self.answer.never and self.polls >= self.answer.polls and now >= self.ready_at


@dataclass(slots=True)
class Session:
    """One chat, as the server keeps it.

    ``writes_early``: the history has a message as soon as a worker takes it, and failures too, as
    in the 2026-08 dialect; in the older one it comes with its answer, or not at all (fact 14).
    """

    token: str | None
    writes_early: bool
    id: str = field(default_factory=lambda: str(uuid4()))
    tasks: dict[str, Task] = field(default_factory=dict)
    files: dict[int, Kept] = field(default_factory=dict)
    messages: list[tuple[datetime, JSON]] = field(default_factory=list)
    context: JSON = field(default_factory=dict)
    has_consented: bool = False
    is_expired: bool = False
    is_ended: bool = False

    def settle(self, now: datetime, root: str) -> None:
        """Let happen what is due by now: a worker takes a message, or the bot is done with it."""
        for task in self.tasks.values():
            if not task.started and now >= task.starts_at:
                task.started = True
                if self.writes_early:
                    self._keep_question(task, root)
            if task.started and not task.finished and task.is_due(now):
                task.finished = True
                if not self.writes_early and not task.failed:
                    self._keep_question(task, root)
                self._keep_answer(task, now if task.answer.polls else task.ready_at, root)
        self.messages.sort(key=lambda pair: pair[0])

    def say(self, role: str, content: str, moment: datetime, **more: object) -> JSON:
        """Add a message to the history."""
        said = wire.message(role, content, moment, **more)
        self.messages.append((moment, said))
        return said

    def after(self, since: datetime | None) -> list[JSON]:
        """The history after a moment, exclusive (fact 20)."""
        return [said for moment, said in self.messages if since is None or moment > since]

    def _keep_question(self, task: Task, root: str) -> None:
        if task.answer.in_history:
            attached = [kept.attached(root) for kept in task.uploads]
            self.say("user", task.text, task.starts_at, attachments=attached)

    def _keep_answer(self, task: Task, moment: datetime, root: str) -> None:
        if task.failed:
            if self.writes_early:
                self.say("assistant", FAILURE_IN_HISTORY, moment)
            return
        text = f"Echo: {task.text}" if task.answer.text is None else task.answer.text
        attached = [kept.attached(root) for kept in task.attached]
        tags = ["v1"] if task.answer.in_history else []
        task.said = wire.message("assistant", text, moment, tags=tags, attachments=attached)
        if task.answer.in_history:
            self.messages.append((moment, task.said))
