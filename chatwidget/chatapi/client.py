"""The client of the Chat API: one method an endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from chatwidget.chatapi import errors, parsing
from chatwidget.chatapi.addresses import own_address, path_segment
from chatwidget.chatapi.calling import Caller, read
from chatwidget.chatapi.endpoints import (
    CONSENT,
    FILE,
    MESSAGE,
    SESSION_POLL,
    START,
    TASK_POLL,
    UPLOAD,
)
from chatwidget.chatapi.files import Download, download
from chatwidget.chatapi.limits import call_budget
from chatwidget.chatapi.multipart import FileToSend, Multipart
from chatwidget.chatapi.transport import USER_AGENT, Outgoing
from chatwidget.chatapi.types import SessionPoll, SessionRef, StartedSession, TaskPoll, UploadedFile

# Seconds for 50 MB, over a line of 5 Mbit/s.
FILE_TIMEOUT: Final = 120
# The length is then known before the first byte.
FILE_HEADERS: Final = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}


class ChatAPI(Caller):
    """A Chat API server, seen with one credential.

    Cheap to make: connections belong to the process, not to the client. Every method raises
    an error of `errors`, or `ValueError` for an argument that no request can carry.
    """

    def start(
        self,
        chatbot_id: str,
        *,
        participant_remote_id: str | None = None,
        participant_name: str | None = None,
        session_data: Mapping[str, object] | None = None,
        version_number: int | None = None,
    ) -> StartedSession:
        """Start a session. What is empty is left out, because "" is refused (fact 7).

        A token that was fetched and is refused is fetched again, once.
        """
        given = {
            "participant_remote_id": participant_remote_id or None,
            "participant_name": participant_name or None,
            "session_data": session_data or None,
            "version_number": version_number,
        }
        payload = {"chatbot_id": chatbot_id} | _present(given)
        try:
            reply = self._call(START, "start/", payload)
        except errors.AccessDenied as error:
            if (error.call, error.status) != (START.call, 401) or not self._credential.renew():
                raise
            reply = self._call(START, "start/", payload)
        return read(START, reply, parsing.started_session)

    def send(
        self,
        session: SessionRef,
        message: str,
        *,
        context: Mapping[str, object] | None = None,
        attachment_ids: Sequence[int] = (),
        version_number: int | None = None,
    ) -> str:
        """Send a message and return the id of the task that answers it.

        The server knows no idempotency: the same call twice is two messages (fact 17).
        """
        given = {
            "context": context,
            "attachment_ids": list(attachment_ids) or None,
            "version_number": version_number,
        }
        payload = {"message": message} | _present(given)
        reply = self._call(MESSAGE, "message/", payload, session)
        return read(MESSAGE, reply, parsing.task_id)

    def poll_task(self, session: SessionRef, task_id: str) -> TaskPoll:
        """Ask how far a task is; a task the server does not know is "processing" (fact 12)."""
        path = f"{path_segment(task_id)}/poll/"
        reply = self._call(TASK_POLL, path, session=session)
        poll = read(TASK_POLL, reply, parsing.task_poll)
        return replace(poll, budget=call_budget(reply.headers))

    def poll_session(
        self,
        session: SessionRef,
        *,
        since: str | None = None,
        limit: int = 50,
        max_bytes: int | None = None,
    ) -> SessionPoll:
        """Read the messages after `since`, a message's `created_at`, oldest first.

        The contract wants 30 seconds between two such calls for a session.

        Args:
            session: whose messages.
            since: leave out this message and what is older.
            limit: how many messages at most.
            max_bytes: how large the answer may be, 8 MB unless given. A single message can be
                larger than that.

        Raises:
            ValueError: `limit` is below 1, which the server answers with nonsense (fact 20).
            TooLarge: the answer is; with a smaller `limit` it may not be.
        """
        if limit < 1:
            raise ValueError("limit must be at least 1.")
        query = urlencode({"limit": limit} | ({"since": since} if since else {}))
        reply = self._call(SESSION_POLL, f"poll/?{query}", session=session, max_bytes=max_bytes)
        poll = read(SESSION_POLL, reply, parsing.session_poll)
        return replace(poll, budget=call_budget(reply.headers))

    def consent(self, session: SessionRef, form_version_id: int | str) -> None:
        """Record that the participant agrees to a form; again does no harm (fact 28).

        Raises:
            ConsentStale: the form was changed; the error holds the new one.
        """
        self._call(CONSENT, "consent/", {"form_version_id": form_version_id}, session)

    def upload(
        self,
        session: SessionRef,
        files: Sequence[FileToSend],
        *,
        total_timeout: float = FILE_TIMEOUT,
    ) -> tuple[UploadedFile, ...]:
        """Upload files, all of them or none, reading them as they go (fact 25).

        The server takes 50 MB a file and in all.

        Raises:
            ValueError: a file cannot be read, or is not as long as it says.
        """
        reply = self._call(
            UPLOAD, "upload/", Multipart(files), session, total_timeout=total_timeout
        )
        return read(UPLOAD, reply, parsing.uploaded_files)

    def download(
        self,
        content_url: str,
        *,
        total_timeout: float = FILE_TIMEOUT,
        max_bytes: int = FILE.max_bytes,
    ) -> Download:
        """Open an attachment of a message by its `content_url`, with the credential (fact 24).

        Raises:
            BadResponse: it lies on another server, which sees nothing of this.
            TooLarge: it is larger than `max_bytes`; while reading, if the size was not said.
        """
        try:
            url = own_address(self._peer.base_url, content_url)
        except ValueError:
            reason = "content_url: not on this server"
            raise errors.BadResponse(FILE.call, reason=reason, may_have_arrived=False) from None
        outgoing = Outgoing(
            call=FILE.call,
            method=FILE.method,
            url=url,
            headers=FILE_HEADERS | self._credential.file_headers(self._peer),
            body=None,
            max_bytes=max_bytes,
        )
        return download(self._transport.open(outgoing, self._patience(total_timeout)))


def _present(given: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in given.items() if value is not None}
