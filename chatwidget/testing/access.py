"""Who may call the fake: the credential that it requires, and the session token (facts 1 to 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chatwidget.testing.state import Session
from chatwidget.testing.wire import NoKey, Refusal, Request, invalid

if TYPE_CHECKING:
    from chatwidget.testing.fake import FakeChatAPI

DENIED = {
    "error": "Authentication required to chat with this chatbot",
    "code": "chat_access_denied",
}
NO_CREDENTIAL = {"detail": "Authentication credentials were not provided."}
NO_PERMISSION = {"detail": "You do not have permission to perform this action."}
WRONG_KEY = {"detail": "Invalid widget embed key"}


def check_start(fake: FakeChatAPI, request: Request, chatbot_id: str) -> None:
    """Refuse a start without the credential, or of a chatbot that is not there."""
    keyed = fake.speaks_2026 and "x-embed-key" in request.headers
    if keyed:
        _check_chatbot(fake, chatbot_id, keyed=True)
    if fake.has_chatbot(chatbot_id):
        _check_credential(fake, request)
    fake.count_call("start")
    _check_chatbot(fake, chatbot_id, keyed=False)


def enter(fake: FakeChatAPI, request: Request, session_id: str) -> Session:
    """Return the session if the caller may use it, and count the call."""
    session = check_session(fake, request, session_id)
    fake.count_call(session.id)
    return session


def check_session(fake: FakeChatAPI, request: Request, session_id: str) -> Session:
    """Return the session if the caller may use it; refuse as the dialect does otherwise."""
    session = fake.sessions.get(session_id)
    if not fake.speaks_2026:
        if session is None:
            raise Refusal(404, detail="No ExperimentSession matches the given query.")
        return session
    check_embed_key(fake, request, wrong_key_status=403)
    has_key = "x-embed-key" in request.headers
    if session is None:
        raise Refusal(403, {"detail": "Session does not exist"} if has_key else NO_CREDENTIAL)
    if session.token is None:
        if not has_key:
            raise Refusal(403, NO_CREDENTIAL)
        return session
    _check_token(session, request.headers.get("x-session-token"))
    return session


def check_embed_key(fake: FakeChatAPI, request: Request, *, wrong_key_status: int) -> None:
    """Refuse a wrong embed key, or a good one from an origin that may not use it (facts 3, 4)."""
    key, required = request.headers.get("x-embed-key"), required_headers(fake)
    if not fake.speaks_2026 or (key is None and wrong_key_status == 403):
        return
    if key is None and "x-embed-key" in required:
        raise Refusal(401, DENIED)
    if key is not None and key != required.get("x-embed-key"):
        raise Refusal(wrong_key_status, WRONG_KEY)
    if key is not None and request.headers.get("origin", "").lower() != required.get("origin"):
        raise Refusal(403, NO_PERMISSION)


def check_file(fake: FakeChatAPI, request: Request) -> None:
    """Refuse a file without the API key, where that is what the fake requires (fact 24)."""
    key = required_headers(fake).get("x-api-key")
    if key is not None and request.headers.get("x-api-key") != key:
        raise NoKey


def required_headers(fake: FakeChatAPI) -> dict[str, str]:
    """Give the headers that a start must have, names in lower case."""
    return {name.lower(): value for name, value in fake.requires.items()}


def _check_credential(fake: FakeChatAPI, request: Request) -> None:
    required = required_headers(fake)
    if fake.speaks_2026 and "authorization" in request.headers.keys() - required.keys():
        raise Refusal(401, DENIED)
    check_embed_key(fake, request, wrong_key_status=401)
    for name in required.keys() - {"x-embed-key", "origin"}:
        given = request.headers.get(name, "")
        values = given.split("; ") if name == "cookie" else [given]
        if required[name] not in values:
            raise _denied(name, given)


def _check_chatbot(fake: FakeChatAPI, chatbot_id: str, *, keyed: bool) -> None:
    try:
        UUID(chatbot_id)
    except ValueError:
        if keyed:
            raise Refusal(400, detail="chatbot_id must be a valid UUID") from None
        raise invalid("chatbot_id", "Must be a valid UUID.") from None
    if fake.has_chatbot(chatbot_id):
        return
    if keyed:
        raise Refusal(401, WRONG_KEY)
    raise Refusal(404, detail="No Experiment matches the given query.")


def _check_token(session: Session, token: str | None) -> None:
    if not token:
        raise Refusal(403, error="Session token required", code="session_token_required")
    if token != session.token:
        raise Refusal(403, error="Invalid session token", code="session_token_invalid")
    if session.is_expired:
        raise Refusal(403, error="Session has expired", code="session_expired")


def _denied(header: str, given: str) -> Refusal:
    if header == "authorization":
        return Refusal(401, DENIED)
    return Refusal(401, {"detail": "Invalid token."} if given else NO_CREDENTIAL)
