"""The app where the demo has it, asking the server for a reply as often as it is asked itself."""

from __future__ import annotations

from django.urls import include, path

from chatwidget.conversation import replies

# What is measured is a poll that goes on to the server, also of a chat that was polled just now.
replies.SOONEST = 0

urlpatterns = [path("chatwidget/", include("chatwidget.urls"))]
