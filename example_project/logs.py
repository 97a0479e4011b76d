"""Keeps the demo's log readable."""

from __future__ import annotations

import logging


class NotTheBot(logging.Filter):
    """Drops what Django logs about the demo bot's answers: its failures are made to order.

    A real error of the bot has its traceback with it and stays.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        path = getattr(getattr(record, "request", None), "path", "")
        return bool(record.exc_info) or not path.startswith("/demo-bot/")
