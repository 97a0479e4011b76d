"""Servers: where a Chat API lives, and the credential that the site shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatwidget import crypto
from chatwidget.models.changes import Telling
from chatwidget.validators import validate_base_url, validate_origin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _seconds(name: StrOrPromise) -> models.FloatField[float | None, float | None]:
    return models.FloatField(
        name,
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1), MaxValueValidator(300)],
        help_text=_("In seconds. Empty: as the site's settings say."),
    )


class ChatServer(models.Model):
    """A Chat API server and the credential that the site shows it."""

    class Scheme(models.TextChoices):
        """How a call proves who makes it (the contract's SECURITY, facts 1 to 4)."""

        EMBED_KEY = "embed_key", _("Embed key")
        API_KEY = "api_key", _("API key")
        BEARER = "bearer", _("Bearer token")
        SESSION_COOKIE = "session_cookie", _("Session cookie")
        CLIENT_CREDENTIALS = "client_credentials", _("OAuth client credentials")
        NONE = "none", _("None")

    name = models.CharField(_("name"), max_length=100, unique=True)
    base_url = models.CharField(
        _("base URL"),
        max_length=500,
        validators=[validate_base_url],
        help_text=_("Where the Chat API lives, such as https://chat.example.com."),
    )
    scheme = models.CharField(
        _("credential"), max_length=32, choices=Scheme.choices, default=Scheme.EMBED_KEY
    )
    encrypted_credential = models.TextField(blank=True, editable=False)
    credential_env = models.CharField(
        _("environment variable"),
        max_length=100,
        blank=True,
        help_text=_("Name of a variable that holds the secret, instead of storing it here."),
    )
    files_key_env = models.CharField(
        _("variable of the files' API key"),
        max_length=100,
        blank=True,
        help_text=_(
            "With an embed key: servers give attachments to an API key alone. Name the environment "
            "variable that holds one."
        ),
    )
    origin = models.CharField(
        _("origin"),
        max_length=300,
        blank=True,
        validators=[validate_origin],
        help_text=_("With an embed key: an origin that the chatbot's channel allows."),
    )
    token_url = models.CharField(
        _("token URL"),
        max_length=500,
        blank=True,
        validators=[validate_base_url],
        help_text=_("Where the server gives out access tokens."),
    )
    client_id = models.CharField(_("client id"), max_length=255, blank=True)
    scope = models.CharField(
        _("scope"),
        max_length=255,
        blank=True,
        default="chat:start",
        help_text=_("What the token is asked for; chat:start lets it start chats."),
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Switch off to pause every widget of it.")
    )
    connect_timeout = _seconds(_("connect timeout"))
    read_timeout = _seconds(_("read timeout"))
    total_timeout = _seconds(_("total timeout"))
    credential_changed_at = models.DateTimeField(
        _("secret changed"), null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects: ClassVar = Telling["ChatServer"].as_manager()

    class Meta:
        verbose_name = _("chat server")
        verbose_name_plural = _("chat servers")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def set_credential(self, secret: str) -> None:
        """Encrypt ``secret`` into this row, and note the time; the caller saves."""
        self.encrypted_credential = crypto.encrypt(secret)
        self.credential_changed_at = timezone.now() if secret else None
