"""A site with the app below a prefix, its API's schema, and a Chat API to talk to."""

from __future__ import annotations

from django.urls import include, path

from chatwidget.api.schema import DocsView, SchemaView

urlpatterns = [
    path("chat/", include("chatwidget.urls")),
    path("docs/schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="schema")),
    path("elsewhere/", SchemaView.as_view(), name="other-schema"),
    path("other-docs/", DocsView.as_view(url_name="other-schema")),
    path("demo-bot/", include("example_project.demo_bot.urls")),
]
