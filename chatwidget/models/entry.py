"""What a widget asks before a chat: who the visitor is, questions of its own, and consent."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget import questions
from chatwidget.questions import Question
from chatwidget.validators import validate_link, validate_questions


class Entry(models.Model):
    """The fields of a widget that stand before its chat."""

    class Asked(models.TextChoices):
        """Whether something is asked for, and whether it must be given."""

        NO = "no", _("Not asked")
        OPTIONAL = "optional", _("Optional")
        REQUIRED = "required", _("Required")

    form_words = models.CharField(
        _("words above the form"),
        max_length=300,
        blank=True,
        help_text=_("Why you ask. The form shows if anything below is asked."),
    )
    asks_name = models.CharField(_("name"), max_length=8, choices=Asked.choices, default=Asked.NO)
    asks_email = models.CharField(_("email"), max_length=8, choices=Asked.choices, default=Asked.NO)
    form_questions = models.JSONField(
        _("questions"),
        default=list,
        blank=True,
        validators=[validate_questions],
        help_text=_(
            "One a line: order | Order number, or topic* | What is it about? | choice | Orders; "
            "Returns. A star: it must be answered. Kinds: text, long text, choice, checkbox. The "
            "chatbot gets the answers in the session's data, under the keys."
        ),
    )
    consent_text = models.TextField(
        _("what visitors agree to"),
        max_length=4000,
        blank=True,
        help_text=_("Markdown. Empty: nothing is asked."),
    )
    consent_link = models.CharField(
        _("link"),
        max_length=500,
        blank=True,
        validators=[validate_link],
        help_text=_("To read more, such as your privacy policy."),
    )
    consent_version = models.CharField(
        _("version"),
        max_length=40,
        blank=True,
        help_text=_("Change it when the text changes: everybody is asked again."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a consent without a version: nobody could say what was agreed to."""
        super().clean()
        if self.consent_text and not self.consent_version:
            raise ValidationError({"consent_version": _("Type a version, such as 1 or 2026-01.")})

    @property
    def questions(self) -> tuple[Question, ...]:
        """All that is asked, in order."""
        known = (
            Question("name", "", "text", self.asks_name == self.Asked.REQUIRED),
            Question("email", "", "email", self.asks_email == self.Asked.REQUIRED),
        )
        asked = {"name": self.asks_name, "email": self.asks_email}
        return (
            *(each for each in known if asked[each.key] != self.Asked.NO),
            *questions.read(self.form_questions),
        )
