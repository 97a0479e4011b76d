"""The endpoints of the Chat API: how each is called, and how large its answer may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. `max_bytes` bounds its decoded answer, `of_session` wants a session."""

    method: str
    name: str
    of_session: bool = True
    max_bytes: int = 2 * MEGABYTE

    @property
    def call(self) -> str:
        """Name the endpoint for logs, without any id."""
        return f"{self.method} {self.name}"


START: Final = Endpoint("POST", "start", of_session=False)
MESSAGE: Final = Endpoint("POST", "message")
TASK_POLL: Final = Endpoint("GET", "task_poll")
SESSION_POLL: Final = Endpoint("GET", "session_poll", max_bytes=8 * MEGABYTE)
CONSENT: Final = Endpoint("POST", "consent")
UPLOAD: Final = Endpoint("POST", "upload")
FILE: Final = Endpoint("GET", "file", of_session=False, max_bytes=50 * MEGABYTE)
# Of the authorization server, which may be another one.
TOKEN: Final = Endpoint("POST", "token", of_session=False, max_bytes=MEGABYTE // 16)
