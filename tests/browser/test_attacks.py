"""What a bot says stays words: hundreds of attacks in a real chat page, under its real policy.

Twice: as the site renders them, and a part of them once more as if rendering had let everything
through, so that the walls behind it show.
"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from playwright.sync_api import Page, Request, Route, expect

from chatwidget.chatapi import Message
from chatwidget.rendering import MAX_LENGTH, render_markdown
from chatwidget.views.showing import shown
from tests.browser.attacks import attacks, filled, huge, listed

AT = "2026-11-23T12:00:00.000000Z"
TAGS = {
    *("A", "BLOCKQUOTE", "BR", "CODE", "DIV", "EM", "H2", "H3", "H4", "H5", "H6", "HR", "IMG"),
    *("LI", "OL", "P", "PRE", "S", "STRONG", "TABLE", "TBODY", "TD", "TH", "THEAD", "TR", "UL"),
}
ATTRIBUTES = {
    *("href", "title", "rel", "target", "class", "start", "align", "tabindex", "role"),
    *("aria-label", "src", "alt", "loading", "referrerpolicy"),
}
SCHEMES = {"http:", "https:", "mailto:", "tel:"}

# Before any script of the page: whoever runs a payload is noted, whatever it calls.
NOTE_RUNS = """
window.ran = [];
window.pwned = (number) => { window.ran.push(number); };
for (const name of ["alert", "confirm", "prompt", "open", "print"]) {
  window[name] = (...values) => { window.ran.push([name, ...values]); };
}
"""
# What is in the answers: elements, their attributes, and where links lead. The page itself puts a
# button that copies into each box of code.
AUDIT = """(log) => {
  const found = { tags: [], attributes: [], schemes: [], same: [] };
  for (const content of log.querySelectorAll(".content")) {
    for (const element of content.querySelectorAll("*")) {
      if (element.matches(".code > pre + button[type=button]")) continue;
      found.tags.push(element.tagName);
      for (const { name } of element.attributes) found.attributes.push(name);
      if (element.href) found.schemes.push(element.protocol);
      if (element.href && element.target !== "_blank") found.same.push(element.outerHTML);
    }
  }
  for (const name in found) found[name] = [...new Set(found[name])];
  return found;
}"""
# All that a visitor's hand could cause, on every element; a link is not followed.
TOUCH = """(log) => {
  log.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    const outward = ["http:", "https:", "mailto:", "tel:"];
    if (link && outward.includes(link.protocol)) event.preventDefault();
  }, true);
  const events = ["pointerenter", "mouseover", "focus", "focusin", "click", "keydown", "input",
    "toggle", "beforetoggle", "animationstart", "transitionend", "wheel", "copy", "drag", "load",
    "error", "contextmenu", "scroll", "htmx:load", "resume", "revealed", "intersect"];
  for (const element of log.querySelectorAll(".content, .content *")) {
    for (const name of events) {
      element.dispatchEvent(new MouseEvent(name, { bubbles: true, cancelable: true }));
    }
  }
}"""


# As htmx swaps: HTML by way of the page's policy, one attack a bubble so that none hides the next.
SWAP = """(honest, texts) => {
  for (const text of texts) {
    const content = honest.cloneNode(true);
    honest.after(content);
    content.innerHTML = text;
    window.htmx.process(content);
  }
}"""


class Visit:
    """A chat page whose history is what a test says; notes whom the browser asks for anything."""

    def __init__(self, page: Page, url: str, widget: str, history: str) -> None:
        self.page, self.url, self.history = page, url, history
        self.asked: list[str] = []
        self.stopped: list[str] = []
        page.context.on("request", self._note)
        page.context.route("**/*", self._answer)
        page.on("dialog", lambda dialog: self.asked.append(f"dialog {dialog.message}"))
        kept = f'localStorage.setItem("chatwidget:{widget}", JSON.stringify({{token: "kept"}}))'
        page.add_init_script(f"{NOTE_RUNS} if (window === parent) {kept};")

    def open(self, messages: int) -> None:
        self.page.goto(self.url)
        expect(self.page.locator("#log .message")).to_have_count(messages)

    def _note(self, request: Request) -> None:
        self.asked.append(request.url)

    def _answer(self, route: Route) -> None:
        address, site = route.request.url, self.url.split("/chatwidget/")[0]
        if address == f"{self.url}messages/":
            answer = route.fetch()
            headers = {**answer.headers, "content-type": "text/html; charset=utf-8"}
            headers.pop("x-session-token", None)
            route.fulfill(status=200, headers=headers, body=self.history)
        elif address.startswith((f"{site}/static/", f"{site}/chatwidget/page/", self.url, "data:")):
            route.continue_()
        else:
            # What the page's own policy refuses does not come as far as this.
            self.stopped.append(address)
            route.abort()

    @property
    def strange(self) -> list[str]:
        """Requests for what is no part of the page."""
        site = re.escape(self.url.split("/chatwidget/")[0])
        files = r"/(static/django_htmx/htmx-2\.min\.js|chatwidget/page/[0-9a-f]+/[a-z_]+\.(js|css))"
        page = re.escape(self.url.partition(site)[2])
        usual = rf"{site}({files}|/chatwidget/[0-9a-f-]{{36}}/(messages/|identity/)?){page}"
        return [url for url in self.asked if not re.fullmatch(usual, url)]


def history_of(texts: list[str], *, rendered: bool = True) -> str:
    """The log's fragment, as the site makes it, or with the texts as they are."""
    said = [shown(Message(AT, "assistant", text if rendered else "")) for text in texts]
    if not rendered:
        for each, text in zip(said, texts, strict=True):
            object.__setattr__(each, "html", mark_safe(text))  # noqa: S308 (attacks, to be tried)
    context = {"messages": said, "groups": [said], "title": "Bot", "initial": "B"}
    return render_to_string("chatwidget/fragments/history.html", context)


