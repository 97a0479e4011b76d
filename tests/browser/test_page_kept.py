"""What was written and what was said is lost to no network, no reload and no new chat."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.browser.chatting import (
    ANSWER,
    QUESTION,
    REFUSED,
    await_answer,
    button,
    composer,
    log,
    say,
)

LOST = "Connection lost. Still trying."
KEEP_WHO = """(widget) => localStorage.setItem(`chatwidget:${widget}`, '{"who":"ana"}')"""
HEAR_WHAT_IS_KEPT = """() => {
    window.kept = [];
    addEventListener("message", ({ data }) => {
        if (data.type === "keep") kept.push(JSON.parse(data.value));
    });
}"""


@pytest.fixture
def chat(page: Page, site, console) -> Page:
    """A chat with an answer, on a network that then fails."""
    console.expect("ERR_FAILED")
    console.expect("htmx:")
    page.goto(site.page_url)
    expect(composer(page)).to_be_focused()
    with page.expect_response("**/later.css"):
        say(page, QUESTION)
    await_answer(page, "we're open from")
    page.route("**/messages/", lose_posts)
    return page


def lose_posts(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def asked(chat: Page) -> list[str]:
    return chat.locator(".own .text").all_inner_texts()


def fails(chat: Page, *texts: str) -> None:
    for text in texts:
        say(chat, text)
        expect(button(chat, "Edit").last).to_be_visible()
        expect(button(chat, "Send")).to_have_attribute("aria-disabled", "false")


def start_new(chat: Page) -> None:
    button(chat, "Your chats").click()
    button(chat, "New chat").click()
    button(chat, "New chat").click()
    expect(chat.get_by_role("dialog")).to_have_count(0)


def test_messages_that_failed_outlast_what_is_typed_after_them(chat: Page):
    fails(chat, "Where is order 4711?", "And order 4712?")
    composer(chat).press_sequentially("x")
    chat.reload()
    expect(composer(chat)).to_have_value("Where is order 4711?\nAnd order 4712?\nx")
    chat.reload()
    expect(composer(chat)).to_have_value("Where is order 4711?\nAnd order 4712?\nx")


def test_one_that_failed_is_the_same_message_after_a_reload(chat: Page):
    with chat.expect_request("**/messages/") as first:
        fails(chat, "Where is order 4711?")
    chat.reload()
    expect(composer(chat)).to_have_value("Where is order 4711?")
    chat.reload()
    expect(composer(chat)).to_have_value("Where is order 4711?")
    with chat.expect_request(lambda request: request.method == "POST") as second:
        composer(chat).press("Enter")
    ids = [parse_qs(each.value.post_data or "")["client_id"] for each in (first, second)]
    assert ids[0] == ids[1]


def test_what_was_sent_after_all_does_not_come_back(chat: Page):
    fails(chat, "help")
    chat.unroute("**/messages/")
    button(chat, "Try again").click()
    await_answer(chat, "Ask me about the shop")
    chat.reload()
    expect(log(chat).get_by_text("Ask me about the shop")).to_be_visible()
    expect(composer(chat)).to_have_value("")


def test_a_new_chat_takes_what_failed_along(chat: Page):
    fails(chat, "Where is order 4711?", "And order 4712?")
    start_new(chat)
    expect(log(chat).locator(".message")).to_have_count(0)
    expect(composer(chat)).to_have_value("Where is order 4711?\nAnd order 4712?")


def test_a_new_chat_in_another_tab_takes_it_along_too(chat: Page, site):
    other = chat.context.new_page()
    other.goto(site.page_url)
    expect(log(other).get_by_text(re.compile(ANSWER))).to_be_visible()
    fails(chat, "Where is order 4711?")
    with other.expect_response("**/later.css"):
        other.reload()
    start_new(other)
    expect(log(chat).locator(".message")).to_have_count(0)
    expect(composer(chat)).to_have_value("Where is order 4711?")


def test_a_new_chat_for_the_page_around_it_leaves_what_came_back(page: Page, site, console):
    console.expect("ERR_FAILED")
    console.expect("htmx:")
    frame = page.frame_locator("iframe")
    box = frame.get_by_role("textbox", name="Message")
    page.goto(f"{site.other_url}/shop.html")
    page.route("**/messages/", lose_posts)
    page.get_by_role("button", name="Open chat: Lantern Books").click()
    box.fill("Where is order 4711?")
    box.press("Enter")
    expect(frame.get_by_role("button", name="Edit")).to_be_visible()
    page.reload()
    expect(box).to_have_value("Where is order 4711?")
    page.evaluate("ChatWidget.newChat(); ChatWidget.send('And order 4712?')")
    expect(frame.get_by_role("button", name="Edit")).to_be_visible()
    page.reload()
    expect(box).to_have_value("Where is order 4711?\nAnd order 4712?")


def test_where_the_frame_can_keep_nothing_no_length_costs_the_chat_or_whose_it_is(
    storageless_page: Page, site
):
    page = storageless_page
    frame = page.frame_locator("iframe")
    box = frame.get_by_role("textbox", name="Message")
    page.goto(f"{site.other_url}/shop.html")
    page.evaluate(KEEP_WHO, site.widget)
    page.reload()
    page.evaluate(HEAR_WHAT_IS_KEPT)
    page.get_by_role("button", name="Open chat: Lantern Books").click()
    box.fill("hello " + "again and " * 385)
    box.press("Enter")
    expect(frame.get_by_text("What are you looking for")).to_be_visible()
    for draft in ("z" * 3_990, "half a thought"):
        box.fill(draft)
    page.wait_for_function("() => kept.at(-1).draft === 'half a thought'")
    kept = page.evaluate("kept")
    assert {each["who"] for each in kept} == {"ana"}
    first = next(at for at, each in enumerate(kept) if "token" in each)
    assert all("token" in each for each in kept[first:])
    page.reload()
    expect(frame.get_by_text("What are you looking for")).to_be_visible()
    expect(box).to_have_value("half a thought")


def test_what_is_typed_before_the_script_is_there_stays(page: Page, site):
    held: list[Route] = []
    page.route("**/chat.js", lambda route: held.append(route))
    page.goto(site.page_url, wait_until="commit")
    composer(page).fill("my early words")
    expect(button(page, "Send")).to_be_disabled()
    button(page, "Send").click(force=True)
    page.wait_for_function("document.readyState === 'interactive'")
    held[0].continue_()
    expect(button(page, "Send")).to_be_enabled()
    expect(composer(page)).to_have_value("my early words")
    assert page.url == site.page_url
    composer(page).press("Enter")
    expect(log(page).locator(".message:not(.own, .pending)")).to_be_visible()


def test_without_htmx_nothing_is_lost_and_try_again_loads_it(page: Page, site, console):
    console.expect("ERR_FAILED")
    page.route("**/htmx-2*", lambda route: route.abort())
    page.goto(site.page_url)
    say(page, QUESTION)
    expect(page.get_by_role("status")).to_have_text(re.compile("That didn.t send."))
    page.unroute("**/htmx-2*")
    button(page, "Try again").click()
    expect(composer(page)).to_have_value(QUESTION)
    composer(page).press("Enter")
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()


@pytest.mark.parametrize(
    "lose",
    [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"),
    ],
    ids=["no network", "an error page"],
)
def test_a_history_that_the_network_lost_says_so_and_comes_by_itself(
    chat: Page, console, lose: Callable[[Route], None]
):
    console.expect(REFUSED)
    chat.unroute("**/messages/")
    chat.route("**/messages/", lose)
    chat.reload()
    expect(log(chat).get_by_text(LOST)).to_be_visible()
    expect(chat.get_by_role("status")).to_have_text(LOST)
    chat.unroute("**/messages/")
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(log(chat).get_by_text(LOST)).to_have_count(0)
    expect(chat.get_by_role("status")).to_have_text("")
    assert asked(chat) == [QUESTION]


def test_a_history_that_comes_after_a_new_message_repeats_nothing(chat: Page):
    chat.unroute("**/messages/")

    def lose_history(route: Route) -> None:
        if route.request.method == "GET":
            route.abort()
        else:
            route.continue_()

    chat.route("**/messages/", lose_history)
    chat.reload()
    expect(log(chat).get_by_text(LOST)).to_be_visible()
    say(chat, "help")
    await_answer(chat, "Ask me about the shop")
    chat.unroute("**/messages/")
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(log(chat).get_by_text("Ask me about the shop")).to_have_count(1)
    assert asked(chat) == [QUESTION, "help"]


def test_a_history_that_an_answer_overtakes_shows_it_once(chat: Page):
    chat.unroute("**/messages/")
    state = "lost"
    held: list[tuple[Route, APIResponse]] = []

    def lose_or_hold_history(route: Route) -> None:
        if route.request.method == "POST" or state == "back":
            route.continue_()
        elif state == "lost":
            route.abort()
        else:
            held.append((route, route.fetch()))

    chat.route("**/messages/", lose_or_hold_history)
    chat.reload()
    expect(log(chat).get_by_text(LOST)).to_be_visible()
    say(chat, "slow 3")
    expect(log(chat).locator(".pending")).to_be_visible()
    state = "late"
    chat.evaluate("() => dispatchEvent(new Event('online'))")
    await_answer(chat, "That took me 3 seconds.")
    state = "back"
    ((route, response),) = held
    route.fulfill(response=response)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(log(chat).get_by_text("That took me 3 seconds.")).to_have_count(1)
    assert asked(chat) == [QUESTION, "slow 3"]


@pytest.mark.parametrize("act", ["click", "Enter"])
def test_one_that_failed_is_edited_where_the_focus_goes(chat: Page, act: str):
    fails(chat, "Where is order 4711?")
    button(chat, "Your chats").focus()
    if act == "click":
        button(chat, "Edit").click()
    else:
        button(chat, "Edit").press(act)
    expect(composer(chat)).to_have_value("Where is order 4711?")
    expect(composer(chat)).to_be_focused()
