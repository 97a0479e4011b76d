"""Cuts a Markdown document into sections by its headings, and a section down to an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
FENCE = re.compile(r"\s*(```|~~~)")
COMMENT = re.compile(r"<!--.*?-->", re.S)
# [words](address) whose address is a path in the repository: useless outside of it.
LOCAL_LINK = re.compile(r"!?\[([^\]]*)\]\((?!https?:)[^)\s]*\)")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading; `path` are the headings above it and its own."""

    source: str
    path: tuple[str, ...]
    body: str

    @property
    def title(self) -> str:
        return self.path[-1]


def sections(markdown: str, source: str) -> list[Section]:
    """Every section of a document that has text of its own."""
    return [section for section in _cut(markdown, source) if section.body]


def _cut(markdown: str, source: str) -> Iterator[Section]:
    above: list[tuple[int, str]] = []
    body: list[str] = []
    for line, in_code in _lines(COMMENT.sub("", markdown)):
        heading = None if in_code else HEADING.match(line)
        if heading is None:
            body.append(line)
            continue
        yield _section(source, above, body)
        level = len(heading[1])
        above = [*(one for one in above if one[0] < level), (level, heading[2])]
        body = []
    yield _section(source, above, body)


def _section(source: str, above: list[tuple[int, str]], body: list[str]) -> Section:
    path = tuple(title for _, title in above) or (source,)
    return Section(source, path, "\n".join(body).strip())


def excerpt(markdown: str, *, limit: int = 1800) -> str:
    """The first paragraphs, up to about `limit` characters; code blocks are kept whole."""
    kept: list[str] = []
    length = 0
    for line, in_code in _lines(markdown):
        if length > limit and not in_code and not line.strip():
            kept.append("\n…")
            break
        kept.append(line)
        length += len(line)
    return LOCAL_LINK.sub(r"\1", "\n".join(kept)).strip()


def _lines(markdown: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it stands in a fenced code block."""
    in_code = False
    for line in markdown.splitlines():
        if FENCE.match(line):
            in_code = not in_code
            yield line, True
        else:
            yield line, in_code
