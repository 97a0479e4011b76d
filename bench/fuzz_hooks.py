"""What schemathesis calls: most cases get a session that exists, so that they come to its data."""

from __future__ import annotations

import os
from typing import Any

import schemathesis  # type: ignore[import-not-found,unused-ignore] # lives elsewhere

SESSION, WIDGET = os.environ["FUZZ_SESSION"], os.environ["FUZZ_WIDGET"]


@schemathesis.hook  # type: ignore[untyped-decorator,unused-ignore]
def map_path_parameters(_context: Any, path_parameters: Any) -> Any:
    """Name the real session, but for one case in eight."""
    if path_parameters and "session_id" in path_parameters and _turn(path_parameters):
        path_parameters["session_id"] = SESSION
    return path_parameters


@schemathesis.hook  # type: ignore[untyped-decorator,unused-ignore]
def map_body(_context: Any, body: Any) -> Any:
    """Name the real widget, but for one case in eight."""
    if isinstance(body, dict) and "chatbot_id" in body and _turn(body):
        body["chatbot_id"] = WIDGET
    return body


def _turn(value: Any) -> bool:
    return len(repr(value)) % 8 != 0
