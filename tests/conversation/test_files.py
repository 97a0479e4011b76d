from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from chatwidget import conversation
from chatwidget.chatapi import ChatAPI, FileToSend, UploadedFile, errors
from chatwidget.conversation import files
from chatwidget.conversation.errors import (
    FilesMissing,
    FilesTooLarge,
    FileTypeRefused,
    FileUnknown,
    SessionExpired,
    SessionOver,
    TooManyFiles,
)
from chatwidget.limits import TooFast
from chatwidget.models import ChatSession, Upload
from chatwidget.testing import fake_chat_api


@pytest.fixture
def remote():
    with fake_chat_api() as fake:
        yield fake


@pytest.fixture
def talk(widget, remote):
    return conversation.start(widget)


def note(name: str = "note.txt", content: bytes = b"hello") -> FileToSend:
    return FileToSend(name, "text/plain", len(content), io.BytesIO(content))


def taken(ids: Sequence[int]) -> tuple[UploadedFile, ...]:
    return tuple(UploadedFile(number, "note.txt", 5, "text/plain") for number in ids)


def test_a_file_is_bound_to_its_session(talk, remote, widget):
    (file,) = files.upload(talk, [note()])
    row = Upload.objects.get()
    assert (str(row), row.session, row.remote_id) == (str(file.id), talk, next(iter(remote.files)))
    assert files.remote_ids(talk, [file.id]) == [row.remote_id]
    with pytest.raises(FileUnknown):
        files.remote_ids(conversation.start(widget), [file.id])


def test_the_order_of_files_is_kept(talk, remote):
    first, second = files.upload(talk, [note("a.txt"), note("b.txt")])
    one, two = remote.files
    assert files.remote_ids(talk, [second.id, first.id]) == [two, one]


def test_a_deleted_session_takes_its_rows_along(talk, remote):
    files.upload(talk, [note()])
    talk.delete()
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ([], FilesMissing),
        ([("note.txt",)] * (files.MOST_FILES + 1), TooManyFiles),
        ([("note.txt", b"x" * 11)], FilesTooLarge),
        ([("note.exe",)], FileTypeRefused),
        ([("note.txt", b"MZ\0\0")], FileTypeRefused),
    ],
)
def test_what_does_not_fit_stays_here(talk, remote, settings, sent, error):
    settings.CHATWIDGET = {"UPLOAD_MAX_BYTES": 10}
    with pytest.raises(error):
        files.upload(talk, [note(*each) for each in sent])
    assert remote.count("upload") == 0


def test_as_many_and_as_much_as_is_allowed_is_sent(talk, remote, settings):
    settings.CHATWIDGET = {"UPLOAD_MAX_BYTES": 5 * files.MOST_FILES}
    sent = [note() for _file in range(files.MOST_FILES)]
    assert len(files.upload(talk, sent)) == files.MOST_FILES


def test_a_file_that_says_it_is_something_else_stays_here(talk, remote):
    with pytest.raises(FileTypeRefused):
        files.upload(talk, [replace(note(), content_type="text/html")])
    assert remote.count("upload") == 0


def test_files_count_against_the_limit_of_a_chat(talk, remote, widget):
    widget.session_limit = 1
    talk.widget = widget
    files.upload(talk, [note()])
    with pytest.raises(TooFast):
        files.upload(talk, [note()])
    assert remote.count("upload") == 1


@pytest.mark.parametrize("ids", [[], [5, 6], [-1], [files.LARGEST_NUMBER + 1]])
def test_a_server_that_took_other_files_than_were_sent_is_not_believed(talk, monkeypatch, ids):
    monkeypatch.setattr(ChatAPI, "upload", lambda *_given: taken(ids))
    with pytest.raises(errors.BadResponse) as caught:
        files.upload(talk, [note()])
    assert caught.value.reason == "files: not those that were sent"
    assert not Upload.objects.exists()


@pytest.mark.parametrize("number", [0, files.LARGEST_NUMBER])
def test_a_server_may_number_files_as_it_likes(talk, monkeypatch, number):
    monkeypatch.setattr(ChatAPI, "upload", lambda *_given: taken([number]))
    (file,) = files.upload(talk, [note()])
    assert files.remote_ids(talk, [file.id]) == [number]


@pytest.mark.parametrize(
    ("state", "error"),
    [(ChatSession.State.ENDED, SessionOver), (ChatSession.State.EXPIRED, SessionExpired)],
)
def test_a_session_that_is_over_takes_no_files(talk, remote, state, error):
    talk.state = state
    with pytest.raises(error):
        files.upload(talk, [note()])
    assert remote.count("upload") == 0
