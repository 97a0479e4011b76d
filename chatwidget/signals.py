"""What a site may listen to. ``docs/reference/signals.md`` has the arguments.

Each is sent with ``send_robust`` and after what it tells of was stored: a receiver that fails is
logged by Django and harms no chat. None carries a message's words. The senders are classes:
:class:`~chatwidget.models.ChatSession`, and :class:`~chatwidget.models.Widget` for
``call_failed`` and ``budget_spent``.
"""

from __future__ import annotations

from django.dispatch import Signal

session_started = Signal()  # session
message_sent = Signal()  # session, task_id
reply_received = Signal()  # session, task_id, seconds
reply_failed = Signal()  # session, task_id, kind
feedback_given = Signal()  # session, liked, stars, feedback, earlier
session_ended = Signal()  # session, state
call_failed = Signal()  # widget, session, call, kind, status, seconds
budget_spent = Signal()  # widget, period, share, used, budget
