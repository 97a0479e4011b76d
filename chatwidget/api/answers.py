"""The bodies of the mirror's answers, with the contract's fields and ours where design differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from chatwidget import conversation, tokens
from chatwidget.chatapi import Consent, Message, UploadedFile
from chatwidget.models import ChatSession

# Makes an absolute address of a path on this site.
Absolute = Callable[[str], str]

# The contract wants a number and the server's is not known here. 1 is what a chatbot has whose
# working version was never published, so a client takes it for an ordinary one; 0 never occurs.
VERSION_NUMBER = 1


def started(session: ChatSession, absolute: Absolute) -> dict[str, Any]:
    """Return a ChatStartSessionResponse."""
    widget = session.widget
    return {
        "session_id": str(session.id),
        "session_token": tokens.issue(session),
        "chatbot": {
            "id": str(widget.public_id),
            "name": widget.title,
            "url": absolute(widget.get_absolute_url()),
            "version_number": VERSION_NUMBER,
            "versions": [],
        },
        "participant": {
            "identifier": session.participant_id,
            "remote_id": session.participant_id,
        },
        "seed_message_task_id": str(session.pending_task_id or ""),
        **consent(conversation.asked_consent(session)),
    }


def sent(task: conversation.Task) -> dict[str, Any]:
    """Return a ChatSendMessageResponse."""
    return {"task_id": str(task.id), "status": "processing"}


def replied(session: ChatSession, reply: conversation.Reply, absolute: Absolute) -> dict[str, Any]:
    """Return a ChatTaskPoll."""
    return {
        "message": None if reply.message is None else message(session, reply.message, absolute),
        "status": reply.status,
    }


def history(
    session: ChatSession, found: conversation.History, absolute: Absolute
) -> dict[str, Any]:
    """Return a ChatPollResponse."""
    return {
        "messages": [message(session, each, absolute) for each in found.messages],
        "has_more": found.has_more,
        "session_status": found.session_status,
        **consent(conversation.standing_consent(session, found.consent)),
    }


def uploaded(files: Iterable[UploadedFile]) -> dict[str, Any]:
    """Return a ChatUploadResponse (fact 25)."""
    names = ("id", "name", "size", "content_type")
    return {"files": [{name: getattr(file, name) for name in names} for file in files]}


def consent(block: Consent | None) -> dict[str, Any]:
    """Return the member that says what to agree to, none where nothing is asked (fact 28)."""
    if block is None:
        return {}
    asked = {"required": block.required, "form_version_id": block.form_version_id}
    return {"consent": {**asked, "text": block.text} if block.required else asked}


def message(session: ChatSession, said: Message, absolute: Absolute) -> dict[str, Any]:
    """Return a Message.

    Metadata stays here, for it holds the server's internal ids (fact 19), and so do the addresses
    of its files, which want the credential (fact 24): they get ours.
    """
    return {
        "created_at": said.created_at,
        "role": said.role,
        "content": said.content,
        "metadata": {},
        "tags": list(said.tags),
        "attachments": [
            _file(conversation.linked(session, each), absolute) for each in said.attachments
        ],
    }


def _file(file: conversation.LinkedFile, absolute: Absolute) -> dict[str, Any]:
    return {
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "content_url": absolute(file.address),
    }
