"""What is counted: the app's own signals, and the pages where a chat was opened."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from chatwidget import signals
from chatwidget.models import ChatSession, Feedback, Widget
from chatwidget.usage.counting import count, now, recount
from chatwidget.usage.times import bucket_of

# A session that ends is no failure, although a call brings the news.
NO_FAILURES = frozenset({"session_refused", "session_ended", "consent_required"})
LONGEST_PAGE = 200


def connect() -> None:
    """Count what the signals tell."""
    signals.session_started.connect(_started)
    signals.message_sent.connect(_sent)
    signals.reply_received.connect(_replied)
    signals.reply_failed.connect(_unanswered)
    signals.call_failed.connect(_failed)
    signals.feedback_given.connect(_judged)


def count_page(widget: Widget, referrer: str) -> None:
    """Count the page that a chat was opened on, without its query.

    Args:
        widget: the widget.
        referrer: the ``Referer`` of the chat page's request (RFC 9110, 10.1.3), whose path
            browsers leave out where it is of another origin.
    """
    page = page_of(referrer)
    if page:
        count(widget.pk, f"pages:{page}")


def page_of(referrer: str) -> str:
    """Return the address without credentials, query and fragment; nothing if it is none."""
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path or '/'}"[:LONGEST_PAGE]


def _started(session: ChatSession, **_kwargs: object) -> None:
    count(session.widget_id, "sessions")


def _sent(session: ChatSession, **_kwargs: object) -> None:
    count(session.widget_id, "messages", f"hours:{now().hour}")


def _replied(session: ChatSession, seconds: float, **_kwargs: object) -> None:
    count(session.widget_id, "replies", f"reply_times:{bucket_of(seconds)}")


def _unanswered(session: ChatSession, kind: str, **_kwargs: object) -> None:
    if kind == "reply_overdue":
        count(session.widget_id, "failures", f"errors:{kind}")


def _failed(widget: Widget, kind: str, **_kwargs: object) -> None:
    if kind not in NO_FAILURES:
        count(widget.pk, "failures", f"errors:{kind}")


def _judged(
    session: ChatSession, feedback: Feedback, earlier: int | None, **_kwargs: object
) -> None:
    """Count a judgement once; a mind that was changed moves the count."""
    changes: Counter[str] = Counter(_counts(feedback, feedback.value))
    if earlier is not None:
        changes.subtract(_counts(feedback, earlier))
    recount(session.widget_id, changes)


def _counts(feedback: Feedback, value: int) -> dict[str, int]:
    if feedback.answer:
        return {"likes" if value > 0 else "dislikes": 1}
    return {"ratings": 1, "stars": value}
