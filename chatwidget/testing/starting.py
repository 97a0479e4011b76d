"""Sessions of the fake: started, and the access token that some servers want for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from chatwidget.testing import access
from chatwidget.testing.consents import block
from chatwidget.testing.state import Session
from chatwidget.testing.talking import check_version, take
from chatwidget.testing.wire import JSON, Crash, Request, Response, invalid

if TYPE_CHECKING:
    from chatwidget.testing.fake import FakeChatAPI

LONGEST_REMOTE_ID: Final = 255
LONGEST_NAME: Final = 320


def start(fake: FakeChatAPI, request: Request) -> Response:
    """Start a session (facts 1 to 10)."""
    given = request.json
    chatbot_id = str(given.get("chatbot_id", ""))
    access.check_start(fake, request, chatbot_id)
    check_version(fake, given)
    remote_id, name = _person(given, "participant_remote_id"), _person(given, "participant_name")
    if len(remote_id) > LONGEST_REMOTE_ID or len(name) > LONGEST_NAME:
        raise Crash
    session = fake.new_session()
    said: JSON = {
        "session_id": session.id,
        "chatbot": _chatbot(fake, chatbot_id, request.root),
        "participant": {"identifier": f"anon:{uuid4()}", "remote_id": remote_id},
    }
    return Response(201, said | _of_dialect(fake, session) | block(fake, session))


def token(fake: FakeChatAPI, _request: Request) -> Response:
    """Give an OAuth2 access token for client credentials, whoever asks."""
    said = {"access_token": fake.access_token, "expires_in": 36000, "token_type": "Bearer"}
    return Response(200, {**said, "scope": "chat:start"})


def _person(given: JSON, name: str) -> str:
    value = str(given.get(name, "")).strip()
    if name in given and not value:
        raise invalid(name, "This field may not be blank.")
    return value


def _chatbot(fake: FakeChatAPI, chatbot_id: str, root: str) -> JSON:
    return {
        "id": chatbot_id,
        "name": fake.chatbot_name,
        "url": f"{root}/api/experiments/{chatbot_id}/",
        "version_number": 1,
        "versions": [],
    }


def _of_dialect(fake: FakeChatAPI, session: Session) -> JSON:
    """Give the token of today's dialect, or the seed message of the older one."""
    if fake.speaks_2026:
        return {"session_token": session.token}
    if fake.seed is None:
        return {}
    return {"seed_message_task_id": take(fake, session, fake.seed).id}
