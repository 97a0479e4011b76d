"""What a widget's page says of putting it on pages: code, QR code, origins, where it was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chatwidget import origins, usage
from chatwidget.models import Widget
from chatwidget.snippets import Snippets, snippets_for

DAYS = 30


@dataclass(frozen=True, slots=True)
class Origin:
    """An origin that may embed a widget, what there is to say of it, and how often it did."""

    pattern: str
    note: str
    opened: int


def publishing(widget: Widget, request: HttpRequest) -> dict[str, object]:
    """Return what the page's templates show; nothing to copy where the app has no addresses."""
    snippets = snippets_or_none(widget, request)
    pages = usage.report(widget, DAYS).pages
    return {
        "snippets": snippets,
        "qr_code": qr_code(snippets.page) if snippets else "",
        "origins": [_judged(pattern, pages) for pattern in widget.allowed_origins],
        "pages": pages,
        "seen_days": DAYS,
    }


def snippets_or_none(widget: Widget, request: HttpRequest) -> Snippets | None:
    """Return what to copy, or nothing if the site doesn't include the app's addresses."""
    try:
        return snippets_for(widget, site=request.build_absolute_uri("/").rstrip("/"))
    except NoReverseMatch:
        return None


def qr_code(address: str) -> SafeString:
    """Return an SVG that a camera reads as ``address``, on white for dark pages too."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(
        scale=4, border=4, dark="#000", light="#fff", title=_("QR code of the chat's address")
    )
    return mark_safe(svg)  # noqa: S308 (of modules, and a title of ours)


def _judged(pattern: str, pages: Sequence[tuple[str, int]]) -> Origin:
    opened = Counter[bool]()
    for page, number in pages:
        parts = urlsplit(page)
        opened[origins.allows(f"{parts.scheme}://{parts.netloc}", [pattern])] += number
    return Origin(pattern, _note(pattern), opened[True])


def _note(pattern: str) -> str:
    if pattern == origins.ANY:
        return _("Any site may embed it, and whoever does spends its budget.")
    host = urlsplit(pattern).hostname or ""
    if pattern.startswith("http://") and host not in ("localhost", "127.0.0.1", "::1"):
        return _("Without https, others on the way can read and change the page.")
    if host.startswith("*."):
        return _("All its subdomains, but not %(host)s itself.") % {"host": host[2:]}
    return _("Exactly this site.")
