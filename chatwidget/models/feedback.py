"""Feedback: what visitors thought of an answer or of a whole chat, without what was said."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget.models.session import ChatSession


class Feedback(models.Model):
    """A judgement of an answer, ``value`` 1 or -1, or of the chat, 1 to 5 stars.

    ``answer`` is the answer's time in the server's own words, and empty for the chat as a whole.
    ``word`` is what the visitor added.
    """

    LONGEST_WORD = 500
    UP, DOWN = 1, -1
    MOST_STARS = 5

    session = models.ForeignKey(
        ChatSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="feedback"
    )
    answer = models.CharField(_("answer of"), max_length=40, blank=True)
    value = models.SmallIntegerField(_("value"))
    word = models.CharField(_("comment"), max_length=LONGEST_WORD, blank=True)
    created_at = models.DateTimeField(_("given"), auto_now_add=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        default_permissions = ()
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "answer"], name="chatwidget_feedback_session_answer"
            )
        ]

    def __str__(self) -> str:
        if self.answer:
            return "+1" if self.value > 0 else "-1"
        return f"{self.value}/{self.MOST_STARS}"

    @property
    def liked(self) -> bool | None:
        """Whether an answer pleased; ``None`` for a rating of the chat."""
        return self.value > 0 if self.answer else None

    @property
    def stars(self) -> int | None:
        """The rating of the chat, 1 to 5; ``None`` for an answer's."""
        return None if self.answer else self.value
