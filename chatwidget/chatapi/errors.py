"""What can go wrong with a call of the Chat API, sorted by what the caller must do about it."""

from __future__ import annotations

from typing import ClassVar, TypedDict, Unpack

from chatwidget.chatapi.types import CallBudget, Consent


class Facts(TypedDict, total=False):
    """What is known of a failure: the keyword arguments that every error takes."""

    reason: str
    status: int | None
    code: str
    detail: str
    retry_after: float | None
    may_have_arrived: bool


class ChatAPIError(Exception):
    """A call failed.

    `str()` is fit for a log: kind, call, status and `reason`, which are all our own words.

    Attributes:
        call: method and endpoint, "POST message".
        reason: what happened, in our words; never holds anything the server said.
        status: the HTTP status, `None` when there was no answer.
        code: the server's code, "" when it gave none.
        detail: the server's words, cleaned, 500 characters at most. Not for logs: they may
            quote a message.
        retry_after: seconds the server asks to wait, `None` when it did not say.
        may_have_arrived: `False` only when it is certain that the server saw nothing.
    """

    kind: ClassVar[str] = "chat_api_error"

    def __init__(
        self,
        call: str = "",
        *,
        reason: str = "",
        status: int | None = None,
        code: str = "",
        detail: str = "",
        retry_after: float | None = None,
        may_have_arrived: bool = True,
    ) -> None:
        super().__init__(call)
        self.call = call
        self.reason = reason
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived

    def __str__(self) -> str:
        status = "" if self.status is None else str(self.status)
        where = " ".join(filter(None, (self.call, status)))
        return ": ".join(filter(None, (self.kind, where, self.reason)))


class Unavailable(ChatAPIError):
    """The server cannot be reached or is broken just now: try again later."""

    kind = "unavailable"


class TimedOut(Unavailable):
    """The server did not answer, or not all of it, in time."""

    kind = "timed_out"


class RateLimited(ChatAPIError):
    """Too many calls (fact 26): wait for `retry_after` seconds.

    Attributes:
        budget: what the server counts, `None` when it did not say.
    """

    kind = "rate_limited"

    def __init__(
        self, call: str = "", *, budget: CallBudget | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(call, **facts)
        self.budget = budget


class AccessDenied(ChatAPIError):
    """The server takes neither this credential nor this origin: the admin must act (facts 2, 3).

    Attributes:
        hint: what the admin can do, in our words (see `hints`).
    """

    kind = "access_denied"

    def __init__(self, call: str = "", *, hint: str = "", **facts: Unpack[Facts]) -> None:
        super().__init__(call, **facts)
        self.hint = hint


class SessionRefused(ChatAPIError):
    """The session is unknown or expired, or its token is wrong: start afresh (facts 5, 6)."""

    kind = "session_refused"


class ConsentRequired(ChatAPIError):
    """The participant has to consent first (fact 28); the session stays usable.

    Attributes:
        consent: the form to show, `None` when the answer did not hold it.
    """

    kind = "consent_required"

    def __init__(
        self, call: str = "", *, consent: Consent | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(call, **facts)
        self.consent = consent


class ConsentStale(ConsentRequired):
    """The form was changed in the meantime: show the one in `consent`, and ask again (fact 28)."""

    kind = "consent_stale"


class NotFound(ChatAPIError):
    """No such chatbot (start), task of this session (task poll) or file, or a wrong address."""

    kind = "not_found"


class Rejected(ChatAPIError):
    """The server will not take this request as it is: change it.

    Attributes:
        fields: what is wrong with each field, in the server's words.
    """

    kind = "rejected"

    def __init__(
        self,
        call: str = "",
        *,
        fields: dict[str, list[str]] | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(call, **facts)
        self.fields = fields or {}


class SessionEnded(Rejected):
    """The session was completed on the server and takes no more messages (fact 22)."""

    kind = "session_ended"


class BotError(ChatAPIError):
    """The bot failed to answer: an answer in its own right, not to be asked for again (fact 13).

    Attributes:
        text: the server's words for the visitor, which may span lines.
    """

    kind = "bot_error"

    def __init__(self, call: str = "", *, text: str = "", **facts: Unpack[Facts]) -> None:
        super().__init__(call, **facts)
        self.text = text


class BadResponse(ChatAPIError):
    """What came back is no answer of a Chat API: a redirect, HTML, broken JSON, a wrong shape."""

    kind = "bad_response"


class TooLarge(BadResponse):
    """The answer is larger than this call may be."""

    kind = "too_large"
