"""The example's pages for each way to have the widget, which they embed from another site.

Real Turbo, htmx, React and Vue: none of them loses the widget or gets a second one.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from example_project.pages import PAGES
from tests.browser.chatting import box_of, stands_at
from tests.browser.conftest import ARGUMENTS
from tests.browser.test_embed import (
    CLOSE,
    chat,
    composer,
    launcher,
    open_chat,
    window_of,
)

BUBBLES = [name for name in PAGES if name not in {"inline", "launcher", "corner", "frame"}]
IN_THE_PAGE = "document.querySelector('chat-widget').getBoundingClientRect()"


@pytest.fixture
def visit(page, site):
    """Go to a page on this machine's other name."""

    def go(name, wait_until="load"):
        page.goto(
            f"{site.url.replace('127.0.0.1', 'localhost')}/pages/{name}/", wait_until=wait_until
        )

    return go


def says(page, text="When are you open today?"):
    composer(page).fill(text)
    composer(page).press("Enter")
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")


def is_still_typed(page):
    """The one widget is open, and the chat in it was not loaded again."""
    expect(page.locator("chat-widget")).to_have_count(1)
    expect(composer(page)).to_have_value("Half a thou")
    expect(launcher(page, CLOSE)).to_be_visible()


@pytest.mark.parametrize("name", BUBBLES)
def test_a_visitor_of_the_page_is_answered(page, visit, name):
    visit(name)
    open_chat(page)
    says(page)
    expect(page.locator("chat-widget")).to_have_count(2 if name == "several" else 1)


def test_each_page_is_in_the_list(page, site):
    page.goto(f"{site.url}/pages/")
    for each in PAGES.values():
        expect(page.get_by_role("link", name=each.title, exact=True)).to_be_visible()


def test_in_the_page_it_fills_its_element(page, visit):
    visit("inline")
    says(page)
    stands_at(window_of(page), **box_of(page.locator("#chat")))


def test_a_button_of_the_pages_own_opens_it(page, visit):
    visit("launcher")
    page.get_by_role("button", name="Ask a bookseller").click()
    expect(composer(page)).to_be_focused()
    expect(launcher(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Ask a bookseller")).to_be_focused()


def test_in_another_corner_with_words(page, visit):
    visit("corner")
    page.get_by_role("button", name="Ask us: Lantern Books").click()
    says(page)


def test_inside_a_frame_of_the_page(page, visit):
    visit("frame")
    inner = page.frame_locator("iframe[title='A page in the page']")
    inner.get_by_role("button", name="Open chat: Lantern Books").click()
    inside = inner.frame_locator("chat-widget iframe")
    expect(inside.get_by_role("textbox", name="Message")).to_be_focused()


def test_the_pages_buttons_speak_to_it(page, visit):
    visit("api")
    page.get_by_role("button", name="Ask for me").click()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(chat(page).get_by_role("log")).to_contain_text("we're open from")
    expect(page.get_by_role("list", name="Events")).to_contain_text("message-received")


@pytest.mark.parametrize(
    ("name", "link"),
    [("turbo", "Second page"), ("htmx", "Second page"), ("router", "Second view")],
)
def test_a_link_that_loads_nothing_leaves_the_chat_as_it_was(page, visit, name, link):
    visit(name)
    open_chat(page)
    page.keyboard.type("Half a thou")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name=link).click()
    page.wait_for_url("**/?*")
    page.wait_for_load_state("networkidle")
    is_still_typed(page)
    page.go_back()
    page.wait_for_url(f"**/{name}/")
    page.wait_for_load_state("networkidle")
    is_still_typed(page)
    assert page.evaluate("window.sameDocument") is True


def test_between_pages_with_a_view_transition_it_stays_open(page, visit):
    visit("transition")
    open_chat(page)
    page.keyboard.type("Half a thou")
    page.get_by_role("link", name="Second page").click()
    page.wait_for_url("**/?second")
    is_still_typed(page)


@pytest.mark.parametrize("name", ["react", "vue"])
def test_a_component_takes_it_off_and_puts_it_back(page, visit, name):
    visit(name)
    expect(launcher(page)).to_be_visible()
    for _round in range(3):
        page.get_by_role("button", name="Take it off").click()
        expect(page.locator("chat-widget")).to_have_count(0)
        page.get_by_role("button", name="Put it back").click()
        expect(launcher(page)).to_be_visible()
    expect(page.locator("chat-widget")).to_have_count(1)
    open_chat(page)


@pytest.mark.parametrize("name", ["react", "vue"])
def test_a_component_that_left_before_the_loader_came_leaves_nothing(page, visit, name):
    held = []
    page.route("**/embed.js", lambda route: held.append(route))
    visit(name, "commit")
    page.get_by_role("button", name="Take it off").click()
    with page.expect_response("**/embed.js"):
        for route in held:
            route.continue_()
    page.wait_for_load_state("networkidle")
    expect(page.locator("chat-widget")).to_have_count(0)
    page.unroute_all()
    page.get_by_role("button", name="Put it back").click()
    expect(launcher(page)).to_be_visible()


def test_a_components_properties_move_it(page, visit):
    visit("react")
    expect(launcher(page)).to_be_visible()
    open_chat(page)
    page.get_by_role("button", name="Move it").click()
    page.wait_for_function(
        "document.querySelector('chat-widget').shadowRoot.querySelector('.launcher')"
        ".getBoundingClientRect().x === 20"
    )
    expect(composer(page)).to_be_visible()


def test_from_the_browsers_page_cache_it_comes_back_as_it_was(
    playwright, chromium_path, site, console
):
    browser = playwright.chromium.launch(
        executable_path=chromium_path,
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    context = browser.new_context()
    console.watch(context)
    page = context.new_page()
    page.add_init_script(
        "addEventListener('pageshow', ({ persisted }) => { window.wasKept = persisted; })"
    )
    pages = site.url.replace("127.0.0.1", "localhost")
    page.goto(f"{pages}/pages/bubble/")
    open_chat(page)
    says(page)
    page.goto(f"{pages}/pages/")
    page.go_back(wait_until="commit")
    page.wait_for_function("window.wasKept")
    expect(page.locator("chat-widget")).to_have_count(1)
    expect(launcher(page, CLOSE)).to_be_visible()
    # Playwright loses sight of the frames of such a page; the page itself doesn't.
    page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("chatwidget:message-received", resolve);
            ChatWidget.send("How does delivery work?");
        })"""
    )
    browser.close()
