"""A host site's addresses: the app below a prefix, and the admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("chat/", include("chatwidget.urls")),
    path("admin/", admin.site.urls),
]
