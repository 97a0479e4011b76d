"""The app where the demo has it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("chatwidget/", include("chatwidget.urls"))]
