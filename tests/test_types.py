"""That `chatwidget.d.ts` has what the loader has; `npm run types` holds it against an example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatwidget.sources import read

ROOT = Path(__file__).resolve().parent.parent
TYPES = read("chatwidget.d", "ts")
EXAMPLE = (ROOT / "tests/types/page.ts").read_text(encoding="utf-8")
MEMBER = re.compile(r'^  "?([\w-]+)"?(?:<.*>)?\??[:(]', re.MULTILINE)


def members(interface):
    body = re.search(rf"export interface {interface} {{\n(.*?)\n}}", TYPES, re.DOTALL)
    assert body
    return set(MEMBER.findall(body[1]))


def test_it_has_the_options_that_the_loader_takes():
    rules = re.search(r"RULES = {\n(.*?)\n};", read("loader/placing", "js"), re.DOTALL)
    assert rules
    assert members("ChatWidgetOptions") == set(MEMBER.findall(rules[1]))


def test_it_has_the_methods_that_the_loader_has():
    text = read("loader/embed", "js")
    api = re.search(r"it\.api = {\n(.*?)\n};", text, re.DOTALL)
    later = re.search(r"for \(const method of \[(.*?)\]", text)
    assert api
    assert later
    own = set(re.findall(r"^  (\w+)(?:,|\(|:)", api[1], re.MULTILINE))
    own |= set(re.findall(r"it\.api\.(\w+) = ", text))
    assert members("ChatWidgetApi") == own | set(re.findall(r"\w+", later[1]))


def test_it_has_the_events_that_the_documents_name():
    documents = (ROOT / "docs/reference/javascript-api.md").read_text(encoding="utf-8")
    named = re.findall(r"chatwidget:([\w-]+)`", documents)
    assert members("ChatWidgetEvents") == set(named)


def test_it_has_the_events_that_a_listener_may_name():
    events = re.search(r'EVENTS =\s+"(.*?)"', read("loader/calls", "js"))
    assert events
    assert members("ChatWidgetEvents") == set(events[1].split(", "))


@pytest.mark.parametrize(
    "interface", ["ChatWidgetOptions", "ChatWidgetApi", "ChatWidgetEvents", "ChatWidgetDetail"]
)
def test_the_example_uses_every_member(interface):
    assert {name for name in members(interface) if name not in EXAMPLE} == set()
