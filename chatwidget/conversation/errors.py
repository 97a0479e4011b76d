"""What can be wrong with a conversation, apart from what the Chat API itself reports.

Each error is one thing that the caller can act on. ``problems.py`` has the words and the HTTP
status of each; nothing here knows HTTP.
"""

from __future__ import annotations

import uuid

from chatwidget import overload
from chatwidget.chatapi import Consent
from chatwidget.models import Widget

BUSY_SECONDS = 1.0


class ConversationError(Exception):
    """The base of what :mod:`chatwidget.conversation` raises."""


class WidgetPaused(ConversationError):
    """The widget is unknown or was switched off.

    ``widget`` is that which was; ``words`` are the site's own, if it has some.
    """

    def __init__(self, widget: Widget | None = None) -> None:
        super().__init__("unknown or switched off")
        self.widget = widget
        self.words = widget.paused_words if widget else ""


class ReadOnly(ConversationError):
    """Nobody may write; ``words`` are the site's own, if it has some."""

    def __init__(self, words: str = "") -> None:
        super().__init__("read-only")
        self.words = words


class Closed(ConversationError):
    """Nobody may write until it opens, in ``retry_after`` seconds, ``None`` if that isn't known.

    ``words`` are the site's own, if it has some.
    """

    def __init__(self, words: str = "", retry_after: float | None = None) -> None:
        super().__init__("closed")
        self.words = words
        self.retry_after = retry_after


class IntroductionMissing(ConversationError):
    """The visitor has not answered what the widget asks before a chat."""


class AgreementMissing(ConversationError):
    """The visitor has to agree to what the site asks; ``consent`` says what that is."""

    def __init__(self, consent: Consent) -> None:
        super().__init__(f"version {consent.form_version_id} is not agreed to")
        self.consent = consent


class AgreementStale(AgreementMissing):
    """What the site asks has changed: ``consent`` is what it asks now."""


class SessionUnknown(ConversationError):
    """There is no such session."""


class SessionExpired(ConversationError):
    """The server no longer admits this session: start afresh."""


class SessionOver(ConversationError):
    """The session was completed: it can be read and not written."""


class TaskUnknown(ConversationError):
    """The session has no such task."""


class MessageBlank(ConversationError):
    """There is nothing to send."""


class MessageTooLong(ConversationError):
    """The message has more characters than the site allows."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"{length} characters, {limit} allowed")
        self.length = length
        self.limit = limit


class BodyTooLong(ConversationError):
    """What came is longer than any message, and was not read."""


class MessageUnderWay(ConversationError):
    """One message at a time: the last one is not answered yet.

    ``retry_after`` is in seconds.
    """

    def __init__(self, retry_after: float = BUSY_SECONDS) -> None:
        super().__init__(f"ask again in {retry_after:.1f} s")
        self.retry_after = retry_after


class StartUnderWay(MessageUnderWay):
    """The chat that the message begins is just being started."""


class HistoryUnderWay(overload.TooManyAtOnce):
    """Another request makes the first look at the history, and nothing can be read until then."""

    def __init__(self) -> None:
        super().__init__(retry_after=overload.SOON, may_have_arrived=False)


class ClientIdReused(ConversationError):
    """The client id came before, with another text."""


class VersionRefused(ConversationError):
    """The server gives nobody like this caller a version of the chatbot to choose."""


class FilesRefused(ConversationError):
    """The widget takes no files of its visitors."""


class FormInvalid(ConversationError):
    """The body is not the form of files that it should be."""


class FormBrokeOff(ConversationError):
    """The body of files ended before its end."""


class LengthMissing(ConversationError):
    """The body of files says nothing of its length, so it would have to be read to know it."""


class FileEmpty(ConversationError):
    """A file has no bytes."""


class FilesMissing(ConversationError):
    """There is no file to upload."""


class TooManyFiles(ConversationError):
    """More files came in one upload than the site takes."""


class FilesTooLarge(ConversationError):
    """The files have more bytes together than ``UPLOAD_MAX_BYTES``."""


class FileTypeRefused(ConversationError):
    """A file is none of ``UPLOAD_TYPES``, by its name or by what it is said to be."""


class FileUnknown(ConversationError):
    """No file of that number was uploaded in this session."""


class LinkExpired(ConversationError):
    """The address of a file is too old."""


class LinkInvalid(ConversationError):
    """The address of a file is none that this site gave."""


class Unconfirmed(ConversationError):
    """The message went out and no answer came: it may or may not have arrived.

    The history is watched for it under ``task_id``; ``ask_again`` (and ``retry_after``, the same)
    is in seconds, ``None`` when it is watched no longer.
    """

    def __init__(self, task_id: uuid.UUID, ask_again: float | None) -> None:
        super().__init__("it is not known whether the message arrived")
        self.task_id = task_id
        self.ask_again = self.retry_after = ask_again


class ReplyFailed(ConversationError):
    """The bot answered with an error; ``text`` is in its own words (fact 13)."""

    def __init__(self, text: str) -> None:
        super().__init__("the bot answered with an error")
        self.text = text


class ReplyOverdue(ConversationError):
    """No answer came within ``REPLY_DEADLINE`` (fact 12)."""
