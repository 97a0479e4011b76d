"""A widget's look as CSS: the palettes of its colour, its corners, its font and its picture.

It stands in the one style element of a page, which has the page's nonce, and in the loader's
sheet; ``docs/how-to/theming.md`` lists the custom properties. What is stored was validated, and is
written so that it could end neither a string nor the element if it had not been.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.utils.safestring import SafeString, mark_safe

from chatwidget import palette
from chatwidget.models import Widget
from chatwidget.palette import Palette
from chatwidget.validators import may_show_picture

RADIUS = Widget._meta.get_field("radius").default
# Keywords, and not names of fonts (CSS Fonts 4, section 2.1.3).
GENERIC = {"cursive", "monospace", "sans-serif", "serif", "system-ui"} | {
    f"ui-{kind}" for kind in ("monospace", "rounded", "sans-serif", "serif")
}
FALLBACK = ("system-ui", "sans-serif")
NEEDS_ESCAPE = re.compile(r"[^\w ./:?=&%+~-]", re.ASCII)


def scheme_of(widget: Widget) -> str:
    """The value of ``color-scheme`` for the widget's pages."""
    return "light dark" if widget.theme == Widget.Theme.AUTO else widget.theme


def page_css(widget: Widget) -> SafeString:
    """The style sheet of the page's style element."""
    schemes = _schemes(":root", widget, Palette.as_css)
    rest = "".join((_own(":root", widget), _font_face(widget), _avatar(widget)))
    return mark_safe(schemes + rest)  # noqa: S308 (our own names, digits, and escaped strings)


def loader_css(widget: Widget) -> str:
    """The custom properties that the loader draws with, as a style sheet."""
    return _schemes(".all", widget, _launcher_colours) + _own(".all", widget)


def _schemes(selector: str, widget: Widget, write: Callable[[Palette], str]) -> str:
    light, dark = write(palette.light(widget.accent)), write(palette.dark(widget.accent))
    if widget.theme != Widget.Theme.AUTO:
        chosen = light if widget.theme == Widget.Theme.LIGHT else dark
        return f"{selector}{{color-scheme:{widget.theme};{chosen}}}"
    return f"{selector}{{{light}}}@media (prefers-color-scheme:dark){{{selector}{{{dark}}}}}"


def _launcher_colours(scheme: Palette) -> str:
    # On a dark page a shadow can't be seen, so a hairline bounds the window.
    hairline = "--line:#ffffff1f;" if scheme.is_dark else ""
    return (
        f"{hairline}--accent:{scheme.accent};--on-accent:{scheme.on_accent};"
        f"--surface:{scheme.surface};--ink:{scheme.ink}"
    )


def _own(selector: str, widget: Widget) -> str:
    """What the widget has otherwise than the style sheets."""
    properties = {
        "--radius": f"{int(widget.radius)}px" if widget.radius != RADIUS else "",
        "--font": ",".join(_families(widget)) if widget.font else "",
    }
    css = ";".join(f"{name}:{value}" for name, value in properties.items() if value)
    return f"{selector}{{{css}}}" if css else ""


def _families(widget: Widget) -> Iterator[str]:
    for name in filter(None, map(str.strip, widget.font.split(","))):
        yield name if name in GENERIC else _string(name)
    yield from FALLBACK


def _font_face(widget: Widget) -> str:
    if not (widget.font and widget.font_file):
        return ""
    name = widget.font.partition(",")[0].strip()
    source = f'url({_string(widget.font_file)})format("woff2")'
    face = f"font-family:{_string(name)};font-display:swap;font-weight:100 900;src:{source}"
    return f"@font-face{{{face}}}"


def _avatar(widget: Widget) -> str:
    # A host that is allowed no more would leave an empty circle.
    if not may_show_picture(widget.avatar):
        return ""
    picture = f"var(--soft) url({_string(widget.avatar)}) center/cover"
    return (
        f".avatar{{background:{picture};color:transparent;forced-color-adjust:none;"
        "print-color-adjust:exact}"
    )


def _string(text: str) -> str:
    """``text`` as a CSS string that nothing ends (CSS Syntax 3, section 2.1)."""
    return '"' + NEEDS_ESCAPE.sub(lambda found: f"\\{ord(found[0]):x} ", text) + '"'
