"""Sessions: a visitor's conversation, by its ids and its state, without its words."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chatwidget.models.widget import Widget


class ChatSession(models.Model):
    """A visitor's conversation: our id, the server's id and token, and the message in flight.

    ``turn`` counts claims. A message is claimed by a conditional UPDATE on it, so of two
    concurrent sends one wins (design decision 5). ``recent`` remembers the settled claims, for
    retries and polls that come late. ``mark`` is the server's time of the last message of its own
    that this site knew when a claim was settled: what the visitor sent since is newer.
    """

    class State(models.TextChoices):
        """Where the session is in its life."""

        STARTING = "starting", _("Starting")
        ACTIVE = "active", _("Active")
        EXPIRED = "expired", _("Expired")
        ENDED = "ended", _("Ended")

    class Flight(models.TextChoices):
        """Where the last message is on its way."""

        NONE = "none", _("None")
        SENDING = "sending", _("Sending")
        WAITING = "waiting", _("Waiting for the reply")
        SETTLED = "settled", _("Settled")
        FAILED = "failed", _("Failed")
        NOT_SENT = "not_sent", _("Not sent")
        UNCONFIRMED = "unconfirmed", _("Unconfirmed")
        DELIVERED = "delivered", _("Delivered")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    widget = models.ForeignKey(
        Widget,
        verbose_name=_("widget"),
        on_delete=models.CASCADE,
        related_name="sessions",
        db_index=False,
    )
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.STARTING
    )
    start_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    remote_id = models.CharField(max_length=64, blank=True, editable=False)
    encrypted_remote_token = models.TextField(blank=True, editable=False)
    participant_id = models.CharField(_("participant id"), max_length=255, blank=True)
    participant_name = models.CharField(_("participant name"), max_length=320, blank=True)

    # Whether a signed identity proved who it is; the mirror's clients only say so.
    is_identified = models.BooleanField(_("proven"), default=False, editable=False)

    # What the form before the chat was answered, and what was agreed to: {by, version, text, at}.
    answers = models.JSONField(default=dict, editable=False)
    agreements = models.JSONField(default=list, editable=False)

    message_count = models.PositiveIntegerField(_("messages"), default=0)
    turn = models.PositiveIntegerField(default=0, editable=False)
    flight = models.CharField(
        _("last message"), max_length=16, choices=Flight.choices, default=Flight.NONE
    )
    client_id = models.CharField(max_length=100, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    task_id = models.UUIDField(null=True, editable=False)
    remote_task_id = models.CharField(max_length=255, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    mark = models.CharField(max_length=40, blank=True, editable=False)
    recent = models.JSONField(default=list, editable=False)

    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    last_active_at = models.DateTimeField(_("last active"), auto_now_add=True, db_index=True)

    #: The age of the message at the last poll, where this came from the cache; no column.
    asked_at: float | None = None

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["-last_active_at"]
        permissions: ClassVar = [("read_transcript", _("Can read transcripts"))]
        # The admin's list, a widget's or a state's, and a person's, among a million rows.
        indexes: ClassVar = [
            models.Index(fields=["widget", "-last_active_at"], name="chatwidget_session_widget"),
            models.Index(fields=["state", "-last_active_at"], name="chatwidget_session_state"),
            models.Index(fields=["participant_id"], name="chatwidget_session_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="starting") | ~Q(remote_id=""),
                name="chatwidget_session_started_has_remote_id",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_open(self) -> bool:
        """Whether messages may still be sent."""
        return self.state in (self.State.STARTING, self.State.ACTIVE)

    @property
    def pending_task_id(self) -> uuid.UUID | None:
        """Our id of the task that the visitor waits for, if any."""
        on_its_way = (self.Flight.SENDING, self.Flight.WAITING, self.Flight.DELIVERED)
        return self.task_id if self.flight in on_its_way else None
