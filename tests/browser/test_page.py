"""The chat page alone, as its visitors meet it."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import override_settings
from playwright.sync_api import Page, Route, expect

from chatwidget.models import Widget
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

LOST = re.compile("That didn.t send. It.s kept here. Try again.")


@pytest.fixture
def chat(page: Page, site) -> Page:
    """The demo's chat page, empty."""
    page.goto(site.page_url)
    expect(composer(page)).to_be_focused()
    return page


def asked(chat: Page) -> list[str]:
    return chat.locator(".own .text").all_inner_texts()


def test_a_question_is_answered(chat: Page):
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(log(chat).get_by_role("table")).to_be_visible()
    expect(composer(chat)).to_be_focused()
    expect(composer(chat)).to_have_value("")


def test_shift_enter_breaks_the_line_and_the_field_grows(chat: Page):
    box = composer(chat)
    before = box_of(box)["height"]
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")
    assert box_of(box)["height"] > before
    assert asked(chat) == []
    box.press("Enter")
    expect(log(chat).get_by_text("one two")).to_be_visible()
    assert asked(chat) == ["one\ntwo"]


def test_what_is_typed_while_nothing_has_the_focus_goes_into_the_field(chat: Page):
    """In a frame of another site Safari gives it to nothing before a key or a tap there."""
    composer(chat).evaluate("(box) => box.blur()")
    for key in ("Control+c", "F2"):
        chat.keyboard.press(key)
        chat.wait_for_timeout(50)
        expect(composer(chat)).not_to_be_focused()
    chat.keyboard.press("Shift+H")
    expect(composer(chat)).to_be_focused()
    chat.keyboard.type("ello")
    expect(composer(chat)).to_have_value("Hello")


@pytest.mark.parametrize("event", [{"isComposing": True}, {"keyCode": 229}])
def test_enter_while_composing_sends_nothing(chat: Page, event: dict[str, object]):
    composer(chat).fill("にほん")
    prevented = composer(chat).evaluate(
        """(box, options) => !box.dispatchEvent(new KeyboardEvent("keydown",
            { key: "Enter", bubbles: true, cancelable: true, ...options }))""",
        event,
    )
    assert not prevented
    expect(composer(chat)).to_have_value("にほん")
    assert asked(chat) == []


def test_a_starter_question_is_asked_by_a_click_and_then_they_go(chat: Page):
    button(chat, QUESTION).click()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    assert asked(chat) == [QUESTION]
    expect(chat.get_by_role("group", name="Suggested questions")).to_be_hidden()
    expect(composer(chat)).to_be_focused()


def test_a_reload_goes_on_where_it_was(chat: Page):
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    chat.reload()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    say(chat, "help")
    expect(log(chat).get_by_text("Ask me about the shop")).to_be_visible()
    assert asked(chat) == [QUESTION, "help"]


def test_a_history_that_has_to_wait_its_turn_comes_by_itself(chat: Page, site, console):
    console.expect(REFUSED)
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    with override_settings(ROOT_URLCONF="example_project.urls"):
        told = {"widget": Widget(public_id=site.widget), "wait": 100}
        busy = render_to_string("chatwidget/fragments/no_history.html", told)

    def refuse(route: Route) -> None:
        route.fulfill(response=route.fetch(), status=503, body=busy)

    chat.route("**/messages/", refuse, times=1)
    chat.reload()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(button(chat, "Try again")).to_have_count(0)
    assert asked(chat) == [QUESTION]


def test_a_reload_waits_for_the_answer_that_was_on_its_way(chat: Page):
    say(chat, "slow 2")
    expect(log(chat).locator(".pending")).to_be_visible()
    chat.reload()
    expect(log(chat).locator(".pending")).to_be_visible()
    await_answer(chat, "That took me 2 seconds.")
    assert asked(chat) == ["slow 2"]


def test_a_draft_survives_a_reload_and_nothing_is_kept_before_one(chat: Page):
    assert chat.evaluate("localStorage.length") == 0
    composer(chat).fill("half a thought")
    chat.reload()
    expect(composer(chat)).to_have_value("half a thought")
    composer(chat).fill("")
    assert chat.evaluate("localStorage.length") == 0


