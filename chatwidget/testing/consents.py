"""Consent, as the fake asks for it (fact 28), and whether a session takes anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatwidget.testing.access import enter
from chatwidget.testing.state import Session
from chatwidget.testing.wire import JSON, Refusal, Request, Response

if TYPE_CHECKING:
    from chatwidget.testing.fake import FakeChatAPI


def consent(fake: FakeChatAPI, request: Request, session_id: str) -> Response:
    """Record that the participant consents."""
    session = enter(fake, request, session_id)
    if request.json.get("form_version_id") != fake.consent_version:
        stale = {"error": "The consent form has changed.", "code": "consent_stale"}
        raise Refusal(409, stale | block(fake, session))
    session.has_consented = True
    return Response(204)


def block(fake: FakeChatAPI, session: Session) -> JSON:
    """Give what start and session poll say of consent: nothing, where none is asked for."""
    if fake.consent_text is None:
        return {}
    asked = {"required": not session.has_consented, "form_version_id": fake.consent_version}
    return {"consent": asked if session.has_consented else asked | {"text": fake.consent_text}}


def check_open(fake: FakeChatAPI, session: Session) -> None:
    """Refuse what adds to a session that has ended (fact 22) or waits for consent."""
    if session.is_ended:
        raise Refusal(400, error="Session has ended")
    if fake.consent_text is not None and not session.has_consented:
        words = {"error": "Consent is required.", "code": "consent_required"}
        raise Refusal(403, words | block(fake, session))
