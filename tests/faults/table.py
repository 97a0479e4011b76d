"""The table: what each fault of a server comes to, by the call that meets it.

``docs/reference/faults.md`` is made of it (``python -m tests.faults``), and a test keeps both true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from chatwidget import problems
from tests.faults import ways
from tests.faults.bot import Bot
from tests.faults.ways import Way, answers, page, refuses

CALLS = ("start", "send", "poll", "history")
STATUS: Mapping[str, int] = {
    "server_unavailable": 503,
    "server_timeout": 504,
    "message_unconfirmed": 502,
    "bad_response": 502,
    "access_denied": 502,
    "chatbot_unknown": 502,
    "not_configured": 502,
    "session_expired": 403,
    "session_ended": 400,
    "consent_required": 403,
    "start_rejected": 400,
    "message_rejected": 400,
    "rate_limited": 429,
    "bot_error": 500,
}
NO_TROUBLE = "ok"
# What is logged: part of a conversation, the server's trouble, or something for the admin to mend.
LEVELS = {
    "session_expired": "INFO",
    "session_ended": "INFO",
    "consent_required": "INFO",
    "rate_limited": "INFO",
    "bot_error": "INFO",
    "access_denied": "ERROR",
    "chatbot_unknown": "ERROR",
    "not_configured": "ERROR",
}
BOT_WORDS = "That shelf is empty today. Ask me for another book."
Place = Callable[[Bot], AbstractContextManager[str]]


@dataclass(frozen=True)
class Fault:
    """A row: what the server does (by ``way``, or by a ``place`` it isn't at), and the codes.

    ``codes`` has what the mirror answers for each call that the fault can meet. With ``is_slow``
    the site's time-outs are made short; with ``is_missing`` the admin is told in the log, because
    what was called is not there.
    """

    name: str
    codes: Mapping[str, str]
    way: Way | None = None
    place: Place | None = None
    is_slow: bool = False
    is_missing: bool = False
    retry_after: int | None = None


def each(code: str, **others: str) -> dict[str, str]:
    """One code for every call but ``others``."""
    return {**dict.fromkeys(CALLS, code), **others}


def unclear(code: str, **others: str) -> dict[str, str]:
    """As :func:`each`, where a message may have arrived all the same."""
    return each(code, **{"send": "message_unconfirmed", **others})


def refusal(**others: str) -> dict[str, str]:
    """The server doesn't take the request as it is."""
    codes = each("bad_response", start="start_rejected", send="message_rejected")
    return {**codes, **others}


SESSION_GONE = each("session_expired", start="access_denied")
DOWN, SLOW, JUNK = (
    unclear(code) for code in ("server_unavailable", "server_timeout", "bad_response")
)
FIELDS = {"message": ["This field may not be blank.", ways.SAID]}

FAULTS = (
    Fault("connection refused", each("server_unavailable"), place=ways.refused),
    Fault("name not found", each("server_unavailable"), place=ways.unknown_name),
    Fault("connecting hangs", each("server_timeout"), place=ways.no_connection, is_slow=True),
    Fault("TLS error", each("server_unavailable"), place=ways.no_tls),
    Fault(
        "nothing is called: its credential is missing here",
        each("not_configured"),
        place=ways.no_credential,
    ),
    Fault("no answer", SLOW, ways.hang, is_slow=True),
    Fault("a drip of a byte at a time", SLOW, ways.drip, is_slow=True),
    Fault("reset before the answer", DOWN, ways.reset_before),
    Fault("reset in the middle of the answer", DOWN, ways.reset_inside),
    Fault("reset after the answer", each(NO_TROUBLE), ways.reset_after),
    Fault("a redirect", JUNK, page(301, Location="https://remote-host-marked.example/")),
    Fault("400 with field errors", refusal(), answers(400, FIELDS)),
    Fault(
        "400 session has ended",
        {"send": "session_ended"},
        answers(400, {"error": "Session has ended"}),
    ),
    Fault("401", each("access_denied"), refuses(401, "chat_access_denied")),
    Fault("403 without a session code", each("access_denied"), refuses(403, "origin_not_allowed")),
    Fault("403 session_token_required", SESSION_GONE, refuses(403, "session_token_required")),
    Fault("403 session_token_invalid", SESSION_GONE, refuses(403, "session_token_invalid")),
    Fault("403 session_expired", SESSION_GONE, refuses(403, "session_expired")),
    Fault("403 consent_required", {"send": "consent_required"}, refuses(403, "consent_required")),
    Fault("404 JSON", each("session_expired", start="chatbot_unknown"), refuses(404)),
    Fault(
        "404 JSON of an unknown task",
        {"poll": "bad_response"},
        answers(404, {"detail": "Not found."}),
        is_missing=True,
    ),
    Fault("404 HTML", each("bad_response", start="chatbot_unknown"), page(404), is_missing=True),
    Fault("409", refusal(), refuses(409)),
    Fault("413", refusal(), page(413)),
    Fault("415", refusal(), refuses(415)),
    Fault("429 without Retry-After", each("rate_limited"), refuses(429)),
    Fault(
        "429 with Retry-After: 7",
        each("rate_limited"),
        answers(429, {"detail": ways.SAID, "available_in": 7}, Retry_After="7"),
        retry_after=7,
    ),
    Fault(
        "500 JSON of a bot",
        unclear("server_unavailable", poll="bot_error"),
        answers(500, {"error": BOT_WORDS, "status": "error"}),
    ),
    Fault("500 HTML", DOWN, page(500)),
    Fault("502", DOWN, page(502)),
    Fault("503", DOWN, page(503, Retry_After="3")),
    Fault("200 with HTML", JUNK, page(200)),
    Fault("200 with broken JSON", JUNK, answers(200, '{"messages": [' + ways.SAID)),
    Fault("200 with a list", JUNK, answers(200, [ways.SAID])),
    Fault("200 with nulls", JUNK, ways.nulls),
    Fault("200 with missing keys", JUNK, answers(200, {"detail": ways.SAID})),
    Fault(
        "200 with unknown words",
        {"poll": "bad_response", "history": "bad_response"},
        ways.unknown_words,
    ),
    Fault("200 with 100 MB", JUNK, ways.endless),
    Fault("200 with lone surrogates", each(NO_TROUBLE), ways.surrogates),
)


def level_of(fault: Fault, call: str) -> str | None:
    """The level of what is logged, if anything is."""
    code = fault.codes[call]
    if code == NO_TROUBLE:
        return None
    if fault.is_missing and code != "session_expired":
        return "ERROR"
    return LEVELS.get(code, "WARNING")


def words_of(code: str) -> str:
    """The words that a visitor and a client read for ``code``."""
    rows = [problem for _kind, problem in problems.TABLE] + list(problems.BY_CALL.values())
    # The last row with this code is the server's own, where the site refuses so as well.
    return str([problem.words for problem in rows if problem.code == code][-1])
