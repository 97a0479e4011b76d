"""What the site tells visitors: a banner, its hours, words for when nobody may write."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatwidget import hours
from chatwidget.hours import Opening
from chatwidget.validators import validate_holidays, validate_hours, validate_zone

logger = logging.getLogger("chatwidget")


class Notices(models.Model):
    """The fields of a widget that tell visitors what they must know, and whether they may write."""

    class Tone(models.TextChoices):
        """How a banner speaks."""

        INFO = "info", _("Information")
        SUCCESS = "success", _("Good news")
        WARNING = "warning", _("Warning")
        DANGER = "danger", _("Trouble")

    class Place(models.TextChoices):
        """Where a banner stands."""

        TOP = "top", _("Top")
        BOTTOM = "bottom", _("Bottom")

    banner = models.TextField(
        _("banner"), max_length=1000, blank=True, help_text=_("Markdown. Empty: none.")
    )
    banner_tone = models.CharField(_("tone"), max_length=8, choices=Tone.choices, default=Tone.INFO)
    banner_place = models.CharField(
        _("place"), max_length=8, choices=Place.choices, default=Place.TOP
    )
    banner_from = models.DateTimeField(
        _("from"), null=True, blank=True, help_text=_("Empty: at once.")
    )
    banner_until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: until you take it away.")
    )
    hours = models.JSONField(
        _("opening hours"),
        default=list,
        blank=True,
        validators=[validate_hours],
        help_text=_(
            "Days and times, a line each: Mon-Fri 9:00-12:00, 13:00-17:30 or Fri,Sat 20:00-2:00 or "
            "daily 0:00-24:00. Empty: always open."
        ),
    )
    hours_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_zone],
        help_text=_("Such as Europe/Berlin. Empty: the site's own."),
    )
    holidays = models.JSONField(
        _("holidays"),
        default=list,
        blank=True,
        validators=[validate_holidays],
        help_text=_(
            "Dates, a line each: 2026-12-25, 12-25 for every year, 2026-12-24 to 2027-01-02, and "
            "with hours of their own 12-24 9:00-13:00. They go before the week's hours."
        ),
    )
    closed_words = models.CharField(
        _("words while closed"),
        max_length=300,
        blank=True,
        help_text=_("Shown then above the message. Empty: words that fit any site."),
    )
    takes_messages_closed = models.BooleanField(
        _("messages while closed"),
        default=True,
        help_text=_("Visitors may leave a message. Off: they may only read."),
    )
    is_read_only = models.BooleanField(
        _("read-only"),
        default=False,
        help_text=_("Visitors can read what was said, and nobody can write."),
    )
    read_only_words = models.CharField(
        _("words while read-only"),
        max_length=300,
        blank=True,
        help_text=_("In place of the message field. Empty: words that fit any site."),
    )
    paused_words = models.CharField(
        _("words while paused"),
        max_length=300,
        blank=True,
        help_text=_("What the chat says while the widget is not active."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse a banner that ends before it begins."""
        super().clean()
        if self.banner_from and self.banner_until and self.banner_until <= self.banner_from:
            raise ValidationError({"banner_until": _("Choose a time after “from”.")})

    def has_banner_at(self, now: datetime) -> bool:
        """Whether the banner shows at ``now``."""
        begins = self.banner_from is None or self.banner_from <= now
        ends = self.banner_until is None or now < self.banner_until
        return bool(self.banner) and begins and ends

    @property
    def zone(self) -> tzinfo:
        """The hours' time zone; the site's own where the one that was typed is gone."""
        return _zone(self.hours_zone) if self.hours_zone else timezone.get_default_timezone()

    def opening_at(self, now: datetime) -> Opening | None:
        """Whether it is open at ``now`` and until when; ``None`` where it always is."""
        if not self.hours and not self.holidays:
            return None
        week = self.hours or ["daily 0:00-24:00"]
        return _clock(tuple(week), tuple(self.holidays), self.zone).at(now)


class _Clock:
    """Hours of a place, and what was found last: to find the next change may take a year's days."""

    def __init__(self, week: Sequence[str], holidays: Sequence[str], zone: tzinfo) -> None:
        self._schedule = hours.schedule_of(week, holidays)
        self._zone = zone
        self._found: tuple[datetime, datetime, Opening] | None = None

    def at(self, now: datetime) -> Opening:
        """Whether it is open at ``now``, which holds until it changes."""
        found = self._found
        if found is not None and found[0] <= now < found[1]:
            return found[2]
        opening = hours.opening_at(self._schedule, self._zone, now)
        # What does not change in a year may do so in a year and a day.
        self._found = (now, opening.changes_at or now + timedelta(days=1), opening)
        return opening


_clock = lru_cache(maxsize=1000)(_Clock)


@cache
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        logger.warning("time zone %r is unknown here; the site's own counts", name)
        return timezone.get_default_timezone()
