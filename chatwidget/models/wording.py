"""What a widget speaks: its language, and words of its own where the app's don't fit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget.languages import NAMES
from chatwidget.rewording import validate_words


class Wording(models.Model):
    """The fields of a widget that say how it speaks to its visitors.

    ``words`` is a list of rows with a ``language`` (empty: every one), a ``text`` as the app or
    the widget has it, and the ``words`` that visitors read instead.
    """

    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        choices=[("", _("The visitor's own")), *NAMES.items()],
        help_text=_(
            "A page can name its own with data-language. Where a visitor's language isn't among "
            "these, the chat is in the site's."
        ),
    )
    words = models.JSONField(
        _("your own words"), default=list, blank=True, validators=[validate_words]
    )

    class Meta:
        abstract = True
