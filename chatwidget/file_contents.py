"""Whether a file begins as its name says. A name can be anything, and so can a declared type."""

from __future__ import annotations

import re
from typing import Final, Protocol, runtime_checkable

# A PDF may begin within so many bytes (ISO 32000-1, annex H).
LOOKED_AT: Final = 1024

ZIP: Final = rb"PK\x03\x04"
COMPOUND: Final = rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2
RICH_TEXT: Final = rb"\{\\rtf"
# A box's size and kind (ISO/IEC 14496-12, 4.2); QuickTime's oldest begin with their data.
MOVIE: Final = rb".{4}(?:ftyp|moov|mdat|wide|free|skip|pnot)"
BEGINNINGS: Final = {
    ".avi": rb"RIFF.{4}AVI ",
    ".doc": b"|".join((COMPOUND, ZIP, RICH_TEXT)),
    ".docx": ZIP,
    ".gif": rb"GIF8[79]a",
    ".jpeg": rb"\xff\xd8\xff",
    ".jpg": rb"\xff\xd8\xff",
    ".mov": MOVIE,
    ".mp3": rb"ID3|\xff[\xe0-\xff]",
    ".mp4": MOVIE,
    ".pdf": rb".*%PDF-",
    ".png": rb"\x89PNG\r\n\x1a\n",
    ".rtf": RICH_TEXT,
    ".wav": rb"(?:RIFF|RF64).{4}WAVE",
    ".webp": rb"RIFF.{4}WEBP",
    ".xls": b"|".join((COMPOUND, ZIP)),
    ".xlsx": ZIP,
}
TEXTS: Final = frozenset(
    (".c", ".css", ".csv", ".ics", ".md", ".py", ".tsv", ".txt", ".vcf", ".yaml", ".yml")
)
# A byte order mark; UTF-16 and UTF-32 have zeros.
MARKED: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


@runtime_checkable
class Rewindable(Protocol):
    """A file that can be read again, such as Django's ``UploadedFile``."""

    def read(self, size: int, /) -> bytes:
        """Read as many bytes at most."""
        ...

    def seek(self, place: int, /) -> object:
        """Go on from ``place``."""
        ...


def fits(extension: str, body: object) -> bool:
    """Whether ``body`` begins as files of this extension do; a kind that isn't known here may."""
    if not isinstance(body, Rewindable):
        return True
    head = body.read(LOOKED_AT)
    body.seek(0)
    return begins_as(extension, head)


def begins_as(extension: str, head: bytes) -> bool:
    """Whether ``head`` is how files of this extension begin."""
    if extension in TEXTS:
        return b"\0" not in head or head.startswith(MARKED)
    beginning = BEGINNINGS.get(extension, b"")
    return re.match(beginning, head, re.DOTALL) is not None
