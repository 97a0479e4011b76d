"""The forms of the admin: secrets go in and never come out, each list is edited as lines."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from chatwidget import credentials, crypto, origins
from chatwidget.admin.edits import LateEdits
from chatwidget.admin.fields import ColourInput
from chatwidget.admin.wording import OWN_LISTS, OWN_TEXTS, refuse_unknown, texts_of
from chatwidget.chatapi import normalise_base_url
from chatwidget.conf import conf
from chatwidget.models import ChatServer, Widget
from chatwidget.validators import validate_base_url


class WidgetForm(LateEdits):
    """A widget, with its lists as lines and its colour with a picker."""

    class Meta:
        widgets = {"accent": ColourInput(attrs={"size": 8})}
        help_texts = {
            "allows_seed_clients": _(
                "Admit clients that send no session token: whoever knows a session id can then "
                "read and write that chat, if it began in the API. Only who may read transcripts "
                "can switch this."
            ),
            "welcome_messages": _("What the chat shows first, one message a line."),
            "words": _(
                "What visitors read in place of a text of the chat, or of this widget such as its "
                "title. Leave placeholders such as %(title)s as they are. Empty rows are dropped."
            ),
            "starter_questions": _("Questions that a visitor can send at a tap, one a line."),
        }

    def clean(self) -> dict[str, Any] | None:
        """Compare the texts that have other words with all that the widget says."""
        data = super().clean() or self.cleaned_data
        said = Widget(**{name: data[name] for name in (*OWN_TEXTS, *OWN_LISTS) if name in data})
        try:
            refuse_unknown(data.get("words", []), texts_of(said), self.initial.get("words", []))
        except ValidationError as error:
            self.add_error("words", error)
        return data

    def clean_allowed_origins(self) -> list[str]:
        """Return the origins as browsers write them; say what is wrong with each line."""
        kept, wrong = [], []
        for line in self.cleaned_data["allowed_origins"]:
            try:
                kept.append(origins.normalise(line, wildcard=True))
            except ValueError as error:
                wrong.append(ValidationError(str(error), code="origin"))
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(kept))


class SwitchForm(forms.ModelForm):  # type: ignore[type-arg]
    """A widget's row in the list: its box says which widget it switches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = gettext("%(name)s is active") % {"name": self.instance.name}
        field = self.fields["is_active"]
        field.widget.attrs["aria-label"] = words
        # What the page showed comes back with it: a row that was not touched is not saved, so that
        # a widget which somebody paused meanwhile stays paused.
        field.show_hidden_initial = True


class ChatServerForm(LateEdits):
    """A server. A secret that is typed replaces the stored one; nothing typed keeps it.

    A stored secret is kept for the address it was typed for: who may change the address may
    not thereby have the secret sent elsewhere. One that the scheme or a variable makes
    needless is removed.
    """

    credential = forms.CharField(
        label=_("Secret"),
        help_text=_("Stored encrypted, and never shown again."),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
    )
    remove_credential = forms.BooleanField(label=_("Remove the stored secret"), required=False)
    test_chatbot_id = forms.UUIDField(
        label=_("Chatbot id"),
        required=False,
        help_text=_("The chatbot that the test starts a chat with. It is not stored."),
        widget=forms.TextInput(attrs={"class": "vTextField", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["credential"]
        if self.instance.pk:
            field.label = _("New secret")
            used = self.instance.widgets.values_list("chatbot_id", flat=True).first()
            self.initial.setdefault("test_chatbot_id", used)
        if self.instance.encrypted_credential:
            field.help_text = _("Leave this empty to keep the stored one, which is never shown.")

    def clean_credential_env(self) -> str:
        """Refuse a variable that the site doesn't offer; what is stored already may stay."""
        return self._offered("credential_env")

    def clean_files_key_env(self) -> str:
        """Refuse a variable that the site doesn't offer, as for the credential."""
        return self._offered("files_key_env")

    def _offered(self, field: str) -> str:
        typed: str = self.cleaned_data[field]
        if typed in ("", getattr(self.instance, field)):
            return typed
        patterns = conf.credential_variables
        if not any(fnmatchcase(typed, pattern) for pattern in patterns):
            words = gettext("Name one that begins or reads as one of these: %(patterns)s.")
            raise ValidationError(words % {"patterns": ", ".join(patterns)}, code="variable")
        if crypto.is_sites_own(os.environ.get(typed, "")):
            words = gettext("It holds a key of this site itself. Name one that is the server's.")
            raise ValidationError(words, code="variable")
        return typed

    def clean_base_url(self) -> str:
        """Return the one way of writing the address."""
        typed = self.cleaned_data["base_url"]
        validate_base_url(typed)
        return normalise_base_url(typed)

    def clean_origin(self) -> str:
        """Return the origin as browsers write it."""
        typed = self.cleaned_data["origin"]
        try:
            return origins.normalise(typed) if typed else ""
        except ValueError as error:
            raise ValidationError(str(error), code="origin") from error

    @sensitive_variables()
    def clean(self) -> dict[str, Any] | None:
        """Check the secret, typed or stored, against the scheme and the address."""
        data = super().clean() or self.cleaned_data
        if "scheme" not in data:
            return data
        for field, words in self._faults(data).items():
            if field not in self.errors:
                self.add_error(field, words)
        return data

    @sensitive_variables()
    def _faults(self, data: dict[str, Any]) -> dict[str, str]:
        typed = data.get("credential", "")
        moved = any(
            name in data and data[name] != getattr(self.instance, name)
            for name in ("base_url", "token_url")
        )
        if not typed and self._keeps_secret() and moved:
            return {"credential": gettext("The address changed: type the secret again for it.")}
        return credentials.faults(
            scheme=data["scheme"],
            secret=typed or self._kept_secret(),
            variable=data.get("credential_env", ""),
            origin=data.get("origin", ""),
            options={name: data.get(name, "") for name in ("token_url", "client_id", "scope")},
        )

    def _keeps_secret(self) -> bool:
        data = self.cleaned_data
        needless = data.get("scheme") == ChatServer.Scheme.NONE or data.get("credential_env")
        return bool(
            self.instance.encrypted_credential
            and not needless
            and not data.get("remove_credential")
        )

    def _kept_secret(self) -> str:
        try:
            return (
                crypto.decrypt(self.instance.encrypted_credential) if self._keeps_secret() else ""
            )
        except crypto.SecretUnreadable:
            return ""

    @sensitive_variables()
    def save(self, commit: bool = True) -> ChatServer:
        """Store the typed secret, or drop a stored one that is not to be kept."""
        typed = self.cleaned_data["credential"]
        if typed or (self.instance.encrypted_credential and not self._keeps_secret()):
            self.instance.set_credential(typed)
        server: ChatServer = super().save(commit)
        return server
