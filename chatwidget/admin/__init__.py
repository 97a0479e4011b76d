"""The app in Django's admin. Importing the modules registers what they hold."""

from __future__ import annotations

from chatwidget.admin import servers, sessions, usage, widgets

__all__ = ["servers", "sessions", "usage", "widgets"]
