from __future__ import annotations

import logging
import re
import time

import pytest
from django.test import override_settings
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import rendering
from chatwidget.rendering import render_markdown


def attributes(html: str) -> set[str]:
    return set(re.findall(r"\s([\w-]+)=", " ".join(re.findall(r"<[^>]*>", html))))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("**bold** *it* ~~no~~", "<p><strong>bold</strong> <em>it</em> <s>no</s></p>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
    ],
)
def test_markdown_becomes_html(text, html):
    assert render_markdown(text).strip() == html


@pytest.mark.parametrize(
    ("levels", "tags"), [("13", "23"), ("3", "2"), ("363", "232"), ("123456", "234566")]
)
def test_headings_stand_below_the_page_s_own_and_skip_no_level(levels, tags):
    html = render_markdown("\n".join("#" * int(level) + " x" for level in levels))
    assert "".join(re.findall(r"<h(\d)", html)) == tags


def test_a_table_scrolls_in_a_box_that_keys_reach():
    html = render_markdown("|a|b|\n|-|-:|\n|1|2|")
    assert html.startswith("<div ")
    assert 'tabindex="0"' in html
    assert '<td align="right">2</td>' in html
    assert "style" not in html


def whole(html: str) -> str:
    """The HTML with each tag's attributes in one order, as nh3's is not fixed."""

    def ordered(tag: re.Match[str]) -> str:
        parts = sorted(re.findall(r'[\w-]+="[^"]*"', tag[2]))
        return f"<{' '.join([tag[1], *parts])}>"

    return re.sub(r"<(\w+)((?: [\w-]+=\"[^\"]*\")+)>", ordered, html)


def test_a_table_s_box_ends_with_it_and_has_a_name():
    html = whole(render_markdown("|a|b|c|\n|:-|:-:|-:|\n|1|2|3|\n\nafter"))
    assert html.startswith('<div aria-label="Table" role="group" tabindex="0">\n<table>')
    assert html.endswith("</table>\n</div>\n<p>after</p>\n")
    assert re.findall(r'<td align="(\w+)">', html) == ["left", "center", "right"]


def test_code_scrolls_by_keyboard_and_has_a_name():
    html = whole(render_markdown("```\nx\n```"))
    assert html == ('<pre aria-label="Code" role="group" tabindex="0"><code>x\n</code></pre>\n')


def test_a_foreign_picture_s_link_ends_with_it():
    html = render_markdown("![words](https://example.com/a.png) after [one](https://b.example)")
    assert re.sub(r" \w+=\"[^\"]*\"", "", html) == ("<p><a>words</a> after <a>one</a></p>\n")
    assert 'href="https://example.com/a.png"' in html


def test_a_picture_after_a_link_is_a_link_of_its_own():
    html = render_markdown("[one](https://b.example) ![words](https://example.com/a.png)")
    assert html.count("<a ") == html.count("</a>") == 2


def test_code_keeps_its_language_and_nothing_else():
    html = render_markdown("```python hl_lines=3\nx < 1\n```")
    assert '<code class="language-python">x &lt; 1\n</code>' in html


def test_a_strange_language_of_code_is_dropped():
    assert "class" not in rendering._clean('<code class="language-x evil">x</code>')
    assert "align" not in rendering._clean('<table><tr><td align="evil">x</td></tr></table>')


def test_links_open_elsewhere_and_tell_nothing():
    html = render_markdown('[x](https://a.example/?b=1&c=2 "title")')
    assert 'href="https://a.example/?b=1&amp;c=2"' in html
    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize("text", ["see https://a.example/x", "<https://a.example/x>"])
def test_bare_addresses_become_links(text):
    assert 'href="https://a.example/x"' in render_markdown(text)


def test_a_link_may_name_a_port():
    html = render_markdown("[x](https://a.example:8443/y)")
    assert 'href="https://a.example:8443/y"' in html


@pytest.mark.parametrize(
    ("text", "times", "links"),
    [
        ("https://a.example ", 300, 300),
        ("https://a.example ", 301, 0),
        ("mailto:a@b.example ", 301, 0),
        ("https://a.example mailto:a@b.example ", 151, 0),
    ],
)
def test_so_many_bare_addresses_become_links_and_of_more_none(text, times, links):
    assert render_markdown(text * times).count("<a ") == links


def test_so_many_brackets_make_links_and_of_more_none_does():
    link = "[a](https://b.example)"
    assert render_markdown(link * rendering.MAX_BRACKETS).count("<a ") == rendering.MAX_BRACKETS
    html = render_markdown("**bold** " + link * (rendering.MAX_BRACKETS + 1))
    assert html.startswith("<p><strong>bold</strong> [a](https://b.example)")
    assert "<a " not in html


def test_a_file_name_is_no_address():
    assert "<a" not in render_markdown("See README.md and manage.py")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "/admin/logout/",
        "//evil.example",
        "?next=x",
        "#id",
        "ftp://a.example",
    ],
)
def test_links_to_anything_but_pages_mail_and_phones_lead_nowhere(target):
    assert "href" not in render_markdown(f"[x]({target})")


def test_html_of_the_author_is_shown_as_text():
    html = render_markdown('<b hx-get="/x" hx-trigger="load">x</b><script>alert(1)</script>')
    assert html.startswith("<p>&lt;b hx-get=")
    assert "<script" not in html


