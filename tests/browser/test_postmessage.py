"""Messages made up by a hostile host page and a hostile frame: nothing is given away or broken."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Frame, Page, expect

from tests.browser.chatting import QUESTION

# Values of every shape, and each type of the protocol with each of them, from a fixed seed.
FUZZ = """({ target, widget, rounds }) => {
  let seed = 20261123;
  const next = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  const shapes = [null, undefined, true, 0, -1, NaN, 1e308, "", "x".repeat(5000), "<img src=x>",
    [], [[]], {}, { length: 9 }, { __proto__: { polluted: 1 } }, new Date(0), /x/, new Map(),
    JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    { then: "x" }, new Uint8Array(9), '{"token":"stolen"}', "*", "javascript:pwned()"];
  const pick = (list) => list[next(list.length)];
  const types = ["hello", "opened", "closed", "page", "call", "event", "ready", "keep", "close",
    "unread", "constructor", "__proto__", "toString", null, 7, ["hello"], {}];
  const names = ["kept", "open", "value", "name", "detail", "url", "title", "values", "method",
    "arguments", "action", "count", "identity", "visitor", "text", "id"];
  const ids = [widget, widget, widget, widget, widget.toUpperCase(), "", null, [widget], "other"];
  for (let round = 0; round < rounds; round += 1) {
    const message = next(12) ? { chatwidget: pick(ids), type: pick(types) } : pick(shapes);
    if (message && typeof message === "object") {
      for (let more = next(4); more; more -= 1) {
        try { message[pick(names)] = pick(shapes); } catch { /* frozen, or a setter's own mind */ }
      }
    }
    try { target.postMessage(message, "*"); } catch { /* not every value can be cloned */ }
  }
}"""


def embedded(page: Page, site: Any) -> Frame:
    """Open the chat on a host page and have a question answered; returns the frame."""
    page.goto(f"{site.other_url}/hostile.html")
    page.get_by_role("button", name="Open chat").click()
    chat = page.frame_locator("chat-widget iframe")
    box = chat.get_by_role("textbox", name="Message")
    box.fill(QUESTION)
    box.press("Enter")
    expect(chat.get_by_text("open from").first).to_be_visible()
    return next(frame for frame in page.frames if frame.url.startswith(site.page_url))


def still_works(page: Page) -> None:
    chat = page.frame_locator("chat-widget iframe")
    before = chat.locator(".message.own").count()
    box = chat.get_by_role("textbox", name="Message")
    if not box.is_visible():
        page.get_by_role("button", name="Open chat").click()
    box.fill("Are you still there?")
    box.press("Enter")
    expect(chat.locator(".message.own")).to_have_count(before + 1)


def test_a_hostile_host_page_learns_nothing_and_breaks_nothing(page: Page, site: Any) -> None:
    inside = embedded(page, site)
    token = inside.evaluate(f'JSON.parse(localStorage["chatwidget:{site.widget}"]).token')
    assert len(token) > 40
    page.evaluate(
        """() => { window.told = []; addEventListener("message", (event) =>
            told.push(JSON.stringify(event.data) ?? "")); }"""
    )
    target = page.locator("chat-widget iframe").element_handle()
    page.evaluate(
        f"([frame, options]) => ({FUZZ})({{ target: frame.contentWindow, ...options }})",
        [target, {"widget": site.widget, "rounds": 1500}],
    )
    inside.wait_for_timeout(500)
    said = "\n".join(page.evaluate("told"))
    assert token not in said
    assert token.split(":")[0] not in said
    assert QUESTION not in said
    assert not inside.evaluate("'polluted' in {}")
    assert inside.evaluate(f'JSON.parse(localStorage["chatwidget:{site.widget}"]).token') == token
    still_works(page)


def test_a_hostile_frame_beside_the_chat_is_heard_by_nobody(page: Page, site: Any) -> None:
    embedded(page, site)
    stranger = next(frame for frame in page.frames if "stranger" in frame.url)
    page.evaluate("window.before = JSON.stringify([localStorage, sessionStorage])")
    options = {"widget": site.widget, "rounds": 1500}
    stranger.evaluate(f"(options) => ({FUZZ})({{ target: window.parent, ...options }})", options)
    stranger.evaluate(
        f"(options) => {{ for (let each = 0; each < window.parent.length; each += 1)"
        f" ({FUZZ})({{ target: window.parent[each], ...options }}); }}",
        options,
    )
    page.wait_for_timeout(500)
    assert page.evaluate("before === JSON.stringify([localStorage, sessionStorage])")
    assert not page.evaluate("'polluted' in {}")
    still_works(page)
