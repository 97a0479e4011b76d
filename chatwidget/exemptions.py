"""What each view of ours is exempt from, in whatever site it lives (design decision 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db import connections, transaction

View = TypeVar("View", bound=Callable[..., Any])


def exempt(view: View) -> View:
    """Let ``view`` be asked by who isn't logged in, and out of ``ATOMIC_REQUESTS``.

    Of every database: a message is claimed before a byte goes out, and a router says where.
    """
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return login_not_required(view)
