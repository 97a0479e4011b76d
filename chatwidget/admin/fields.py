"""Form fields and inputs of the admin: lists as lines, a colour with a picker, a long select."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

SELECTED = SafeString(" selected")


class LinesField(forms.Field):
    """A list of texts, edited one a line."""

    widget = AdminTextareaWidget

    def __init__(self, *, encoder: object = None, decoder: object = None, **kwargs: Any) -> None:
        """Take what a JSONField of a model hands to its form field."""
        super().__init__(**kwargs | {"show_hidden_initial": False})
        self.widget.attrs["rows"] = 4

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines, and what was typed as it was typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """Return the lines that hold something."""
        lines = (line.strip() for line in (value or "").splitlines())
        return [line for line in lines if line]


class ColourInput(AdminTextInputWidget):
    """The colour as text, which is what counts, and a picker that writes it."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Put the picker beside the text."""
        text = super().render(name, value, {**(attrs or {}), "spellcheck": "false"}, renderer)
        field_id = (attrs or {}).get("id", "")
        return format_html(
            '<span class="chatwidget-colour">{} '
            '<input type="color" data-chatwidget-colour="{}" value="{}" aria-label="{}"> '
            '<span class="chatwidget-contrast" role="status" data-chatwidget-contrast></span>'
            "</span>",
            text,
            field_id,
            value or "",
            _("Pick a colour"),
        )


class QuickSelect(forms.Select):
    """A select for a thousand options: written at once, not by a template each."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Write the element with its options."""
        chosen = str(value or "")
        rows = ((str(key), str(label)) for key, label in self.choices)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, SELECTED if key == chosen else "", label) for key, label in rows),
        )
        attributes = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return format_html("<select{}>{}</select>", attributes, options)
