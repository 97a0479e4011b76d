from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from chatwidget import validators
from chatwidget.validators import (
    validate_font,
    validate_font_file,
    validate_names,
    validate_paths,
    validate_picture,
)


@pytest.mark.parametrize("value", ["https://chat.example.com", "https://1.1.1.1/prefix/api/chat/"])
def test_a_public_https_address_is_taken(value: str) -> None:
    with override_settings(CHATWIDGET={}):
        validators.validate_base_url(value)


@pytest.mark.parametrize(
    "value",
    [
        "http://chat.example.com",
        "https://localhost",
        "https://127.0.0.1",
        "https://10.0.0.1",
        "https://[::1]",
        "https://server.internal",
        "https://localhost.",
        "https://127.0.0.1.",
        "https://127.1",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://0x7f000001",
    ],
)
def test_a_private_address_is_refused_unless_the_site_allows_it(value: str) -> None:
    with (
        override_settings(CHATWIDGET={}),
        pytest.raises(ValidationError, match="ALLOW_PRIVATE_SERVERS"),
    ):
        validators.validate_base_url(value)
    with override_settings(CHATWIDGET={"ALLOW_PRIVATE_SERVERS": True}):
        validators.validate_base_url(value)


def test_what_is_no_address_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="Type"):
        validators.validate_base_url("chat.example.com")


@pytest.mark.parametrize("value", ["#1f6f5c", "#FFFFFF"])
def test_a_colour_is_six_hexadecimal_digits(value: str) -> None:
    validators.validate_colour(value)


@pytest.mark.parametrize("value", ["1f6f5c", "#fff", "red", "#1f6f5c;", "#1f6f5c\n"])
def test_other_colours_are_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="#1f6f5c"):
        validators.validate_colour(value)


def test_an_origin_is_checked() -> None:
    validators.validate_origin("https://www.example.com")
    with pytest.raises(ValidationError, match="is not an origin"):
        validators.validate_origin("www.example.com")


@pytest.mark.parametrize("value", [None, "text", {"a": 1}, ["ok", ""], ["ok", 3], ["  "]])
def test_lines_are_a_list_of_words(value: object) -> None:
    with pytest.raises(ValidationError, match="one entry a line"):
        validators.validate_lines(value)


def test_origin_patterns_are_checked_one_by_one() -> None:
    validators.validate_origin_patterns(["https://a.example", "https://*.b.example", "*"])
    with pytest.raises(ValidationError, match="c.example"):
        validators.validate_origin_patterns(["https://a.example", "c.example"])


@pytest.mark.parametrize("value", [["pricing"], ["/a b"], ["/a?b"], "x", [7]])
def test_what_is_no_path_is_refused(value):
    validate_paths(["/pricing", "/help/*", "/"])
    with pytest.raises(ValidationError):
        validate_paths(value)


@pytest.mark.parametrize("value", [["a-b"], ["1st"], ["x" * 41], [None]])
def test_what_is_no_name_is_refused(value):
    validate_names(["url", "basket_2"])
    with pytest.raises(ValidationError):
        validate_names(value)


@pytest.mark.parametrize("font", ["Inter", "Source Sans 3, Noto Sans CJK-JP, serif", "Vazirmatn"])
def test_a_font_is_a_list_of_names(font):
    validate_font(font)


@pytest.mark.parametrize("font", ["Inter;", 'In"ter', "url(x)", "Inter,,serif", "Inter,", "}"])
def test_what_is_no_font_is_named(font):
    with pytest.raises(ValidationError, match="is no font. Type a name such as Inter"):
        validate_font(font)


def test_a_font_file_is_a_path_of_the_site():
    validate_font_file("/static/fonts/sans.woff2")
    validate_font_file("/static/fonts/sans.woff2?v=3")
    for wrong in ("sans.woff2", "/sans.ttf", "//evil.example/a.woff2", "/a b.woff2", '/".woff2'):
        with pytest.raises(ValidationError, match=r"ends in \.woff2"):
            validate_font_file(wrong)


@pytest.mark.parametrize(
    "address", ["/static/bot.png", "/media/a%20b.webp?x=1", "https://cdn.example/a/b.png"]
)
def test_a_picture_is_of_the_site_or_of_a_host_that_is_allowed(address, settings):
    settings.CHATWIDGET = {"IMAGE_HOSTS": ["cdn.example"]}
    validate_picture(address)


@pytest.mark.parametrize(
    "address",
    [
        "bot.png",
        "//cdn.example/a.png",
        "http://cdn.example/a.png",
        "https://cdn.example.evil.example/a.png",
        "https://cdn.example@evil.example/a.png",
        "https://other.example/a.png",
        'https://cdn.example/a".png',
        "data:image/png;base64,AA==",
        "javascript:alert(1)",
    ],
)
def test_another_picture_is_refused_and_the_setting_named(address, settings):
    settings.CHATWIDGET = {"IMAGE_HOSTS": ["cdn.example"]}
    with pytest.raises(ValidationError, match="IMAGE_HOSTS"):
        validate_picture(address)
