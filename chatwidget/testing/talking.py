"""Messages of the fake: taken, answered, and read again.

Access comes first, then the count, then what was sent, as at the real servers.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from chatwidget.testing import uploads, wire
from chatwidget.testing.access import enter
from chatwidget.testing.consents import block, check_open
from chatwidget.testing.state import Kept, Session, Task
from chatwidget.testing.wire import JSON, Crash, Refusal, Request, Response, invalid

if TYPE_CHECKING:
    from chatwidget.testing.fake import FakeChatAPI

SURROGATE: Final = re.compile("[\ud800-\udfff]")


def message(fake: FakeChatAPI, request: Request, session_id: str) -> Response:
    """Take a message (facts 17, 18)."""
    session = enter(fake, request, session_id)
    given = request.json
    text = _text(given)
    check_version(fake, given)
    files = uploads.chosen(session, given.get("attachment_ids", []))
    check_open(fake, session)
    if fake.speaks_2026:
        # Kept for later messages; {} does not clear it (fact 18).
        session.context = given.get("context") or session.context
    fake.received.append(text)
    task = take(fake, session, text, files)
    return Response(202, {"task_id": task.id, "status": "processing"})


def poll_task(fake: FakeChatAPI, request: Request, session_id: str, task_id: str) -> Response:
    """Say how far a task is (facts 11, 12, 16)."""
    session = enter(fake, request, session_id)
    owner = fake.owner_of(task_id)
    if owner is None:
        return Response(200, {"message": None, "status": "processing"})
    if fake.speaks_2026 and owner is not session:
        raise Refusal(404, detail="Not found.")
    owner.settle(fake.clock(), request.root)
    task = owner.tasks[task_id]
    task.polls += 1
    if task.finished:
        return _outcome(task)
    shown = task.started and task.answer.progress and fake.speaks_2026
    progress = wire.message("assistant", task.answer.progress, fake.clock()) if shown else None
    return Response(200, {"message": progress, "status": "processing"})


def poll_session(fake: FakeChatAPI, request: Request, session_id: str) -> Response:
    """Give the history after a moment (facts 19 to 23)."""
    session = enter(fake, request, session_id)
    session.settle(fake.clock(), request.root)
    limit = int(request.query.get("limit", "50"))
    found = session.after(_since(request.query.get("since", "")))
    if not fake.speaks_2026 and any(said["attachments"] for said in found):
        raise Crash
    said = {
        "messages": found[:limit],
        "has_more": len(found) > limit,
        "session_status": "ended" if session.is_ended else "active",
        **block(fake, session),
    }
    return Response(200, said)


def take(fake: FakeChatAPI, session: Session, text: str, uploaded: tuple[Kept, ...] = ()) -> Task:
    """Make a task of a message, which ends as the test said."""
    answer = fake.next_answer()
    lag = timedelta(seconds=fake.history_lag)
    task = Task(
        text=text,
        answer=answer,
        starts_at=fake.clock() + lag,
        ready_at=fake.clock() + lag + timedelta(seconds=answer.seconds),
        uploads=uploaded,
        attached=tuple(fake.keep(file) for file in answer.files),
    )
    session.tasks[task.id] = task
    return task


def check_version(fake: FakeChatAPI, given: JSON) -> None:
    """Refuse a version of the chatbot where callers may not choose one."""
    if fake.speaks_2026 and given.get("version_number") is not None and not fake.allows_versions:
        raise Refusal(403, error="Version number requires authentication")


def _text(given: JSON) -> str:
    text = str(given.get("message", "")).strip()
    if not text:
        raise invalid("message", "This field may not be blank.")
    if "\x00" in text:
        raise invalid("message", "Null characters are not allowed.")
    if surrogate := SURROGATE.search(text):
        words = f"Surrogate characters are not allowed: U+{ord(surrogate[0]):X}."
        raise invalid("message", words)
    return text


def _outcome(task: Task) -> Response:
    """Give the answer, or how the bot failed (fact 13)."""
    if task.answer.fails:
        raise Refusal(500, error=task.answer.fails, status="error")
    if task.answer.refuses:
        raise Refusal(400, error=task.answer.refuses, status="error")
    return Response(200, {"message": task.said, "status": "complete"})


def _since(value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Refusal(400, error="Invalid 'since' parameter format. Use ISO format.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