def test_progress_shows_and_the_next_message_waits_in_the_composer(chat: Page):
    say(chat, "progress 4")
    expect(log(chat).get_by_text("Looking through the shelves")).to_be_visible()
    composer(chat).fill("And then?")
    expect(chat.get_by_text("You can send this once the answer is here.")).to_be_visible()
    expect(button(chat, "Send")).to_have_attribute("aria-disabled", "true")
    composer(chat).press("Enter")
    button(chat, "Send").click(force=True)
    expect(composer(chat)).to_have_value("And then?")
    assert asked(chat) == ["progress 4"]
    await_answer(chat, "Done. I looked through")
    expect(chat.get_by_text("You can send this once the answer is here.")).to_be_hidden()
    composer(chat).press("Enter")
    assert asked(chat) == ["progress 4", "And then?"]


def test_a_lost_network_keeps_the_message_and_try_again_sends_it(chat: Page, console):
    console.expect("ERR_INTERNET_DISCONNECTED")
    console.expect("htmx:")
    chat.context.set_offline(True)
    say(chat, QUESTION)
    expect(log(chat).get_by_text(LOST)).to_be_visible()
    expect(chat.get_by_role("status")).to_have_text(LOST)
    chat.context.set_offline(False)
    button(chat, "Try again").click()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(composer(chat)).to_be_focused()
    assert asked(chat) == [QUESTION]


def test_what_was_lost_survives_a_reload(chat: Page, console):
    console.expect("ERR_INTERNET_DISCONNECTED")
    console.expect("htmx:")
    chat.context.set_offline(True)
    say(chat, QUESTION)
    expect(log(chat).get_by_text(LOST)).to_be_visible()
    chat.context.set_offline(False)
    chat.reload()
    expect(composer(chat)).to_have_value(QUESTION)


def test_what_was_lost_can_be_edited(chat: Page, console):
    console.expect("ERR_INTERNET_DISCONNECTED")
    console.expect("htmx:")
    chat.context.set_offline(True)
    say(chat, "When are you opne today?")
    button(chat, "Edit").click()
    chat.context.set_offline(False)
    expect(composer(chat)).to_have_value("When are you opne today?")
    expect(composer(chat)).to_be_focused()
    assert asked(chat) == []
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()


def test_an_answer_of_something_else_on_the_way_is_not_shown(chat: Page, console):
    console.expect(REFUSED)
    portal = "<html><body>Pay for this network</body></html>"
    chat.route("**/messages/", lambda route: route.fulfill(status=502, body=portal))
    say(chat, QUESTION)
    expect(log(chat).get_by_text(LOST)).to_be_visible()
    expect(chat.get_by_text("Pay for this network")).to_have_count(0)
    chat.unroute("**/messages/")
    button(chat, "Try again").click()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()


def test_a_network_lost_while_waiting_is_taken_up_again(chat: Page, console):
    console.expect("ERR_INTERNET_DISCONNECTED")
    console.expect("htmx:")
    say(chat, "slow 2")
    expect(log(chat).locator(".pending")).to_be_visible()
    chat.context.set_offline(True)
    expect(log(chat).get_by_text("Connection lost. Still trying.")).to_be_visible()
    chat.context.set_offline(False)
    await_answer(chat, "That took me 2 seconds.")


HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_how_answers_look_comes_with_the_first_message_and_with_a_chat_that_goes_on(page, site):
    waiting = page.locator("#answers[disabled]")
    page.goto(site.page_url)
    expect(waiting).to_have_count(1)
    with page.expect_response("**/answers.css"):
        say(page, "hello")
    await_answer(page, "What are you looking for")
    page.reload()
    expect(waiting).to_have_count(0)


