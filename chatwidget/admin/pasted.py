"""What a page says of the server's own widget: its tag, the style of it, and scripts about it.

The patterns are bounded, so that no text that is pasted takes long: Python's own parser of HTML
takes minutes for what is malformed on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

TAG = "open-chat-studio-widget"
OPENING = re.compile(rf"<{TAG}(?=[\s/>])", re.IGNORECASE)
ATTRIBUTE = re.compile(
    r"""[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""",
)
RULE = re.compile(rf"{TAG}[^{{}}]{{0,200}}\{{([^{{}}]{{0,20000}})\}}")
DECLARATION = re.compile(r"(?<![\w-])([\w-]{1,80})\s{0,9}:([^;]{0,200})")
EVENT = re.compile(r"\bocs(?::[a-z-]{1,40}){1,4}")
MOST = 100  # attributes
PROPERTY = re.compile(r"\.(authTokenProvider|pageContext|userId|userName)\b")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was found: the first tag's attributes, how it is styled, what scripts do with it."""

    tags: int
    attributes: Mapping[str, str]
    style: Mapping[str, str]
    scripts: tuple[str, ...]


def read(html: str) -> Pasted:
    """Read a page, or a part of it that has the tag."""
    text = _without_comments(html)
    openings = list(OPENING.finditer(text))
    attributes = _attributes(text, openings[0].end()) if openings else {}
    rules = [*RULE.findall(text), attributes.get("style", "")]
    style = {
        name.lower(): value.strip()
        for rule in rules
        for name, value in DECLARATION.findall(rule)
        if value.strip()
    }
    # Scripts name the tag, too, or there would be no saying whose property it is.
    is_about = f'"{TAG}"' in text or f"'{TAG}'" in text
    named = [*EVENT.findall(text), *(PROPERTY.findall(text) if is_about else [])]
    return Pasted(len(openings), attributes, style, tuple(dict.fromkeys(named)))


def _attributes(text: str, start: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for _number in range(MOST):
        match = ATTRIBUTE.match(text, start)
        if match is None:
            break
        name, *values = match.groups(default="")
        # Of two with one name a browser takes the first.
        found.setdefault(name.lower(), unescape("".join(values)).strip())
        start = match.end()
    return found


def _without_comments(html: str) -> str:
    kept, end = [], 0
    while (start := html.find("<!--", end)) != -1:
        kept.append(html[end:start])
        closing = html.find("-->", start)
        end = len(html) if closing == -1 else closing + 3
    return "".join([*kept, html[end:]])
