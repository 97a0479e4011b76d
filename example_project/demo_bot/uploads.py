"""Files for a message: checked as today's servers do, kept if they are small, and given back."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from example_project.demo_bot.store import KEPT_BYTES, Session, Store, StoredFile
from example_project.demo_bot.wire import JSON, Problem

MEGABYTE = 1024 * 1024
MAX_MEGABYTES = 50
ALLOWED = (
    ".txt, .pdf, .doc, .docx, .xls, .xlsx, .csv, .jpg, .jpeg, .png, .gif, .webp, .mp4, .mov, "
    ".avi, .mp3, .wav, .html, .htm, .css, .js, .xml, .md, .ics, .vcf, .rtf, .tsv, .yaml, .yml, "
    ".py, .c"
)


def taken(request: HttpRequest) -> list[UploadedFile[Any]]:
    """The files of the request; raises Problem (400) if one of them is refused."""
    if request.content_type != "multipart/form-data":
        raise Problem(415, detail=f'Unsupported media type "{request.content_type}" in request.')
    files = request.FILES.getlist("files")
    if not files:
        raise Problem(400, error="No files provided")
    for file in files:
        _check(file)
    if sum(file.size or 0 for file in files) > MAX_MEGABYTES * MEGABYTE:
        raise Problem(400, error=f"Total upload size exceeds maximum of {MAX_MEGABYTES}MB")
    return files


def keep(store: Store, session: Session, file: UploadedFile[Any]) -> JSON:
    """Note a file on the session; what the contract tells about it."""
    size = file.size or 0
    content = file.read() if size <= KEPT_BYTES else None
    kept = store.add_file(session, file.name or "", file.content_type or "", size, content)
    return {
        "id": kept.id,
        "name": kept.name,
        "size": kept.size,
        "content_type": kept.content_type,
    }


def content_of(file: StoredFile | None) -> HttpResponse:
    """What is in a file; raises Problem (404) if it is gone or was too large to keep."""
    if file is None or file.content is None:
        raise Problem(404, detail="Not found.")
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    return response


def _check(file: UploadedFile[Any]) -> None:
    name = file.name or ""
    extension = PurePath(name).suffix.lower()
    is_text = (file.content_type or "").startswith("text/")
    if extension not in ALLOWED.split(", ") and not is_text:
        words = f"File type '{extension}' is not supported. Allowed types: {ALLOWED}"
        raise Problem(400, error=words)
    if (file.size or 0) > MAX_MEGABYTES * MEGABYTE:
        raise Problem(400, error=f"File '{name}' exceeds maximum size of {MAX_MEGABYTES}MB")
