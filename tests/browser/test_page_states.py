"""Each state of a chat: nothing wrong by axe, light, dark, small, and right to left."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import (
    ANSWER,
    COLOURS,
    QUESTION,
    REFUSED,
    button,
    composer,
    log,
    say,
    violations,
    violations_in_the_dark,
)
from tests.browser.speaking import speak
from tests.browser.states import STATES, State

# Words and their direction change no colour, so one scheme shows all of another language.
LOOKS: tuple[tuple[str, Literal["light", "dark"], tuple[str, ...]], ...] = (
    ("en", "light", ()),
    ("en", "dark", COLOURS),
    ("fr", "light", ()),
    ("ar", "dark", ()),
)
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "htmx:")
WIDER = "(box) => box.scrollWidth - box.clientWidth"


def answered(chat: Page) -> None:
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()


@pytest.mark.parametrize(
    "state",
    [each for each in STATES if each.name != "without-scripts"],  # axe is a script
    ids=lambda state: state.name,
)
def test_axe_finds_nothing_wrong_and_nothing_is_wider_than_320_pixels(
    new_context, site, console, state: State
):
    """In three languages, light and dark. WCAG 1.4.10: 320 CSS pixels are 1280 at 400 %."""
    for line in (REFUSED, *OFFLINE):
        console.expect(line)
    settings = {"viewport": {"width": 320, "height": 512}, "reduced_motion": "reduce"}
    page = new_context(**settings).new_page()
    state.open(page, site)
    for language, scheme, rules in LOOKS:
        if language != "en":
            speak(page, language)
            expect(page.locator("html")).to_have_attribute("lang", language)
        page.emulate_media(color_scheme=scheme)
        assert violations(page, *rules) == [], (language, scheme)
        assert page.locator("html").evaluate(WIDER) <= 0
        if not state.is_on_a_page:
            assert page.get_by_role("main").evaluate(WIDER) <= 0
    page.unroute_all(behavior="ignoreErrors")


def test_an_answer_is_announced_once_and_the_history_is_not(page: Page, site):
    """What is added to the log region is announced, unless it is in a part that is not live."""
    page.goto(site.page_url)
    page.evaluate(
        """() => {
            window.heard = [];
            new MutationObserver((changes) => {
                for (const { addedNodes } of changes) for (const node of addedNodes) {
                    if (node.nodeType === 1 && !node.closest("[aria-live=off]")) {
                        window.heard.push(node.textContent);
                    }
                }
            }).observe(document.getElementById("log"), { childList: true });
        }"""
    )
    answered(page)
    for words in ("open from", QUESTION):
        count = "(words) => window.heard.filter((each) => each.includes(words)).length"
        assert page.evaluate(count, words) == 1
    page.reload()
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(log(page).locator(".earlier")).to_have_attribute("aria-live", "off")


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fr", "ltr")])
def test_axe_finds_nothing_wrong_in_other_languages(
    new_context, site, console, language: str, direction: str
):
    console.expect(REFUSED)
    page = new_context(locale=language).new_page()
    page.goto(site.page_url)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    box = page.get_by_role("textbox")
    for text in ("markdown", "fail", "crash", "progress 60"):
        expect(page.locator(".send")).to_have_attribute("aria-disabled", "false")
        box.fill(text)
        box.press("Enter")
    expect(page.get_by_role("log").get_by_role("table")).to_be_visible()
    expect(page.locator(".pending .progress p")).to_be_visible()
    assert violations(page) == []
    assert violations_in_the_dark(page) == []
    assert page.locator("html").evaluate(WIDER) <= 0


def test_forced_colours_keep_what_a_colour_told(new_context, site, console):
    console.expect(REFUSED)
    page = new_context(forced_colors="active", viewport={"width": 400, "height": 680}).new_page()
    page.goto(site.page_url)
    say(page, "crash")
    expect(button(page, "Edit")).to_be_visible()
    failed = page.locator(".failed .bubble")
    expect(failed).to_have_css("border-style", "dashed")
    composer(page).focus()
    assert (
        page.locator("#composer").evaluate("(box) => getComputedStyle(box).outlineWidth") == "2px"
    )
    for name in (".avatar", ".send"):
        expect(page.locator(name).first).to_have_css("border-width", "1px")
    button(page, "Your chats").click()
    sound = page.get_by_role("switch")
    knob = "(button) => getComputedStyle(button, '::after').backgroundImage"
    off = sound.evaluate(knob)
    sound.click()
    expect(sound).to_be_checked()
    assert "24px" in sound.evaluate(knob)
    assert "8px" in off


def test_nothing_moves_where_less_motion_is_wanted(new_context, site):
    page = new_context(reduced_motion="reduce").new_page()
    page.goto(site.page_url)
    say(page, "slow 3")
    expect(page.locator(".pending")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("document.getAnimations().length") > 0


def test_on_paper_stands_the_conversation_alone_whatever_the_theme(page: Page, site):
    widget = site.make_widget(theme="dark", title="Dark")
    page.goto(f"{site.url}/chatwidget/{widget}/")
    with page.expect_response("**/later.css"):
        answered(page)
    page.emulate_media(media="print")
    expect(composer(page)).to_be_hidden()
    expect(button(page, "Your chats")).to_be_hidden()
    expect(log(page).get_by_text(QUESTION)).to_be_visible()
    for words in (log(page).get_by_text(QUESTION), log(page).get_by_role("table")):
        expect(words).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator(".bubble").first).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert page.get_by_role("main").evaluate("(box) => box.scrollHeight - box.clientHeight") <= 0
