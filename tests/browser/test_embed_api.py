"""The page's own script and the chat: calls, events, context, and what strangers say."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import stands_at
from tests.browser.test_embed import (
    CLOSE,
    chat,
    composer,
    has_focus,
    launcher,
    open_chat,
    visit,
    window_of,
)

HELD = "ChatWidget.setContext takes null or an object that JSON can hold."


def names(page):
    return page.evaluate("heard.map(([name]) => name)")


def says(page, text):
    composer(page).fill(text)
    composer(page).press("Enter")


def answered_afresh(page):
    """A new chat is answered, and by then nothing of the one before has come back."""
    says(page, "help")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("Ask me about the shop")
    expect(log).not_to_contain_text("we're open from")


def test_what_a_page_asks_for_before_it_loads_is_done_after(page, site):
    page.goto(f"{site.other_url}/modes.html")
    expect(launcher(page)).to_be_visible()
    assert page.evaluate("window.wasReady") is True
    assert page.evaluate("Array.isArray(ChatWidget)") is False
    page.evaluate("ChatWidget.push(['open'])")
    expect(composer(page)).to_be_visible()


def test_a_page_that_opens_it_by_itself_stores_nothing_and_takes_no_focus(page, site):
    page.goto(f"{site.other_url}/modes.html")
    expect(launcher(page)).to_be_visible()
    page.evaluate("() => { setTimeout(() => ChatWidget.open()) }")
    page.wait_for_function("heard.length > 0")
    expect(composer(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    stored = page.evaluate("sessionStorage.length + localStorage.length")
    assert (stored, has_focus(page)) in [(0, False), (2, True)]


def test_events_tell_the_page_that_something_happened_and_never_what_was_said(page, site):
    page.goto(f"{site.other_url}/modes.html")
    open_chat(page)
    says(page, "When are you open?")
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")
    page.wait_for_function("heard.some(([name]) => name === 'message-received')")
    assert names(page) == [
        "open",
        "message-before-send",
        "session-started",
        "message-sent",
        "message-received",
    ]
    assert "open?" not in json.dumps(page.evaluate("heard"))


def test_an_answer_that_comes_while_it_is_closed_is_counted_on_the_launcher(page, site):
    page.goto(f"{site.other_url}/modes.html")
    open_chat(page)
    says(page, "!slow 2")
    page.keyboard.press("Escape")
    expect(window_of(page)).to_be_hidden()
    counted = launcher(page, "Open chat: Lantern Books (1)")
    expect(counted).to_be_visible(timeout=15_000)
    assert page.evaluate("heard.filter(([name]) => name === 'unread')[0][1]") == {"count": 1}
    counted.click()
    expect(launcher(page, CLOSE)).to_be_visible()
    page.keyboard.press("Escape")
    expect(launcher(page)).to_be_visible()


def test_the_page_sends_for_the_visitor_and_starts_afresh(page, site):
    page.goto(f"{site.other_url}/modes.html")
    expect(launcher(page)).to_be_visible()
    page.evaluate("ChatWidget.send('When are you open?'); ChatWidget.open()")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("we're open from")
    page.evaluate("ChatWidget.newChat()")
    expect(log).not_to_contain_text("we're open from")
    answered_afresh(page)


def test_a_new_chat_and_its_first_words_may_be_asked_for_in_one_go(page, site):
    page.goto(f"{site.other_url}/modes.html")
    open_chat(page)
    says(page, "When are you open?")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("we're open from")
    page.evaluate("ChatWidget.newChat(); ChatWidget.send('How much is shipping?')")
    expect(log).to_contain_text("We deliver to your door")
    expect(log).not_to_contain_text("we're open from")
    expect(composer(page)).to_be_focused()


def test_words_that_follow_a_new_chat_at_once_begin_it_in_the_place_of_the_bot(page, site):
    widget = site.make_widget(title="Lantern Books", has_seed_message=True)
    visit(page, site, widget=widget)
    open_chat(page)
    says(page, "When are you open?")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("we're open from")
    posts = []
    page.on("request", lambda request: posts.append(request.post_data))
    page.evaluate("ChatWidget.newChat(); ChatWidget.send('How much is shipping?')")
    expect(log).to_contain_text("We deliver to your door")
    assert len([post for post in posts if post]) == 1
    with page.expect_request(lambda request: request.post_data == "start=1"):
        page.evaluate("ChatWidget.newChat()")


def test_a_new_chat_for_the_page_leaves_the_focus_where_it_is(page, site, console):
    console.expect("ERR_FAILED")
    console.expect("htmx:")
    visit(page, site)
    open_chat(page)
    page.route("**/messages/", lambda route: route.abort())
    says(page, "Where is order 4711?")
    expect(chat(page).get_by_role("button", name="Edit")).to_be_visible()
    page.evaluate("ChatWidget.close()")
    buy = page.get_by_role("button", name="Buy")
    buy.focus()
    page.evaluate("ChatWidget.newChat()")
    expect(composer(page)).to_have_value("Where is order 4711?")
    expect(buy).to_be_focused()
    assert not has_focus(page)


def test_where_the_visitor_is_goes_with_a_message_without_its_query(page, site):
    page.goto(f"{site.other_url}/modes.html?utm=secret")
    open_chat(page)
    page.evaluate("ChatWidget.setContext({ basket: 3 })")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        says(page, "Hello")
    fields = sent.value.post_data_json
    assert json.loads(fields["context"]) == {
        "basket": 3,
        "title": "A page that chooses",
        "url": f"{site.other_url}/modes.html",
    }


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("ChatWidget.push(['shout'])", "ChatWidget.push: shout is none of open, close, toggle,"),
        ("ChatWidget.push(null)", "ChatWidget.push: undefined is none of open, close, toggle,"),
        ("ChatWidget.push(['constructor'])", "ChatWidget.push: constructor is none of open"),
        ("ChatWidget.push(['widgets'])", "ChatWidget.push: widgets is none of open"),
        ("ChatWidget.on('opened', () => {})", "ChatWidget.on: opened is none of ready, open,"),
        ("ChatWidget.on('open', 7)", "ChatWidget.on takes a name and a function."),
        ("ChatWidget.setContext('x')", HELD),
        ("ChatWidget.setContext()", HELD),
        ("const ring = {}; ring.ring = ring; ChatWidget.setContext(ring)", HELD),
        ("ChatWidget.identify(7)", "ChatWidget.identify takes a signed token"),
        ("ChatWidget.update({ colour: 'red' })", "ChatWidget.update: colour is none of position"),
        ("ChatWidget.update({ constructor: 1 })", "ChatWidget.update: constructor is none of"),
        ("ChatWidget.send('  ')", "ChatWidget.send takes a text that is not blank"),
    ],
)
def test_a_wrong_call_is_one_line_that_names_it(page, site, console, call, words):
    console.expect(words)
    page.goto(f"{site.other_url}/modes.html")
    open_chat(page)
    with page.expect_console_message(lambda line: words in line.text):
        page.evaluate(f"() => {{ {call} }}")
    assert len(console.lines) == 1


def test_what_is_wrong_in_the_queue_is_said_and_the_rest_of_it_done(page, site, console):
    wrong = """[null, undefined, 7, "open", {}, [], [null], ["widgets"], ["off", "open", 7],
        ["on", "opened", 7], ["on", "ready", () => { window.wasTold = true; }]]"""
    page.add_init_script(f"window.ChatWidget = {wrong}")
    for said in ("undefined", "o", "null", "widgets"):
        console.expect(f"ChatWidget.push: {said} is none of open, close, toggle, destroy, on, off,")
    console.expect("ChatWidget.on: opened is none of ready, open, close,")
    visit(page, site)
    open_chat(page)
    assert page.evaluate("window.wasTold") is True
    assert len(console.lines) == 5


def test_an_option_that_stays_wrong_is_said_once(page, site, console):
    """A component may update its options at each of its renderings."""
    console.expect("data-mode")
    visit(page, site)
    open_chat(page)
    page.evaluate("for (let n = 0; n < 9; n += 1) ChatWidget.update({ mode: 'popup' })")
    assert len(console.lines) == 1


def test_an_element_in_the_context_keeps_nothing_from_the_chat(page, site):
    """A browser sends neither an element nor a framework's proxy to another page."""
    page.goto(f"{site.other_url}/modes.html")
    expect(launcher(page)).to_be_visible()
    page.evaluate(
        "ChatWidget.setContext(new Proxy({ basket: 3, from: document.body, go() {} }, {}))"
    )
    open_chat(page)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        says(page, "Hello")
    assert json.loads(sent.value.post_data_json["context"])["basket"] == 3


