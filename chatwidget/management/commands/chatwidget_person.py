"""``manage.py chatwidget_person``: all that is kept of a person, to hand out or to delete.

For requests under articles 15, 17 and 20 of the GDPR. What the Chat API itself keeps is its
operator's to delete: the Chat API has no call for it.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from chatwidget import advice, conversation, problems
from chatwidget.conversation import copies
from chatwidget.models import ChatSession

FIELDS = (
    "id",
    "state",
    "participant_id",
    "participant_name",
    "is_identified",
    "answers",
    "agreements",
    "message_count",
    "created_at",
    "last_active_at",
)
NOBODY = "Give a participant id: an empty one is that of every anonymous visitor."
ELSEWHERE = (
    "What the Chat API keeps of these chats is not touched: ask its operator to delete it, with "
    "the participant id."
)


class Command(BaseCommand):
    """Exports or deletes the sessions of a participant id."""

    help = "Exports or deletes what is kept of a person, by participant id."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do, and with whom."""
        parser.add_argument("action", choices=["export", "delete"])
        parser.add_argument("participant_id", help="As the site told it at the start of the chat.")
        parser.add_argument(
            "--transcripts",
            action="store_true",
            help="Export what was said too, as the Chat API has it now.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what was done."""
        if not options["participant_id"].strip():
            raise CommandError(NOBODY)
        sessions = ChatSession.objects.filter(participant_id=options["participant_id"])
        if options["action"] == "delete":
            self.stdout.write(f"Deleted {_delete(sessions)} session(s).\n{ELSEWHERE}")
            return
        found = [_exported(each, options["transcripts"]) for each in _with_widgets(sessions)]
        self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))


def _with_widgets(sessions: QuerySet[ChatSession]) -> QuerySet[ChatSession]:
    return sessions.select_related("widget__server").order_by("created_at")


def _delete(sessions: QuerySet[ChatSession]) -> int:
    found = list(sessions)
    for session in found:
        copies.forget(session)
    sessions.filter(pk__in=[each.pk for each in found]).delete()
    return len(found)


def _exported(session: ChatSession, wants_transcript: bool) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(session, name) for name in FIELDS}
    row["widget"] = session.widget.name
    row["feedback"] = list(session.feedback.values("answer", "value", "word", "created_at"))
    return {**row, **_said(session)} if wants_transcript else row


def _said(session: ChatSession) -> dict[str, object]:
    if not session.remote_id:  # Its first message has not arrived.
        return {"messages": []}
    try:
        history = conversation.history(session)
    except problems.ERRORS as error:
        return {"messages": None, "fault": advice.words_for(error)}
    return {
        "messages": [
            {"created_at": each.created_at, "role": each.role, "content": each.content}
            for each in history.messages
        ]
    }
