"""The contract's JSON, as the bot writes it: messages, polls and problems."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from example_project.demo_bot.store import Session, StoredFile, Task

JSON = dict[str, Any]

FAILURE = (
    "Sorry something went wrong. This was likely an intermittent error related to load."
    "Please try again, and wait a few minutes if this keeps happening."
)
# What the history keeps of a failed task is worded otherwise than its poll (fact 14).
FAILURE_IN_HISTORY = (
    "Sorry, something went wrong while processing your message. Please try again later"
)


class Problem(Exception):
    """An answer other than the one asked for: `http_status` and the JSON to say with it."""

    def __init__(self, http_status: int, fields: JSON | None = None, **body: str) -> None:
        super().__init__(http_status)
        self.http_status = http_status
        self.body: JSON = fields or body


class ServerError(Exception):
    """A crash of the server, which answers a page of HTML, not JSON (fact 13)."""

    http_status = 500


def timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def attachment(file: StoredFile, base_url: str) -> JSON:
    return {
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "content_url": f"{base_url}api/files/{file.id}/content",
    }


def message(role: str, content: str, moment: datetime, **more: Any) -> JSON:
    return {
        "created_at": timestamp(moment),
        "role": role,
        "content": content,
        "metadata": {},
        "tags": [],
        "attachments": [],
        **more,
    }


def answer(task: Task, base_url: str) -> JSON:
    files = task.files if task.reply.returns_files else ()
    attached = [attachment(file, base_url) for file in files]
    return message("assistant", task.reply.text, task.ready_at, tags=["v1"], attachments=attached)


def task_poll(task: Task | None, now: datetime, base_url: str) -> JSON:
    """The body of a task poll; raises Problem for a task that failed."""
    if task is None:
        return {"message": None, "status": "processing"}
    if not task.is_ready(now):
        progress = task.progress(now)
        said = message("assistant", progress, now) if progress else None
        return {"message": said, "status": "processing"}
    if task.reply.outcome == "failure":
        raise Problem(500, error=FAILURE, status="error")
    if task.reply.outcome == "refusal":
        raise Problem(400, error=task.reply.text, status="error")
    return {"message": answer(task, base_url), "status": "complete"}


def history(session: Session, now: datetime, base_url: str) -> list[tuple[datetime, JSON]]:
    """The messages that exist at `now`, each with its moment, oldest first."""
    found = []
    for task in session.tasks.values():
        if now >= task.starts_at:
            files = [attachment(file, base_url) for file in task.files]
            asked = message("user", task.text, task.starts_at, attachments=files)
            asked["metadata"] = {"ocs_attachment_file_ids": [file.id for file in task.files]}
            found.append((task.starts_at, asked))
        if task.is_ready(now):
            found.append((task.ready_at, _answer_in_history(task, base_url)))
    return sorted(found, key=lambda pair: pair[0])


def _answer_in_history(task: Task, base_url: str) -> JSON:
    if task.reply.outcome == "answer":
        return answer(task, base_url)
    return message("assistant", FAILURE_IN_HISTORY, task.ready_at)
