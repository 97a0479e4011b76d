"""What a visitor's browser shows with a request: its session's token, who it is, where it is.

``X-Chat-Identity`` holds what :mod:`chatwidget.identity` signed or had signed; without it the
visitor is nobody. ``X-Chat-Events`` tells the page what came of a request, for its own page.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from chatwidget import conversation, identity, tokens
from chatwidget.identity import Identity
from chatwidget.models import ChatSession, Widget
from chatwidget.problems import Problem

TOKEN_HEADER = "X-Session-Token"  # noqa: S105 (a header's name)
EVENTS_HEADER = "X-Chat-Events"


def token_of(request: HttpRequest) -> str:
    """The token of the visitor's session, or nothing."""
    return request.headers.get(TOKEN_HEADER, "")


def give_token(response: HttpResponse, session: ChatSession | None) -> HttpResponse:
    """Hand the token of a new ``session`` to the page, if there is one."""
    if session is not None:
        response[TOKEN_HEADER] = tokens.issue(session)
    return response


def forget_token(response: HttpResponse) -> HttpResponse:
    """Let the page forget its token."""
    response[TOKEN_HEADER] = ""
    return response


def proof_of(request: HttpRequest) -> str:
    """What the browser shows to say who its visitor is, or nothing."""
    return request.headers.get(identity.HEADER, "")


def who_shows(proof: str, widget: Widget) -> Identity | None:
    """Return whom ``proof`` proves; no proof, nobody.

    Raises:
        IdentityError: it proves nobody to this widget.
    """
    return identity.read(proof, widget) if proof else None


def session_of(token: str, proof: str, widget: Widget) -> ChatSession:
    """Return the session of ``token``, if it is the visitor's own.

    Raises:
        TokenError: the token proves no session of the widget, or one of somebody else.
        SessionUnknown: the session was deleted.
        IdentityError: ``proof`` proves nobody to this widget.
    """
    session = conversation.with_token(token, widget)
    identity.require_owner(session, proof)
    return session


def tell(response: HttpResponse, *events: str) -> HttpResponse:
    """Name what happened, so that the page around the chat may hear of it."""
    response[EVENTS_HEADER] = " ".join(events)
    return response


def failure(problem: Problem) -> str:
    """The event that ``problem`` is."""
    return "session-ended" if problem.starts_afresh else f"error:{problem.code}"
