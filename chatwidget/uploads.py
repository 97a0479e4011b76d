"""Files in: a form that goes to temporary files, whatever a site does with those of its own.

A worker's memory holds 64 KB of a file at a time. What is too large is refused by what it says of
its length, before it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from chatwidget.chatapi import FileToSend
from chatwidget.conversation import files
from chatwidget.conversation.errors import (
    FormBrokeOff,
    FormInvalid,
    LengthMissing,
    TooManyFiles,
)

FIELD: Final = "files"
# What stands around the files: boundaries, names, and a field or two that nobody reads.
BYTES_AROUND: Final = 64 * 1024


def require_length(meta: Mapping[str, Any]) -> None:
    """Let a request pass if its files can be small enough; nothing of its body is read.

    Raises:
        LengthMissing: it does not say how long it is.
        FilesTooLarge: it is longer than the files may be.
    """
    length = meta.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise LengthMissing
    files.require_size(int(length) - BYTES_AROUND)


def read_form(request: HttpRequest, stream: Any, content_type: str) -> tuple[Any, Any]:
    """Return the fields and the files of a form (RFC 7578), within the site's DATA_UPLOAD_*.

    Raises:
        FormInvalid: it is none, or it holds more beside files than it may.
        FormBrokeOff: it ended before its end.
        TooManyFiles: it has more than the site takes of anybody.
    """
    meta = {**request.META, "CONTENT_TYPE": content_type}
    handlers = [TemporaryFileUploadHandler(request)]
    try:
        return MultiPartParser(meta, stream, handlers).parse()
    except TooManyFilesSent as error:
        raise TooManyFiles from error
    except UnreadablePostError as error:
        raise FormBrokeOff from error
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent) as error:
        raise FormInvalid from error


def to_send(found: Iterable[UploadedFile[Any]]) -> list[FileToSend]:
    """Return the files of a form as the Chat API takes them, to be read once."""
    return [
        FileToSend(each.name or "", each.content_type or "", each.size or 0, each) for each in found
    ]
