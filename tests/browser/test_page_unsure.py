"""A message that may or may not have arrived: watched, kept, and sent again only by choice."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import REFUSED, await_answer, button, composer, log, say

UNSURE = "We couldn't confirm that this arrived."
ANSWER = "I got your message all the same."


@pytest.fixture
def chat(page: Page, site, console) -> Page:
    """A chat whose one message went out without an answer."""
    console.expect(REFUSED)
    page.goto(site.page_url)
    expect(composer(page)).to_be_focused()
    say(page, "drop")
    expect(log(page).get_by_text(UNSURE)).to_be_visible()
    page.wait_for_function("() => Object.values(localStorage).join().includes('unsure')")
    return page


def asked(chat: Page) -> list[str]:
    return chat.locator(".own .text").all_inner_texts()


def client_ids(chat: Page) -> list[str]:
    return [each.input_value() for each in chat.locator("form.own [name=client_id]").all()]


def test_it_is_watched_through_a_reload_until_its_answer_is_here(chat: Page):
    chat.reload()
    expect(log(chat).get_by_text(UNSURE)).to_be_visible()
    assert asked(chat) == ["drop"]
    expect(composer(chat)).to_have_value("")
    expect(log(chat).get_by_text(ANSWER)).to_be_visible(timeout=45_000)
    await_answer(chat, ANSWER)
    expect(log(chat).get_by_text(UNSURE)).to_have_count(0)
    assert asked(chat) == ["drop"]
    chat.reload()
    await_answer(chat, ANSWER)
    assert asked(chat) == ["drop"]
    expect(log(chat).get_by_text(UNSURE)).to_have_count(0)


def test_it_is_sent_again_only_by_choice_and_then_as_another(chat: Page):
    first = client_ids(chat)
    with chat.expect_request("**/messages/") as sent:
        button(chat, "Send again").click()
    again = parse_qs(sent.value.post_data or "")
    assert again["message"] == ["drop"]
    assert again["client_id"] == first
    expect(log(chat).get_by_text(UNSURE)).to_be_visible()
    assert client_ids(chat) != first
    assert asked(chat) == ["drop"]


def test_it_does_not_follow_into_another_chat(chat: Page):
    button(chat, "Your chats").click()
    button(chat, "New chat").click()
    button(chat, "New chat").click()
    expect(log(chat).get_by_text("drop")).to_have_count(0)
    say(chat, "Hello")
    expect(log(chat).locator(".message:not(.own)")).to_have_count(1)
    chat.reload()
    expect(log(chat).get_by_text("Hello", exact=True)).to_be_visible()
    await_answer(chat, "What are you looking for")
    say(chat, "help")
    await_answer(chat, "Ask me about the shop")
    assert asked(chat) == ["Hello", "help"]


def test_watching_outlasts_a_lost_network(chat: Page, console):
    console.expect("ERR_INTERNET_DISCONNECTED")
    console.expect("htmx:")
    chat.context.set_offline(True)
    with chat.expect_event("requestfailed"):
        chat.evaluate("() => htmx.trigger(document.querySelector('.watch'), 'resume')")
    with chat.expect_response("**/replies/**"):
        chat.context.set_offline(False)
    expect(button(chat, "Send again")).to_be_visible()
