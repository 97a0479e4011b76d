"""Files in, for the mirror: :mod:`chatwidget.uploads` as a parser of Django REST framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import Request

from chatwidget import uploads
from chatwidget.chatapi import FileToSend


class FormParser(BaseParser):
    """Reads a form of files (RFC 7578) into temporary files, within the site's DATA_UPLOAD_*."""

    media_type = "multipart/form-data"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        """Return the form, or raise what :func:`chatwidget.uploads.read_form` raises."""
        request: Request = (parser_context or {})["request"]
        fields, found = uploads.read_form(request._request, stream, media_type or "")
        return DataAndFiles(fields, found)


def files_of(request: Request) -> list[FileToSend]:
    """Return the files of the form, to be read once."""
    return uploads.to_send(request.FILES.getlist(uploads.FIELD))
