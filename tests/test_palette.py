from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import palette
from chatwidget.palette import Palette, contrast

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(COLOURS)
def test_any_accent_gives_palettes_that_can_be_read(accent):
    for colours in (palette.light(accent), palette.dark(accent)):
        for ground in (colours.surface, colours.soft):
            for text in (colours.ink, colours.muted, colours.accent, colours.alert):
                assert contrast(text, ground) >= 4.5
            assert contrast(colours.edge, ground) >= 3
        assert contrast(colours.on_accent, colours.accent) >= 4.5


def test_an_accent_that_can_be_read_is_kept():
    assert palette.light("#1f6f5c").accent == "#1f6f5c"
    assert palette.dark("#ffee00").accent == "#ffee00"


def test_an_accent_keeps_its_hue_when_it_gives_up_lightness():
    red, green, blue = (int(palette.light("#ffee00").accent[at : at + 2], 16) for at in (1, 3, 5))
    assert red >= green > blue


def test_a_grey_accent_gives_greys():
    for colour in re.findall(r"#\w{6}", palette.light("#808080").as_css().replace("#c0271d", "")):
        assert colour[1:3] == colour[3:5] == colour[5:7]


def test_black_and_white_are_the_ends():
    assert palette.light("#000000").accent == "#000000"
    assert palette.dark("#ffffff").accent == "#ffffff"


def test_a_palette_is_css_custom_properties():
    css = Palette(*(["#000000"] * 9)).as_css()
    assert css.startswith("--surface:#000000;--soft:#000000;")
    assert "--on-accent:#000000;" in css