def test_what_the_sanitiser_passes_is_an_allow_list():
    html = rendering._clean(
        '<p id=a class=b style="x" onclick="x" hx-get="/x" data-hx-get="/x" data-x=1>'
        "<form action=/x><input name=y><iframe src=/x></iframe><svg><a href=/x></svg>"
        "<style>p{}</style><script>alert(1)</script>text</p>"
    )
    assert attributes(html) <= {"target", "rel"}
    assert not re.search("alert|p{}|<form|<input|<iframe|<svg", html)


@pytest.mark.parametrize("tag", ["h1", "abbr", "details", "span"])
def test_a_tag_that_markdown_never_makes_is_dropped(tag):
    assert rendering._clean(f"<{tag}>x</{tag}>") == "x"


def test_a_picture_of_another_scheme_has_no_address():
    assert "src" not in rendering._clean('<img src="ftp://pics.example/x.png" alt="x">')


def test_a_picture_of_a_foreign_host_becomes_a_link():
    html = render_markdown("![A cat](https://evil.example/?q=secret)")
    assert "<img" not in html
    assert re.search(r'<a href="https://evil\.example/\?q=secret"[^>]*>A cat</a>', html)


def test_a_foreign_picture_in_bold_becomes_a_link_too():
    html = render_markdown("**![A cat](https://evil.example/x)**")
    assert re.search(r'<strong><a href="https://evil\.example/x"[^>]*>A cat</a></strong>', html)


def test_a_picture_without_words_shows_its_address():
    assert ">https://evil.example/x.png</a>" in render_markdown("![](https://evil.example/x.png)")


def test_a_foreign_picture_in_a_link_leaves_its_words():
    html = render_markdown("[![A cat](https://evil.example/x)](https://a.example/)")
    assert html.count("<a ") == 1
    assert "evil" not in html
    assert ">A cat</a>" in html


@override_settings(CHATWIDGET={"IMAGE_HOSTS": ["pics.example"]})
def test_a_picture_of_an_allowed_host_is_shown():
    html = render_markdown("![A cat](https://pics.example/cat.png)")
    assert re.search(r'<img [^>]*src="https://pics\.example/cat\.png"', html)
    assert 'referrerpolicy="no-referrer"' in html
    assert 'loading="lazy"' in html


@override_settings(CHATWIDGET={"IMAGE_HOSTS": ["pics.example"]})
@pytest.mark.parametrize(
    "source",
    [
        "http://pics.example/x",
        "https://pics.example.evil.example/x",
        "https://pics.example@evil.example/x",
        "https://pics.example:8443/x",
        "https://[pics.example/x",
        "/x.png",
    ],
)
def test_only_the_very_host_over_https_is_allowed(source):
    assert "<img" not in render_markdown(f"![x]({source})")


def test_too_long_a_message_is_cut_and_says_so():
    html = render_markdown("word " * 30_000)
    assert len(html) < 100_200
    assert html.startswith("<p>word word")
    assert html.endswith("<p>The rest of this message is too long to show.</p>")


def test_the_longest_message_is_whole_and_says_nothing():
    longest = "x" * rendering.MAX_LENGTH
    assert render_markdown(longest) == f"<p>{longest}</p>\n"


def test_a_renderer_that_fails_leaves_the_text(monkeypatch, caplog):
    monkeypatch.setattr(rendering, "_clean", lambda html: 1 / 0)
    with caplog.at_level(logging.WARNING, logger="chatwidget"):
        html = render_markdown("secret-marked <b>")
    assert html == "<p>secret-marked &lt;b&gt;</p>"
    assert caplog.messages == ["markdown was shown as plain text: ZeroDivisionError"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bomb", "length"),
    [
        ("http://a.", 100_000),
        ("mailto:a@b.c ", 100_000),
        *((bomb, 10_000) for bomb in ("[", "![", "*a_ ", "> ", "a|", "<", "|-|\n", "[a](b", "~~")),
    ],
)
def test_a_bomb_takes_no_time_worth_speaking_of(bomb, length):
    started = time.thread_time()
    render_markdown(bomb * (length // len(bomb)))
    assert time.thread_time() - started < 15  # without the bounds, the first takes a minute


def test_a_picture_s_address_may_be_broken():
    assert not rendering._is_allowed_picture("https://[pics.example/x")


@given(st.text())
def test_any_text_renders_to_safe_html(text):
    html = render_markdown(text)
    assert isinstance(html, SafeString)
    assert attributes(html) <= {
        "href", "title", "class", "src", "alt", "start", "align", "target", "rel",
        "tabindex", "role", "aria-label", "loading", "referrerpolicy",
    }  # fmt: skip


@pytest.mark.parametrize("bomb", ["[", "![", "[a]("])
def test_brackets_that_never_close_cost_no_more_than_their_length(bomb: str) -> None:
    text = bomb * (rendering.MAX_LENGTH // len(bomb))
    started = time.thread_time()
    html = render_markdown(text)
    assert time.thread_time() - started < 10
    assert html.startswith(f"<p>{bomb}{bomb}")


def test_a_message_may_have_many_links() -> None:
    assert render_markdown("[a](https://b.example) " * 500).count("<a ") == 500
