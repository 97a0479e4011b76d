"""Files that a visitor sends: checked, handed to the server as they are read, bound to a session.

The bytes pass through and are not kept. What is is which number the server gave each file, because
older servers would let any session name any file (fact 25).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from django.db import router

from chatwidget import budgets, file_contents, limits
from chatwidget.chatapi import FileToSend, UploadedFile, errors
from chatwidget.conf import conf
from chatwidget.conversation import admission, consents, sessions
from chatwidget.conversation.calls import calling
from chatwidget.conversation.errors import (
    FileEmpty,
    FilesMissing,
    FilesTooLarge,
    FileTypeRefused,
    FileUnknown,
    TooManyFiles,
)
from chatwidget.file_types import UNTOLD
from chatwidget.models import ChatSession, Upload
from chatwidget.servers import session_ref

MOST_FILES: Final = 10
LARGEST_NUMBER: Final = 2**63 - 1


def upload(session: ChatSession, files: Sequence[FileToSend]) -> tuple[UploadedFile, ...]:
    """Hand files to the server, all or none; return them under our own numbers.

    Raises:
        FilesMissing, FileEmpty, TooManyFiles, FilesTooLarge, FileTypeRefused: they are not sent on.
        SessionOver, SessionExpired: the session takes nothing more.
        ReadOnly, Closed, AgreementMissing: it takes nothing now.
        LimitReached: too many messages and files for now, or the widget's budget is spent.
        ChatAPIError: the server did not take them.
    """
    sessions.require_open(session)
    admission.require_writable(session.widget)
    consents.require(session)
    fitting = _checked(files)
    limits.admit(session.widget, session=session)
    budgets.require(session.widget)
    with calling(session.widget, "upload", session) as api:
        taken = api.upload(session_ref(session), fitting)
        if len(taken) != len(files) or not all(0 <= file.id <= LARGEST_NUMBER for file in taken):
            raise errors.BadResponse(reason="files: not those that were sent")
    return tuple(replace(file, id=_bind(session, file)) for file in taken)


def require_size(size: int) -> None:
    """Refuse files of so many bytes together, before they are read.

    Raises:
        FilesTooLarge: it is more than ``UPLOAD_MAX_BYTES``.
    """
    if size > conf.upload_max_bytes:
        raise FilesTooLarge


def remote_ids(session: ChatSession, numbers: Sequence[int]) -> list[int]:
    """Return what the server calls the session's files of these numbers.

    Raises:
        FileUnknown: one of them is not the session's.
    """
    if not numbers:
        return []
    # Uploaded a moment ago, and a replica may not have heard of it.
    uploads = Upload.objects.using(router.db_for_write(Upload))
    found = uploads.filter(session=session, pk__in=numbers)
    remote = dict(found.values_list("pk", "remote_id"))
    if not remote.keys() >= set(numbers):
        raise FileUnknown
    return [remote[number] for number in numbers]


def _checked(files: Sequence[FileToSend]) -> list[FileToSend]:
    if not files:
        raise FilesMissing
    if not all(file.size for file in files):
        raise FileEmpty
    if len(files) > MOST_FILES:
        raise TooManyFiles
    require_size(sum(file.size for file in files))
    return [replace(file, content_type=_content_type(file)) for file in files]


def _content_type(file: FileToSend) -> str:
    """Return what the server is told that a file is: what its name says, not what the sender says.

    Servers let anything pass that is said to be text (fact 25). What is in it must begin so too.
    """
    extension = PurePath(file.name).suffix.lower()
    types = conf.upload_types.get(extension, ())
    if file.content_type.strip().lower() not in (*types, *UNTOLD) or not types:
        raise FileTypeRefused
    if not file_contents.fits(extension, file.body):
        raise FileTypeRefused
    return types[0]


def _bind(session: ChatSession, file: UploadedFile) -> int:
    return Upload.objects.create(session=session, remote_id=file.id).pk
