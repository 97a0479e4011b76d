"""Markdown to safe HTML (design decision 7): what a bot says is untrusted.

markdown-it-py makes HTML in which none of the author's own passes; nh3 then keeps an allow-list
of tags and attributes. Pictures are dealt with between the two, in the token stream, because the
address of a picture that loads by itself can carry data out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from chatwidget.conf import conf

logger = logging.getLogger("chatwidget")

MAX_LENGTH = 100_000
MAX_NESTING = 20
# Finding bare addresses takes time that grows with the square of their number.
MAX_BARE_LINKS = 300
# So does looking for the end of each bracket that is never closed.
MAX_BRACKETS = 1000
SCHEMES = {"http", "https", "mailto", "tel"}
LINK_REL = "noopener noreferrer nofollow"
INLINE = {"a", "br", "code", "em", "img", "s", "strong"}
BLOCKS = {"blockquote", "div", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}


def render_markdown(text: str) -> SafeString:
    """Return ``text`` as HTML that is safe to put into a page, whatever it holds.

    Never raises. More than 100,000 characters are cut, with a line that says so.
    """
    shown = text[:MAX_LENGTH]
    try:
        html = _clean(_markdown(shown).render(shown))
    except Exception as error:
        logger.warning("markdown was shown as plain text: %s", type(error).__name__)
        html = linebreaks(shown, autoescape=True)
    if len(text) > MAX_LENGTH:
        html += f"<p>{escape(_('The rest of this message is too long to show.'))}</p>"
    return mark_safe(html)  # noqa: S308 (it went through the allow-list, or was escaped)


def _markdown(text: str) -> MarkdownIt:
    linkify = text.count("//") + text.count("mailto:") <= MAX_BARE_LINKS
    # A parser is cheap next to parsing, and one that threads share would hold state.
    markdown = MarkdownIt(
        "commonmark", {"html": False, "linkify": linkify, "maxNesting": MAX_NESTING}
    ).enable(["table", "strikethrough", "linkify"])
    if text.count("[") > MAX_BRACKETS:
        markdown.disable(["image", "link"])
    # Without a scheme "README.md" would be a host in Moldova.
    cast(Any, markdown.linkify).set({"fuzzy_link": False})
    markdown.core.ruler.push("guests", _adapt)
    return markdown


def _adapt(state: StateCore) -> None:
    """Fit the tokens into the chat page."""
    state.tokens = list(_boxed(state.tokens))
    _level_headings(state.tokens)
    for token in state.tokens:
        _align_by_attribute(token)
        if token.children:
            token.children = list(_without_foreign_pictures(token.children))


def _boxed(tokens: Sequence[Token]) -> Iterator[Token]:
    """Put each table into a box of its own, which scrolls where the log doesn't."""
    for token in tokens:
        if token.type == "table_open":
            yield Token("box_open", "div", 1, block=True)
        yield token
        if token.type == "table_close":
            yield Token("box_close", "div", -1, block=True)


def _level_headings(tokens: Sequence[Token]) -> None:
    """Let a message's headings begin below the page's own, and skip no level (WCAG 1.3.1)."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    ranks = sorted({heading.tag for heading in headings})
    for heading in headings:
        heading.tag = f"h{min(6, 2 + ranks.index(heading.tag))}"


def _align_by_attribute(token: Token) -> None:
    style = str(token.attrs.pop("style", ""))
    if style.startswith("text-align:"):
        token.attrs["align"] = style.removeprefix("text-align:")


def _without_foreign_pictures(tokens: Sequence[Token]) -> Iterator[Token]:
    """Turn each picture of a host that is not allowed into a link to it."""
    links = 0
    for token in tokens:
        links += token.nesting if token.type in ("link_open", "link_close") else 0
        source = str(token.attrs.get("src", ""))
        if token.type != "image" or _is_allowed_picture(source):
            yield token
            continue
        if links:
            yield _text(token.content or source)
            continue
        yield Token("link_open", "a", 1, attrs={"href": source})
        yield _text(token.content or source)
        yield Token("link_close", "a", -1)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _is_allowed_picture(source: str) -> bool:
    try:
        parts = urlsplit(source)
        return parts.scheme == "https" and parts.netloc.lower() in conf.image_hosts
    except ValueError:
        return False


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=INLINE | BLOCKS | TABLES,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
        set_tag_attribute_values={
            "a": {"target": "_blank"},
            # What scrolls sideways has to be reachable by keyboard (WCAG 2.1.1) and have a name.
            "div": {"tabindex": "0", "role": "group", "aria-label": _("Table")},
            "pre": {"tabindex": "0", "role": "group", "aria-label": _("Code")},
            "img": {"loading": "lazy", "referrerpolicy": "no-referrer"},
        },
    )


def _filtered(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        # A relative link would point into the host site.
        return value if value.partition(":")[0].lower() in SCHEMES else None
    if attribute == "class":
        return value if value.startswith("language-") and " " not in value else None
    if attribute == "align":
        return value if value in ("left", "center", "right") else None
    return value
