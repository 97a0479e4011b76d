"""What a widget offers beyond words; each is off until it is switched on, and costs nothing off."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Extras(models.Model):
    """The switches of a widget for what is loaded only where it is used."""

    takes_files = models.BooleanField(
        _("files"),
        default=False,
        help_text=_("Visitors may attach files, if the chatbot can read them."),
    )
    asks_feedback = models.BooleanField(
        _("feedback"),
        default=False,
        help_text=_("Thumbs up and down on answers, and a rating at the end of a chat."),
    )
    offers_dictation = models.BooleanField(
        _("dictation"),
        default=False,
        help_text=_(
            "Speak instead of typing, where the browser can. Some browsers send what is said to "
            "their maker to be written down."
        ),
    )
    reads_aloud = models.BooleanField(
        _("reading aloud"),
        default=False,
        help_text=_("A button on each answer, where the browser has a voice."),
    )

    class Meta:
        abstract = True
