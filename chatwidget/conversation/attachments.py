"""Files of messages: addresses of ours for them, and the way from there to the server's file.

The server's own address wants the credential (fact 24), so a browser never sees it: it stands
encrypted in ours, which is signed, good for an hour and for whoever holds it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.urls import reverse

from chatwidget import crypto, limits
from chatwidget.chatapi import Attachment, Download
from chatwidget.chatapi.multipart import file_name
from chatwidget.conversation import sessions
from chatwidget.conversation.calls import calling
from chatwidget.conversation.errors import LinkExpired, LinkInvalid
from chatwidget.models import ChatSession

SALT: Final = "chatwidget.attachment"
# What a browser only paints. Anything else may be a page that runs scripts, and is saved.
PICTURES: Final = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
LINK_SECONDS: Final = 60 * 60
# 50 MB over a visitor's line of 1 Mbit/s: the server is read no faster than that.
FETCH_SECONDS: Final = 400


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file as visitors see it; ``size`` in bytes, ``address`` a path on this site."""

    name: str
    content_type: str
    size: int
    address: str

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it on the page."""
        return self.content_type in PICTURES


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file on its way from the server; close ``download`` in any case."""

    name: str
    download: Download


def linked(session: ChatSession, attachment: Attachment) -> LinkedFile:
    """Return the file with an address for the visitor of ``session``."""
    name = file_name(attachment.name)
    sealed = crypto.encrypt(json.dumps([session.pk.hex, attachment.content_url, name]))
    link = signing.TimestampSigner(salt=SALT).sign(sealed)
    address = reverse("chatwidget:attachment", args=[link])
    return LinkedFile(name, attachment.content_type, max(0, attachment.size), address)


def open_link(link: str) -> OpenedFile:
    """Begin to fetch the file that an address of :func:`linked` leads to, with the credential.

    Raises:
        LinkExpired, LinkInvalid: the address is too old, or none of ours.
        SessionUnknown: its session was deleted.
        WidgetPaused: its widget or its server was switched off.
        LimitReached: too many files of the session are fetched for now.
        ChatAPIError: the server did not give the file, or it lies on another server.
    """
    session_id, content_url, name = _unseal(link)
    session = sessions.in_use(uuid.UUID(session_id))
    limits.admit_file(session)
    with calling(session.widget, "download", session) as api:
        return OpenedFile(name, api.download(content_url, total_timeout=FETCH_SECONDS))


def _unseal(link: str) -> tuple[str, str, str]:
    try:
        sealed = signing.TimestampSigner(salt=SALT).unsign(link, max_age=LINK_SECONDS)
        session_id, content_url, name = json.loads(crypto.decrypt(sealed))
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except (signing.BadSignature, crypto.SecretUnreadable) as error:
        raise LinkInvalid from error
    return session_id, content_url, name
