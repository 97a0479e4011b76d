"""Who may call: the embed key with its Origin, and the session token (facts 2 to 6)."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.core import signing
from django.http import HttpRequest
from django.http.request import validate_host
from django.utils.crypto import constant_time_compare

from example_project.demo_bot import conf
from example_project.demo_bot.store import Session
from example_project.demo_bot.wire import Problem

SALT = "demo_bot.session"


def session_token(session_id: UUID) -> str:
    return signing.dumps({"sid": str(session_id)}, salt=SALT)


def check_start(request: HttpRequest, chatbot_id: object) -> None:
    """Raise Problem unless the caller may start a chat. Keyless callers may.

    With an embed key the chatbot is looked for here, before the call counts (fact 3).
    """
    if "X-Embed-Key" in request.headers:
        _check_keyed(chatbot_id)
    if "Authorization" in request.headers and chatbot_id == str(conf.CHATBOT_ID):
        raise Problem(
            401,
            error="Authentication required to chat with this chatbot",
            code="chat_access_denied",
        )
    check_embed_key(request, wrong_key_status=401)


def _check_keyed(chatbot_id: object) -> None:
    if chatbot_id is None:
        raise Problem(400, detail="Experiment ID required for embedded widget authentication")
    try:
        UUID(str(chatbot_id))
    except ValueError as error:
        raise Problem(400, detail="chatbot_id must be a valid UUID") from error
    if str(chatbot_id) != str(conf.CHATBOT_ID):
        raise Problem(401, detail="Invalid widget embed key")


def check_embed_key(request: HttpRequest, *, wrong_key_status: int) -> None:
    """Raise Problem for a wrong embed key, or a good one from a host that may not use it."""
    key = request.headers.get("X-Embed-Key")
    if key is None:
        return
    if not constant_time_compare(key, conf.EMBED_KEY):
        raise Problem(wrong_key_status, detail="Invalid widget embed key")
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    if not validate_host(_host(origin), conf.allowed_domains()):
        raise Problem(403, detail="You do not have permission to perform this action.")


def check_session(request: HttpRequest, session: Session | None) -> Session:
    """The session, if the caller may use it; raises Problem with the contract's 403 otherwise."""
    check_embed_key(request, wrong_key_status=403)
    if session is None:
        raise Problem(403, detail=_unknown_session(request))
    token = request.headers.get("X-Session-Token")
    if not token:
        raise Problem(403, error="Session token required", code="session_token_required")
    if not _is_for(token, session):
        raise Problem(403, error="Invalid session token", code="session_token_invalid")
    if session.expired:
        raise Problem(403, error="Session has expired", code="session_expired")
    return session


def shows_api_key(request: HttpRequest) -> bool:
    """Whether the caller has the API key, in either header; a session token is not enough."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    key = request.headers.get("X-api-key") or (token if scheme == "Bearer" else "")
    return constant_time_compare(key, conf.API_KEY)


def _unknown_session(request: HttpRequest) -> str:
    if "X-Embed-Key" in request.headers:
        return "Session does not exist"
    return "Authentication credentials were not provided."


def _is_for(token: str, session: Session) -> bool:
    try:
        claims = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return False
    return bool(claims == {"sid": str(session.id)})


def _host(origin: str) -> str:
    """The host of an Origin or Referer, without its port, as ALLOWED_HOSTS writes it."""
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host
