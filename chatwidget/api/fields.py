"""Fields that the published schema names or describes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

ENUMS: Mapping[str, Sequence[str]] = {
    "ChatTaskPollStatusEnum": ("processing", "complete"),
    "MessageRoleEnum": ("user", "assistant", "system"),
    "SessionStatusEnum": ("active", "ended"),
}
LARGEST_NUMBER = 2**63 - 1
LARGEST_VERSION = 2**31 - 1


class EnumField(serializers.ChoiceField):
    """A choice that the schema names, by one of :data:`ENUMS`."""

    enum: ClassVar[str]

    def __init_subclass__(cls) -> None:
        extend_schema_field({"$ref": f"#/components/schemas/{cls.enum}"})(cls)

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=ENUMS[self.enum], **options)


class TaskStatusField(EnumField):
    enum = "ChatTaskPollStatusEnum"


class RoleField(EnumField):
    enum = "MessageRoleEnum"


class SessionStatusField(EnumField):
    enum = "SessionStatusEnum"


class VersionField(serializers.IntegerField):
    def __init__(self) -> None:
        words = "A version of the chatbot, where the server lets the site's credential choose one."
        super().__init__(
            required=False, allow_null=True, min_value=0, max_value=LARGEST_VERSION, help_text=words
        )


@extend_schema_field({"type": "string", "minLength": 1, "pattern": r"\S"})
class WordsField(serializers.CharField):
    """What a visitor wrote."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Let blanks pass: the conversation refuses them, in the same words on every face."""
        is_blank = isinstance(data, str) and not data.strip()
        return "" if is_blank else super().run_validation(data)


@extend_schema_field({"type": "string", "format": "date-time"})
class TimeField(serializers.CharField):
    """A time as text, for a form that reads it more widely than the schema says."""


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER},
            {"type": "string", "minLength": 1, "maxLength": 100},
        ]
    }
)
class FormVersionField(serializers.Field[Any, Any, Any, Any]):
    """What a server calls a version of its consent form, in whichever type it does."""

    def to_internal_value(self, data: object) -> int | str:
        """Return the id as it came."""
        if isinstance(data, str) and 0 < len(data) <= 100:
            return data
        if isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= LARGEST_NUMBER:
            return data
        raise serializers.ValidationError(_("Send the form_version_id that was asked for."))