def test_an_idle_page_looks_each_half_minute_and_a_hidden_one_never(page: Page, site):
    page.goto(site.page_url)
    with page.expect_response("**/later.css"):
        say(page, "hello")
    await_answer(page, "What are you looking for")
    page.clock.install()
    page.reload()
    expect(log(page)).to_contain_text("What are you looking for")
    page.wait_for_load_state("networkidle")
    looks: list[str] = []
    answered: list[str] = []
    page.on("request", lambda request: looks.append(request.url))
    page.on("requestfinished", lambda request: answered.append(request.url))

    def let_two_minutes_pass() -> None:
        for _ in range(24):
            page.clock.run_for(5_000)
            while len(answered) < len(looks):
                page.wait_for_timeout(20)

    let_two_minutes_pass()
    assert 2 <= len(looks) <= 4
    assert all("/messages/?since=" in url for url in looks)
    page.evaluate(HIDE, True)
    seen = len(looks)
    let_two_minutes_pass()
    assert len(looks) == seen
    with page.expect_response("**/messages/?since=*"):
        page.evaluate(HIDE, False)
    assert len(looks) == seen + 1


def test_nothing_asks_while_the_page_is_hidden(chat: Page):
    say(chat, "slow 3")
    expect(log(chat).locator(".pending")).to_be_visible()
    chat.evaluate(HIDE, True)
    expect(log(chat).locator(".pending[data-held]")).to_be_visible()
    polls: list[str] = []
    chat.on("request", lambda request: polls.append(request.url))
    chat.evaluate("() => new Promise((done) => setTimeout(done, 1000))")
    assert polls == []
    chat.evaluate(HIDE, False)
    await_answer(chat, "That took me 3 seconds.")


@pytest.mark.parametrize("command", ["crash", "nonsense"])
def test_a_server_that_fails_a_message_takes_it_the_next_time(chat: Page, console, command: str):
    console.expect(REFUSED)
    say(chat, command)
    again = chat.get_by_role("button", name=re.compile("Try again|Send again"))
    expect(again).to_be_visible()
    again.click()
    await_answer(chat, "That went through this time.")
    assert asked(chat) == [command]


def test_a_server_that_asks_to_wait_takes_the_message_afterwards(chat: Page, console):
    console.expect(REFUSED)
    say(chat, "limit")
    expect(log(chat).get_by_text("Many messages are on their way right now.")).to_be_visible()
    chat.evaluate("() => new Promise((done) => setTimeout(done, 5000))")
    button(chat, "Try again").click()
    await_answer(chat, "That went through this time.")


def test_a_message_that_may_have_arrived_is_sent_again_only_by_choice(chat: Page, console):
    console.expect(REFUSED)
    say(chat, "drop")
    expect(log(chat).get_by_text("We couldn't confirm that this arrived.")).to_be_visible()
    expect(button(chat, "Send again")).to_be_visible()


def test_a_bot_that_fails_is_quoted_and_can_be_asked_again(chat: Page, console):
    console.expect(REFUSED)
    say(chat, "fail")
    expect(log(chat).get_by_text("something went wrong")).to_be_visible()
    button(chat, "Try again").click()
    expect(log(chat).get_by_text("something went wrong")).to_be_visible()
    assert asked(chat) == ["fail"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type a message first."),
        ("   ", "Type a message first."),
        ("ä" * 10_001, "This is 10001 characters long. Shorten it to 10000 or fewer."),
    ],
    ids=["empty", "blank", "too long"],
)
def test_a_message_that_cannot_be_sent_is_refused_beside_the_composer(
    chat: Page, text: str, words: str
):
    say(chat, text)
    expect(chat.get_by_role("alert")).to_have_text(words)
    expect(composer(chat)).to_have_value(text)
    expect(composer(chat)).to_have_accessible_description(words)
    expect(composer(chat)).to_have_attribute("aria-invalid", "true")
    assert asked(chat) == []
    composer(chat).press_sequentially("x")
    expect(chat.get_by_role("alert")).to_be_hidden()
    say(chat, QUESTION)
    expect(chat.get_by_role("alert")).to_be_hidden()
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()


def test_how_far_a_text_is_too_long_stands_there_while_it_is_shortened(chat: Page):
    composer(chat).fill("x" * 10_002)
    for length in (10_002, 10_001):
        words = f"This is {length} characters long. Shorten it to 10000 or fewer."
        expect(composer(chat)).to_have_accessible_description(words)
        expect(chat.get_by_role("alert")).to_be_hidden()
        composer(chat).press("Backspace")
    expect(composer(chat)).to_have_accessible_description("Characters left: 0")


