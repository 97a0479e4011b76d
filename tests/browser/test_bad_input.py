"""Whatever an admin or a visitor types, the layout holds: nothing is wider than the window, and the
composer stays where it is.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import box_of, composer, log

SIZES = ((320, 512), (400, 680), (1280, 800))
ZALGO = "Z" + "\u0351\u036b\u0343\u0346\u0489" * 40
TEXTS = {
    "one character": "x",
    "a word of 10,000 letters": "w" * 10_000,
    "10,000 letters": "word " * 2_000,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 300,
    "right-to-left marks": "\u202e\u2066abc \u200f\u202d" * 300 + "مرحبا",
    "combining marks": f"{ZALGO} " * 40,
    "line ends": "a\n" * 500,
    "quotations in quotations": "> " * 400 + "deep",
    "lists in lists": "".join(f"{'  ' * depth}- a\n" for depth in range(60)),
    "open brackets": "[" * 3_000 + "![" * 500,
    "a wide table": "|" + " head |" * 80 + "\n|" + "-|" * 80 + "\n|" + " cell |" * 80,
    "code that never ends": "```\n" + "x" * 3_000,
    "stars": "*a **b " * 700,
    "headings": "# " + "H" * 500 + "\n\n###### h6",
    "a script": "<script>document.title = 'run'</script> [a](javascript:document.title='run') "
    "<img src=x onerror=\"document.title = 'run'\">",
}


# What differs from the others in the one line of a title, a label or a greeting.
LINES = {
    name: TEXTS[name].replace("\n", " ")
    for name in (
        "a word of 10,000 letters",
        "emoji",
        "right-to-left marks",
        "combining marks",
        "headings",
        "a script",
    )
}
lines = pytest.mark.parametrize("line", LINES.values(), ids=LINES)


def assert_no_wider(page: Page, what: str) -> None:
    for box in (page.locator("html"), page.get_by_role("main")):
        assert box.evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0, what


def assert_layout(page: Page) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("(height) => document.body.offsetHeight === height", arg=height)
        assert_no_wider(page, f"{width} pixels")
        field = box_of(composer(page))
        assert field["x"] >= 0
        assert field["x"] + field["width"] <= width
        assert height - 120 <= field["y"] + field["height"] <= height
        assert box_of(page.get_by_role("banner"))["height"] <= height / 2
        assert box_of(page.get_by_role("main"))["height"] >= 40


def test_welcomes_and_questions_of_them_do_not_break_the_page(page: Page, site):
    questions = [text.replace("\n", " ")[:2_000] for text in TEXTS.values()]
    widget = site.make_widget(
        welcome_messages=["Hello", *TEXTS.values()],
        starter_questions=[*questions, questions[1][:200]],
    )
    page.goto(f"{site.url}/chatwidget/{widget}/")
    expect(page.get_by_role("region", name="Welcome").locator(".content")).to_have_count(len(TEXTS))
    assert_layout(page)
    assert page.title() != "run"


@lines
def test_a_title_of_it_does_not_break_the_page(page: Page, site, line: str):
    widget = site.make_widget(
        title=line[:60], subtitle=line[:100], welcome_messages=[line, "Hello"]
    )
    page.goto(f"{site.url}/chatwidget/{widget}/")
    expect(composer(page)).to_be_visible()
    assert_layout(page)
    assert page.title() != "run"


def test_a_conversation_of_them_does_not_break_the_page(page: Page, site):
    page.goto(site.page_url)
    page.set_viewport_size({"width": 320, "height": 512})
    answers = log(page).locator(".message:not(.own, .pending)")
    for number, (name, text) in enumerate(TEXTS.items(), 1):
        composer(page).fill(text)
        assert_no_wider(page, name)
        composer(page).press("Enter")
        expect(answers).to_have_count(number, timeout=20_000)
        assert log(page).locator(".own .text").last.inner_text().strip() == text.strip()
        assert_no_wider(page, name)
    assert_layout(page)
    assert page.title() != "run"


@lines
def test_a_launcher_of_it_stands_on_the_page(page: Page, site, line: str):
    widget = site.make_widget(
        title=line[:60], label=line[:30], greeting=line[:120], greeting_delay=0
    )
    page.set_viewport_size({"width": 320, "height": 512})
    page.goto(f"{site.other_url}/shop.html?widget={widget}")
    launcher = page.locator("chat-widget .launcher")
    expect(page.locator("chat-widget .greeting")).to_be_visible()
    for part in (launcher, page.locator("chat-widget .greeting")):
        box = box_of(part)
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["y"] >= 0
        assert box["height"] <= 320
    assert page.locator("html").evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0
    expect(launcher).to_have_accessible_name(re.compile(r"\S"))
