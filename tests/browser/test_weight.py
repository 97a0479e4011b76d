"""How much a visitor's browser fetches before the first message, as ``brotli -11`` packs it."""

from __future__ import annotations

import brotli
from playwright.sync_api import Page, Response, expect

from tests.browser.running import Site

LOADER_LIMIT = 4_096  # bytes
LIMIT = 30_720  # bytes: the loader, the page with htmx, and the message itself


def weight(response: Response) -> int:
    return len(brotli.compress(response.body(), quality=11))


def test_all_up_to_the_first_message_is_light(page: Page, site: Site):
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(f"{site.url}/embed-demo/")
    page.get_by_role("button", name="Open chat: Lantern Books").click()
    box = page.frame_locator("iframe").get_by_role("textbox")
    expect(box).to_be_visible()
    box.fill("When are you open today?")
    with page.expect_response(lambda response: response.url.endswith("/messages/")) as sent:
        box.press("Enter")
    sent.value.finished()
    first = seen[: seen.index(sent.value) + 1]
    ours = {
        each.url: weight(each)
        for each in first
        if "/chatwidget/" in each.url or "/static/" in each.url
    }
    (loader,) = (size for url, size in ours.items() if url.endswith("/embed.js"))
    assert loader <= LOADER_LIMIT
    assert sum("htmx" in url for url in ours) == 1
    assert not any("later" in url or "answers" in url for url in ours)
    assert sum(ours.values()) <= LIMIT, ours
