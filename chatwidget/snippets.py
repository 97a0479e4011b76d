"""What an admin copies to put a widget on a page: the one place that writes it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import escape

from chatwidget.conf import conf
from chatwidget.models import Widget


@dataclass(frozen=True, slots=True)
class Snippets:
    """The addresses of a widget, and the lines that embed it."""

    page: str
    embed: str
    script_tag: str
    template_tag: str


def find_widget(name: str) -> Widget:
    """Return the widget that an admin names by its public id or its slug.

    Raises:
        Widget.DoesNotExist: there is none.
    """
    try:
        return Widget.objects.get(public_id=uuid.UUID(name))
    except ValueError:
        return Widget.objects.get(slug=name)


def snippets_for(widget: Widget, *, site: str = "") -> Snippets:
    """Return what embeds ``widget``, absolute where the site's address is known.

    Args:
        widget: the widget.
        site: scheme and host to use where ``PUBLIC_URL`` is empty.

    Raises:
        NoReverseMatch: the site doesn't include ``chatwidget.urls``.
    """
    root = conf.public_url or site
    embed = root + reverse("chatwidget:embed", args=[widget.public_id])
    return Snippets(
        page=root + widget.get_absolute_url(),
        embed=embed,
        script_tag=f'<script src="{escape(embed)}" async></script>',
        template_tag=f'{{% load chatwidget %}}{{% chat_widget "{widget.slug}" %}}',
    )
