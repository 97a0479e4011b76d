"""The template tag that puts a widget on a page of the site."""

from __future__ import annotations

import logging
import uuid

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from chatwidget.models import Widget

try:
    from django.middleware.csp import get_nonce
except ImportError:  # before Django 6.0

    def get_nonce(request: HttpRequest) -> None:  # type: ignore[misc]
        """Return nothing: Django has no policy of its own yet."""


logger = logging.getLogger("chatwidget")
register = template.Library()


@register.simple_tag(takes_context=True)
def chat_widget(context: Context, widget: uuid.UUID | str, language: str = "") -> SafeString:
    """Write the script tag of a widget, with the page's CSP nonce where it has one.

    A public id needs no query, a slug one. If no widget has the slug, nothing is written and a
    line is logged.

    ``language="de"`` is ``data-language``: the chat uses it instead of the visitor's own, or the
    first of a list such as ``"de-AT,en"`` that it speaks. For the page's own language write
    ``{% get_current_language as lang %}{% chat_widget "shop" language=lang %}``.
    """
    public_id = _public_id(widget)
    if public_id is None:
        logger.warning("{%% chat_widget %%}: no widget has the slug %r.", widget)
        return SafeString("")
    address = reverse("chatwidget:embed", args=[public_id])
    nonce = _nonce(context)
    attributes = format_html_join(
        "",
        ' {}="{}"',
        [pair for pair in (("data-language", language), ("nonce", nonce)) if pair[1]],
    )
    return format_html('<script src="{}" async{}></script>', address, attributes)


def _public_id(widget: uuid.UUID | str) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(widget))
    except ValueError:
        rows = Widget.objects.filter(slug=widget).values_list("public_id", flat=True)
        return rows.first()


def _nonce(context: Context) -> str:
    """Return the nonce of Django (6.0), in the context or on the request, or django-csp's there.

    Each is lazy and false until somebody reads it, so reading decides.
    """
    request = context.get("request")
    nonces = (
        context.get("csp_nonce"),
        getattr(request, "csp_nonce", None),
        get_nonce(request) if request else None,
    )
    return next((str(nonce) for nonce in nonces if nonce is not None), "")
