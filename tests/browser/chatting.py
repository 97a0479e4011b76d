"""A chat page in a browser, in the terms of its reader."""

from __future__ import annotations

import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import FloatRect, Locator, Page, expect

ANSWER = "Today, .* we're open from"
QUESTION = "When are you open today?"
COLOURS = ("color-contrast", "link-in-text-block")  # axe's rules that a colour scheme can break
REFUSED = "Failed to load resource"  # Chromium's own line about any 4xx or 5xx


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def say(page: Page, text: str) -> None:
    """Type and press Enter."""
    composer(page).fill(text)
    composer(page).press("Enter")


def await_answer(page: Page, text: str) -> None:
    """Wait until the log holds `text` and nothing is under way."""
    expect(log(page).get_by_text(text)).to_be_visible()
    expect(button(page, "Send")).to_have_attribute("aria-disabled", "false")


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box
    return box


def stands_at(locator: Locator, **wanted: float) -> None:
    """Wait until it stands there, within a pixel: `x`, `y`, `width`, `height`, any of them.

    What moves may not have begun to, so that its animations tell nothing.
    """
    give_up = time.monotonic() + 20
    while any(abs(box_of(locator)[name] - value) > 1 for name, value in wanted.items()):  # type: ignore[literal-required]
        assert time.monotonic() < give_up, f"{box_of(locator)} is not {wanted}"
        locator.page.wait_for_timeout(50)


def violations(page: Page, *rules: str) -> list[Any]:
    """What axe finds wrong, with where; of a host page what is ours. `rules`: by these alone."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    where = "chat-widget" if page.locator("chat-widget").count() else "html"
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("([where, options]) => axe.run(where, options)", [where, options])
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


def violations_in_the_dark(page: Page) -> list[Any]:
    """What the dark colours alone may do wrong."""
    page.emulate_media(color_scheme="dark")
    return violations(page, *COLOURS)
