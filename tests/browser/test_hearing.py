"""A whole conversation by keyboard and ear, as `docs/explanation/accessibility.md` has it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chatting import REFUSED
from tests.browser.hearing import Reader

DOCUMENT = Path(__file__).parents[2] / "docs" / "explanation" / "accessibility.md"


def transcript() -> str:
    """The block below the heading that says what is heard."""
    found = re.search(r"## What is heard.*?```text\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found
    return found[1]


def test_a_conversation_by_keyboard_is_heard_as_the_document_has_it(new_context, site, console):
    console.expect(REFUSED)
    page: Page = new_context(locale="en-US", reduced_motion="reduce").new_page()
    page.goto(f"{site.url}/embed-demo/")
    page.get_by_role("button", name="Open chat: Lantern Books").wait_for()
    reader = Reader(page, latency=400)
    for _ in range(10):
        page.keyboard.press("Tab")
        reader.listen()
        if "Open chat" in reader.lines[-1]:
            break
    reader.lines = reader.lines[-1:]
    reader.presses("Enter", until="focus: Message")
    reader.types("hello")
    reader.presses("Enter", until="What are you looking for")
    reader.presses("Enter", until="Type a message first")
    reader.types("crash")
    reader.presses("Enter", until="Send it again?")
    reader.presses("Shift+Tab", until="Edit")
    reader.presses("Shift+Tab", until="again")
    reader.presses("Enter", until="That went through this time.")
    reader.presses("Shift+Tab", until="focus: ")
    reader.presses("Shift+Tab", until="focus: Close chat")
    reader.presses("Shift+Tab", until="focus: Your chats")
    reader.presses("Enter", until="focus: ")
    reader.presses("Escape", until="focus: ")
    reader.presses("Escape", until="focus: Open chat")
    heard = "\n".join(reader.lines) + "\n"
    assert heard == transcript()
