"""What the app stores: servers, widgets, sessions without their words, days of usage.

The Chat API keeps the transcripts (design decision 4); these tables keep configuration, ids,
state and counters.
"""

from __future__ import annotations

from chatwidget.models.feedback import Feedback
from chatwidget.models.server import ChatServer
from chatwidget.models.session import ChatSession
from chatwidget.models.upload import Upload
from chatwidget.models.usage import UsageDay
from chatwidget.models.widget import Widget

__all__ = ["ChatServer", "ChatSession", "Feedback", "Upload", "UsageDay", "Widget"]
