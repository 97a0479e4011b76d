"""A typed client of the Chat API, usable by itself: it knows nothing of Django."""

from __future__ import annotations

from chatwidget.chatapi import errors
from chatwidget.chatapi.addresses import normalise_base_url
from chatwidget.chatapi.client import ChatAPI
from chatwidget.chatapi.credentials import (
    ApiKey,
    Bearer,
    Credential,
    EmbedKey,
    NoCredential,
    SessionCookie,
)
from chatwidget.chatapi.errors import (
    AccessDenied,
    BadResponse,
    BotError,
    ChatAPIError,
    ConsentRequired,
    ConsentStale,
    NotFound,
    RateLimited,
    Rejected,
    SessionEnded,
    SessionRefused,
    TimedOut,
    TooLarge,
    Unavailable,
)
from chatwidget.chatapi.files import Download
from chatwidget.chatapi.hints import hint
from chatwidget.chatapi.multipart import FileToSend
from chatwidget.chatapi.oauth import ClientCredentials
from chatwidget.chatapi.schemes import SCHEMES, credential_for
from chatwidget.chatapi.tokens import MemoryStore, TokenStore
from chatwidget.chatapi.transport import Transport
from chatwidget.chatapi.types import (
    Attachment,
    CallBudget,
    Chatbot,
    Consent,
    Message,
    Participant,
    SessionPoll,
    SessionRef,
    StartedSession,
    TaskPoll,
    UploadedFile,
)

__all__ = [
    "SCHEMES",
    "AccessDenied",
    "ApiKey",
    "Attachment",
    "BadResponse",
    "Bearer",
    "BotError",
    "CallBudget",
    "ChatAPI",
    "ChatAPIError",
    "Chatbot",
    "ClientCredentials",
    "Consent",
    "ConsentRequired",
    "ConsentStale",
    "Credential",
    "Download",
    "EmbedKey",
    "FileToSend",
    "MemoryStore",
    "Message",
    "NoCredential",
    "NotFound",
    "Participant",
    "RateLimited",
    "Rejected",
    "SessionCookie",
    "SessionEnded",
    "SessionPoll",
    "SessionRef",
    "SessionRefused",
    "StartedSession",
    "TaskPoll",
    "TimedOut",
    "TokenStore",
    "TooLarge",
    "Transport",
    "Unavailable",
    "UploadedFile",
    "credential_for",
    "errors",
    "hint",
    "normalise_base_url",
]
