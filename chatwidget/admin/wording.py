"""The list of a widget's own words: a row each, with a language, a text and what to say instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chatwidget.languages import NAMES
from chatwidget.models import Widget
from chatwidget.rewording import PARTS

Row = dict[str, str]
# Rows to fill in; each save brings as many more.
BLANK_ROWS = 3
# What a widget says to visitors in texts of its own.
OWN_TEXTS = ("title", "subtitle", "label", "greeting", "budget_words")
OWN_LISTS = ("welcome_messages", "starter_questions")


@cache
def texts() -> Sequence[str]:
    """The app's own texts for visitors, as English has them."""
    source = files("chatwidget") / "locale/visitors.json"
    return tuple(json.loads(source.read_text(encoding="utf-8")))


def texts_of(widget: Widget) -> set[str]:
    """All that a widget says to visitors: what can be said in other words."""
    own = {getattr(widget, name) for name in OWN_TEXTS}
    return {*texts(), *own, *(text for name in OWN_LISTS for text in getattr(widget, name))}


class WordsInput(forms.Widget):
    """The rows as a table, and some to fill in."""

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[Row]:
        """Return the rows that hold something, as they were typed."""
        columns = (data.getlist(f"{name}-{part}") for part in PARTS)
        rows = (dict(zip(PARTS, row, strict=True)) for row in zip_longest(*columns, fillvalue=""))
        return [row for row in rows if row["text"].strip() or row["words"].strip()]

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Write the table, and the texts that a browser offers while one is typed."""
        rows = value if isinstance(value, list) else []
        blank = dict.fromkeys(PARTS, "")
        return format_html(
            '<div class="chatwidget-words-room">'
            '<table class="chatwidget-words" id="{}"><thead><tr><th>{}</th><th>{}</th><th>{}</th>'
            '</tr></thead><tbody>{}</tbody></table><datalist id="{}-texts">{}</datalist></div>',
            (attrs or {}).get("id", ""),
            _("Language"),
            _("Text"),
            _("Your words"),
            format_html_join(
                "", "{}", ((_row(name, row),) for row in [*rows, *[blank] * BLANK_ROWS])
            ),
            name,
            format_html_join("", "<option>{}</option>", ((text,) for text in texts())),
        )


class WordsField(forms.Field):
    """Rows of a language, a text and the words for it; what is wrong is said by the row."""

    widget = WordsInput

    def __init__(self, *, encoder: object = None, decoder: object = None, **kwargs: Any) -> None:
        """Take what a JSONField of a model hands to its form field."""
        super().__init__(**kwargs | {"show_hidden_initial": False})

    def to_python(self, value: Any) -> list[Row]:
        """Return the rows without blanks around."""
        return [{part: row[part].strip() for part in PARTS} for row in value]


def refuse_unknown(rows: Sequence[Row], known: set[str], stored: Sequence[Row]) -> None:
    """Refuse a new row for a text that nobody reads; one of an earlier version may stay."""
    kept = {row["text"] for row in stored}
    unknown = [row["text"] for row in rows if row["text"] not in known | kept]
    if unknown:
        words = _("The chat has no text “%(text)s”. Choose one of the list that it offers.")
        raise ValidationError([words % {"text": text} for text in unknown])


def _row(name: str, row: Row) -> SafeString:
    languages = (("", _("Every language")), *NAMES.items())
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (code, SafeString(" selected") if code == row["language"] else "", label)
            for code, label in languages
        ),
    )
    return format_html(
        '<tr><td><select name="{0}-language" aria-label="{1}">{2}</select></td>'
        '<td><input name="{0}-text" aria-label="{3}" placeholder="{3}" value="{4}"'
        ' list="{0}-texts"></td>'
        '<td><input name="{0}-words" aria-label="{5}" placeholder="{5}" value="{6}"'
        ' dir="auto"></td></tr>',
        name,
        _("Language"),
        options,
        _("Text"),
        row["text"],
        _("Your words"),
        row["words"],
    )
