"""What a widget may cost: how fast visitors may write, and how much in a day and a month."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Guard(models.Model):
    """The fields of a widget that ``limits`` enforces; an empty one is no limit of its own."""

    class Work(models.IntegerChoices):
        """How many zero bits to find; each more doubles the tries."""

        NONE = 0, _("None")
        LIGHT = 8, _("Light: not to be noticed")
        MEDIUM = 10, _("Medium: about a second on a phone")
        HEAVY = 12, _("Heavy: some seconds on a phone, while an attack lasts")

    daily_budget = models.PositiveIntegerField(
        _("messages a day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Of all visitors together. Empty: no limit."),
    )
    monthly_budget = models.PositiveIntegerField(
        _("messages a month"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Of all visitors together. Empty: no limit."),
    )
    budget_words = models.CharField(
        _("words when that is spent"),
        max_length=300,
        blank=True,
        help_text=_("What visitors read then. Empty: words that fit any site."),
    )
    address_limit = models.PositiveIntegerField(
        _("messages a minute from one address"),
        null=True,
        blank=True,
        help_text=_("Empty: as the site's settings say. 0: no limit."),
    )
    session_limit = models.PositiveIntegerField(
        _("messages a minute in one chat"),
        null=True,
        blank=True,
        help_text=_("Empty: as the site's settings say. 0: no limit."),
    )
    widget_limit = models.PositiveIntegerField(
        _("messages a minute in all"),
        null=True,
        blank=True,
        help_text=_("Empty: as the site's settings say. 0: no limit."),
    )

    start_work = models.PositiveSmallIntegerField(
        _("work to start a chat"),
        choices=Work.choices,
        default=Work.NONE,
        help_text=_(
            "What a browser has to calculate before a chat starts, so that starting thousands is "
            "dear. Needs JavaScript and https."
        ),
    )

    class Meta:
        abstract = True
