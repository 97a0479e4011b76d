"""Usage: what happened in a day, counted and without a word of what was said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget.models.widget import Widget


class UsageDay(models.Model):
    """A day of a widget, or of all of them together where ``widget`` is null.

    The day is one of the site's own time zone. ``detail`` holds counts by name, for what has more
    names than a table has columns: ``hours`` (``"0"`` to ``"23"``), ``reply_times`` (by bucket,
    see ``usage.times``), ``errors`` (by kind) and ``pages`` (by address, without query).
    """

    widget = models.ForeignKey(
        Widget,
        verbose_name=_("widget"),
        null=True,
        on_delete=models.CASCADE,
        related_name="usage_days",
    )
    day = models.DateField(_("day"), db_index=True)
    sessions = models.PositiveIntegerField(_("sessions"), default=0)
    messages = models.PositiveIntegerField(_("messages"), default=0)
    replies = models.PositiveIntegerField(_("replies"), default=0)
    failures = models.PositiveIntegerField(_("errors"), default=0)
    likes = models.PositiveIntegerField(_("liked"), default=0)
    dislikes = models.PositiveIntegerField(_("disliked"), default=0)
    ratings = models.PositiveIntegerField(_("ratings"), default=0)
    stars = models.PositiveIntegerField(_("stars in all"), default=0)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("day of usage")
        verbose_name_plural = _("usage")
        default_permissions = ("view",)
        ordering: ClassVar = ["-day", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["widget", "day"], name="chatwidget_usage_widget_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.widget or ''}".strip()
