"""When to ask the server again (design decision 3).

Each widget's reply times are learned in Django's cache, under one key; every process keeps what it
read for a minute. A lost key, a lost update or junk only means a less good placement for a while.
"""

from __future__ import annotations

import time

from chatwidget.conversation import placement
from chatwidget.conversation.placement import Times
from chatwidget.conversation.reply_times import ReplyTimes
from chatwidget.store import store

KEPT_SECONDS = 30 * 24 * 60 * 60
FRESH_SECONDS = 60.0
WIDGETS_IN_MEMORY = 1000
RESERVED_CALLS = 5
LONGEST_WINDOW = 300.0
# Until so much is learned there is an early poll besides, for a bot that answers at once.
EARLY_SECONDS = 0.3
REPLIES_KNOWN = 32

_read: dict[int, tuple[float, ReplyTimes]] = {}


def ask_again(
    widget_id: int, age: float, *, remaining: int | None = None, reset_in: float | None = None
) -> float:
    """Return the seconds to wait before the next poll for a reply asked ``age`` seconds ago.

    Between 0.2 and 10 s, placed for the least lateness at about 8 polls a reply. Longer where the
    server admits only ``remaining`` more calls for the next ``reset_in`` seconds (fact 26:
    ``X-RateLimit-Remaining`` and ``-Reset``, one bucket a session): 5 of them are left for sending
    and looking, and once those are all there are, nothing is asked before the reset.
    """
    times = _known(widget_id).times
    wait = placement.next_wait(times, age)
    if remaining is None or reset_in is None or not reset_in > 0:
        return wait
    return _stretched(times, age, wait, remaining - RESERVED_CALLS, min(reset_in, LONGEST_WINDOW))


def ask_first(widget_id: int, age: float) -> float:
    """Return the seconds to wait before the first poll for a reply asked ``age`` seconds ago."""
    known = _known(widget_id)
    wait = placement.next_wait(known.times, age)
    return wait if known.learned >= REPLIES_KNOWN else min(wait, EARLY_SECONDS)


def learn(widget_id: int, seconds: float, *, since: float | None = None) -> None:
    """Learn that a reply was found at age ``seconds``, by the first poll after ``since``.

    Without ``since`` (seconds, the age at the poll before) the poll before is taken to have been
    on time. Processes that learn at once may lose a count, which harms nothing.
    """
    known = ReplyTimes.thawed(store().get(_key(widget_id)))
    known = known.after(seconds, since)
    store().set(_key(widget_id), known.frozen(), KEPT_SECONDS)
    _remember(widget_id, known)


def forget() -> None:
    """Drop what this process has read, so that it reads again."""
    _read.clear()


def _known(widget_id: int) -> ReplyTimes:
    read_at, known = _read.get(widget_id, (0.0, None))
    if known is not None and time.monotonic() - read_at < FRESH_SECONDS:
        return known
    return _remember(widget_id, ReplyTimes.thawed(store().get(_key(widget_id))))


def _remember(widget_id: int, known: ReplyTimes) -> ReplyTimes:
    if len(_read) >= WIDGETS_IN_MEMORY:
        forget()
    _read[widget_id] = time.monotonic(), known
    return known


def _stretched(times: Times, age: float, wait: float, calls: int, reset_in: float) -> float:
    if calls <= 0:
        return max(placement.FLOOR, reset_in)
    planned, ahead = 0, wait
    while ahead < reset_in:
        planned += 1
        ahead += placement.next_wait(times, age + ahead)
    return wait if planned <= calls else wait * planned / calls


def _key(widget_id: int) -> str:
    return f"chatwidget:pacing:{widget_id}"
