"""An answer that is no success, as the error that tells the caller what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from chatwidget.chatapi import errors
from chatwidget.chatapi.endpoints import TASK_POLL, TOKEN, Endpoint
from chatwidget.chatapi.limits import call_budget, retry_after
from chatwidget.chatapi.media import media_type
from chatwidget.chatapi.nodes import Node, encodable, load_json
from chatwidget.chatapi.parsing import consent
from chatwidget.chatapi.transport import Reply
from chatwidget.chatapi.types import Consent

SESSION_CODES: Final = {"session_token_required", "session_token_invalid", "session_expired"}
# The 2026-08 dialect has no code for an unknown session, only these words (fact 6).
UNKNOWN_SESSION: Final = {
    "Authentication credentials were not provided.",
    "Session does not exist",
}
BY_STATUS: Final[Mapping[int, type[errors.ChatAPIError]]] = {
    401: errors.AccessDenied,
    403: errors.AccessDenied,
    404: errors.NotFound,
    408: errors.Unavailable,
    429: errors.RateLimited,
}
BY_CODE: Final[Mapping[tuple[int, str], type[errors.ChatAPIError]]] = {
    (403, "consent_required"): errors.ConsentRequired,
    (409, "consent_stale"): errors.ConsentStale,
}
LONGEST_DETAIL: Final = 500
LONGEST_TEXT: Final = 4000
MOST_FIELDS: Final = 20
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def refusal(endpoint: Endpoint, reply: Reply) -> errors.ChatAPIError:
    """Make the error for an answer whose status is not 2xx.

    Closed by default: a redirect is a `BadResponse`, a 4xx that is not known `Rejected`, a
    5xx `Unavailable`.
    """
    said = _said(reply)
    kind = _kind(endpoint, reply.status, said)
    error = kind(
        endpoint.call,
        status=reply.status,
        code=_code(endpoint, said)[:LONGEST_DETAIL],
        detail=_one_line(said.words or _first_field(said.body)),
        retry_after=retry_after(reply.headers, said.body.get("available_in")),
    )
    if isinstance(error, errors.BotError):
        error.text = said.error[:LONGEST_TEXT]
    if isinstance(error, errors.Rejected):
        error.fields = _fields(said.body)
    if isinstance(error, errors.RateLimited):
        error.budget = call_budget(reply.headers)
    if isinstance(error, errors.ConsentRequired):
        error.consent = _consent(said.body)
    return error


def is_json(reply: Reply) -> bool:
    """Say whether an answer claims to be JSON; a page of HTML with status 200 does not."""
    media = media_type(reply.headers.get("Content-Type", ""))
    return media == "application/json" or media.endswith("+json")


@dataclass(frozen=True, slots=True)
class _Said:
    """What an error's body says. Without one that is a JSON object, all of it is empty."""

    body: dict[str, object]
    is_object: bool
    code: str
    error: str
    words: str


def _said(reply: Reply) -> _Said:
    try:
        value = load_json(reply.body) if is_json(reply) else None
    except errors.BadResponse:
        value = None
    body = value if isinstance(value, dict) else {}
    error = _word(body, "error")
    return _Said(
        body=body,
        is_object=isinstance(value, dict),
        code=_word(body, "code"),
        error=error,
        words=error or _word(body, "detail"),
    )


def _kind(endpoint: Endpoint, status: int, said: _Said) -> type[errors.ChatAPIError]:
    if endpoint is TASK_POLL and status in {400, 500} and said.error:
        return errors.BotError
    if (status, said.code) in BY_CODE:
        return BY_CODE[status, said.code]
    if endpoint is TOKEN and status in {400, 403}:
        # An unknown client, a secret or a scope that it may not use (RFC 6749, 5.2).
        return errors.AccessDenied
    if endpoint.of_session:
        if status == 403 and (said.code in SESSION_CODES or said.words in UNKNOWN_SESSION):
            return errors.SessionRefused
        if status == 404 and said.is_object and not _is_unknown_task(endpoint, said):
            return errors.SessionRefused
        if status == 400 and said.words == "Session has ended":
            return errors.SessionEnded
    return BY_STATUS.get(status) or _by_class(status)


def _code(endpoint: Endpoint, said: _Said) -> str:
    """Find the word for programs, which an authorization server calls `error`."""
    return said.error if endpoint is TOKEN else said.code


def _is_unknown_task(endpoint: Endpoint, said: _Said) -> bool:
    """Say whether a 404 means the task, which is another session's, and not the session."""
    return endpoint is TASK_POLL and said.words == "Not found."


def _by_class(status: int) -> type[errors.ChatAPIError]:
    if status < 400:
        return errors.BadResponse
    return errors.Rejected if status < 500 else errors.Unavailable


def _word(said: Mapping[str, object], key: str) -> str:
    value = said.get(key)
    return CONTROL.sub("", encodable(value)).strip() if isinstance(value, str) else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_DETAIL]


def _fields(said: Mapping[str, object]) -> dict[str, list[str]]:
    """Collect field errors: lists of words, or such lists by index (B9b in the recordings)."""
    found = {
        _one_line(encodable(key)): list(islice(_texts(value), MOST_FIELDS))
        for key, value in islice(said.items(), MOST_FIELDS)
        if isinstance(value, list | dict) and key != "consent"
    }
    return {key: texts for key, texts in found.items() if texts}


def _texts(value: object, depth: int = 2) -> Iterator[str]:
    if isinstance(value, str):
        yield _one_line(encodable(value))
    elif isinstance(value, list | dict) and depth:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part, depth - 1)


def _first_field(said: Mapping[str, object]) -> str:
    return next((f"{key}: {texts[0]}" for key, texts in _fields(said).items()), "")


def _consent(said: dict[str, object]) -> Consent | None:
    try:
        return consent(Node(said))
    except errors.BadResponse:
        return None
