"""The example site for benches of load, with limits that one address would meet taken away."""

from __future__ import annotations

import json
import os
import sys

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.db import connections

application = get_wsgi_application()
asgi = get_asgi_application()

settings.CHATWIDGET = {
    **settings.CHATWIDGET,
    "WIDGET_LIMIT": 0,
    **json.loads(os.environ.get("BENCH_SETTINGS", "{}")),
}

# Under ASGI each request has a thread of its own: a kept connection would never be used again.
if "uvicorn" in sys.modules:
    connections.settings["default"]["CONN_MAX_AGE"] = 0
