"""Files: taken out of the request, refused as servers do (facts 24, 25), and given back."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser

from chatwidget.testing import access
from chatwidget.testing.answers import File
from chatwidget.testing.consents import check_open
from chatwidget.testing.state import Kept, Session
from chatwidget.testing.wire import Refusal, Request, Response

if TYPE_CHECKING:
    from chatwidget.testing.fake import FakeChatAPI

MOST_BYTES: Final = 50 * 1024 * 1024
ALLOWED: Final = (
    *(".txt", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".csv", ".jpg", ".jpeg", ".png", ".gif"),
    *(".webp", ".mp4", ".mov", ".avi", ".mp3", ".wav", ".html", ".htm", ".css", ".js", ".xml"),
    *(".md", ".ics", ".vcf", ".rtf", ".tsv", ".yaml", ".yml", ".py", ".c"),
)


def upload(fake: FakeChatAPI, request: Request, session_id: str) -> Response:
    """Keep files for a later message."""
    session = access.enter(fake, request, session_id)
    check_open(fake, session)
    files = [fake.keep(file) for file in _taken(fake, request)]
    session.files |= {kept.id: kept for kept in files}
    return Response(201, {"files": [kept.uploaded for kept in files]})


def chosen(session: Session, ids: list[int]) -> tuple[Kept, ...]:
    """Return the session's files of these numbers; refuse others, and one named twice."""
    if len(set(ids)) != len(ids) or not session.files.keys() >= set(ids):
        raise Refusal(400, error="One or more file IDs are invalid")
    return tuple(session.files[number] for number in ids)


def content(fake: FakeChatAPI, request: Request, file_id: str) -> Response:
    """Give what is in a file of a message."""
    access.check_file(fake, request)
    kept = fake.files.get(int(file_id))
    if kept is None:
        raise Refusal(404, detail="Not found.")
    headers = {
        "Content-Type": kept.file.content_type,
        "Content-Disposition": f'attachment; filename="{kept.file.name}"',
    }
    return Response(200, kept.file.content, headers)


def _taken(fake: FakeChatAPI, request: Request) -> list[File]:
    files = [
        File(file.name or "", file.content_type or "", file.read()) for file in _parse(request)
    ]
    if not files:
        raise Refusal(400, error="No files provided")
    for file in files:
        _check(fake, file)
    return files


def _parse(request: Request) -> list[Any]:
    meta = {
        "CONTENT_TYPE": request.headers["content-type"],
        "CONTENT_LENGTH": len(request.body),
    }
    handlers = [MemoryFileUploadHandler(), TemporaryFileUploadHandler()]
    _fields, files = MultiPartParser(meta, BytesIO(request.body), handlers).parse()
    return files.getlist("files")


def _check(fake: FakeChatAPI, file: File) -> None:
    extension = PurePath(file.name).suffix.lower()
    if fake.speaks_2026:
        fits = extension in ALLOWED or file.content_type.startswith("text/")
    else:
        fits = extension in (*ALLOWED, ".bmp", ".svg")
    if not fits:
        words = f"File type '{extension}' is not supported. Allowed types: {', '.join(ALLOWED)}"
        raise Refusal(400, error=words)
    if len(file.content) > MOST_BYTES:
        raise Refusal(400, error=f"File '{file.name}' exceeds maximum size of 50MB")
