"""Who a widget's visitors are, and what the chatbot hears of the page that they are on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatwidget import crypto
from chatwidget.validators import validate_names


def default_context() -> list[str]:
    """What the chatbot hears of the page by default."""
    return ["url", "title"]


class Visitors(models.Model):
    """The fields of a widget that say whom it knows and what it passes on."""

    knows_users = models.BooleanField(
        _("logged-in users"),
        default=False,
        help_text=_(
            "Tell the Chat API who is logged in to this site. Off: everybody is anonymous."
        ),
    )
    encrypted_identity_secret = models.TextField(blank=True, editable=False)
    context_keys = models.JSONField(
        _("page context"),
        default=default_context,
        blank=True,
        validators=[validate_names],
        help_text=_(
            "What goes to the chatbot with a message, one a line: url, title, and names of values "
            "that the page sets. Nothing else does."
        ),
    )
    keeps_query = models.BooleanField(
        _("with query strings"),
        default=False,
        help_text=_("Leave what follows “?” in the page's address. It may hold personal data."),
    )

    class Meta:
        abstract = True

    def set_identity_secret(self, secret: str) -> None:
        """Encrypt the secret that other sites sign identities with; the caller saves."""
        self.encrypted_identity_secret = crypto.encrypt(secret)

    @property
    def identity_secret(self) -> str:
        """The secret that other sites sign identities with, or nothing.

        Raises:
            SecretUnreadable: the keys of this site don't open it.
        """
        return crypto.decrypt(self.encrypted_identity_secret)

    @property
    def asks_who(self) -> bool:
        """Whether a visitor may be somebody."""
        return bool(self.knows_users or self.encrypted_identity_secret)
