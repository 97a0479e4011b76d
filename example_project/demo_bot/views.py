"""The bot's endpoints: access first, then the count, then what was sent, as the real servers do."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_GET, require_POST

from example_project.demo_bot import access, conf, faults, uploads, validation, wire
from example_project.demo_bot.brain import answer
from example_project.demo_bot.calls import base_url, counted, endpoint, store
from example_project.demo_bot.store import Session, StoredFile
from example_project.demo_bot.wire import JSON, Problem, ServerError

MAX_REMOTE_ID = 255
MAX_NAME = 320


@endpoint
@require_POST
def start(request: HttpRequest) -> tuple[int, JSON]:
    """POST /api/chat/start/: a session with its token, 201."""
    access.check_start(request, validation.peek(request, "chatbot_id"))
    counted(request, f"start {request.headers.get('X-Embed-Key', '')}")
    body = validation.json_object(request)
    chatbot_id = validation.uuid(body, "chatbot_id")
    remote_id = validation.text(body, "participant_remote_id")
    name = validation.text(body, "participant_name")
    validation.mapping(body, "session_data")
    validation.no_version(body)
    _check_chatbot(chatbot_id)
    if len(remote_id) > MAX_REMOTE_ID or len(name) > MAX_NAME:
        raise ServerError("too long for the database (fact 7)")
    session = store.start()
    return 201, {
        "session_id": str(session.id),
        "session_token": access.session_token(session.id),
        "chatbot": {
            "id": str(chatbot_id),
            "name": conf.CHATBOT_NAME,
            "url": f"{base_url(request)}api/experiments/{chatbot_id}/",
            "version_number": 1,
            "versions": [],
        },
        "participant": {"identifier": f"anon:{uuid4()}", "remote_id": remote_id},
    }


@endpoint
@require_POST
def message(request: HttpRequest, session_id: UUID) -> tuple[int, JSON] | HttpResponse:
    """POST /api/chat/{session_id}/message/: takes a message, 202 with the id of its task."""
    session = _session(request, session_id)
    body = validation.json_object(request)
    text = validation.text(body, "message", required=True)
    validation.mapping(body, "context")
    validation.no_version(body)
    files = _files(session, validation.numbers(body, "attachment_ids"))
    _check_open(session)
    reply = answer(text, delay=conf.delay())
    faults.before_taking(session, reply, store.clock())
    task = store.add_task(session, text, reply, files)
    faults.after_taking(request, session, reply)
    return 202, {"task_id": str(task.id), "status": "processing"}


@endpoint
@require_GET
def poll_task(request: HttpRequest, session_id: UUID, task_id: UUID) -> tuple[int, JSON]:
    """GET /api/chat/{session_id}/{task_id}/poll/: the answer, progress, or neither yet."""
    session = _session(request, session_id)
    if store.owner(task_id) not in {None, session.id}:
        raise Problem(404, detail="Not found.")
    return 200, wire.task_poll(session.tasks.get(task_id), store.clock(), base_url(request))


@endpoint
@require_GET
def poll_session(request: HttpRequest, session_id: UUID) -> tuple[int, JSON]:
    """GET /api/chat/{session_id}/poll/: the history after `since` (exclusive), `limit` at most."""
    session = _session(request, session_id)
    since = _since(request.GET.get("since", ""))
    limit = _limit(request.GET.get("limit", "50"))
    now = store.clock()
    history = wire.history(session, now, base_url(request))
    found = [said for moment, said in history if since is None or moment > since]
    return 200, {
        "messages": found[: max(limit, 0)],
        "has_more": len(found) > limit,
        "session_status": "ended" if session.is_ended(now) else "active",
    }


@endpoint
@require_POST
def upload(request: HttpRequest, session_id: UUID) -> tuple[int, JSON]:
    """POST /api/chat/{session_id}/upload/: notes files for a later message, 201."""
    session = _session(request, session_id)
    _check_open(session)
    return 201, {"files": [uploads.keep(store, session, file) for file in uploads.taken(request)]}


@endpoint
@require_GET
def content(request: HttpRequest, file_id: int) -> HttpResponse:
    """GET /api/files/{file_id}/content: a file of a message, for whoever has the API key."""
    if not access.shows_api_key(request):
        # As recorded: the keys of the error, sent as if they were the file.
        refusal = HttpResponse(b"detail", status=401, content_type="application/octet-stream")
        refusal["WWW-Authenticate"] = 'Bearer realm="api"'
        return refusal
    return uploads.content_of(store.file(file_id))


def _session(request: HttpRequest, session_id: UUID) -> Session:
    session = access.check_session(request, store.get(session_id))
    counted(request, str(session.id), enforced=True)
    faults.check_pause(session, store.clock())
    return session


def _check_chatbot(chatbot_id: UUID) -> None:
    if chatbot_id != conf.CHATBOT_ID:
        raise Problem(404, detail="No Experiment matches the given query.")


def _check_open(session: Session) -> None:
    if session.is_ended(store.clock()):
        raise Problem(400, error="Session has ended")


def _files(session: Session, ids: list[int]) -> tuple[StoredFile, ...]:
    if len(set(ids)) != len(ids) or not session.files.keys() >= set(ids):
        raise Problem(400, error="One or more file IDs are invalid")
    return tuple(session.files[file_id] for file_id in ids)


def _since(value: str) -> datetime | None:
    """The moment to start after; None for the beginning. A date or a naive time is in UTC."""
    if not value:
        return None
    moment = _moment(value)
    if moment is None:
        raise Problem(400, error="Invalid 'since' parameter format. Use ISO format.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(value: str) -> datetime | None:
    try:
        day = parse_date(value)
        return datetime.combine(day, time.min) if day else parse_datetime(value)
    except ValueError:
        return None


def _limit(value: str) -> int:
    """How many messages; like the real servers it crashes on words and on less than -1."""
    try:
        limit = int(value)
    except ValueError as error:
        raise ServerError("limit is no number") from error
    if limit < -1:
        raise ServerError("limit is negative")
    return limit
