"""The kinds of files that a visitor may send, unless the site says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

TEXT: Final = "text/plain"
# By extension, what browsers call such a file; the server is told the first. These are the kinds
# that servers take (fact 25), without those that a browser would run: .html, .htm, .js, .xml.
DEFAULT: Final[Mapping[str, Sequence[str]]] = {
    ".avi": ("video/x-msvideo", "video/avi", "video/msvideo"),
    ".c": (TEXT, "text/x-c", "text/x-csrc"),
    ".css": ("text/css",),
    ".csv": ("text/csv", TEXT, "application/csv", "application/vnd.ms-excel"),
    ".doc": ("application/msword",),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    ".gif": ("image/gif",),
    ".ics": ("text/calendar",),
    ".jpeg": ("image/jpeg",),
    ".jpg": ("image/jpeg",),
    ".md": ("text/markdown", "text/x-markdown", TEXT),
    ".mov": ("video/quicktime",),
    ".mp3": ("audio/mpeg", "audio/mp3"),
    ".mp4": ("video/mp4", "audio/mp4"),
    ".pdf": ("application/pdf",),
    ".png": ("image/png",),
    ".py": ("text/x-python", "text/x-script.python", TEXT),
    ".rtf": ("application/rtf", "text/rtf", "application/msword"),
    ".tsv": ("text/tab-separated-values", TEXT),
    ".txt": (TEXT,),
    ".vcf": ("text/vcard", "text/x-vcard", "text/directory"),
    ".wav": ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"),
    ".webp": ("image/webp",),
    ".xls": ("application/vnd.ms-excel",),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    ".yaml": ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", TEXT),
    ".yml": ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", TEXT),
}
# What a browser says of a file that its system does not know.
UNTOLD: Final = ("", "application/octet-stream")
