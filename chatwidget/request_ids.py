"""The id of the request that is being served, for log lines, where the site has one."""

from __future__ import annotations

import re

from django.utils.module_loading import import_string

from chatwidget.conf import conf

NONE = "-"
UNFIT = re.compile(r"[^\x21-\x7e]")
LONGEST = 100


def current() -> str:
    """Return what the callable named by ``REQUEST_ID`` says, fit for a line; ``-`` for nothing."""
    if not conf.request_id:
        return NONE
    found = import_string(conf.request_id)()
    return UNFIT.sub("", str(found or ""))[:LONGEST] or NONE
