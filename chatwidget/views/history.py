"""What was said so far, as the page asks for it: at first, further back, or since it looked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from chatwidget import conversation, problems
from chatwidget.conversation import feedback
from chatwidget.identity import IdentityChanged
from chatwidget.models import Widget
from chatwidget.problems import Problem
from chatwidget.views.base import html, milliseconds, whole_number
from chatwidget.views.showing import look_of, shown
from chatwidget.views.visitor import forget_token, proof_of, session_of, token_of

# Messages of the history that are shown at once, and in one group: browsers leave out the work for
# a group that is out of sight.
PAGE_LENGTH = 40
GROUP_LENGTH = 10
EARLIEST = datetime.min.replace(tzinfo=UTC)


def history(request: HttpRequest, widget: Widget) -> HttpResponse:
    """Answer with the last page of the chat, an earlier one, or what came since a time."""
    try:
        session = session_of(token_of(request), proof_of(request), widget)
    except IdentityChanged:
        return _somebody_elses(is_known=bool(proof_of(request)))
    except problems.ERRORS as error:
        problem = problems.describe(error)
        if not problem.starts_afresh:
            raise
        return _forgotten(problem)
    context = {**look_of(widget), "task_id": session.pending_task_id, "delay": 0}
    since = _since(request)
    try:
        found = conversation.history(session, since=since)
    except problems.ERRORS as error:
        return _unread(request, context, error)
    messages = [each for each in found.messages if each.role != "system"]
    is_ended = found.session_status == "ended"
    has_news = bool(messages) or is_ended or session.pending_task_id is not None
    if since is not None and not has_news:
        return html("fragments/news.html", {})
    start = 0
    if since is None:
        end = whole_number(request.GET.get("before", ""), len(messages))
        start = max(0, end - PAGE_LENGTH)
        messages = messages[start:end]
    opinions = feedback.given(session) if widget.asks_feedback else {}
    said = [shown(each, session, opinions) for each in messages]
    context |= {
        "messages": said,
        "groups": [said[at : at + GROUP_LENGTH] for at in range(0, len(said), GROUP_LENGTH)],
        "before": start,
        "rated": feedback.WHOLE in opinions,
        "ended": is_ended,
    }
    return html(f"fragments/{_template(request)}.html", context)


def _template(request: HttpRequest) -> str:
    if "since" in request.GET:
        return "news"
    return "past" if "before" in request.GET else "history"


def _unread(request: HttpRequest, context: Mapping[str, object], error: Exception) -> HttpResponse:
    problem = problems.describe(error)
    if problem.starts_afresh:
        return _forgotten(problem)
    if "since" in request.GET:
        return HttpResponse()
    if "before" in request.GET:
        # The button stays, so that it can be pressed again.
        before = whole_number(request.GET["before"], 0)
        return html("fragments/past.html", {**context, "before": before})
    wait = milliseconds(problem.retry_after) if problem.retry_after else 0
    return html("fragments/no_history.html", {**context, "wait": wait}, problem.status)


def _since(request: HttpRequest) -> datetime | None:
    """The time of the last answer that the page shows, if it asks for what came since."""
    if "since" not in request.GET:
        return None
    try:
        given = parse_datetime(request.GET["since"])
    except ValueError:
        given = None
    return given if given is not None and given.tzinfo else EARLIEST


def _forgotten(problem: Problem) -> HttpResponse:
    context = {"problem": problem, "expired": True}
    return forget_token(html("fragments/notice.html", context, problem.status))


def _somebody_elses(*, is_known: bool) -> HttpResponse:
    """Show nothing of a chat that isn't the visitor's; whose it is may log in again."""
    response = HttpResponse(headers={"HX-Reswap": "none"})
    return forget_token(response) if is_known else response
