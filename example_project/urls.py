"""Where everything is in the demo: the shop, the widget, its API's documents, and the bot."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path

from chatwidget.api.schema import DocsView, SchemaView
from example_project import views

urlpatterns = [
    path("", views.shop, name="shop"),
    path("embed-demo/", views.embed_demo, name="embed-demo"),
    path("pages/", views.page_list, name="pages"),
    path("pages/<slug:name>/", views.host_page, name="host-page"),
    path("admin/", admin.site.urls),
    path("chatwidget/", include("chatwidget.urls")),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(url_name="schema"), name="docs"),
    path("demo-bot/", include("example_project.demo_bot.urls")),
    # So that any server shows the demo with its look, not only runserver; with DEBUG alone.
    *staticfiles_urlpatterns(),
]
