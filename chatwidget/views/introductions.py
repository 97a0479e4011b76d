"""The form before a chat: what a widget asks, as Django's forms check it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from chatwidget import conversation
from chatwidget.chatapi import Consent
from chatwidget.conversation import Introduction
from chatwidget.identity import Identity
from chatwidget.languages import reworded
from chatwidget.models import Widget
from chatwidget.questions import LONGEST_LONG_TEXT, LONGEST_TEXT, Question

# WCAG 1.3.5: what is asked of a person says so to the browser.
AUTOCOMPLETE = {"name": {"autocomplete": "name"}, "email": {"autocomplete": "email"}}
# Texts of ours alone: Django's speak to visitors otherwise than the chat does, or in English.
LABELS = {"name": _("Your name"), "email": _("Your email")}
FAULTS = {
    "required": _("This can't be empty."),
    "max_length": _("This is too long. Shorten it."),
    "invalid_choice": _("Choose one of these."),
}
NO_EMAIL = {"invalid": _("Type an email address, such as name@example.com.")}
CONTROLS = dict.fromkeys(set(range(32)) - {ord("\n"), ord("\t")})


class Answer(forms.CharField):
    """Text without control characters, which no server takes in a name."""

    def to_python(self, value: Any) -> str:
        """Return it with line ends as scripts have them."""
        return str(super().to_python(value)).replace("\r\n", "\n").translate(CONTROLS)


class IntroductionForm(forms.Form):
    """A field for each question; ``client_id`` makes a form sent twice start one chat."""

    default_renderer = DjangoTemplates
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, questions: Sequence[Question], typed: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(typed, auto_id="asked-%s", label_suffix="")
        self.questions = questions
        self.fields["client_id"].initial = uuid.uuid4
        for question in questions:
            self.fields[question.key] = _field(question)
        for key in self.errors if self.is_bound else ():
            self.fields[key].widget.attrs |= {
                "aria-invalid": "true",
                "aria-describedby": f"asked-{key}-fault",
            }

    def added_to(self, earlier: Introduction) -> Introduction:
        """Return ``earlier`` with the answers; what was left empty is kept, and not asked again."""
        answers = {question.key: self.cleaned_data[question.key] for question in self.questions}
        return earlier.with_more(answers.get("name", ""), answers)


def _field(question: Question) -> forms.Field:
    options: dict[str, Any] = {
        "label": LABELS.get(question.key) or reworded(question.label),
        "required": question.is_required,
        "error_messages": FAULTS,
    }
    attributes = {"dir": "auto", **AUTOCOMPLETE.get(question.key, {})}
    if question.kind == "checkbox":
        return forms.BooleanField(**options)
    if question.kind == "choice":
        choices = [("", _("Choose one")), *((each, reworded(each)) for each in question.choices)]
        return forms.ChoiceField(choices=choices, **options)
    if question.kind == "email":
        widget = forms.EmailInput(attrs={**attributes, "dir": "ltr"})
        options["error_messages"] = FAULTS | NO_EMAIL
        return forms.EmailField(max_length=LONGEST_TEXT, widget=widget, **options)
    if question.kind == "long":
        area = forms.Textarea(attrs={**attributes, "rows": 3})
        return Answer(max_length=LONGEST_LONG_TEXT, widget=area, **options)
    return Answer(max_length=LONGEST_TEXT, widget=forms.TextInput(attrs=attributes), **options)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a visitor has to say before a chat: answers, and that they agree."""

    questions: tuple[Question, ...]
    consent: Consent | None


def missing(widget: Widget, who: Identity | None, said: Introduction) -> Missing:
    """Return what is missing of a visitor who ``said`` something before, proven to be ``who``.

    What is proven is not asked again.
    """
    known = {"name": who.name, "email": who.attributes.get("email")} if who else {}
    questions = (
        question
        for question in widget.questions
        if question.key not in said.answers and not known.get(question.key)
    )
    return Missing(tuple(questions), conversation.missing_consent(widget, said.agreements))
