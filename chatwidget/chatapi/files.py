"""A file on its way from the server, read while it is handed on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from types import TracebackType
from typing import Self

from chatwidget.chatapi.endpoints import FILE
from chatwidget.chatapi.errors import TooLarge
from chatwidget.chatapi.limits import COUNT
from chatwidget.chatapi.media import media_type
from chatwidget.chatapi.refusals import refusal
from chatwidget.chatapi.transport import Reply, Streamed


class Download:
    """A file of a message. Iterate over it once, and close it, as `with` does.

    Attributes:
        status: the HTTP status, 200 as a rule.
        content_type: type and subtype as the server says, `application/octet-stream` when it
            says nonsense.
        size: the length in bytes, `None` when the server did not say.
    """

    def __init__(self, answer: Streamed) -> None:
        """Take the server's answer.

        Raises:
            TooLarge: it says that it is larger than the call may be.
        """
        self._answer = answer
        self.status = answer.status
        self.content_type = media_type(answer.headers.get("Content-Type", ""))
        self.size = _size(answer)
        if self.size is not None and self.size > answer.outgoing.max_bytes:
            self.close()
            reason = f"body: over {answer.outgoing.max_bytes} bytes"
            raise TooLarge(FILE.call, status=answer.status, reason=reason)

    def __iter__(self) -> Iterator[bytes]:
        """Read the file; raises what `Streamed` does."""
        return iter(self._answer)

    def close(self) -> None:
        """End the download, read or not."""
        self._answer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def download(answer: Streamed) -> Download:
    """Make a download of an answer, or raise the error that it is."""
    if 200 <= answer.status < 300:
        return Download(answer)
    with closing(answer):
        raise refusal(FILE, Reply(answer.status, answer.headers, b"".join(islice(answer, 1))))


def _size(answer: Streamed) -> int | None:
    length = answer.headers.get("Content-Length", "")
    encoded = answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity"
    return int(length) if COUNT.fullmatch(length) and not encoded else None