def visit(page: Page, site: Any, texts: list[str], *, rendered: bool = True) -> Visit:
    """Open the chat page with a history of these."""
    made = Visit(page, site.page_url, site.widget, history_of(texts, rendered=rendered))
    made.open(len(texts))
    return made


def assert_untouched(visit: Visit) -> None:
    """Nothing ran, nothing was fetched, and the page is where and what it was."""
    visit.page.locator("#log").evaluate(TOUCH)
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.ran") == []
    assert visit.strange == []
    assert visit.page.url == visit.url
    assert len(visit.page.context.pages) == 1
    expect(visit.page.get_by_role("textbox", name="Message")).to_be_editable()
    assert visit.page.evaluate("typeof window.htmx.process") == "function"
    assert visit.page.evaluate("document.body.getAttribute('data-widget')") in visit.url


def test_there_are_enough_attacks() -> None:
    assert len(set(attacks())) >= 300
    assert len(listed("gadgets")) >= 30


def test_no_attack_gets_through(page: Page, site: Any) -> None:
    """No console line either: the policy has nothing left to refuse."""
    opened = visit(page, site, attacks())
    found = page.locator("#log").evaluate(AUDIT)
    assert set(found["tags"]) <= TAGS
    assert set(found["attributes"]) <= ATTRIBUTES
    assert set(found["schemes"]) <= SCHEMES
    assert found["same"] == []
    assert_untouched(opened)


def test_no_attack_gets_through_on_the_page_without_scripts() -> None:
    """The plain page shows the same HTML; what an allow-list lets out needs no browser to see."""
    for text in attacks():
        html = render_markdown(text)
        assert set(re.findall(r"<([a-zA-Z][\w-]*)", html)) <= {tag.lower() for tag in TAGS}, text
        # nh3 writes attributes in double quotes, and escapes what stands in them.
        for tag in re.findall(r"<[a-z][^<>]*>", html):
            names = re.findall(r"""\s([^\s"'<>/=]+)=""", re.sub(r'"[^"]*"', '""', tag))
            assert set(names) <= ATTRIBUTES, text


def test_huge_answers_are_shown_in_time(page: Page, site: Any) -> None:
    for text in huge():
        # This thread's own work, and no more: the slowest takes half a second on a quiet machine.
        begun = time.thread_time()
        html = render_markdown(text)
        assert time.thread_time() - begun < 10, text[:20]
        assert len(html) < 30 * MAX_LENGTH, text[:20]
    visited = visit(page, site, [*huge()][:4])
    assert page.evaluate("window.ran") == []
    assert visited.strange == []


# What acts by itself once it is HTML, but for a script element, which makes the page's Trusted
# Types policy refuse the whole, and what would swallow or leave the page for the next.
RAW = re.compile(
    r"^<(img|svg|image|body|iframe|object|embed|link|style|video|audio|details|input|select"
    r"|marquee|xss|x-foo|table|picture|div|p|b)\b(?!.*(<script|<noscript|<title|<textarea))"
)


def test_what_rendering_let_through_would_meet_the_policy(page: Page, site: Any, console) -> None:
    """Scripts in attributes don't run, and no other host is asked, even from raw HTML."""
    for words in ("Content Security Policy", "Failed to load", "Refused to", "Unsafe attempt"):
        console.expect(words)
    raw = [filled(text, number) for number, text in enumerate(listed("html")) if RAW.match(text)]
    assert len(raw) >= 50
    opened = visit(page, site, ["An honest answer."])
    page.locator("#log .content").evaluate(SWAP, raw)
    page.locator("#log").evaluate(TOUCH)
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") == []
    assert opened.stopped == []
    assert page.url == opened.url


def test_htmx_acts_on_no_gadget_even_in_raw_html(page: Page, site: Any, console) -> None:
    """`hx-disable` stands around each answer."""
    console.expect("Content Security Policy")
    raw = [filled(text, number) for number, text in enumerate(listed("gadgets"))]
    inside = [text for text in raw if "hx-swap-oob" not in text]
    opened = visit(page, site, inside, rendered=False)
    page.locator("#log").evaluate(
        "(log) => { for (const name of ['resume', 'htmx:afterSwap'])"
        " document.body.dispatchEvent(new Event(name)); log.scrollIntoView(); }"
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") == []
    assert opened.strange == []
    assert page.url == opened.url


@pytest.mark.parametrize("text", ["<script>pwned(1)</script>", "<SCRIPT src=/x.js></SCRIPT>"])
def test_a_script_element_is_refused_by_trusted_types(
    page: Page, site: Any, console, text: str
) -> None:
    console.expect("TrustedHTML")
    page.add_init_script(NOTE_RUNS)
    page.goto(site.page_url)
    outcome = page.evaluate(
        """(text) => {
          const box = document.createElement("div");
          try { box.innerHTML = text; } catch (error) { return error.name; }
          return box.innerHTML;
        }""",
        text,
    )
    assert outcome == "TypeError"
    assert page.evaluate("window.ran") == []
