"""The mirror: the Chat API's own addresses and fields, answered by ``conversation``."""

from __future__ import annotations

import re
import uuid
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from chatwidget import conversation, identity, uploads, work
from chatwidget.api import answers, uploading
from chatwidget.api import serializers as forms
from chatwidget.api.base import ChatView
from chatwidget.api.openapi import SESSION_ID, TASK_ID, WAITS, Operation


class StartView(ChatView):
    """Starts a session (contract: POST start)."""

    operation = Operation(
        id="chat_start_session",
        summary="Start a new chat session for a widget",
        request=forms.ChatStartSessionRequest,
        answers={201: forms.ChatStartSessionResponse},
        refuses=(400, 403, 404, 413, 415, 429, 502, 503, 504),
        parameters=(
            OpenApiParameter(
                work.HEADER,
                str,
                "header",
                description="The work before a start, where the widget asks for it.",
            ),
        ),
        is_public=True,
        waits=(403, *WAITS),
        words={201: "The session, and the token that opens it."},
    )

    def post(self, request: Request) -> Response:
        """Start a session with the widget's server."""
        asked = self.checked(forms.ChatStartSessionRequest, request.data)
        widget = self.admit(request, conversation.active_widget(asked["chatbot_id"]))
        claimed, name = asked.get("participant_remote_id", ""), asked.get("participant_name", "")
        who = identity.of_start(widget, request.headers.get(identity.HEADER, ""), claimed)
        attributes = who.attributes if who else {}
        session = conversation.start(
            widget,
            participant_id=who.id if who else claimed,
            participant_name=(who and who.name) or name,
            is_identified=who is not None,
            session_data={**asked.get("session_data", {}), **attributes} or None,
            version_number=asked.get("version_number"),
        )
        return Response(answers.started(session, request.build_absolute_uri), status=201)


class MessageView(ChatView):
    """Sends a message (contract: POST message)."""

    operation = Operation(
        id="chat_send_message",
        summary="Send a message to a chat session",
        description=(
            "One message at a time: until the last one is answered, the next is refused with 409."
        ),
        request=forms.ChatSendMessageRequest,
        answers={202: forms.ChatSendMessageResponse},
        refuses=(400, 403, 404, 409, 413, 415, 422, 429, 502, 503, 504),
        parameters=(
            SESSION_ID,
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]*$"},
                "header",
                description="A message sent again with the same key is not sent twice.",
            ),
        ),
        waits=(403, 409, *WAITS),
    )

    def post(self, request: Request, session_id: uuid.UUID) -> Response:
        """Send the message once."""
        session = self.session(request, session_id)
        asked = self.checked(forms.ChatSendMessageRequest, request.data)
        task = conversation.send(
            session,
            asked["message"],
            client_id=client_id(request),
            context=asked.get("context"),
            attachment_ids=asked.get("attachment_ids", ()),
            version_number=asked.get("version_number"),
        )
        return Response(answers.sent(task), status=202)


class TaskView(ChatView):
    """Asks for the reply to a message (contract: GET task poll)."""

    operation = Operation(
        id="chat_poll_task_response",
        summary="Poll for task updates",
        answers={200: forms.ChatTaskPoll, 500: forms.ChatTaskPollError},
        refuses=(400, 403, 404, 429, 502, 503, 504),
        parameters=(SESSION_ID, TASK_ID),
    )

    def get(self, request: Request, session_id: uuid.UUID, task_id: uuid.UUID) -> Response:
        """Give the reply as far as it is there."""
        session = self.session(request, session_id, waits=True)
        reply = conversation.reply(session, task_id)
        return Response(answers.replied(session, reply, request.build_absolute_uri))


class HistoryView(ChatView):
    """Reads the session's messages (contract: GET session poll)."""

    operation = Operation(
        id="chat_poll_response",
        summary=(
            "Poll for new messages in a chat session. Do not poll more than once every 30 seconds"
        ),
        description="Poll for new messages in a chat session",
        answers={200: forms.ChatPollResponse},
        refuses=(400, 403, 404, 429, 502, 503, 504),
        parameters=(SESSION_ID, forms.ChatPollRequest),
    )

    def get(self, request: Request, session_id: uuid.UUID) -> Response:
        """Give the messages after ``since``."""
        session = self.session(request, session_id)
        asked = self.checked(forms.ChatPollRequest, request.query_params.dict())
        found = conversation.history(session, since=asked.get("since"), limit=asked["limit"])
        return Response(answers.history(session, found, request.build_absolute_uri))


class UploadView(ChatView):
    """Takes files for a later message (fact 25: POST upload)."""

    operation = Operation(
        id="chat_upload_files",
        summary="Upload files for a message to a chat session",
        description=(
            "All of them or none. A message names those that go with it in attachment_ids."
        ),
        request=forms.ChatUploadRequest,
        answers={201: forms.ChatUploadResponse},
        refuses=(400, 403, 404, 411, 413, 415, 429, 502, 503, 504),
        parameters=(SESSION_ID,),
        waits=(403, *WAITS),
        words={
            201: "The files, by their ids.",
            413: "The files are larger than 50 MB together, or than the site takes.",
            415: "The body is not multipart/form-data.",
        },
    )
    parser_classes = (uploading.FormParser,)

    def post(self, request: Request, session_id: uuid.UUID) -> Response:
        """Hand the files on."""
        session = self.session(request, session_id)
        uploads.require_length(request.META)
        taken = conversation.upload(session, uploading.files_of(request))
        return Response(answers.uploaded(taken), status=201)


class ConsentView(ChatView):
    """Records the participant's consent (fact 28: POST consent)."""

    operation = Operation(
        id="chat_record_consent",
        summary="Record that the participant agrees to what a chat session asks for",
        description="Sending it again does no harm.",
        request=forms.ChatConsentRequest,
        answers={204: None},
        refuses=(400, 403, 404, 409, 413, 415, 429, 502, 503, 504),
        parameters=(SESSION_ID,),
        words={409: "The form has changed: consent holds what to agree to now."},
    )

    def post(self, request: Request, session_id: uuid.UUID) -> Response:
        """Tell the server."""
        session = self.session(request, session_id)
        asked = self.checked(forms.ChatConsentRequest, request.data)
        conversation.record_consent(session, asked["form_version_id"])
        return Response(status=204)


class UnknownView(ChatView):
    """Answers what is no address of the mirror, in the mirror's words."""

    schema = None

    def http_method_not_allowed(  # type: ignore[override] # as in ChatView.options
        self, request: Request, *_args: Any, **_kwargs: Any
    ) -> NoReturn:
        """Say what may be wrong with the address."""
        if request.path.endswith("/"):
            raise NotFound(_("There is nothing at this address."))
        raise NotFound(_("There is nothing at this address. The API's own end with a slash."))


def client_id(request: Request) -> str:
    """Return what makes a retry of this message the same message.

    Raises:
        ValidationError: the ``Idempotency-Key`` is not 1 to 100 visible ASCII characters.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return str(uuid.uuid4())
    if not re.match(forms.KEY_PATTERN, key):
        words = _("Send 1 to 100 visible ASCII characters, such as a UUID.")
        raise ValidationError({"Idempotency-Key": [words]})
    return key
