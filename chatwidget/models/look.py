"""How a widget looks: words, colours, corners, font and picture of its window."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget.validators import (
    validate_colour,
    validate_font,
    validate_font_file,
    validate_lines,
    validate_picture,
)


class Look(models.Model):
    """The fields of a widget that a visitor sees in the window."""

    class Theme(models.TextChoices):
        """Which scheme the widget shows."""

        AUTO = "auto", _("As the visitor's device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    title = models.CharField(_("title"), max_length=60, default=_("Chat"))
    subtitle = models.CharField(_("subtitle"), max_length=100, blank=True)
    welcome_messages = models.JSONField(
        _("welcome messages"), default=list, blank=True, validators=[validate_lines]
    )
    starter_questions = models.JSONField(
        _("starter questions"), default=list, blank=True, validators=[validate_lines]
    )
    accent = models.CharField(
        _("colour"), max_length=7, default="#1f6f5c", validators=[validate_colour]
    )
    theme = models.CharField(
        _("theme"),
        max_length=5,
        choices=Theme.choices,
        default=Theme.AUTO,
        help_text=_("Choose one where your pages are always light, or always dark."),
    )
    radius = models.PositiveSmallIntegerField(
        _("corners"),
        default=16,
        validators=[MaxValueValidator(28)],
        help_text=_("Radius of the window in pixels, 0 to 28; buttons and bubbles follow it."),
    )
    font = models.CharField(
        _("font"),
        max_length=100,
        blank=True,
        validators=[validate_font],
        help_text=_(
            "Names of font families, such as: Source Sans 3, Georgia. Empty: the system's."
        ),
    )
    font_file = models.CharField(
        _("font file"),
        max_length=200,
        blank=True,
        validators=[validate_font_file],
        help_text=_(
            "Address on this site of the first font as .woff2, such as /static/fonts/sans.woff2. "
            "Empty: visitors have it, or see the next."
        ),
    )
    avatar = models.CharField(
        _("picture"),
        max_length=500,
        blank=True,
        validators=[validate_picture],
        help_text=_(
            "Address of a square picture: a path on this site, such as /static/bot.png, or https "
            'at a host in CHATWIDGET["IMAGE_HOSTS"]. Empty: the first letter of the title.'
        ),
    )

    class Meta:
        abstract = True
