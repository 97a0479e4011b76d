"""Where the widget stands and what a page chooses, strict pages, pages that change under it."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import box_of, stands_at
from tests.browser.test_embed import (
    CLOSE,
    OPEN,
    chat,
    composer,
    has_focus,
    launcher,
    open_chat,
    visit,
    window_of,
)

TOP_LEFT = {"x": 20, "y": 20, "width": 56}


def choose(page, site, **choices):
    query = "&".join(f"{name.replace('_', '-')}={value}" for name, value in choices.items())
    page.goto(f"{site.other_url}/modes.html?{query}")


@pytest.mark.parametrize(
    ("corner", "x", "y"),
    [
        ("bottom-right", 1280 - 56 - 30, 720 - 56 - 40),
        ("bottom-left", 30, 720 - 56 - 40),
        ("top-right", 1280 - 56 - 30, 40),
        ("top-left", 30, 40),
    ],
)
def test_it_stands_where_the_page_says(page, site, corner, x, y):
    choose(page, site, position=corner, offset_x=30, offset_y=40, z_index=7)
    stands_at(launcher(page), x=x, y=y)
    layer = "getComputedStyle(document.querySelector('chat-widget')).zIndex"
    assert page.evaluate(layer) == "7"
    open_chat(page)
    window = box_of(window_of(page))
    assert window["y"] >= 0
    assert window["x"] >= 0


def test_words_beside_the_icon_are_part_of_its_name(page, site):
    choose(page, site, label="Ask us")
    button = launcher(page, "Ask us: Lantern Books")
    expect(button).to_contain_text("Ask us")
    assert box_of(button)["width"] > 100


def test_a_button_of_the_pages_own_opens_it_and_gets_the_focus_back(page, site):
    choose(page, site, launcher="%23ask")
    own = page.get_by_role("button", name="Ask us")
    expect(own).to_have_attribute("aria-expanded", "false")
    expect(launcher(page)).to_be_hidden()
    own.click()
    expect(composer(page)).to_be_focused()
    expect(own).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(own).to_be_focused()
    expect(window_of(page)).to_be_hidden()


def test_inline_it_fills_an_element_of_the_page_and_leaves_the_focus_alone(page, site):
    choose(page, site, mode="inline", target="%23chat")
    expect(composer(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not has_focus(page)
    stands_at(window_of(page), **box_of(page.locator("#chat")))
    expect(launcher(page)).to_be_hidden()
    expect(chat(page).get_by_role("button", name=CLOSE)).to_be_hidden()
    composer(page).press("Escape")
    page.wait_for_timeout(300)
    expect(window_of(page)).to_be_visible()


def test_without_its_element_it_is_a_bubble_and_says_so(page, site, console):
    console.expect('data-target="#gone" is not on this page')
    choose(page, site, mode="inline", target="%23gone")
    expect(launcher(page)).to_be_visible()
    page.wait_for_function("document.querySelector('chat-widget')")
    open_chat(page)


def test_full_it_covers_the_page_and_gives_the_focus_back(page, site):
    choose(page, site, mode="full", launcher="%23ask")
    own = page.get_by_role("button", name="Ask us")
    own.click()
    expect(composer(page)).to_be_focused()
    stands_at(window_of(page), x=0, y=0, width=1280, height=720)
    expect(window_of(page)).to_have_attribute("aria-modal", "true")
    page.keyboard.press("Escape")
    expect(own).to_be_focused()
    expect(window_of(page)).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("position", "middle", "bottom-right, bottom-left, top-right, top-left"),
        ("mode", "popup", "bubble, inline, full"),
        ("z-index", "high", "0 to 2147483647"),
        ("z-index", "1.5", "0 to 2147483647"),
        ("offset-x", "-3", "0 to 2147483647"),
        ("offset-x", "", "0 to 2147483647"),
        ("offset-x", "0x10", "0 to 2147483647"),
        ("offset-x", "2147483648", "0 to 2147483647"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it_and_the_default(
    page, site, console, name, value, allowed
):
    words = f'data-{name}="{value}" is none of {allowed}.'
    console.expect(words)
    choose(page, site, **{name: value})
    stands_at(launcher(page), x=1280 - 76)
    assert [words in line for line in console.lines] == [True]


@pytest.mark.parametrize("selector", ["%23gone", "%23%23"])
def test_a_launcher_that_is_nowhere_is_one_line_and_ours_stays(page, site, console, selector):
    console.expect("data-launcher=")
    choose(page, site, launcher=selector)
    open_chat(page)
    page.evaluate("ChatWidget.update({ label: 'Ask us' })")
    expect(launcher(page, CLOSE)).to_contain_text("Ask us")
    (line,) = console.lines
    assert line.endswith('" is not on this page.')


def test_an_icon_of_the_pages_own(page, site):
    choose(page, site, icon="M2 2h20v20z")
    expect(page.locator("chat-widget .launcher path").first).to_have_attribute("d", "M2 2h20v20z")
    open_chat(page)


def test_an_icon_that_is_none_is_one_line_and_gives_way_to_the_widgets_own(page, site, console):
    console.expect("Expected moveto")  # the browser's own line
    words = 'data-icon="star" is no SVG path.'
    console.expect(words)
    choose(page, site, icon="star")
    with page.expect_console_message(lambda line: words in line.text):
        launcher(page).hover()
    icon = page.locator("chat-widget .launcher path").first
    expect(icon).to_have_attribute("d", re.compile("^M5 4h14"))


def drag(page, x, y):
    box = box_of(launcher(page))
    page.mouse.move(box["x"] + 28, box["y"] + 28)
    page.wait_for_function("document.querySelector('chat-widget').shadowRoot.querySelector('p')")
    page.mouse.down()
    with page.expect_response("**/move.js"):  # what moves it comes with the first try
        page.mouse.move(box["x"] + 27, box["y"] + 27)
    page.mouse.move(x, y, steps=5)
    page.mouse.up()
    page.mouse.move(600, 400)


def test_the_visitor_drags_it_to_another_corner_where_it_stays(page, site):
    visit(page, site)
    drag(page, 100, 100)
    stands_at(launcher(page), **TOP_LEFT)
    expect(window_of(page)).to_be_hidden()
    page.reload()
    stands_at(launcher(page), **TOP_LEFT)
    open_chat(page)


def test_arrow_keys_move_it(page, site):
    visit(page, site)
    launcher(page).focus()
    page.wait_for_function("document.querySelector('chat-widget').shadowRoot.querySelector('p')")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    stands_at(launcher(page), **TOP_LEFT)
    expect(launcher(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(composer(page)).to_be_focused()


def test_a_button_of_the_chats_menu_moves_it_for_who_cannot_drag(page, site):
    """WCAG 2.5.7."""
    visit(page, site)
    open_chat(page)
    chat(page).get_by_role("button", name="Your chats").click()
    move = chat(page).get_by_role("button", name="Move the chat to another corner")
    move.click()
    move.click()
    stands_at(page.locator("chat-widget .launcher"), **TOP_LEFT)
    expect(composer(page)).to_be_visible()
    move.click()
    move.click()
    stands_at(page.locator("chat-widget .launcher"), x=1280 - 76, y=720 - 76)


def test_a_greeting_comes_after_its_delay_and_is_dismissed_for_good(page, site, context):
    widget = site.make_widget(
        title="Lantern Books",
        greeting="Looking for a book?",
        greeting_delay=0,
        greeting_paths=["/shop*"],
    )
    visit(page, site, widget=widget)
    greeting = page.get_by_role("button", name="Looking for a book?")
    expect(greeting).to_be_visible()
    assert not has_focus(page)
    assert context.storage_state()["origins"] == []
    page.get_by_role("button", name="Close this").click()
    expect(greeting).to_be_hidden()
    page.reload()
    expect(launcher(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(greeting).to_be_hidden()


def test_a_greeting_opens_the_chat(page, site):
    widget = site.make_widget(title="Lantern Books", greeting="Looking?", greeting_delay=0)
    visit(page, site, widget=widget)
    page.get_by_role("button", name="Looking?").click()
    expect(composer(page)).to_be_focused()
    expect(page.get_by_role("button", name="Looking?")).to_be_hidden()


def test_elsewhere_nobody_is_greeted(page, site):
    widget = site.make_widget(greeting="Hi", greeting_delay=0, greeting_paths=["/pricing"])
    visit(page, site, widget=widget)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Hi")).to_have_count(0)


def test_a_router_that_loads_nothing_leads_to_a_greeting_and_away_from_it(page, site):
    widget = site.make_widget(greeting="Looking?", greeting_delay=0, greeting_paths=["/pricing*"])
    visit(page, site, "spa", widget=widget)
    expect(page.locator("chat-widget .launcher")).to_be_visible()
    greeting = page.get_by_role("button", name="Looking?")
    page.wait_for_load_state("networkidle")
    expect(greeting).to_have_count(0)
    page.evaluate("history.pushState({}, '', '/pricing/books')")
    expect(greeting).to_be_visible()
    page.evaluate("history.pushState({}, '', '/about')")
    expect(greeting).to_be_hidden()
    page.go_back()
    expect(greeting).to_be_visible()
    expect(page.locator("chat-widget .greeting")).to_have_count(1)
    page.get_by_role("button", name="Close this").click()
    page.evaluate("history.pushState({}, '', '/pricing/maps')")
    page.wait_for_load_state("networkidle")
    expect(page.locator("chat-widget .greeting")).to_have_count(0)


def test_two_widgets_live_side_by_side(page, site):
    other = site.make_widget(title="Second hand")
    visit(page, site, "several", widget=other)
    expect(launcher(page)).to_be_visible()
    second = launcher(page, "Open chat: Second hand")
    second.click()
    expect(page.get_by_role("dialog", name="Second hand")).to_be_visible()
    expect(window_of(page)).to_be_hidden()
    assert set(page.evaluate("Object.keys(ChatWidget.widgets)")) == {site.widget, other}
    page.evaluate(f"ChatWidget.widgets['{site.widget}'].open()")
    expect(window_of(page)).to_be_visible()
    page.evaluate("ChatWidget.destroy()")
    assert page.evaluate("Object.values(ChatWidget.widgets).indexOf(ChatWidget)") == 0
    expect(page.locator("chat-widget")).to_have_count(1)


def test_a_new_body_neither_drops_nor_doubles_it_nor_reloads_the_chat(page, site):
    visit(page, site, "spa")
    open_chat(page)
    page.keyboard.type("Half a thou")
    page.evaluate("go('Second')")
    page.wait_for_load_state("networkidle")
    expect(page.locator("chat-widget")).to_have_count(1)
    expect(composer(page)).to_have_value("Half a thou")
    expect(launcher(page, CLOSE)).to_be_visible()


def test_no_entry_of_the_pages_history_is_made(page, site):
    visit(page, site)
    before = page.evaluate("history.length")
    open_chat(page)
    page.keyboard.press("Escape")
    open_chat(page)
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    expect(chat(page).get_by_role("log")).to_contain_text("Hello")
    assert page.evaluate("history.length") == before


def test_what_a_consent_manager_held_back_is_known_to_the_copy(page, site):
    visit(page, site, "held")
    expect(page.locator("chat-widget")).to_have_count(0)
    page.evaluate("consent()")
    expect(launcher(page)).to_be_visible()
    stands_at(launcher(page), x=20)


def test_a_policy_of_nonces_alone_takes_all_of_it_where_the_tag_has_crossorigin(page, site):
    visit(page, site, "nonce")
    open_chat(page)
    page.keyboard.press("Escape")
    expect(window_of(page)).to_be_hidden()


def test_a_policy_of_nonces_alone_takes_the_chat_without_it(page, site, console):
    console.expect("more.js")
    visit(page, site, "nonce_opaque")
    launcher(page).click()
    expect(composer(page)).to_be_visible()
    launcher(page, CLOSE).click()
    expect(window_of(page)).to_be_hidden()


def test_it_lives_in_a_frame_of_the_hosts_own(page, site):
    page.goto(f"{site.other_url}/framing.html")
    inner = page.frame_locator("iframe[title=Inner]")
    inner.get_by_role("button", name=OPEN).click()
    inside = inner.frame_locator("chat-widget iframe")
    expect(inside.get_by_role("textbox", name="Message")).to_be_focused()


def test_a_page_with_coep_shows_the_chat(page, site):
    choose(page, site, coep="")
    launcher(page).click()
    expect(composer(page)).to_be_focused()
    page.keyboard.type("When are you open?")
    page.keyboard.press("Enter")
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")


def test_a_pinned_tag_works_with_its_integrity_and_without_it_never(page, site, console):
    tag = site.manage("chatwidget_tag", site.widget, "--pinned", "--site", site.url)
    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
    page.goto(f"{site.other_url}/pinned.html#{json.dumps(attributes)}")
    open_chat(page)
    expect(launcher(page, CLOSE)).to_be_visible()
    page.goto("about:blank")
    console.expect("integrity")
    attributes["integrity"] = "sha384-" + "A" * 64
    page.goto(f"{site.other_url}/pinned.html#{json.dumps(attributes)}")
    page.wait_for_load_state("networkidle")
    expect(page.locator("chat-widget")).to_have_count(0)
