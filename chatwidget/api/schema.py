"""The mirror's OpenAPI schema and a page to read it: for a site to mount where it likes.

Made by drf-spectacular from this app's own settings, whatever the site's ``SPECTACULAR_SETTINGS``.
Both views follow the site's rules on who may see a page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, reverse
from django.utils import translation
from django.views.generic import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import (
    IMPORT_STRINGS,
    SPECTACULAR_DEFAULTS,
    SpectacularSettings,
    spectacular_settings,
)

from chatwidget.api.fields import ENUMS
from chatwidget.api.openapi import TOKEN
from chatwidget.api.reading import readable

OURS: Any = {
    "TITLE": "Chat API",
    "DESCRIPTION": (
        "Chat with a widget of this site. The paths and fields are the Chat API's, so that a "
        "client of it works here by its base URL; no API key is needed."
    ),
    "VERSION": "1",
    # As in urls.py, which is the order in which they are called.
    "SORT_OPERATIONS": False,
    "TAGS": [{"name": "Chat"}],
    # Enums are named below: the hook that would name them keeps one list of names a process, and
    # the site's own schema needs that.
    "POSTPROCESSING_HOOKS": [],
    "APPEND_COMPONENTS": {
        "schemas": {
            name: {"type": "string", "enum": list(values)} for name, values in ENUMS.items()
        },
        "securitySchemes": {
            TOKEN: {
                "type": "apiKey",
                "in": "header",
                "name": "X-Session-Token",
                "description": "The `session_token` that the start gave.",
            }
        },
    },
}

_generating = threading.Lock()


def document() -> dict[str, Any]:
    """Return the schema, with the addresses that the mirror has on this site."""
    return _document(reverse("chatwidget:api-start").removesuffix("start/"))


@lru_cache(maxsize=8)
def _document(prefix: str) -> dict[str, Any]:
    mirror = [path(prefix.lstrip("/"), include("chatwidget.api.urls"))]
    with _our_settings(), translation.override(None):
        generator = SchemaGenerator(patterns=mirror)  # type: ignore[no-untyped-call]
        schema: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return schema


@contextmanager
def _our_settings() -> Iterator[None]:
    """Generate under our settings: drf-spectacular has one object of them a process.

    Its own ``patched_settings`` can leave two threads with each other's.
    """
    ours = SpectacularSettings(OURS, SPECTACULAR_DEFAULTS, IMPORT_STRINGS)  # type: ignore[arg-type]
    with _generating:
        kept = {name: getattr(spectacular_settings, name) for name in SPECTACULAR_DEFAULTS}
        vars(spectacular_settings).update({name: getattr(ours, name) for name in kept})
        try:
            yield
        finally:
            vars(spectacular_settings).update(kept)


class SchemaView(View):
    """The schema as YAML, or as JSON for ``?format=json`` or an ``Accept`` that names JSON."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Give the schema."""
        wants_json = "json" in request.GET.get("format", request.headers.get("Accept", ""))
        renderer = OpenApiJsonRenderer() if wants_json else OpenApiYamlRenderer()
        body: bytes = renderer.render(document())
        answer = HttpResponse(body, content_type=f"{renderer.media_type}; charset=utf-8")
        answer["Content-Disposition"] = f'inline; filename="chat-api.{renderer.format}"'
        answer["Vary"] = "Accept"
        return answer


class DocsView(View):
    """The schema as a page, with nothing in it from another site."""

    url_name = "schema"
    """The name of the site's address of :class:`SchemaView`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show every operation and every schema."""
        schema = document()
        context = {**readable(schema), "schema_url": reverse(self.url_name)}
        return render(request, "chatwidget/api_docs.html", context)
