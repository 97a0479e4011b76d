"""What templates show: a widget's look, and messages with their Markdown made into HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString

from chatwidget import languages, theme
from chatwidget.chatapi import Message
from chatwidget.conf import conf
from chatwidget.conversation import LinkedFile, linked
from chatwidget.conversation.files import MOST_FILES
from chatwidget.languages import reworded
from chatwidget.models import ChatSession, Feedback, Widget
from chatwidget.rendering import render_markdown

NO_OPINIONS: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the log shows it: a visitor's ``text`` as typed, a bot's as ``html``.

    ``liked`` is 1 or -1 where the visitor judged it, and 0 elsewhere.
    """

    is_own: bool
    text: str
    html: SafeString
    at: datetime
    files: Sequence[LinkedFile] = ()
    liked: int = 0


def shown(
    message: Message, session: ChatSession | None = None, opinions: Mapping[str, int] = NO_OPINIONS
) -> Shown:
    """Return ``message`` ready for a template, its files with addresses for ``session``."""
    is_own = message.role == "user"
    files = [linked(session, each) for each in message.attachments] if session else []
    return Shown(
        is_own=is_own,
        text=message.content,
        html=SafeString() if is_own else render_markdown(message.content),
        at=message.created,
        files=files,
        liked=opinions.get(message.created_at, 0),
    )


def look_of(widget: Widget) -> dict[str, Any]:
    """Return what every template of a widget may use."""
    title = reworded(widget.title)
    return {"widget": widget, "title": title, "initial": _initial(title)}


def page_look_of(widget: Widget) -> dict[str, Any]:
    """Return what a whole page shows besides: its welcome, its colours, its language."""
    greeting, *welcome = map(reworded, widget.welcome_messages or [""])
    return {
        **look_of(widget),
        "greeting": greeting,
        "subtitle": reworded(widget.subtitle),
        "starters": [reworded(question) for question in widget.starter_questions],
        "welcome": [render_markdown(text) for text in welcome],
        **theme_of(widget),
        **language(),
        **(_file_limits() if widget.takes_files else {}),
        **({"stars": range(1, Feedback.MOST_STARS + 1)} if widget.asks_feedback else {}),
    }


def _file_limits() -> dict[str, Any]:
    """What visitors are told before they choose a file."""
    return {
        "most_files": MOST_FILES,
        "file_limit": conf.upload_max_bytes,
        "kinds": ",".join(conf.upload_types),
        "kinds_listed": ", ".join(kind.removeprefix(".") for kind in conf.upload_types),
    }


def theme_of(widget: Widget) -> dict[str, str]:
    """Return the style sheet of a page's own style element, and the schemes it knows."""
    return {"style": theme.page_css(widget), "schemes": theme.scheme_of(widget)}


def language() -> dict[str, str]:
    """Return the language and direction of what is rendered now."""
    spoken = languages.spoken()
    return {"language": spoken.tag, "direction": spoken.direction}


def _initial(title: str) -> str:
    return next((letter.upper() for letter in title if letter.isalnum()), "•")
