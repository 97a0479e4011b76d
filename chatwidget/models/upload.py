"""Uploads: which files of the server's belong to which session."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget.models.session import ChatSession


class Upload(models.Model):
    """A file that a visitor sent. The row's key is our number of it; name and bytes are not kept.

    Older servers hand any file of a team to any session that names its number (fact 25), so the
    binding is kept here.
    """

    session = models.ForeignKey(
        ChatSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="uploads"
    )
    remote_id = models.BigIntegerField(editable=False)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
