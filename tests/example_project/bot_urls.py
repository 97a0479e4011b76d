"""The demo bot alone, where the demo mounts it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("demo-bot/", include("example_project.demo_bot.urls"))]
