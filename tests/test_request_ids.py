"""The request's id in log lines."""

from __future__ import annotations

import logging

import pytest

from chatwidget import conversation, request_ids
from chatwidget.chatapi import errors

FOUND: list[object] = [None]


def current() -> object:
    return FOUND[0]


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("req-1", "req-1"),
        (None, "-"),
        ("", "-"),
        ("a\nb c", "abc"),
        (7, "7"),
        ("x" * 200, "x" * 100),
    ],
)
def test_it_is_what_the_sites_own_callable_says_on_one_line(settings, found, shown):
    settings.CHATWIDGET = {"REQUEST_ID": "tests.test_request_ids.current"}
    FOUND[0] = found
    assert request_ids.current() == shown


def test_a_site_without_one_has_a_dash():
    assert request_ids.current() == "-"


def test_it_stands_in_the_line_of_a_failed_call(session, api, settings, caplog):
    settings.CHATWIDGET = {"REQUEST_ID": "tests.test_request_ids.current"}
    FOUND[0] = "req-42"
    api.fails["send"].append(errors.TimedOut(may_have_arrived=False))
    with caplog.at_level(logging.INFO, "chatwidget"), pytest.raises(errors.TimedOut):
        conversation.send(session, "Hello", client_id="c1")
    assert caplog.messages[-1].endswith("request=req-42 reason=-")
