"""Files begin as their names say, or are refused."""

from __future__ import annotations

import io
import wave
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import file_contents
from chatwidget.file_types import DEFAULT

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return made.getvalue()


def sound() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(16))
    return made.getvalue()


GOOD = {
    ".avi": [b"RIFF\x10\0\0\0AVI LIST"],
    ".doc": [OLE, zipped(), b"{\\rtf1\\ansi"],
    ".docx": [zipped()],
    ".gif": [b"GIF87a\x01", b"GIF89a\x01"],
    ".jpeg": [b"\xff\xd8\xff\xe0\0\x10JFIF"],
    ".jpg": [b"\xff\xd8\xff\xe1\0\x10Exif"],
    ".mov": [b"\0\0\0\x14ftypqt  ", b"\0\0\0\x08wide", b"\0\0\x10\0moov"],
    ".mp3": [b"ID3\x03\0", b"\xff\xfb\x90\0"],
    ".mp4": [b"\0\0\0\x18ftypmp42", b"\0\0\0\x1cftypisom"],
    ".pdf": [b"%PDF-1.7", b"\xef\xbb\xbf\r\n%PDF-1.4"],
    ".png": [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"],
    ".rtf": [b"{\\rtf1"],
    ".wav": [sound()],
    ".webp": [b"RIFF\x10\0\0\0WEBPVP8 "],
    ".xls": [OLE, zipped()],
    ".xlsx": [zipped()],
}
TEXT = [b"hello", "Größe, 日本".encode(), "naïve".encode("latin-1"), "UTF-16".encode("utf-16")]
PROGRAMS = [
    b"MZ\x90\0\x03\0",
    b"\x7fELF\x02\x01\x01\0",
    b"<html><script>\0",
    b"\xca\xfe\xba\xbe\0\0",
]


def test_each_kind_that_may_be_sent_is_known():
    assert set(DEFAULT) == set(file_contents.BEGINNINGS) | file_contents.TEXTS
    assert set(GOOD) == set(file_contents.BEGINNINGS)


@pytest.mark.parametrize("extension", DEFAULT)
def test_a_kind_begins_as_it_does_and_no_program_does(extension):
    for head in GOOD.get(extension, TEXT):
        assert file_contents.begins_as(extension, head), head
    for head in PROGRAMS:
        assert not file_contents.begins_as(extension, head), head


@pytest.mark.parametrize(
    ("extension", "other"),
    [(".png", ".gif"), (".pdf", ".docx"), (".wav", ".avi"), (".webp", ".wav"), (".mp3", ".png")],
)
def test_what_is_of_another_kind_is_refused(extension, other):
    assert not file_contents.begins_as(extension, GOOD[other][0])


def test_a_kind_of_the_sites_own_is_not_judged():
    assert file_contents.begins_as(".gpx", b"anything")


def test_what_was_looked_at_is_read_again():
    body = io.BytesIO(b"%PDF-" + bytes(5000))
    assert file_contents.fits(".pdf", body)
    assert len(body.read()) == 5005


def test_what_can_be_read_only_once_is_left_alone():
    assert file_contents.fits(".pdf", iter([b"MZ"]))


@given(st.binary(max_size=64), st.sampled_from(sorted(DEFAULT)))
def test_nothing_makes_it_fail(head, extension):
    assert file_contents.begins_as(extension, head) in (True, False)
