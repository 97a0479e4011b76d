"""How a view of the mirror says what it is, and how drf-spectacular reads that.

``extend_schema`` would build on the site's ``DEFAULT_SCHEMA_CLASS``; this reads plain values off
the view instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import Serializer

from chatwidget import identity
from chatwidget.api.serializers import Error

Form = type[Serializer[Any]]

SESSION_ID = OpenApiParameter(
    "session_id", {"type": "string", "format": "uuid"}, "path", description="Session ID"
)
TASK_ID = OpenApiParameter(
    "task_id",
    {"type": "string", "format": "uuid"},
    "path",
    description="Check on the status of a specific task",
)
IDENTITY = OpenApiParameter(
    identity.HEADER,
    str,
    "header",
    description="Who takes part, as this site or another signed it; a chat of theirs wants it.",
)
TOKEN = "SessionToken"  # noqa: S105 - the name of a scheme

WORDS: Mapping[int, str] = {
    200: "What there is so far.",
    201: "It is there.",
    202: "The message is on its way; poll its task for the reply.",
    204: "It was recorded.",
    400: "The request is not right, or the session has ended. The words say what to change.",
    403: "The token or the origin does not admit this, or the server asks for consent first.",
    404: "There is no such widget, session or task, or the widget is paused.",
    409: "The last message is not answered yet. Ask again after Retry-After seconds.",
    411: "The body does not say its length.",
    413: "The body is larger than 1 MB.",
    415: "The body is not JSON.",
    422: "The Idempotency-Key came before with another message.",
    429: "Too many calls. Ask again after Retry-After seconds.",
    500: "The chatbot failed to answer; asking again brings no other answer.",
    502: "The server's answer cannot be used, or did not come (message_unconfirmed).",
    503: "The server cannot be reached.",
    504: "The server did not answer in time, or the reply is overdue.",
}
# Those that may say how long to wait.
WAITS = (429, 502, 503)


@dataclass(frozen=True, slots=True)
class Operation:
    """What the schema says of one view; ``refuses`` are its statuses with an ``Error``.

    ``words`` are its own for a status, where those for all do not fit; ``waits`` are those of its
    statuses that may come with ``Retry-After``.
    """

    id: str
    summary: str
    answers: Mapping[int, Form | None]
    refuses: Sequence[int]
    description: str = ""
    request: Form | None = None
    parameters: Sequence[OpenApiParameter | Form] = ()
    is_public: bool = False
    waits: Sequence[int] = WAITS
    words: Mapping[int, str] = field(default_factory=dict)


class ChatSchema(AutoSchema):
    """Describes a :class:`chatwidget.api.base.ChatView` from its ``operation``."""

    @property
    def operation(self) -> Operation:
        """What the view says of itself."""
        operation: Operation = self.view.operation  # type: ignore[attr-defined]
        return operation

    def get_operation_id(self) -> str:
        return self.operation.id

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override] # as AutoSchema has it
        return self.operation.description

    def get_tags(self) -> list[str]:
        return ["Chat"]

    def get_auth(self) -> list[dict[str, Any]]:
        # The empty choice: a widget may admit clients that know the session id alone.
        return [{}] if self.operation.is_public else [{TOKEN: []}, {}]

    def get_override_parameters(self) -> list[Any]:
        retry_after = OpenApiParameter(
            "Retry-After",
            int,
            "header",
            description="Seconds to wait, where that is known.",
            response=list(self.operation.waits),
        )
        return [*self.operation.parameters, IDENTITY, retry_after]

    def get_request_serializer(self) -> Form | None:
        return self.operation.request

    def get_response_serializers(self) -> Any:
        refusals: dict[int, Form | None] = dict.fromkeys(self.operation.refuses, Error)
        forms = refusals | dict(self.operation.answers)
        words = {**WORDS, **self.operation.words}
        return {
            status: OpenApiResponse(forms[status], description=words[status])
            for status in sorted(forms)
        }
