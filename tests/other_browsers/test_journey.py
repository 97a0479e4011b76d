"""What a visitor does, in the browsers that aren't Chromium: `make browsers`, on demand."""

from __future__ import annotations

import pytest

from tests.browser.running import Site
from tests.other_browsers.visitors import ROOT, Visitor, until

QUESTION = "When are you open today?"
READY = "document.readyState === 'complete' && Boolean(window.htmx)"
ANSWER = 'log.innerText.includes("we\'re open from")'
VALUE = "typed.value"


@pytest.fixture
def shop(visitor: Visitor, site: Site) -> Visitor:
    """Somebody on a page of another site, who has opened the chat there."""
    visitor.visit(f"{site.other_url}/shop.html")
    visitor.press_launcher()
    until(lambda: is_open(visitor))
    return visitor


def is_open(visitor: Visitor) -> bool:
    ready = f"{ROOT}.querySelector('.window').dataset.state === 'ready'"
    return bool(visitor.on_page(f"{ROOT}.host.hasAttribute('open') && {ready}"))


def say(visitor: Visitor, text: str) -> None:
    visitor.type(text)
    until(lambda: visitor.in_chat(VALUE) == text)
    visitor.press("Enter")


def test_a_chat_from_the_first_key_to_the_next_page(shop: Visitor, site: Site):
    shop.type("One")
    until(lambda: shop.in_chat(VALUE) == "One")
    shop.press("Shift+Enter")
    shop.type("two")
    until(lambda: shop.in_chat(VALUE) == "One\ntwo")
    assert shop.in_chat("typed.clientHeight") > 60
    shop.press("Enter")
    until(lambda: shop.in_chat("log.querySelector('.message:not(.own, .pending)') !== null"))
    until(lambda: shop.in_chat("document.querySelector('.send').ariaDisabled") == "false")
    say(shop, QUESTION)
    until(lambda: shop.in_chat(ANSWER))
    until(lambda: shop.in_chat("answers.sheet !== null"))
    shop.type("Half a thou")
    until(lambda: shop.in_chat(VALUE) == "Half a thou")

    shop.visit(f"{site.other_url}/shop.html")
    until(lambda: is_open(shop))
    until(lambda: shop.in_chat(ANSWER))
    assert shop.in_chat(VALUE) == "Half a thou"

    shop.visit(site.page_url)
    until(lambda: shop.in_chat(READY))
    shop.in_chat("typed.focus()")
    say(shop, "help")
    until(lambda: shop.in_chat("log.innerText.includes('Ask me about the shop')"))
    assert not shop.in_chat(ANSWER), "the chat on one site shows on another"


@pytest.mark.parametrize("visitor", ["webkit"], indirect=True)
def test_what_was_typed_is_there_on_the_way_back(shop: Visitor, site: Site):
    """It empties a form that wants no autocompletion when its page comes back as it was."""
    shop.type("Half")
    until(lambda: shop.in_chat(VALUE) == "Half")
    shop.visit(f"{site.other_url}/modes.html")
    shop.on_page("history.back()")
    until(lambda: shop.on_page("location.pathname") == "/shop.html")
    until(lambda: is_open(shop))
    until(lambda: shop.in_chat(VALUE) == "Half")


def test_escape_closes_it_and_the_focus_returns(shop: Visitor):
    shop.type("x")
    until(lambda: shop.in_chat(VALUE) == "x")
    shop.press("Escape")
    until(lambda: not is_open(shop))
    until(lambda: shop.on_page(f"{ROOT}.activeElement?.className") == "launcher")


def test_the_page_sends_for_the_visitor(shop: Visitor):
    shop.on_page(f"ChatWidget.send('{QUESTION}')")
    until(lambda: shop.in_chat(ANSWER))


def test_an_enter_that_ends_a_composition_sends_nothing(visitor: Visitor, site: Site):
    visitor.visit(site.page_url)
    until(lambda: visitor.in_chat(READY))
    visitor.in_chat("typed.focus()")
    visitor.type("かな")
    key = "{key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}"
    assert visitor.in_chat(f"typed.dispatchEvent(new KeyboardEvent('keydown', {key}))")
    assert visitor.in_chat(VALUE) == "かな"


@pytest.mark.parametrize(("language", "side"), [("en", "right"), ("ar", "left")])
def test_what_is_said_lines_up_with_where_it_is_written(
    visitor: Visitor, site: Site, language: str, side: str
):
    """Whether scrollbars take room or not, and whichever way the page is read."""
    visitor.visit(f"{site.page_url}?language={language}")
    until(lambda: visitor.in_chat(READY))
    visitor.in_chat("typed.focus()")
    say(visitor, QUESTION)
    until(lambda: visitor.in_chat("log.querySelector('.own .bubble') !== null"))
    own, composer = (
        visitor.in_chat(
            f"Math.round(document.querySelector('{name}').getBoundingClientRect().{side})"
        )
        for name in (".own .bubble", "#composer")
    )
    assert own == composer
