"""The bubble that waits for an answer: what takes its place, and when it asks again."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse

from chatwidget import conversation, identity, problems
from chatwidget.chatapi import errors as remote
from chatwidget.conversation import Reply
from chatwidget.conversation.errors import Unconfirmed
from chatwidget.models import ChatSession
from chatwidget.servers import NotConfigured
from chatwidget.views.base import fragment, html, milliseconds, whole_number, widget_of
from chatwidget.views.showing import look_of, shown
from chatwidget.views.visitor import failure, proof_of, tell, token_of

# Seconds to the next try after one that failed, doubled each time, up to a limit.
RETRY_SECONDS = 2
RETRY_LIMIT = 30


@fragment("GET")
def reply(request: HttpRequest, *, public_id: uuid.UUID, task_id: uuid.UUID) -> HttpResponse:
    """The answer, or a bubble that asks for it again, or why there is none."""
    seen = conversation.glance(token_of(request))
    widget = widget_of(request, public_id, seen.mark)
    watched = request.GET.get("watch", "")
    context: dict[str, object] = {**look_of(widget), "task_id": task_id, "watch": watched}
    try:
        session = conversation.with_token(token_of(request), widget, seen)
        identity.require_owner(session, proof_of(request))
        latest = conversation.reply(session, task_id)
    except (remote.ChatAPIError, NotConfigured, identity.IdentityExpired) as error:
        tries = _tries(request)
        wait = max(
            getattr(error, "retry_after", None) or 0, min(RETRY_LIMIT, RETRY_SECONDS * 2**tries)
        )
        context |= {"delay": milliseconds(wait), "tries": tries + 1, "trouble": True}
        response = html(f"fragments/{'watch' if watched else 'pending'}.html", context)
        if isinstance(error, identity.IdentityExpired):
            # The page can bring a new proof, and the answer is still to come.
            tell(response, failure(problems.describe(error)))
        return response
    except problems.ERRORS as error:
        problem = problems.describe(error)
        context |= {"problem": problem, **watching(error)}
        if watched and isinstance(error, Unconfirmed):
            return html("fragments/watch.html", context)
        response = html("fragments/unanswered.html", context, problem.status)
        return tell(_arrived(response, watched), failure(problem))
    return _arrived(_reply(latest, session, context), watched)


def _reply(latest: Reply, session: ChatSession, context: dict[str, object]) -> HttpResponse:
    if latest.message is not None:
        context["message"] = shown(latest.message, session)
    if latest.status == "complete":
        return tell(html("fragments/answer.html", context), "message-received")
    return html("fragments/pending.html", {**context, "delay": milliseconds(latest.ask_again)})


def watching(error: Exception | None) -> dict[str, object]:
    """What a template needs to go on watching for a message that may have arrived."""
    if not isinstance(error, Unconfirmed) or error.ask_again is None:
        return {"watches": False}
    delay = milliseconds(error.ask_again)
    return {"watches": True, "task_id": error.task_id, "delay": delay}


def _arrived(response: HttpResponse, watched: str) -> HttpResponse:
    """Put what is known now in the place of the message that was watched, or after it."""
    if watched:
        response["HX-Retarget"] = "closest .message"
        response["HX-Reswap"] = "afterend" if watched == "own" else "outerHTML"
    return response


def _tries(request: HttpRequest) -> int:
    return min(whole_number(request.GET.get("tries", ""), 0), RETRY_LIMIT)
