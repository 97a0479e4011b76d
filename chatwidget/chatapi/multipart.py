"""Files on their way to the server: a form of known length that is read while it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

from urllib3.fields import RequestField

from chatwidget.chatapi.media import media_type

CHUNK: Final = 64 * 1024
FIELD: Final = "files"
LONGEST_NAME: Final = 255


@runtime_checkable
class Readable(Protocol):
    """A file opened for reading bytes, such as Django's `UploadedFile`."""

    def read(self, size: int, /) -> bytes:
        """Read as many bytes at most, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file to upload: what the visitor calls it, its size in bytes, and where it is read from."""

    name: str
    content_type: str
    size: int
    body: Readable | Iterable[bytes] = field(repr=False)


class Multipart:
    """A `multipart/form-data` body (RFC 7578) of files, never whole in memory.

    Iterating reads the files, so that it can be done once. It raises `ValueError` when a file
    cannot be read or is not as long as was said: the next request over the connection would
    begin with the rest of it.
    """

    def __init__(self, files: Sequence[FileToSend]) -> None:
        """Compute the headers of the parts, and with them the length."""
        self._boundary = secrets.token_hex(16)
        self._parts = [(self._head(file), file) for file in files]
        self._end = f"--{self._boundary}--\r\n".encode()

    @property
    def content_type(self) -> str:
        """The header that goes with this body."""
        return f"multipart/form-data; boundary={self._boundary}"

    def __len__(self) -> int:
        """Return the length in bytes."""
        return sum(len(head) + file.size + 2 for head, file in self._parts) + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        """Read the body piece by piece."""
        for head, file in self._parts:
            yield head
            yield from _exactly(file)
            yield b"\r\n"
        yield self._end

    def _head(self, file: FileToSend) -> bytes:
        part = RequestField(FIELD, b"", filename=file_name(file.name))
        part.make_multipart(content_type=media_type(file.content_type))
        return f"--{self._boundary}\r\n{part.render_headers()}".encode()


def file_name(name: str) -> str:
    """Return what is a file's own name, in characters that a header can hold and people can see.

    Django leaves out files whose name has none of those, and those called a folder. Of a name that
    is longer than file systems take, the end is kept: it says of what kind the file is.
    """
    own = name.replace("\\", "/").rpartition("/")[2][-LONGEST_NAME:]
    seen = "".join(char if char.isprintable() else "_" for char in own).strip()
    return seen if seen.strip(".") else "file"


def _exactly(file: FileToSend) -> Iterator[bytes]:
    left = file.size
    for piece in _pieces(file.body):
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        raise ValueError("The file is not as long as was said.")


def _pieces(body: Readable | Iterable[bytes]) -> Iterator[bytes]:
    try:
        if isinstance(body, Readable):
            while piece := body.read(CHUNK):
                yield piece
        else:
            yield from body
    except OSError:
        # The connection would take it for an error of its own.
        raise ValueError("The file could not be read.") from None
