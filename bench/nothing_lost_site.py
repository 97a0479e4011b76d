"""The example site for ``bench.nothing_lost``, its rules' seconds divided by ``BENCH_SCALE``.

Only the waits are shorter: looks at the history, how long it is watched, the deadline of a reply,
and the time-outs of a call. The server writes its history late by as much less as the looks are
sooner. Limits a minute are off, because all visitors come from one address.
"""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

application = get_wsgi_application()

from chatwidget.conversation import transcript, watching  # noqa: E402 - once Django is there

SCALE = float(os.environ["BENCH_SCALE"])

transcript.LOOK_SECONDS = max(1, round(transcript.LOOK_SECONDS / SCALE))
transcript.TAIL_SECONDS = max(1, round(transcript.TAIL_SECONDS / SCALE))
watching.WATCHED_SECONDS /= SCALE
settings.CHATWIDGET = {
    **settings.CHATWIDGET,
    "ADDRESS_LIMIT": 0,
    "SESSION_LIMIT": 0,
    "WIDGET_LIMIT": 0,
    "CONNECT_TIMEOUT": 2,
    "READ_TIMEOUT": 2,
    "TOTAL_TIMEOUT": 3,
    "REPLY_DEADLINE": 300 / SCALE,
    "SERVER_REST": max(1, 10 / SCALE),
}

# Loaded before the workers are forked, as the rest is by --preload.
assert get_resolver().url_patterns
