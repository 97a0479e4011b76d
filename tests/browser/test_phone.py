"""A phone: the keyboard, a thumb, and the page behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chatting import REFUSED, box_of, button, composer, log, say
from tests.browser.conftest import NewContext

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
# iOS makes the visual viewport smaller for the keyboard and leaves the page as it is.
KEYBOARD = """(height) => {
    Object.defineProperty(visualViewport, "height", { value: height, configurable: true });
    visualViewport.dispatchEvent(new Event("resize"));
}"""
SMALL = """() => [...document.querySelectorAll("button, textarea, .link")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .map((each) => [each.getAttribute("aria-label") ?? each.textContent ?? each.id,
        each.getBoundingClientRect()])
    .filter(([, { width, height }]) => width < 44 || height < 44)
    .map(([name, { width, height }]) => `${name}: ${width} x ${height}`)"""


@pytest.fixture
def phone(new_context: NewContext) -> Page:
    return new_context(**PHONE).new_page()


def test_the_composer_stays_on_top_of_the_keyboard(phone: Page, site):
    phone.goto(site.page_url)
    composer(phone).tap()
    phone.evaluate(KEYBOARD, 400)
    phone.wait_for_function("() => document.body.style.height === '400px'")
    box = box_of(composer(phone))
    assert 340 < box["y"] + box["height"] <= 400
    assert box_of(phone.get_by_role("banner"))["y"] == 0
    phone.evaluate(KEYBOARD, 740)
    assert box_of(composer(phone))["y"] > 600


def test_so_it_does_in_the_frame_of_another_page(phone: Page, site):
    phone.goto(f"{site.other_url}/shop.html")
    button(phone, "Open chat: Lantern Books").tap()
    field = phone.frame_locator("iframe").get_by_role("textbox", name="Message")
    expect(field).to_be_visible()
    phone.evaluate(KEYBOARD, 400)
    field.evaluate(
        """async (box) => {
            while (box.getBoundingClientRect().bottom > 400) {
                await new Promise((next) => requestAnimationFrame(next));
            }
        }"""
    )
    assert box_of(field)["y"] + box_of(field)["height"] <= 400


def test_the_page_behind_stays_where_it_is(phone: Page, site):
    phone.goto(f"{site.other_url}/shop.html")
    phone.evaluate("() => { document.body.style.height = '3000px'; scrollTo(0, 300); }")
    button(phone, "Open chat: Lantern Books").tap()
    frame = phone.frame_locator("iframe")
    expect(frame.get_by_role("textbox", name="Message")).to_be_visible()
    expect(phone.locator("html")).to_have_css("overflow", "hidden")
    phone.mouse.move(180, 30)
    phone.mouse.wheel(0, 500)
    phone.wait_for_timeout(300)
    assert phone.evaluate("scrollY") == 300
    button_in_frame = frame.get_by_role("button", name="Close chat")
    button_in_frame.tap()
    expect(phone.locator("html")).to_have_css("overflow", "visible")
    phone.mouse.wheel(0, 500)
    phone.wait_for_function("scrollY > 300")


@pytest.fixture
def zoomed(new_context: NewContext, site) -> Page:
    """A page of 1280 by 1024 at 400 %, where the window is all of it."""
    page = new_context(viewport={"width": 320, "height": 256}).new_page()
    page.goto(f"{site.other_url}/shop.html")
    return page


def open_chat(page: Page) -> Locator:
    """Open it, and return its dialog once that covers the page."""
    button(page, "Open chat: Lantern Books").click()
    chat = page.get_by_role("dialog", name="Lantern Books")
    expect(chat).to_have_attribute("aria-modal", "true")
    field = page.frame_locator("iframe").get_by_role("textbox", name="Message")
    expect(field).to_be_focused()
    return chat


def test_the_focus_never_goes_behind_a_window_that_covers_the_page(zoomed: Page):
    """WCAG 2.4.11."""
    chat = open_chat(zoomed)
    for _tab in range(12):
        zoomed.keyboard.press("Tab")
        assert zoomed.evaluate("document.activeElement.localName") in {"chat-widget", "body"}
    zoomed.frame_locator("iframe").get_by_role("button", name="Close chat").click()
    expect(chat).to_be_hidden()
    expect(button(zoomed, "Open chat: Lantern Books")).to_be_focused()
    zoomed.get_by_label("Search").focus()
    expect(zoomed.get_by_label("Search")).to_be_focused()


def test_a_window_that_covers_the_page_no_more_lets_it_be_used(zoomed: Page):
    chat = open_chat(zoomed)
    search = zoomed.get_by_label("Search")
    zoomed.set_viewport_size({"width": 1280, "height": 1024})
    expect(chat).to_have_attribute("aria-modal", "false")
    search.focus()
    expect(search).to_be_focused()
    zoomed.set_viewport_size({"width": 320, "height": 256})
    expect(chat).to_have_attribute("aria-modal", "true")
    expect(search).not_to_be_focused()
    zoomed.evaluate("ChatWidget.destroy()")
    search.focus()
    expect(search).to_be_focused()


def test_the_focus_may_go_to_what_the_page_shows_above_the_chat(zoomed: Page):
    open_chat(zoomed)
    zoomed.evaluate(
        """() => {
            const bar = document.createElement("div");
            bar.style = "position: fixed; inset: auto 0 0 0; z-index: 2147483647";
            bar.innerHTML = "<button>Accept cookies</button>";
            bar.onclick = () => bar.remove();
            document.body.append(bar);
        }"""
    )
    accept = button(zoomed, "Accept cookies")
    accept.focus()
    expect(accept).to_be_focused()
    accept.click()
    expect(accept).to_have_count(0)


def test_a_page_that_takes_the_focus_back_has_it(zoomed: Page):
    open_chat(zoomed)
    search = zoomed.get_by_label("Search")
    zoomed.evaluate(
        """() => document.addEventListener("focusin", ({ target }) => {
            const search = document.querySelector("input");
            if (target !== search) search.focus();
        })"""
    )
    search.focus()
    expect(search).to_be_focused()


def test_another_body_behind_the_window_is_out_of_reach_too(zoomed: Page):
    """As Turbo puts one there."""
    chat = open_chat(zoomed)
    search = zoomed.get_by_label("Search")
    zoomed.evaluate("document.body.replaceWith(document.body.cloneNode(true))")
    search.focus()
    expect(search).not_to_be_focused()
    zoomed.frame_locator("iframe").get_by_role("button", name="Close chat").click()
    expect(chat).to_be_hidden()
    search.focus()
    expect(search).to_be_focused()


def test_a_page_beside_a_window_scrolls_on(page: Page, site):
    page.goto(f"{site.other_url}/shop.html")
    button(page, "Open chat: Lantern Books").click()
    expect(page.frame_locator("iframe").get_by_role("textbox", name="Message")).to_be_visible()
    expect(page.locator("html")).to_have_css("overflow", "visible")


def test_what_is_tapped_is_as_large_as_a_finger_and_what_is_typed_does_not_zoom(
    phone: Page, site, console
):
    console.expect(REFUSED)
    phone.goto(site.page_url)
    assert phone.evaluate(SMALL) == []
    say(phone, "markdown")
    expect(button(phone, "Copy").first).to_be_visible()
    say(phone, "fail")
    expect(button(phone, "Try again")).to_be_visible()
    say(phone, "crash")
    expect(log(phone).get_by_role("button", name="Edit")).to_be_visible()
    assert phone.evaluate(SMALL) == []
    button(phone, "Your chats").tap()
    expect(phone.get_by_role("dialog")).to_be_visible()
    assert phone.evaluate(SMALL) == []
    size = composer(phone).evaluate("(box) => parseFloat(getComputedStyle(box).fontSize)")
    assert size >= 16


def test_the_page_takes_the_whole_screen_with_its_safe_areas(phone: Page, site):
    phone.goto(site.page_url)
    content = phone.locator("meta[name=viewport]").get_attribute("content")
    assert content is not None
    assert "viewport-fit=cover" in content
    sheet = phone.locator("link[href$='/chat.css']").get_attribute("href")
    styles = phone.request.get(f"{site.url}{sheet}").text()
    for side in ("top", "right", "bottom", "left"):
        assert f"env(safe-area-inset-{side})" in styles
    assert phone.evaluate("document.body.getBoundingClientRect().height") == 740
