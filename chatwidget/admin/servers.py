"""Chat servers in the admin: where a Chat API lives, the secret it is shown, and how it does."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from chatwidget import health
from chatwidget.admin.connection import try_start
from chatwidget.admin.edits import LateEditsAdmin
from chatwidget.admin.forms import ChatServerForm
from chatwidget.admin.switches import Switchable
from chatwidget.models import ChatServer

TRY = "_test"
TRIED = "chatwidget_tried"
UNKNOWN = _("Not known: the cache doesn't answer")


@admin.register(ChatServer)
class ChatServerAdmin(Switchable, LateEditsAdmin):
    """Servers; the secret is written here and read nowhere."""

    form = ChatServerForm
    list_display = ("name", "base_url", "scheme", "is_active", "secret", "status")
    list_filter = ("is_active", "scheme")
    search_fields = ("name", "base_url")
    readonly_fields = ("secret", "credential_changed_at", "status", "calls")

    class Media:
        css = {"all": ("chatwidget/admin/widget.css",)}
        js = (Script("chatwidget/admin/server.js", defer=True),)

    @admin.display(description=_("secret"))
    def secret(self, server: ChatServer) -> str:
        """Whether there is one, and where; never the secret."""
        if server.credential_env:
            return _("Read from %(name)s") % {"name": server.credential_env}
        return str(_("Set") if server.encrypted_credential else _("Not set"))

    @admin.display(description=_("status"))
    def status(self, server: ChatServer) -> str:
        """The last that was heard of it."""
        known = health.of(server.pk)
        if not known.is_known:
            return str(UNKNOWN)
        times = {
            _("answered %(time)s"): known.succeeded_at,
            _("failed %(time)s (%(kind)s)"): known.failed_at,
            _("is left alone until %(time)s"): known.rests_until,
        }
        news = sorted(((at, words) for words, at in times.items() if at), reverse=True)
        told = (words % {"time": _short(at), "kind": known.kind} for at, words in news)
        return "; ".join(told) or str(_("Not asked yet"))

    @admin.display(description=_("calls left"))
    def calls(self, server: ChatServer) -> str:
        """What a chat may still ask for in its window, as the server last said (fact 26)."""
        known = health.of(server.pk)
        if not known.is_known:
            return str(UNKNOWN)
        if known.calls_left is None:
            return str(_("The server doesn't say"))
        return _("%(left)d of %(limit)d, for one chat") % {
            "left": known.calls_left,
            "limit": known.calls_limit,
        }

    def get_fieldsets(self, request: HttpRequest, obj: ChatServer | None = None) -> Any:
        """Offer removal where there is something to remove, and inputs to who may change."""
        may_change = obj is None or self.has_change_permission(request, obj)
        stored = obj is not None and obj.encrypted_credential
        inputs = ("credential", *(("remove_credential",) if stored else ())) if may_change else ()
        shown = ("secret", "credential_changed_at") if obj is not None else ()
        client = ("token_url", "client_id", "scope")
        timeouts = ("connect_timeout", "read_timeout", "total_timeout")
        status = ("status", "calls") if obj is not None else ()
        return (
            (None, {"fields": ("name", "base_url", "is_active", *status)}),
            (
                _("Access"),
                {
                    "fields": (
                        "scheme",
                        *client,
                        *shown,
                        *inputs,
                        "credential_env",
                        "origin",
                        "files_key_env",
                    )
                },
            ),
            (_("Timeouts"), {"fields": timeouts, "classes": ("collapse",)}),
            *(((_("Test"), {"fields": ("test_chatbot_id",)}),) if may_change else ()),
        )

    # An error report must not hold what was typed.
    @method_decorator(sensitive_post_parameters("credential"))
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show and take the form; then, outside its transaction, try the server if asked to."""
        wants_try = request.method == "POST" and TRY in request.POST
        if wants_try:
            sent = request.POST.copy()
            sent["_continue"] = "1"
            request.POST = sent  # type: ignore[assignment]
        response = super().changeform_view(request, object_id, form_url, extra_context)
        saved: tuple[ChatServer, Any] | None = getattr(request, "chatwidget_saved", None)
        if wants_try and saved is not None:
            self._try(request, saved)
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: ChatServer | None = None,
    ) -> HttpResponse:
        """Offer the chatbot that was tried last, until a widget names one."""
        form = context["adminform"].form
        if form.initial.get("test_chatbot_id") is None:
            form.initial["test_chatbot_id"] = request.session.get(TRIED)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: ChatServer, form: Any, change: bool) -> None:
        """Save, and remember what was saved for a try."""
        super().save_model(request, obj, form, change)
        request.chatwidget_saved = obj, form.cleaned_data["test_chatbot_id"]  # type: ignore[attr-defined]

    def _try(self, request: HttpRequest, saved: tuple[ChatServer, Any]) -> None:
        server, chatbot_id = saved
        if chatbot_id is None:
            words = _("Saved. To test it, type the id of a chatbot of this server under “Test”.")
            self.message_user(request, words, messages.WARNING)
            return
        request.session[TRIED] = str(chatbot_id)
        outcome = try_start(server, chatbot_id)
        level = messages.SUCCESS if outcome.is_good else messages.ERROR
        self.message_user(request, f"{server}: {outcome.words}", level)


def _short(at: Any) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")
