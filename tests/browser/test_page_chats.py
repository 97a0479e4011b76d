"""A visitor's chats: several, in several tabs, long, and read at the reader's own pace."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Locator, Page, Playwright, Route, expect

from tests.browser.chatting import (
    ANSWER,
    QUESTION,
    REFUSED,
    await_answer,
    box_of,
    button,
    composer,
    log,
    say,
    violations,
    violations_in_the_dark,
)
from tests.browser.conftest import ARGUMENTS


@pytest.fixture
def chat(page: Page, site) -> Page:
    """The demo's chat page with one question answered."""
    page.goto(site.page_url)
    expect(composer(page)).to_be_focused()
    say(page, QUESTION)
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(button(page, "Send")).to_have_attribute("aria-disabled", "false")
    return page


def asked(chat: Page) -> list[str]:
    return chat.locator(".own .text").all_text_contents()


def dialog(chat: Page, name: str) -> Locator:
    return chat.get_by_role("dialog", name=name)


def start_new(chat: Page) -> None:
    button(chat, "Your chats").click()
    dialog(chat, "Your chats").get_by_role("button", name="New chat").click()
    dialog(chat, "Start a new chat?").get_by_role("button", name="New chat").click()


def test_a_new_chat_is_started_after_a_question_and_the_old_one_stays_in_the_list(chat: Page):
    start_new(chat)
    expect(composer(chat)).to_be_focused()
    expect(log(chat).locator(".message")).to_have_count(0)
    say(chat, "markdown")
    expect(log(chat).get_by_role("table")).to_be_visible()
    button(chat, "Your chats").click()
    rows = dialog(chat, "Your chats").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).get_by_role("button")).to_have_attribute("aria-current", "true")
    rows.nth(1).get_by_role("button", name=QUESTION).click()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    assert asked(chat) == [QUESTION]


def test_a_chat_that_is_older_than_a_session_can_be_is_forgotten(chat: Page):
    chat.add_init_script(
        """
        const [key, value] = Object.entries(localStorage)[0];
        const old = [{ token: "a:b:c", title: "long ago", at: Date.now() - 8 * 86400000 }];
        const kept = JSON.parse(value);
        const chats = [...(kept.chats ?? []), ...old];
        localStorage.setItem(key, JSON.stringify({ ...kept, chats }));
        """
    )
    with chat.expect_response("**/later.css"):
        chat.reload()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    button(chat, "Your chats").click()
    expect(dialog(chat, "Your chats").get_by_role("listitem")).to_have_text(
        re.compile(QUESTION[:9])
    )
    assert "long ago" not in chat.evaluate("Object.values(localStorage)[0]")


def test_a_new_chat_can_be_thought_better_of_by_keyboard_alone(chat: Page):
    button(chat, "Your chats").press("Enter")
    dialog(chat, "Your chats").get_by_role("button", name="New chat").press("Enter")
    sure = dialog(chat, "Start a new chat?").get_by_role("button", name="New chat")
    expect(sure).to_be_focused()
    button(chat, "Back").press("Enter")
    expect(dialog(chat, "Your chats")).to_be_visible()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("dialog")).to_have_count(0)
    expect(composer(chat)).to_be_focused()
    assert asked(chat) == [QUESTION]


def test_tabs_of_one_visitor_show_the_same(chat: Page, site):
    other = chat.context.new_page()
    other.goto(site.page_url)
    expect(log(other).get_by_text(re.compile(ANSWER))).to_be_visible()
    say(other, "help")
    await_answer(other, "Ask me about the shop")
    expect(log(chat).get_by_text("Ask me about the shop")).to_be_visible()
    assert asked(chat) == asked(other) == [QUESTION, "help"]
    start_new(other)
    expect(log(chat).locator(".message")).to_have_count(0)


def test_where_the_bot_speaks_first_it_begins_each_new_chat_once(page: Page, site):
    address = f"{site.url}/chatwidget/{site.make_widget(has_seed_message=True)}/"
    page.goto(address)
    say(page, QUESTION)
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    other = page.context.new_page()
    other.goto(address)
    expect(log(other).get_by_text(re.compile(ANSWER))).to_be_visible()
    posts: list[str | None] = []
    page.context.on("request", lambda request: posts.append(request.post_data))
    with other.expect_response("**/messages/"), page.expect_response("**/messages/"):
        start_new(page)
    expect(log(other).locator(".message")).to_have_count(0)
    assert [post for post in posts if post] == ["start=1"]


def test_who_is_quicker_than_the_bot_that_speaks_first_gets_their_answer(page: Page, site):
    page.goto(f"{site.url}/chatwidget/{site.make_widget(has_seed_message=True)}/")
    say(page, QUESTION)
    await_answer(page, "we're open from")
    expect(button(page, "Send")).to_have_attribute("aria-disabled", "false")
    held: list[Route] = []

    def hold_start(route: Route) -> None:
        if route.request.post_data == "start=1":
            held.append(route)
        else:
            route.continue_()

    page.route("**/messages/", hold_start)
    with page.expect_request("**/messages/"):
        start_new(page)
    say(page, "slow 3")
    expect(log(page).locator(".pending")).to_be_visible()
    with page.expect_response("**/messages/"):
        held[0].continue_()
    await_answer(page, "That took me 3 seconds.")
    assert asked(page) == ["slow 3"]


