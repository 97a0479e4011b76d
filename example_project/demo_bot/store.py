"""What the demo bot remembers: sessions, their tasks and files, in memory and within bounds.

Nothing runs in the background. A task holds the moments at which a worker would have started and
finished it; what is in the history, and whether an answer is there, follows from the clock.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from example_project.demo_bot.reply import Reply

TICK = timedelta(microseconds=1)
# How long a message waits for its worker: until then it is not in the history (fact 18).
PICKUP = 0.05
# Bytes of a file that are kept, to be downloaded; a larger one is only noted.
KEPT_BYTES = 5_000_000


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class StoredFile:
    id: int
    name: str
    content_type: str
    size: int
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Task:
    """A message and the answer to it. `starts_at` and `ready_at` are aware datetimes in UTC."""

    id: UUID
    text: str
    reply: Reply
    files: tuple[StoredFile, ...]
    starts_at: datetime
    ready_at: datetime

    def is_ready(self, now: datetime) -> bool:
        return self.reply.outcome != "silence" and now >= self.ready_at

    def progress(self, now: datetime) -> str:
        """The progress text at `now`; "" when there is none."""
        steps = self.reply.progress
        if not steps or now < self.starts_at:
            return ""
        share = (now - self.starts_at) / (self.ready_at - self.starts_at)
        return steps[min(int(share * len(steps)), len(steps) - 1)]


@dataclass(slots=True)
class Session:
    """One chat. Times are aware datetimes in UTC."""

    id: UUID
    created_at: datetime
    tasks: dict[UUID, Task] = field(default_factory=dict)
    files: dict[int, StoredFile] = field(default_factory=dict)
    faults_shown: set[str] = field(default_factory=set)
    expired: bool = False
    limited_until: datetime | None = None
    weight: int = 0

    def is_ended(self, now: datetime) -> bool:
        """Whether a reply that ends the chat has been given (fact 22)."""
        return any(task.reply.ends_session and task.is_ready(now) for task in self.tasks.values())


class Store:
    """Every session, for all threads. Old ones go when there are too many, or too much in them."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = utc_now,
        max_sessions: int = 10_000,
        max_weight: int = 32_000_000,
        max_age: timedelta = timedelta(hours=24),
    ) -> None:
        self.clock = clock
        self.max_sessions = max_sessions
        self.max_weight = max_weight
        self.max_age = max_age
        self.lock = threading.RLock()
        self.sessions: OrderedDict[UUID, Session] = OrderedDict()
        self.tasks: dict[UUID, UUID] = {}
        self.files: dict[int, StoredFile] = {}
        self.weight = 0
        self.last_file_id = 0

    def start(self) -> Session:
        with self.lock:
            session = Session(id=uuid4(), created_at=self.clock())
            self.sessions[session.id] = session
            self._trim()
            return session

    def get(self, session_id: UUID) -> Session | None:
        with self.lock:
            session = self.sessions.get(session_id)
            if session and self.clock() - session.created_at > self.max_age:
                return None
            return session

    def owner(self, task_id: UUID) -> UUID | None:
        """The session that a task belongs to; None for an unknown task."""
        with self.lock:
            return self.tasks.get(task_id)

    def add_task(
        self, session: Session, text: str, reply: Reply, files: tuple[StoredFile, ...] = ()
    ) -> Task:
        """Take a message. Its answer is ready after `reply.seconds`."""
        with self.lock:
            starts_at = self._free_moment(session, self.clock() + _pickup(reply))
            ready_at = self._free_moment(session, starts_at + timedelta(seconds=reply.seconds))
            task = Task(uuid4(), text, reply, files, starts_at, max(ready_at, starts_at + TICK))
            session.tasks[task.id] = task
            self.tasks[task.id] = session.id
            self._weigh(session, len(text) + len(reply.text))
            return task

    def add_file(
        self, session: Session, name: str, content_type: str, size: int, content: bytes | None
    ) -> StoredFile:
        """Note an uploaded file, with its bytes if they are not too many."""
        with self.lock:
            self.last_file_id += 1
            file = StoredFile(self.last_file_id, name, content_type, size, content)
            session.files[file.id] = self.files[file.id] = file
            self._weigh(session, len(name) + len(content or b""))
            return file

    def file(self, file_id: int) -> StoredFile | None:
        """A file of any session, None for one that is unknown or gone with its session."""
        with self.lock:
            return self.files.get(file_id)

    def _free_moment(self, session: Session, moment: datetime) -> datetime:
        """`moment`, or soon after: no two messages of a history share their time (fact 20)."""
        taken = {
            time for task in session.tasks.values() for time in (task.starts_at, task.ready_at)
        }
        while moment in taken:
            moment += TICK
        return moment

    def _weigh(self, session: Session, characters: int) -> None:
        if session.id not in self.sessions:
            return
        session.weight += characters + 500
        self.weight += characters + 500
        self._trim()

    def _trim(self) -> None:
        while len(self.sessions) > self.max_sessions or self.weight > self.max_weight:
            _, gone = self.sessions.popitem(last=False)
            self.weight -= gone.weight
            for task_id in gone.tasks:
                del self.tasks[task_id]
            for file_id in gone.files:
                del self.files[file_id]


def _pickup(reply: Reply) -> timedelta:
    return timedelta(seconds=min(PICKUP, reply.seconds))
