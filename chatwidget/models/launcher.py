"""How a widget stands on a page: the launcher, the greeting beside it, the window it opens."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget.validators import validate_paths


class Launcher(models.Model):
    """The fields of a widget that the loader draws by."""

    class Position(models.TextChoices):
        """The corner of the page where the launcher stands."""

        BOTTOM_RIGHT = "bottom-right", _("Bottom right")
        BOTTOM_LEFT = "bottom-left", _("Bottom left")
        TOP_RIGHT = "top-right", _("Top right")
        TOP_LEFT = "top-left", _("Top left")

    class Mode(models.TextChoices):
        """What the launcher opens; a page itself may have the chat inline (``data-mode``)."""

        BUBBLE = "bubble", _("A window beside the launcher")
        FULL = "full", _("A window over the whole page")

    class Icon(models.TextChoices):
        """What the launcher shows."""

        CHAT = "chat", _("Speech bubble")
        QUESTION = "question", _("Question mark")
        SPARK = "spark", _("Spark")

    SHAPES: Mapping[str, str] = {
        Icon.CHAT: (
            "M5 4h14a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-7l-5 4v-4H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3z"
        ),
        Icon.QUESTION: "M8 9a4 4 0 1 1 5.5 3.7c-.9.4-1.5 1.2-1.5 2.3M12 19v.01",
        Icon.SPARK: "M12 3l2 7 7 2-7 2-2 7-2-7-7-2 7-2z",
    }

    position = models.CharField(
        _("position"), max_length=16, choices=Position.choices, default=Position.BOTTOM_RIGHT
    )
    mode = models.CharField(_("opens"), max_length=8, choices=Mode.choices, default=Mode.BUBBLE)
    icon = models.CharField(_("icon"), max_length=16, choices=Icon.choices, default=Icon.CHAT)
    label = models.CharField(
        _("label"), max_length=30, blank=True, help_text=_("Words beside the icon, if you like.")
    )
    offset_x = models.PositiveSmallIntegerField(
        _("space at the side"),
        default=20,
        validators=[MaxValueValidator(9999)],
        help_text=_("In pixels."),
    )
    offset_y = models.PositiveSmallIntegerField(
        _("space above or below"),
        default=20,
        validators=[MaxValueValidator(9999)],
        help_text=_("In pixels."),
    )
    z_index = models.PositiveIntegerField(
        _("z-index"),
        default=2147483000,
        validators=[MaxValueValidator(2147483647)],
        help_text=_("Lower it to stand behind something of the page."),
    )
    greeting = models.CharField(
        _("greeting"),
        max_length=120,
        blank=True,
        help_text=_("Shown beside the launcher until the visitor closes it. Empty: none."),
    )
    greeting_delay = models.PositiveSmallIntegerField(
        _("greet after"), default=5, help_text=_("In seconds.")
    )
    greeting_paths = models.JSONField(
        _("greet on"),
        default=list,
        blank=True,
        validators=[validate_paths],
        help_text=_("Paths, one a line: /pricing or /help/*. Empty: every page."),
    )

    class Meta:
        abstract = True

    @property
    def launcher_options(self) -> dict[str, str | int]:
        """What the loader draws by, named as the tag's ``data-*`` attributes are."""
        return {
            "position": self.position,
            "mode": self.mode,
            "offset-x": self.offset_x,
            "offset-y": self.offset_y,
            "z-index": self.z_index,
            "label": self.label,
            "icon": self.SHAPES[self.icon],
        }
