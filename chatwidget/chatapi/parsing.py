"""JSON of the Chat API to its dataclasses, once: above here nobody sees a raw dict.

Unknown fields are ignored. Whatever is not as the contract says is a `BadResponse` whose
`reason` names the field and the types, never the value.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from chatwidget.chatapi.nodes import ID, TOKEN, Node
from chatwidget.chatapi.types import (
    Attachment,
    Chatbot,
    Consent,
    Message,
    Participant,
    Role,
    SessionPoll,
    SessionRef,
    SessionStatus,
    StartedSession,
    TaskPoll,
    TaskStatus,
    UploadedFile,
    moment,
)

LONGEST_TIME = 40
# In whatever zone it is shown, a time has to stay within the calendar.
FIRST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
LAST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


def started_session(body: object) -> StartedSession:
    """Read the answer to start (`ChatStartSessionResponse`)."""
    root = Node(body)
    token, seed = root.optional("session_token"), root.optional("seed_message_task_id")
    return StartedSession(
        session=SessionRef(
            session_id=root["session_id"].matching(ID, "an id"),
            token=token.matching(TOKEN, "a token") if token else None,
        ),
        chatbot=_chatbot(root["chatbot"]),
        participant=_participant(root["participant"]),
        # "" is how a server says "none" that takes the contract's `required` at its word.
        seed_message_task_id=seed.matching(ID, "an id") if seed and seed.text() else None,
        consent=consent(root),
    )


def task_id(body: object) -> str:
    """Read the answer to send (`ChatSendMessageResponse`)."""
    return Node(body)["task_id"].matching(ID, "an id")


def task_poll(body: object) -> TaskPoll:
    """Read a task poll (`ChatTaskPoll`); once `message` was missing altogether (fact 11)."""
    root = Node(body)
    status = cast("TaskStatus", root["status"].one_of("processing", "complete"))
    found = root["message"] if status == "complete" else root.optional("message")
    return TaskPoll(status=status, message=_message(found) if found else None)


def session_poll(body: object) -> SessionPoll:
    """Read a session poll (`ChatPollResponse`)."""
    root = Node(body)
    return SessionPoll(
        messages=tuple(_message(item) for item in root["messages"].items()),
        has_more=root["has_more"].flag(),
        session_status=cast("SessionStatus", root["session_status"].one_of("active", "ended")),
        consent=consent(root),
    )


def uploaded_files(body: object) -> tuple[UploadedFile, ...]:
    """Read the answer to upload (fact 25)."""
    return tuple(
        UploadedFile(
            id=item["id"].integer(),
            name=item["name"].text(),
            size=item["size"].integer(),
            content_type=item["content_type"].text(),
        )
        for item in Node(body)["files"].items()
    )


def consent(root: Node) -> Consent | None:
    """Read the consent block of an answer, if it has one (fact 28)."""
    block = root.optional("consent")
    if block is None:
        return None
    version, text = block.optional("form_version_id"), block.optional("text")
    return Consent(
        required=block["required"].flag(),
        form_version_id=version.integer_or_text() if version else None,
        text=text.text() if text else "",
    )


def _chatbot(node: Node) -> Chatbot:
    url, version = node.optional("url"), node.optional("version_number")
    return Chatbot(
        id=node["id"].text(),
        name=node["name"].text(),
        url=url.text() if url else "",
        version_number=version.integer() if version else None,
    )


def _participant(node: Node) -> Participant:
    identifier, remote_id = node.optional("identifier"), node.optional("remote_id")
    return Participant(
        identifier=identifier.text() if identifier else "",
        remote_id=remote_id.text() if remote_id else "",
    )


def _message(node: Node) -> Message:
    tags, attachments = node.optional("tags"), node.optional("attachments")
    return Message(
        created_at=_time(node["created_at"]),
        role=cast("Role", node["role"].one_of("user", "assistant", "system")),
        content=node["content"].text(),
        tags=tuple(tag.text() for tag in tags.items()) if tags else (),
        attachments=tuple(_attachment(item) for item in attachments.items()) if attachments else (),
    )


def _attachment(node: Node) -> Attachment:
    return Attachment(
        name=node["name"].text(),
        content_type=node["content_type"].text(),
        size=node["size"].integer(),
        content_url=node["content_url"].text(),
    )


def _time(node: Node) -> str:
    text = node.text()
    try:
        is_fit = len(text) <= LONGEST_TIME and FIRST < moment(text) < LAST
    except ValueError:
        is_fit = False
    if not is_fit:
        raise node.wrong("an ISO 8601 time")
    return text
