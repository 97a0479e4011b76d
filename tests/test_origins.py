from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import origins


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        (" HTTPS://WWW.Example.com/ ", "https://www.example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:80", "http://example.com"),
        ("http://example.com:8080", "http://example.com:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_origin_is_stored_as_a_browser_writes_it(typed: str, origin: str) -> None:
    assert origins.normalise(typed) == origin


def test_what_is_longer_than_any_origin_is_refused_before_it_costs_time() -> None:
    """A header may have 64 KB, and each label of a host is a pattern to look for."""
    labels = "a." * 32_000
    started = time.thread_time()
    assert not origins.allows(f"https://{labels}example", ["https://*.a.example"])
    assert time.thread_time() - started < 1
    longest = f"https://{labels[:246]}example:8443"
    assert origins.allows(longest, ["https://*.a.example:8443"])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "*",
        "null",
        "example.com",
        "//example.com",
        "ftp://example.com",
        "https://",
        "https://user@example.com",
        "https://example.com/path",
        "https://example.com/X",
        "https://example.com?query",
        "https://example.com#part",
        "https://example.com:port",
        "https://example.com:99999",
        "https://*.example.com",
        "https://exa mple.com",
        "https://[::1",
        "https://" + "a" * 64 + ".example",
        "https://straße.example",
        "https://STRAẞE.example",
        "https://οδος.example",
        "https://a\u200db.example",
    ],
)
def test_what_is_no_origin_is_refused_in_words_that_say_what_to_type(typed: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (its words are read below)
        origins.normalise(typed)
    assert str(refused.value) == (
        f"“{typed}” is not an origin. Type scheme and host, such as https://www.example.com."
    )


@pytest.mark.parametrize("pattern", ["*", "https://*.example.com", "http://*.example.com:8080"])
def test_a_pattern_may_name_all_subdomains_or_everything(pattern: str) -> None:
    assert origins.normalise(pattern, wildcard=True) == pattern


@pytest.mark.parametrize(
    "pattern", ["https://*", "https://*.", "https://a.*.com", "https://*a.com"]
)
def test_a_star_elsewhere_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        origins.normalise(pattern, wildcard=True)


ALLOWED = ["https://shop.example", "https://*.example.com", "http://local.test:8080"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://shop.example",
        "https://SHOP.example:443",
        "https://www.example.com",
        "https://a.b.example.com",
        "http://local.test:8080",
    ],
)
def test_allowed_origins_are_admitted(origin: str) -> None:
    assert origins.allows(origin, ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.test",
        "https://evilshop.example",
        "https://example.com",
        "https://evilexample.com",
        "https://www.example.com.evil.test",
        "https://user@shop.example",
        "https://shop.example.",
        "https://shop.example/path",
        "https://*.example.com",
        "http://local.test",
    ],
)
def test_other_origins_are_not(origin: str) -> None:
    assert not origins.allows(origin, ALLOWED)


@pytest.mark.parametrize("origin", ["null", "https://anything.test"])
def test_a_star_admits_everything(origin: str) -> None:
    assert origins.allows(origin, ["*"])


@given(st.text())
def test_any_text_is_an_origin_or_a_value_error(text: str) -> None:
    try:
        origin = origins.normalise(text, wildcard=True)
    except ValueError:
        return
    assert origins.normalise(origin, wildcard=True) == origin
