"""The rules of a conversation: start, send, upload, consent, await the reply, read the history.

It knows no request and no response; ``views/`` and ``api/`` turn those into calls of what is
exported here, and its errors into answers.
"""

from __future__ import annotations

from chatwidget.conversation.admission import require_writable
from chatwidget.conversation.attachments import LinkedFile, linked
from chatwidget.conversation.consents import agree
from chatwidget.conversation.consents import asked as asked_consent
from chatwidget.conversation.consents import missing as missing_consent
from chatwidget.conversation.consents import record as record_consent
from chatwidget.conversation.consents import standing as standing_consent
from chatwidget.conversation.files import upload
from chatwidget.conversation.replies import reply
from chatwidget.conversation.sending import Task, send
from chatwidget.conversation.sessions import active_widget, for_client, glance, with_token
from chatwidget.conversation.settling import Reply
from chatwidget.conversation.starting import Introduction, start, start_once
from chatwidget.conversation.transcript import History, history

__all__ = [
    "History",
    "Introduction",
    "LinkedFile",
    "Reply",
    "Task",
    "active_widget",
    "agree",
    "asked_consent",
    "for_client",
    "glance",
    "history",
    "linked",
    "missing_consent",
    "record_consent",
    "reply",
    "require_writable",
    "send",
    "standing_consent",
    "start",
    "start_once",
    "upload",
    "with_token",
]
