"""Finding the section that answers a question."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from example_project.demo_bot.search import Index, documents
from example_project.demo_bot.sections import Section, excerpt, sections

GUIDE = """# Guide

Words before any part.

## Install

Type `pip install it`.

```shell
# no heading, a comment
pip install it
```

### Extras

Brotli makes it smaller. <!-- not said -->

## Empty

## Settings ##

See [the list](settings.md) or [Django](https://docs.djangoproject.com/).
"""


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(sections(GUIDE, "guide.md"))


def test_sections_are_cut_at_headings_and_know_those_above() -> None:
    assert [section.path for section in sections(GUIDE, "guide.md")] == [
        ("Guide",),
        ("Guide", "Install"),
        ("Guide", "Install", "Extras"),
        ("Guide", "Settings"),
    ]


def test_text_without_a_heading_is_named_by_its_file() -> None:
    assert sections("Only words.", "note.md") == [Section("note.md", ("note.md",), "Only words.")]


def test_code_is_no_heading_and_comments_are_left_out() -> None:
    install, extras = sections(GUIDE, "guide.md")[1:3]
    assert "# no heading" in install.body
    assert extras.body == "Brotli makes it smaller."


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("how do I install it?", "Install"),
        ("what are the settings", "Settings"),
        ("installing extras", "Extras"),
        ("what about brotli", "Extras"),
    ],
)
def test_the_section_with_most_of_the_words_is_found(
    index: Index, question: str, title: str
) -> None:
    found = index.best(question)
    assert found is not None
    assert found.title == title


@pytest.mark.parametrize("question", ["", "how do I", "zebra giraffe install", "AND OR NOT *"])
def test_nothing_is_found_where_too_little_fits(index: Index, question: str) -> None:
    assert index.best(question) is None


def test_threads_may_ask_at_once(index: Index) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(index.best, ["install"] * 40))
    assert {section and section.title for section in found} == {"Install"}


def test_an_excerpt_ends_at_a_paragraph_and_never_inside_code() -> None:
    text = "first " * 10 + "\n\n```\ncode\n\nmore code\n```\n\nlast"
    assert excerpt(text, limit=20).endswith("first \n\n…".strip())
    assert excerpt("```\n" + "code\n\n" * 10 + "```\n\nlast", limit=20).endswith("```\n\n…")
    assert excerpt("short") == "short"


def test_links_into_the_repository_become_words() -> None:
    settings = sections(GUIDE, "guide.md")[-1]
    assert excerpt(settings.body) == ("See the list or [Django](https://docs.djangoproject.com/).")


def test_documents_are_the_readme_and_all_below_docs(tmp_path: Path) -> None:
    assert documents(tmp_path) == []
    (tmp_path / "README.md").write_text("# Read\n\nme", encoding="utf-8")
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "deep" / "one.md").write_text("# One\n\nword", encoding="utf-8")
    assert [section.source for section in documents(tmp_path)] == ["README.md", "docs/deep/one.md"]
