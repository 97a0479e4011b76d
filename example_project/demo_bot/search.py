"""Answers questions about this project from its own documents, by SQLite's full-text search."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections import Counter
from functools import cache
from pathlib import Path

from example_project.demo_bot.sections import Section, excerpt, sections

ROOT = Path(__file__).resolve().parents[2]
COMMON = """
a about am an and any are as at be but by can could did do does for from get give had has have how i
if in into is it its just let like made make many may me might mine more most much must my need no
not of on one or our own please see shall she should show so some tell than that the their them
then there these they this to too up us use used using very want was way we were what when where
which who whose why will with without work works would you your
"""
STOP_WORDS = frozenset(COMMON.split())
# A word counts most in a section's own heading, and little more than nothing in those above.
WEIGHTS = (8.0, 1.5, 1.0)
# Up to this share of the question's words, a section is about something else.
TOO_LITTLE = 0.5


class Index:
    """The sections of some documents, in memory, for all threads."""

    def __init__(self, found: list[Section]) -> None:
        self.sections = found
        self.lock = threading.Lock()
        self.database = sqlite3.connect(":memory:", check_same_thread=False)
        self.database.execute(
            "CREATE VIRTUAL TABLE sections "
            "USING fts5(title, above, body, tokenize='porter unicode61')"
        )
        self.database.executemany(
            "INSERT INTO sections (rowid, title, above, body) VALUES (?, ?, ?, ?)",
            (
                (row, part.title, " ".join(part.path[:-1]), part.body)
                for row, part in enumerate(found)
            ),
        )

    def best(self, question: str) -> Section | None:
        """The section that holds most of the question's words, the most relevant of those."""
        words = [word for word in _words(question) if word not in STOP_WORDS]
        shared: Counter[int] = Counter()
        for word in words:
            shared.update(self._rows(word))
        most = max(shared.values(), default=0)
        if not words or most / len(words) <= TOO_LITTLE:
            return None
        by_relevance = self._rows(*words)
        return self.sections[next(row for row in by_relevance if shared[row] == most)]

    def _rows(self, *words: str) -> list[int]:
        query = " OR ".join(f'"{word}"' for word in words)
        with self.lock:
            rows = self.database.execute(
                "SELECT rowid FROM sections WHERE sections MATCH ? "
                "ORDER BY bm25(sections, ?, ?, ?), rowid",
                (query, *WEIGHTS),
            ).fetchall()
        return [row for (row,) in rows]


def answer(question: str) -> str:
    """The best section for the question, as Markdown with its source; "" when none fits."""
    section = index().best(question)
    if section is None:
        return ""
    where = " > ".join((section.source, *section.path[1:]))
    return f"**{section.title}**\n\n{excerpt(section.body)}\n\n*From {where}*"


@cache
def index() -> Index:
    """The project's own documents: README.md and docs/, read once."""
    return Index(documents(ROOT))


def documents(root: Path) -> list[Section]:
    """The sections of README.md and of the Markdown below docs/, but for what tells nothing."""
    files = [path for path in (root / "README.md",) if path.exists()]
    files += [
        path
        for path in sorted((root / "docs").rglob("*.md"))
        if not {"gallery", "translations.md"} & {*path.parts}
    ]
    return [
        section
        for path in files
        for section in sections(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    ]


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"\w+", text.lower())))[:24]
