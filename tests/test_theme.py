"""A widget's look as CSS: what is set shows, and nothing stored can end the style element."""

from __future__ import annotations

import pytest

from chatwidget import palette, theme
from chatwidget.models import Widget

LIGHT = f":root{{{palette.light('#1f6f5c').as_css()}}}"


def page_css(**look: object) -> str:
    return theme.page_css(Widget(**look))


def test_a_widget_as_it_comes_follows_the_visitors_scheme_and_sets_no_more_than_colours():
    dark = palette.dark("#1f6f5c").as_css()
    assert page_css() == f"{LIGHT}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    assert theme.scheme_of(Widget()) == "light dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_widget_of_one_scheme_has_its_colours_alone(scheme: str):
    colours = {"light": palette.light, "dark": palette.dark}[scheme]("#1f6f5c").as_css()
    assert page_css(theme=scheme) == f":root{{color-scheme:{scheme};{colours}}}"
    assert theme.scheme_of(Widget(theme=scheme)) == scheme
    launcher = theme.loader_css(Widget(theme=scheme))
    assert "prefers-color-scheme" not in launcher
    assert ("--line:#ffffff1f" in launcher) is (scheme == "dark")


def test_corners_and_font_are_set_on_the_page_and_on_the_launcher():
    widget = Widget(radius=0, font="Source Sans 3, Georgia , serif")
    own = '--radius:0px;--font:"Source Sans 3","Georgia",serif,system-ui,sans-serif'
    assert f":root{{{own}}}" in theme.page_css(widget)
    assert theme.loader_css(widget).endswith(f".all{{{own}}}")


def test_a_font_of_the_site_is_loaded_for_the_first_name():
    css = page_css(font="Shop Sans, serif", font_file="/static/shop.woff2?v=2")
    assert css.endswith(
        '@font-face{font-family:"Shop Sans";font-display:swap;font-weight:100 900;'
        'src:url("/static/shop.woff2?v=2")format("woff2")}'
    )
    assert "@font-face" not in page_css(font_file="/static/shop.woff2")


def test_a_picture_stands_in_place_of_the_letter(settings):
    settings.CHATWIDGET = {"IMAGE_HOSTS": ["cdn.example"]}
    for address in ("/static/bot.png", "https://cdn.example/bot.png"):
        assert f'url("{address}")' in page_css(avatar=address)
    assert ".avatar" not in page_css(avatar="https://other.example/bot.png")


def test_nothing_stored_ends_a_string_or_the_element():
    css = page_css(font='a"}</style>\\x\n\u2019', font_file='");}</style>')
    assert "<" not in css
    assert '"a\\22 \\7d \\3c /style\\3e \\5c x\\a \\2019 "' in css
    assert 'url("\\22 \\29 \\3b \\7d \\3c /style\\3e ")' in css