def test_waiting_can_be_stopped_and_the_next_message_sent(chat: Page, console):
    console.expect(REFUSED)
    say(chat, "slow 20")
    stop = button(chat, "Stop waiting")
    expect(stop).to_be_visible(timeout=12_000)
    stop.focus()
    for _ in range(2):
        with chat.expect_response("**/replies/**"):
            pass
    expect(stop).to_be_focused()
    stop.hover()
    chat.mouse.down()
    for _ in range(2):
        with chat.expect_response("**/replies/**"):
            pass
    chat.mouse.up()
    expect(log(chat).get_by_text("You stopped waiting.")).to_be_visible()
    expect(button(chat, "Send")).to_have_attribute("aria-disabled", "false")
    expect(composer(chat)).to_be_focused()


@pytest.mark.parametrize("width", [320, 760, 1280, 2560])
def test_a_dialog_is_as_readable_on_a_wide_page_as_on_a_phone(chat: Page, width: int):
    chat.set_viewport_size({"width": width, "height": 720})
    button(chat, "Your chats").click()
    shown = dialog(chat, "Your chats")
    assert 280 <= box_of(shown)["width"] <= 360
    for line in (shown.get_by_role("heading").first, shown.get_by_role("listitem")):
        room = box_of(shown)["width"] - box_of(line)["width"]
        assert room < 44, "its padding leaves no room for words"


def test_the_reader_s_place_is_kept_and_a_pill_leads_to_what_is_new(chat: Page):
    chat.set_viewport_size({"width": 360, "height": 500})
    say(chat, "long")
    await_answer(chat, "long")
    say(chat, "slow 1")
    scroller = chat.locator("#scroller")
    scroller.evaluate("(box) => { box.scrollTop = 0; }")
    pill = button(chat, "New messages")
    expect(pill).to_be_visible()
    assert scroller.evaluate("(box) => box.scrollTop") == 0
    pill.press("Enter")
    expect(pill).to_be_hidden()
    expect(chat.get_by_role("main")).to_be_focused()
    expect(log(chat).get_by_text("That took me 1 seconds.")).to_be_in_viewport()


# As the page does, without the waiting.
TALK = """async (count) => {
    const [kept] = Object.keys(localStorage).filter((key) => key.startsWith("chatwidget:"));
    const { token } = JSON.parse(localStorage.getItem(kept));
    const ask = async (path, options) => {
        const headers = { "HX-Request": "true", "X-Session-Token": token };
        return (await fetch(path, { ...options, headers })).text();
    };
    for (let number = 1; number <= count; number += 1) {
        const body = new URLSearchParams({ message: `hello ${number}` });
        let said = await ask("messages/", { method: "POST", body });
        for (let next; (next = /pending"[^>]* hx-get="([^"]+)"/.exec(said));) {
            await new Promise((resolve) => setTimeout(resolve, 30));
            said = await ask(next[1]);
        }
    }
}"""


def test_a_long_chat_shows_its_end_and_the_rest_at_a_click(chat: Page):
    chat.evaluate(TALK, 21)
    chat.reload()
    last = log(chat).get_by_text("hello 21", exact=True)
    expect(last).to_be_in_viewport()
    expect(log(chat).locator(".message")).to_have_count(40)
    button(chat, "Earlier messages").click()
    expect(log(chat).locator(".message")).to_have_count(44)
    expect(button(chat, "Earlier messages")).to_have_count(0)
    assert asked(chat) == [QUESTION, *(f"hello {number}" for number in range(1, 22))]


def test_earlier_messages_that_the_network_lost_come_by_themselves(chat: Page, console):
    console.expect("ERR_FAILED")
    console.expect("htmx:")
    chat.evaluate(TALK, 21)
    chat.reload()
    expect(log(chat).locator(".message")).to_have_count(40)
    chat.route("**/messages/?before=*", lambda route: route.abort(), times=1)
    button(chat, "Earlier messages").click()
    expect(chat.get_by_role("status")).to_have_text("Connection lost. Still trying.")
    expect(log(chat).locator(".message")).to_have_count(44)
    expect(chat.get_by_role("status")).to_have_text("")


DRAWN = "(said) => said.checkVisibility({ contentVisibilityAuto: true })"


@pytest.fixture
def far(chat: Page) -> Locator:
    """The first message of a long chat that is at its end: far out of sight."""
    chat.evaluate(TALK, 19)
    chat.reload()
    expect(log(chat).get_by_text("hello 19", exact=True)).to_be_in_viewport()
    expect(chat.locator(".past.known")).to_have_count(4)
    first = chat.locator(".past .message").first
    expect(first).to_contain_text(QUESTION)
    return first


