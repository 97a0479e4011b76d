"""What the Chat API answers, as plain values. Fields that nothing here uses are left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Role = Literal["user", "assistant", "system"]
TaskStatus = Literal["processing", "complete"]
SessionStatus = Literal["active", "ended"]


def moment(text: str) -> datetime:
    """Return a time in a server's words, ISO 8601, as an aware one; one without a zone is UTC.

    Raises:
        ValueError: it is none.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A session at the server, and the token that opens it.

    `token` is `None` in the 2025-10 dialect and on older kinds of channel (fact 4).
    """

    session_id: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Consent:
    """What the participant has to agree to (fact 28); `text` comes only while `required`."""

    required: bool
    form_version_id: int | str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Chatbot:
    """The chatbot that answers; `url` is the server's own, not for browsers."""

    id: str
    name: str
    url: str = ""
    version_number: int | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part, as the server calls them; `remote_id` is what the caller sent."""

    identifier: str = ""
    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; `size` in bytes, `content_url` wants the credential (fact 24)."""

    name: str
    content_type: str
    size: int
    content_url: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `metadata` is dropped: it holds the server's internal ids (fact 19)."""

    created_at: str
    role: Role
    content: str
    tags: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def created(self) -> datetime:
        """`created_at` as an aware time.

        The string stays the server's own beside it, because `since` needs its microseconds
        exactly (fact 20).
        """
        return moment(self.created_at)


@dataclass(frozen=True, slots=True)
class StartedSession:
    """The answer to start. `seed_message_task_id` only comes in the 2025-10 dialect."""

    session: SessionRef
    chatbot: Chatbot
    participant: Participant
    seed_message_task_id: str | None = None
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class CallBudget:
    """What is left of the calls that the server counts in a fixed window (fact 26).

    The window is of one session for the calls on it; `reset_in` seconds are left of it.
    """

    limit: int
    remaining: int
    reset_in: float


@dataclass(frozen=True, slots=True)
class TaskPoll:
    """How far a task is. While `status` is "processing", `message` is progress (fact 11)."""

    status: TaskStatus
    message: Message | None
    budget: CallBudget | None = None


@dataclass(frozen=True, slots=True)
class SessionPoll:
    """The messages of a session, oldest first, and whether there are more."""

    messages: tuple[Message, ...]
    has_more: bool
    session_status: SessionStatus
    consent: Consent | None = None
    budget: CallBudget | None = None


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that the server took; `id` belongs to the session, `size` is in bytes (fact 25)."""

    id: int
    name: str
    size: int
    content_type: str
