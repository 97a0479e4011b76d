"""How much a widget may cost: its messages of a day and of a month.

The counters live in the cache and begin with what usage has in the database, so that a lost cache
forgets little. Days and months are those of the site's own time zone.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial

from django.core.mail import mail_admins
from django.db import connections
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chatwidget import languages, signals
from chatwidget.limits import LimitReached, count
from chatwidget.models import UsageDay, Widget
from chatwidget.store import store
from chatwidget.usage.counting import now

logger = logging.getLogger("chatwidget")

DAY, MONTH = "day", "month"
PERIODS = {DAY: gettext_noop("day"), MONTH: gettext_noop("month")}
TOLD_AT = (100, 80)  # percent
KEPT_SECONDS = 32 * 24 * 60 * 60
MAIL_THREAD = "chatwidget-budget-mail"


class BudgetSpent(LimitReached):
    """The widget's messages of the day or month are used up; ``words`` are for the visitor."""

    def __init__(self, retry_after: float, words: str) -> None:
        super().__init__(retry_after)
        self.words = words


def require(widget: Widget) -> None:
    """Refuse what would be the first message too many, without counting it.

    Raises:
        BudgetSpent: the day's or the month's messages are used up.
    """
    for period, budget in _budgets(widget).items():
        if used(widget, period) >= budget:
            raise _spent(widget, period)


def spend(widget: Widget) -> None:
    """Count one message; tell the site at 80 and at 100 %.

    Raises:
        BudgetSpent: the day's or the month's messages are used up.
    """
    for period, budget in _budgets(widget).items():
        number = count(_key(widget, period), KEPT_SECONDS, start=partial(_stored, widget, period))
        if number > budget:
            _give_back(widget, period)
            if period == MONTH and widget.daily_budget:
                _give_back(widget, DAY)
            raise _spent(widget, period)
        _tell(widget, period, number, budget)


def give_back(widget: Widget) -> None:
    """Take back what :func:`spend` counted: the message was not sent after all."""
    for period in _budgets(widget):
        _give_back(widget, period)


def used(widget: Widget, period: str) -> int:
    """Return how many messages of the period are used, as the budgets count them."""
    kept = store().get(_key(widget, period))
    return _stored(widget, period) if kept is None else int(kept)


def _budgets(widget: Widget) -> dict[str, int]:
    budgets = {DAY: widget.daily_budget, MONTH: widget.monthly_budget}
    return {period: budget for period, budget in budgets.items() if budget}


def _give_back(widget: Widget, period: str) -> None:
    with suppress(ValueError):
        store().decr(_key(widget, period))


def _stored(widget: Widget, period: str) -> int:
    days = UsageDay.objects.filter(widget=widget, day__gte=_first(period))
    return days.aggregate(sum=Sum("messages"))["sum"] or 0


def _first(period: str) -> date:
    today = now().date()
    return today if period == DAY else today.replace(day=1)


def _key(widget: Widget, period: str) -> str:
    return f"chatwidget:budget:{widget.pk}:{period}:{_first(period)}"


def _spent(widget: Widget, period: str) -> BudgetSpent:
    first = _first(period)
    next_first = first + timedelta(days=1 if period == DAY else 32)
    if period == MONTH:
        next_first = next_first.replace(day=1)
    today = now()
    start = datetime.combine(next_first, datetime.min.time(), tzinfo=today.tzinfo)
    words = widget.budget_words or _("This chat takes no more messages for now. Come back later.")
    return BudgetSpent(start.timestamp() - today.timestamp(), words)


def _tell(widget: Widget, period: str, number: int, budget: int) -> None:
    """Send the signal and the mail once, by whichever message reaches the mark."""
    marks = (share for share in TOLD_AT if number == -(-budget * share // 100))
    share = next(marks, None)
    if share is None:
        return
    told = f"{_key(widget, period)}:{share}:{budget}"
    if not store().add(told, 1, KEPT_SECONDS):
        return
    facts = {"widget": widget, "period": period, "share": share, "used": number, "budget": budget}
    signals.budget_spent.send_robust(sender=Widget, **facts)
    _mail(facts)


def _mail(facts: dict[str, object]) -> None:
    """Tell the site's admins, in a thread of its own: a mail server may be slow.

    Not once the response is closed: on the same connection, nginx sends the next visitor's request.
    """
    # In the site's language: this is not for the visitor who happened to write.
    with languages.speaking(languages.of_site()):
        facts = {**facts, "period": _(PERIODS[str(facts["period"])])}
        subject = _("Chat widget “%(widget)s”: %(share)d %% of its messages are used") % facts
        words = _(
            "%(used)d of %(budget)d messages of this %(period)s are used. At 100 %% visitors are "
            "told to come back later. Raise the budget on the widget's page in the admin."
        )
        body = words % facts
    # An imported name may hold a line's end, which no mail's head may.
    mail = " ".join(subject.split()), body
    # The process ends after it, so that no mail is lost.
    threading.Thread(target=_send, args=mail, name=MAIL_THREAD, daemon=False).start()


def _send(subject: str, body: str) -> None:
    try:
        mail_admins(subject, body)
    except Exception:
        logger.exception("The mail about a spent budget could not be sent.")
    finally:
        # A mail backend of the site's may keep its mails in the database.
        connections.close_all()