def test_what_is_far_out_of_sight_costs_nothing_and_is_found_and_printed(chat: Page, far: Locator):
    scroller = chat.get_by_role("main")
    height = scroller.evaluate("(box) => box.scrollHeight")
    assert not far.evaluate(DRAWN)
    # A text fragment looks for its words as find-in-page does.
    chat.evaluate("(words) => { location.hash = `:~:text=${encodeURI(words)}`; }", QUESTION)
    expect(far).to_be_in_viewport()
    assert far.evaluate(DRAWN)
    assert scroller.evaluate("(box) => box.scrollHeight") == height
    scroller.evaluate("(box) => { box.scrollTop = box.scrollHeight; }")
    chat.emulate_media(media="print")
    assert far.evaluate(DRAWN)


def test_a_reload_shows_the_end_and_stays_there(chat: Page):
    chat.set_viewport_size({"width": 360, "height": 500})
    for text, answer in (("markdown", "That was all of it."), ("hello", "I'm the assistant")):
        say(chat, text)
        await_answer(chat, answer)
    for _ in range(3):
        chat.reload()
        expect(chat.locator(".past.known")).to_have_count(1)
        # Until what follows it is drawn.
        chat.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        left = "(box) => box.scrollHeight - box.clientHeight - box.scrollTop"
        assert chat.get_by_role("main").evaluate(left) <= 1


def test_a_screen_reader_has_what_is_far_out_of_sight(
    chat: Page, far: Locator, playwright: Playwright, chromium_path: str, site
):
    """Chromium leaves it out of its tree unless a screen reader is there."""
    heard = playwright.chromium.launch(
        executable_path=shutil.which("chromium-headless-shell") or chromium_path,
        args=[*ARGUMENTS, "--force-renderer-accessibility"],
    )
    page = heard.new_page(storage_state=chat.context.storage_state())
    page.goto(site.page_url)
    expect(page.locator(".past.known")).to_have_count(4)
    assert not page.locator(".past .message").first.evaluate(DRAWN)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    assert QUESTION in {node.get("name", {}).get("value") for node in tree["nodes"]}
    heard.close()


def test_code_is_copied_by_a_button(chat: Page, site):
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    say(chat, "markdown")
    copy = button(chat, "Copy").first
    copy.focus()
    copy.press("Enter")
    expect(button(chat, "Copied").first).to_be_focused()
    assert chat.evaluate("() => navigator.clipboard.readText()").strip()
    for _ in range(2):
        expect(chat.get_by_role("status")).to_have_text("Copied")
        expect(chat.get_by_role("status")).to_have_text("")
        copy.press("Enter")


def test_what_is_left_is_counted_near_the_limit(chat: Page):
    composer(chat).fill("x" * 9_500)
    expect(chat.get_by_text("Characters left: 500")).to_be_visible()
    expect(composer(chat)).to_have_accessible_description("Characters left: 500")
    composer(chat).fill("x" * 8_000)
    expect(chat.get_by_text("Characters left")).to_have_count(0)


def test_being_offline_is_noticed_and_taken_up(chat: Page, console):
    console.expect(REFUSED)
    chat.context.set_offline(True)
    expect(chat.locator("#busy")).to_have_text(re.compile("You.re offline."))
    chat.context.set_offline(False)
    expect(chat.locator("#busy")).to_have_text("")


def test_a_part_that_the_network_lost_is_loaded_once_it_is_back(page: Page, site, console):
    console.expect(REFUSED)
    page.route("**/later.js", lambda route: route.abort())
    page.goto(site.page_url)
    with page.expect_event("requestfailed"):
        say(page, QUESTION)
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()
    button(page, "Your chats").click()
    expect(page.get_by_role("status")).to_have_text("Connection lost. Still trying.")
    page.unroute("**/later.js")
    button(page, "Your chats").click()
    expect(dialog(page, "Your chats").get_by_role("listitem")).to_have_count(1)


def test_a_chat_of_another_day_says_which(chat: Page):
    chat.reload()
    expect(log(chat).locator("[data-day]").first).to_be_visible()
    expect(log(chat).locator(".day")).to_have_count(0)
    chat.clock.set_fixed_time("2040-01-02T12:00:00Z")
    chat.reload()
    expect(log(chat).locator(".day")).to_have_count(1)


def test_back_from_another_page_loses_and_doubles_nothing(chat: Page, site):
    composer(chat).fill("half a thou")
    chat.goto(f"{site.other_url}/shop.html")
    chat.go_back()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    assert asked(chat) == [QUESTION]
    expect(composer(chat)).to_have_value("half a thou")


def test_axe_finds_nothing_wrong_in_the_list_of_chats(chat: Page):
    button(chat, "Your chats").click()
    expect(dialog(chat, "Your chats")).to_be_visible()
    assert violations(chat) == []
    assert violations_in_the_dark(chat) == []
    dialog(chat, "Your chats").get_by_role("button", name="New chat").click()
    assert violations_in_the_dark(chat) == []
    chat.emulate_media(color_scheme="light")
    assert violations(chat) == []
