"""The contract's schemas, under the contract's names: requests are checked by them, answers
described.

The docstrings and help texts here are the words of the published schema.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chatwidget.api.fields import (
    LARGEST_NUMBER,
    FormVersionField,
    RoleField,
    SessionStatusField,
    TaskStatusField,
    TimeField,
    VersionField,
    WordsField,
)

WHO = "The participant_remote_id of the start, or “”."
DEFAULT_LIMIT = 50
MAX_LIMIT = 100
KEY_PATTERN = r"\A[!-~]{1,100}\Z"


class ConsentBlock(serializers.Serializer[Any]):
    # As with ``context`` below, the name of a field stays free for a field.
    required = serializers.BooleanField(  # type: ignore[assignment]
        help_text="Whether messages and files wait for consent."
    )
    form_version_id = FormVersionField(allow_null=True)
    text = serializers.CharField(
        required=False, allow_blank=True, help_text="Markdown, only while it is required."
    )


class ChatConsentRequest(serializers.Serializer[Any]):
    form_version_id = FormVersionField(help_text="The one of the text that was agreed to.")


class ChatStartSessionRequest(serializers.Serializer[Any]):
    chatbot_id = serializers.UUIDField(help_text="The widget's public id.")
    session_data = serializers.DictField(
        required=False, help_text="Passed on to the server with the start."
    )
    participant_remote_id = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=255,
        help_text=(
            "Who takes part, by an id of yours. It joins no two sessions. Where the widget asks "
            "who visitors are, X-Chat-Identity has to prove it."
        ),
    )
    participant_name = serializers.CharField(required=False, allow_blank=True, max_length=320)
    version_number = VersionField()


class ChatbotVersion(serializers.Serializer[Any]):
    name = serializers.CharField()
    version_number = serializers.IntegerField()
    is_default_version = serializers.BooleanField()
    version_description = serializers.CharField()


class Chatbot(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The widget's public id.")
    name = serializers.CharField(help_text="The widget's title.")
    url = serializers.URLField(help_text="The widget's chat page.")
    version_number = serializers.IntegerField(
        help_text="Always 1: the server's versions are not shown."
    )
    versions = ChatbotVersion(many=True, help_text="Always empty.")


class Participant(serializers.Serializer[Any]):
    identifier = serializers.CharField(allow_blank=True, help_text=WHO)
    remote_id = serializers.CharField(allow_blank=True, help_text=WHO)


class ChatStartSessionResponse(serializers.Serializer[Any]):
    session_id = serializers.UUIDField()
    session_token = serializers.CharField(help_text="Send it as X-Session-Token from now on.")
    chatbot = Chatbot()
    participant = Participant()
    seed_message_task_id = serializers.CharField(
        allow_blank=True,
        help_text="The task of the message that the chatbot begins with, or “” if it has none.",
    )
    consent = ConsentBlock(required=False, help_text="Only where the server asks for consent.")


class ChatSendMessageRequest(serializers.Serializer[Any]):
    message = WordsField(help_text="Up to 10,000 characters, unless the site says otherwise.")
    # Declared fields are taken off the class again, so a field's own ``context`` stays.
    context = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="For the chatbot; it replaces the context sent before."
    )
    attachment_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=LARGEST_NUMBER),
        required=False,
        max_length=100,
        help_text="Files of this session, by the ids that uploading them gave.",
    )
    version_number = VersionField()

    def validate_attachment_ids(self, value: list[int]) -> list[int]:
        """Refuse a file named twice, as servers do (fact 25)."""
        if len(set(value)) < len(value):
            raise serializers.ValidationError(_("Name each file once."))
        return value


class ChatSendMessageResponse(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    status = TaskStatusField()
    error = serializers.CharField(
        required=False, help_text="Never there: an error has a status and a body of its own."
    )


class Attachment(serializers.Serializer[Any]):
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    content_url = serializers.URLField(help_text="An address of this site, good for an hour.")


class Message(serializers.Serializer[Any]):
    created_at = serializers.DateTimeField()
    role = RoleField()
    content = serializers.CharField(allow_blank=True, help_text="Markdown.")
    metadata = serializers.DictField(help_text="Always empty.")
    tags = serializers.ListField(child=serializers.CharField())
    attachments = Attachment(many=True)


class ChatTaskPoll(serializers.Serializer[Any]):
    message = Message(
        allow_null=True,
        help_text="The answer, once the status is complete; until then progress, or null.",
    )
    status = TaskStatusField()


class ChatTaskPollError(serializers.Serializer[Any]):
    error = serializers.CharField(help_text="The chatbot's words for the person who wrote.")
    code = serializers.CharField(help_text="Always bot_error.")
    status = serializers.CharField(help_text="Always error.")


class ChatPollRequest(serializers.Serializer[Any]):
    since = TimeField(
        required=False,
        allow_blank=True,
        help_text="Only return messages after this timestamp (ISO 8601)",
    )
    limit = serializers.IntegerField(
        default=DEFAULT_LIMIT,
        min_value=1,
        help_text=f"Maximum number of messages to return (default: 50, at most {MAX_LIMIT})",
    )

    def validate_since(self, value: str) -> datetime | None:
        """Read the time as its server would: without an offset it is UTC."""
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise serializers.ValidationError(
                _("Write it in ISO 8601, such as 2026-01-31T12:00:00.000000Z, and a “+” as %2B.")
            ) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def validate_limit(self, value: int) -> int:
        """Cut a greedy limit instead of refusing it, as any page size is only a wish."""
        return min(value, MAX_LIMIT)


class ChatPollResponse(serializers.Serializer[Any]):
    messages = Message(many=True)
    has_more = serializers.BooleanField()
    session_status = SessionStatusField()
    consent = ConsentBlock(required=False, help_text="Only where the server asks for consent.")


class ChatUploadRequest(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField(), min_length=1)


class ChatUploadedFile(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="For attachment_ids, in this session alone.")
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    content_type = serializers.CharField()


class ChatUploadResponse(serializers.Serializer[Any]):
    files = ChatUploadedFile(many=True)


class Error(serializers.Serializer[Any]):
    error = serializers.CharField(help_text="What happened and what to do, for a person.")
    code = serializers.CharField(help_text="What happened, for a program.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="With the code invalid: what is wrong with each field.",
    )
    consent = ConsentBlock(
        required=False, help_text="With the codes consent_required and consent_stale."
    )
