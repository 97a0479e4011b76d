"""The plain page in a browser without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import ANSWER, QUESTION, REFUSED, button, composer, log


@pytest.fixture
def plain(new_context, site) -> Page:
    """The demo's chat, reached as a visitor without JavaScript reaches it."""
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site.page_url)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the chat that works without it.").click()
    plain: Page = opened.value
    return plain


def ask(page: Page, text: str) -> None:
    composer(page).fill(text)
    button(page, "Send").click()


def test_a_question_is_answered_and_a_reload_goes_on(plain: Page):
    ask(plain, QUESTION)
    expect(log(plain).get_by_text(re.compile(ANSWER))).to_be_visible()
    plain.reload()
    expect(log(plain).get_by_text(re.compile(ANSWER))).to_be_visible()
    assert plain.locator(".own").count() == 1
    ask(plain, "help")
    expect(log(plain).get_by_text("Ask me about the shop")).to_be_visible()
    assert plain.locator(".own").count() == 2


def test_a_starter_question_is_a_button(plain: Page):
    button(plain, QUESTION).click()
    expect(log(plain).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(plain.get_by_role("group", name="Suggested questions")).to_have_count(0)


def test_a_slow_answer_comes_by_itself(plain: Page):
    ask(plain, "slow 2")
    expect(plain.get_by_role("link", name="Check for the answer")).to_be_visible()
    # The page is about to be loaded again, which would empty it.
    expect(composer(plain)).to_have_count(0)
    expect(log(plain).get_by_text("That took me 2 seconds.")).to_be_visible(timeout=15_000)
    expect(composer(plain)).to_be_focused()


def test_an_error_stands_beside_the_field_with_the_text_in_it(plain: Page, console):
    console.expect(REFUSED)
    ask(plain, "crash")
    expect(plain.get_by_role("alert")).to_be_visible()
    expect(composer(plain)).to_have_value("crash")
    button(plain, "Send").click()
    expect(log(plain).get_by_text("That went through this time.")).to_be_visible()


def test_a_new_chat_is_empty(plain: Page):
    ask(plain, QUESTION)
    expect(log(plain).get_by_text(re.compile(ANSWER))).to_be_visible()
    button(plain, "New chat").click()
    expect(log(plain).locator(".message")).to_have_count(0)
    expect(button(plain, QUESTION)).to_be_visible()