def test_a_message_of_emoji_is_counted_as_the_server_counts(chat: Page):
    say(chat, "😀" * 10_000)
    expect(log(chat).locator(".message:not(.own, .pending)")).to_be_visible()


@pytest.mark.parametrize("token", ["", "garbage"])
def test_a_token_that_is_gone_starts_afresh_and_keeps_what_was_typed(
    chat: Page, console, token: str
):
    console.expect(REFUSED)
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    composer(chat).fill("half a thought")
    # As the next load finds it, so that the page which is left doesn't meet it.
    chat.add_init_script(
        f"""
        const [key, value] = Object.entries(localStorage)[0];
        localStorage.setItem(key, JSON.stringify({{ ...JSON.parse(value), token: "{token}" }}));
        """
    )
    chat.reload()
    expect(composer(chat)).to_have_value("half a thought")
    if token:
        expect(log(chat).get_by_text("Your earlier chat has expired.")).to_be_visible()
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    assert asked(chat) == [QUESTION]


def test_a_storage_full_of_rubbish_does_no_harm(chat: Page):
    chat.evaluate(
        "localStorage.setItem(`chatwidget:${document.body.dataset.widget}`, '{\"token\":')"
    )
    chat.reload()
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()


@pytest.mark.parametrize("command", ["expire", "end"])
def test_a_chat_that_is_over_gives_way_to_a_new_one(chat: Page, console, command: str):
    console.expect(REFUSED)
    say(chat, command)
    expect(chat.locator(".pending")).to_have_count(0)
    expect(log(chat).locator(".message:not(.own, .pending)")).to_be_visible()
    say(chat, QUESTION)
    expect(log(chat).get_by_text(re.compile(ANSWER))).to_be_visible()
    expect(log(chat).get_by_text("Your earlier chat has expired.")).to_be_visible()


def test_a_long_answer_is_shown_from_its_start_and_the_reader_s_place_is_kept(chat: Page):
    say(chat, "long")
    await_answer(chat, "December: snow")
    answer = chat.locator(".message:not(.own)").last
    view = chat.get_by_role("main")
    top = box_of(answer)["y"] - box_of(view)["y"]
    assert 0 <= top < 40
    say(chat, "slow 1")
    view.evaluate("(main) => { main.scrollTop = 100; }")
    await_answer(chat, "That took me 1 seconds.")
    assert view.evaluate("(main) => main.scrollTop") == 100


def test_a_seed_message_is_shown_when_the_chat_opens(page: Page, site):
    widget = site.make_widget(has_seed_message=True)
    with page.expect_response("**/messages/") as started:
        page.goto(f"{site.url}/chatwidget/{widget}/")
    assert started.value.status == 200
    say(page, QUESTION)
    expect(log(page).get_by_text(re.compile(ANSWER))).to_be_visible()


def test_a_paused_widget_says_so(page: Page, site, console):
    console.expect(REFUSED)
    widget = site.make_widget(is_active=False)
    page.goto(f"{site.url}/chatwidget/{widget}/")
    expect(page.get_by_text("This chat isn't available at the moment.")).to_be_visible()


def test_axe_finds_nothing_wrong(new_context, site, console):
    console.expect(REFUSED)
    chat = new_context(reduced_motion="reduce").new_page()
    chat.goto(site.page_url)
    assert violations(chat) == []
    say(chat, "markdown")
    await_answer(chat, "That was all of it.")
    assert violations(chat) == []
    say(chat, "crash")
    expect(button(chat, "Send again")).to_be_visible()
    say(chat, " ")
    expect(chat.get_by_role("alert")).to_be_visible()
    assert violations(chat) == []
    say(chat, "slow 5")
    expect(log(chat).locator(".pending")).to_be_visible()
    composer(chat).fill("more")
    assert violations(chat) == []
    assert violations_in_the_dark(chat) == []
