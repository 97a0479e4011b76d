"""Widgets: a chatbot of a server, and who may embed it."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chatwidget import origins
from chatwidget.models.changes import Telling
from chatwidget.models.entry import Entry
from chatwidget.models.extras import Extras
from chatwidget.models.guard import Guard
from chatwidget.models.launcher import Launcher
from chatwidget.models.look import Look
from chatwidget.models.notices import Notices
from chatwidget.models.server import ChatServer
from chatwidget.models.visitors import Visitors
from chatwidget.models.wording import Wording
from chatwidget.validators import validate_origin_patterns


class Widget(Look, Wording, Launcher, Extras, Guard, Visitors, Notices, Entry):
    """A chatbot of a server, the look it has, and who may embed it."""

    public_id = models.UUIDField(_("public id"), unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        _("name"), max_length=100, help_text=_("What you call it; visitors don't see it.")
    )
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        help_text=_("Its name in {% chat_widget %}."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off to pause it everywhere.")
    )
    server = models.ForeignKey(
        ChatServer, verbose_name=_("server"), on_delete=models.PROTECT, related_name="widgets"
    )
    chatbot_id = models.UUIDField(_("chatbot id"), help_text=_("The chatbot's UUID on the server."))
    allowed_origins = models.JSONField(
        _("allowed origins"),
        default=list,
        blank=True,
        validators=[validate_origin_patterns],
        help_text=_(
            "Sites that may embed it, one a line: https://www.example.com, "
            "https://*.example.com, or * for any. Empty: this site alone."
        ),
    )
    allows_seed_clients = models.BooleanField(
        _("seed clients"),
        default=False,
        help_text=_(
            "Admit clients that send no session token: whoever knows a session id can then "
            "read and write that chat."
        ),
    )
    has_seed_message = models.BooleanField(
        _("seed message"),
        default=False,
        help_text=_("The chatbot speaks first: start when the visitor opens the chat."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects: ClassVar = Telling["Widget"].as_manager()

    class Meta:
        verbose_name = _("widget")
        verbose_name_plural = _("widgets")
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_gate(self) -> bool:
        """Whether anything may stand between a visitor and the message field."""
        return bool(
            self.is_read_only or self.hours or self.holidays or self.consent_text or self.questions
        )

    def get_absolute_url(self) -> str:
        """The chat page."""
        return reverse("chatwidget:page", args=[self.public_id])

    def clean(self) -> None:
        """Store origins as browsers write them; the field's validator names those that are none."""
        super().clean()
        with suppress(ValidationError):
            validate_origin_patterns(self.allowed_origins)
            self.allowed_origins = [
                origins.normalise(line, wildcard=True) for line in self.allowed_origins
            ]