def test_a_call_may_be_a_listener(page, site):
    page.goto(f"{site.other_url}/modes.html")
    open_chat(page)
    says(page, "When are you open?")
    log = chat(page).get_by_role("log")
    expect(log).to_contain_text("we're open from")
    page.evaluate("document.querySelector('#ask').addEventListener('click', ChatWidget.newChat)")
    page.locator("#ask").click()
    expect(log).not_to_contain_text("we're open from")
    answered_afresh(page)


def test_it_can_be_moved_while_it_is_open(page, site):
    page.goto(f"{site.other_url}/modes.html")
    open_chat(page)
    page.evaluate("ChatWidget.update({ position: 'top-left' })")
    page.mouse.move(600, 400)
    stands_at(launcher(page, CLOSE), x=20)
    expect(composer(page)).to_be_visible()


def test_a_hundred_rounds_leave_nothing_behind(page, site):
    visit(page, site)
    expect(launcher(page)).to_be_visible()
    client = page.context.new_cdp_session(page)

    def counted():
        client.send("HeapProfiler.collectGarbage")
        found = client.send("Memory.getDOMCounters")
        used = client.send("Runtime.getHeapUsage")["usedSize"]
        return found["nodes"], found["jsEventListeners"], used

    rounds = """async (count) => {
        const { src } = document.querySelector("script[src*='embed.js']");
        for (let round = 0; round < count; round += 1) {
            ChatWidget.open();
            ChatWidget.close();
            ChatWidget.destroy();
            await new Promise((resolve) => {
                const again = document.createElement("script");
                again.src = src;
                again.onload = resolve;
                document.head.append(again);
            });
            document.head.lastElementChild.remove();
        }
    }"""
    page.evaluate(rounds, 5)
    nodes, listeners, used = counted()
    page.evaluate(rounds, 100)
    more_nodes, more_listeners, more_used = counted()
    assert more_nodes - nodes < 100
    assert more_listeners - listeners < 50
    assert more_used - used < 500_000
    expect(page.locator("chat-widget")).to_have_count(1)


def test_ten_thousand_messages_of_a_stranger_are_nothing(page, site):
    visit(page, site, "hostile")
    open_chat(page)
    page.evaluate(
        """() => new Promise((resolve) => {
            addEventListener("message", ({ data }) => data === "done" && resolve());
            for (let round = 0; round < 10; round += 1) frames[0].attack();
        })"""
    )
    expect(launcher(page, CLOSE)).to_be_visible()
    says(page, "When are you open?")
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")


def test_a_host_page_that_floods_the_chat_gets_nothing_from_it(page, site):
    visit(page, site)
    open_chat(page)
    page.evaluate(
        """(widget) => {
            const { contentWindow } = document.querySelector("chat-widget").shadowRoot
                .querySelector("iframe");
            const kinds = ["hello", "page", "call", "closed", "constructor", "__proto__"];
            for (let round = 0; round < 10000; round += 1) {
                contentWindow.postMessage({ chatwidget: widget, type: kinds[round % 6], method:
                    "__proto__", values: [], kept: 7, page: "x" }, "*");
            }
        }""",
        site.widget,
    )
    says(page, "When are you open?")
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")
