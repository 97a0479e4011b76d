"""Snippets of the documents that no other test runs: Python is compiled, templates rendered."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines

from chatwidget.management.commands.chatwidget_add import Command
from chatwidget.models import ChatServer

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def snippets(language):
    return [
        pytest.param(re.sub(f"^{indent}", "", text, flags=re.MULTILINE), id=f"{page.name}-{number}")
        for page in PAGES
        for number, (indent, kind, text) in enumerate(BLOCK.findall(page.read_text()))
        if kind == language
    ]


@pytest.mark.parametrize("text", snippets("python"))
def test_python_compiles(text):
    compile(text, "snippet", "exec")


@pytest.mark.parametrize("text", snippets("django"))
def test_a_template_renders(text, db):
    engines["django"].from_string(text).render({})


@pytest.mark.parametrize("text", snippets("shell"))
def test_a_line_that_adds_a_widget_is_understood(text):
    lines = [line for line in text.splitlines() if "chatwidget_add" in line]
    for line in lines:
        words = re.findall(r'"[^"]*"|\S+', line)
        Command().create_parser("manage.py", "chatwidget_add").parse_args(words[3:])


def test_the_second_lesson_adds_a_server_by_each_way_of_showing_who_calls(db, monkeypatch):
    lesson = (ROOT / "docs/tutorial/open-chat-studio.md").read_text()
    for line in re.findall(r"^python manage.py (chatwidget_add .+)$", lesson, re.MULTILINE):
        monkeypatch.setattr("sys.stdin", io.StringIO("a-secret\n"))
        call_command(*shlex.split(line), stdout=io.StringIO())
    added = ChatServer.objects.values_list("scheme", flat=True)
    assert sorted(added) == sorted(ChatServer.Scheme.values)


THREATS = (ROOT / "docs/explanation/security.md").read_text().partition("## Who wants what")[2]
WANTED = re.findall(
    r"^\| (?!who \| wants|---)(.+) \|$", THREATS.partition("\n## ")[0], re.MULTILINE
)


@pytest.mark.parametrize("row", WANTED)
def test_a_line_of_the_threat_model_names_tests_that_exist(row):
    *_what, shown_by = row.split(" | ")
    named = re.findall(r"`(tests/[\w/.]+)`", shown_by)
    assert named
    for place in named:
        assert "def test_" in "".join(each.read_text() for each in files_at(ROOT / place)), place


def files_at(path):
    return sorted(path.rglob("test_*.py")) if path.is_dir() else [path]


NAMING = sorted({*PAGES, *ROOT.glob("*.md")})


@pytest.mark.parametrize("page", NAMING, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_documents_and_tests_that_are_there(page):
    named = re.findall(r"(?<![\w/])(?:docs|tests|bench)/[\w./-]*\w", page.read_text())
    assert [place for place in named if not (ROOT / place).exists()] == []
