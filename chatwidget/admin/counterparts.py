"""The server's own widget and ours: which field an attribute becomes, what to do about the rest.

``docs/how-to/moving-over.md`` has the same as tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatwidget.admin.pasted import Pasted
from chatwidget.chatapi import normalise_base_url
from chatwidget.models import ChatServer, Widget

Words = str | Promise
DEFAULT_ADDRESS = "https://www.openchatstudio.com"


@dataclass(frozen=True, slots=True)
class Note:
    """What didn't come over by itself: its name there, and what to do here."""

    name: str
    words: Words


@dataclass(frozen=True, slots=True)
class Moved:
    """Values of a widget's fields, and what has none."""

    values: Mapping[str, Any]
    notes: tuple[Note, ...]


def _is_on(value: str) -> bool:
    return value.lower() not in ("false", "0")


def _lines(value: str) -> Any:
    """Read a list as that widget does: JSON, or JSON with the other quotes."""
    for text in (value, value.replace("'", '"')):
        try:
            return [str(line) for line in json.loads(text)]
        except (ValueError, TypeError, RecursionError):
            continue
    return value


def _one_of(**meant: Any) -> Callable[[str], Any]:
    """Read one of these; the field itself refuses what is none."""
    return lambda value: meant.get(value.lower(), value)


FIELDS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "chatbot-id": ("chatbot_id", str),
    "header-text": ("title", str),
    "welcome-messages": ("welcome_messages", _lines),
    "starter-questions": ("starter_questions", _lines),
    "button-text": ("label", str),
    "button-shape": ("radius", _one_of(round=16, square=8)),
    "position": ("position", _one_of(left="bottom-left", right="bottom-right")),
    "language": ("language", str.lower),
    "allow-attachments": ("takes_files", _is_on),
    "disabled": ("is_read_only", _is_on),
    "banner-message": ("banner", str),
    "banner-style": ("banner_tone", _one_of(default="info", error="danger")),
    "banner-position": ("banner_place", str),
}
# Where its pages show one colour most; the first of these that is one.
COLOURS = ("--send-button-bg-color", "--message-user-bg-color", "--button-background-color")
OFFSETS = {"left": "offset_x", "right": "offset_x", "top": "offset_y", "bottom": "offset_y"}
PIXELS = re.compile(r"(\d{1,4})px")
NOTHING = gettext_lazy("There is nothing like it here.")
IDENTITY = gettext_lazy(
    "Under “Visitors” the chatbot may hear who is logged in to this site, or whom a signed token "
    "names."
)
CONTEXT = gettext_lazy(
    "A page says it by ChatWidget.setContext(); the names that may get through stand under "
    "“Visitors”."
)
KEPT = gettext_lazy("Chats are kept, and end, as this site's settings say.")
WORDED = gettext_lazy("Type it under “Language”, as your own words.")
ELSEWHERE: Mapping[str, Words] = {
    "embed-key": gettext_lazy(
        "It belongs to the server: store it there. It stood in your pages for anybody to read, so "
        "make a new one after the move."
    ),
    "authtokenprovider": gettext_lazy(
        "Pages need no token here: choose OAuth client credentials for the server."
    ),
    "icon-url": gettext_lazy(
        "The launcher shows one of three icons, and a page may name the shape of another."
    ),
    "visible": gettext_lazy("A page opens the chat by ChatWidget.open()."),
    "allow-full-screen": gettext_lazy(
        "Choose under “Launcher” whether the chat opens as a window or over the whole page."
    ),
    **dict.fromkeys(("user-id", "user-name", "userid", "username"), IDENTITY),
    **dict.fromkeys(("page-context", "pagecontext"), CONTEXT),
    **dict.fromkeys(("persistent-session", "persistent-session-expire"), KEPT),
    **dict.fromkeys(
        ("translations-url", "typing-indicator-text", "new-chat-confirmation-message"), WORDED
    ),
}
EVENTS: Mapping[str, str] = {
    "ocs:open": "chatwidget:open",
    "ocs:close": "chatwidget:close",
    "ocs:message:before-send": "chatwidget:message-before-send",
    "ocs:message:sent": "chatwidget:message-sent",
    "ocs:message:received": "chatwidget:message-received",
    "ocs:session:started": "chatwidget:session-started",
    "ocs:session:ended": "chatwidget:session-ended",
}
# What says nothing about the widget itself, or is read apart.
SILENT = {"api-base-url", "class", "data-widget-version", "id", "style"}


def move(pasted: Pasted) -> Moved:
    """Return what a widget here would be, and what is left to do."""
    values: dict[str, Any] = {}
    notes = [
        *_server(pasted.attributes.get("api-base-url") or DEFAULT_ADDRESS, values),
        *_attributes(pasted.attributes, values),
        *_style(pasted.style, values),
        *(Note(name, _script(name)) for name in pasted.scripts),
    ]
    if pasted.tags > 1:
        words = _("The page has %(number)d, and this is the first. Paste the others by themselves.")
        notes.insert(0, Note("open-chat-studio-widget", words % {"number": pasted.tags}))
    return Moved(values, tuple(notes))


def _server(address: str, values: dict[str, Any]) -> Iterator[Note]:
    host = _host(address)
    servers = (each for each in ChatServer.objects.all() if host and _host(each.base_url) == host)
    server = next(servers, None)
    if server:
        values["server"] = server.pk
    else:
        words = _("No server here has the address %(address)s. Add it first.")
        yield Note("api-base-url", words % {"address": address[:200]})


def _host(address: str) -> str:
    try:
        return (
            normalise_base_url(address).partition("://")[2].partition("/")[0].removeprefix("www.")
        )
    except ValueError:
        return ""


def _attributes(attributes: Mapping[str, str], values: dict[str, Any]) -> Iterator[Note]:
    for name, value in attributes.items():
        if name in FIELDS:
            yield from _fill(name, value, *FIELDS[name], values)
        elif name not in SILENT:
            yield Note(name, ELSEWHERE.get(name, NOTHING))


def _style(style: Mapping[str, str], values: dict[str, Any]) -> Iterator[Note]:
    colour = next((name for name in COLOURS if style.get(name, "").startswith("#")), "")
    if colour:
        yield from _fill(colour, style[colour], "accent", _six_digits, values)
    yield from _fill("--chat-z-index", style.get("--chat-z-index", ""), "z_index", str, values)
    for name, field in OFFSETS.items():
        if pixels := PIXELS.fullmatch(style.get(name, "")):
            values[field] = int(pixels[1])
    others = [
        name for name in style if name.startswith("--") and name not in (colour, "--chat-z-index")
    ]
    if others:
        words = _(
            "One colour makes all others, under “Look”; a style sheet of yours says the rest."
        )
        yield Note(", ".join(others)[:500], words)


def _six_digits(colour: str) -> str:
    return "#" + "".join(digit * 2 for digit in colour[1:]) if len(colour) == 4 else colour


def _script(name: str) -> Words:
    if name in EVENTS:
        words = _("Here it is %(event)s, and says that something happened, not what was said.")
        return words % {"event": EVENTS[name]}
    return ELSEWHERE.get(name.lower(), NOTHING)


def _fill(
    name: str,
    value: str,
    field: str,
    read: Callable[[str], Any],
    values: dict[str, Any],
) -> Iterator[Note]:
    """Take the value if the field would; say in the field's own words why not."""
    if not value:
        return
    try:
        column = cast("Field[Any, Any]", Widget._meta.get_field(field))
        values[field] = column.clean(read(value), None)
    except ValidationError as error:
        yield Note(f"{name}: {value[:200]}", " ".join(error.messages))
