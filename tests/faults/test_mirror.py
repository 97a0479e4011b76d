from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from chatwidget.models import Widget
from tests.api.conftest import Mirror
from tests.faults.bot import Bot
from tests.faults.conftest import TYPED, assert_logged, assert_nothing_leaks, spoiling
from tests.faults.table import BOT_WORDS, FAULTS, NO_TROUBLE, STATUS, Fault, level_of

MEETINGS = [
    pytest.param(fault, call, id=f"{call}: {fault.name}")
    for fault in FAULTS
    for call in fault.codes
]


def prepared(call: str, mirror: Mirror, widget: Widget, key: str) -> Callable[[], Any]:
    """Bring the client to the point where it makes ``call``, and return that call."""

    def start() -> Any:
        return mirror.post("start/", {"chatbot_id": str(widget.public_id)})

    def send() -> Any:
        return mirror.say(TYPED, headers={"Idempotency-Key": key})

    if call == "start":
        return start
    mirror.start(widget.public_id)
    if call == "send":
        return send
    task_id = send().json()["task_id"]
    return (lambda: mirror.task(task_id)) if call == "poll" else mirror.history


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "call"), MEETINGS)
def test_a_fault_has_its_answer_and_its_line_in_the_log(
    fault: Fault,
    call: str,
    bot: Bot,
    mirror: Mirror,
    widget: Widget,
    key: str,
    log: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    code = fault.codes[call]
    make = prepared(call, mirror, widget, key)
    with spoiling(bot, fault, call, settings):
        answer = make()
    assert_nothing_leaks(answer, bot)
    assert_logged(log, level_of(fault, call), bot)
    if code == NO_TROUBLE:
        assert answer.status_code in {200, 201, 202}, answer.content
        return
    said = answer.json()
    assert (answer.status_code, said["code"]) == (STATUS[code], code)
    assert said["error"]
    if code == "bot_error":
        assert said["error"] == BOT_WORDS
    if fault.retry_after:
        assert answer.headers["Retry-After"] == str(fault.retry_after)


KEEPS_GOING = {"server_unavailable", "server_timeout", "bad_response", "rate_limited"}
RECOVERING = [
    meeting for meeting in MEETINGS if meeting.values[0].codes[meeting.values[1]] in KEEPS_GOING
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "call"), RECOVERING)
def test_once_the_server_is_well_the_same_call_goes_through(
    fault: Fault, call: str, bot: Bot, mirror: Mirror, widget: Widget, key: str, settings: Any
) -> None:
    make = prepared(call, mirror, widget, key)
    with spoiling(bot, fault, call, settings):
        make()
    cache.clear()
    answer = make()
    assert answer.status_code in {200, 201, 202}, answer.content
    assert bot.received == ([] if call == "start" else [TYPED])


UNSURE = [
    meeting
    for meeting in MEETINGS
    if meeting.values[0].codes[meeting.values[1]] == "message_unconfirmed"
]


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "call"), UNSURE)
def test_what_may_have_arrived_is_looked_for_and_not_sent_again(
    fault: Fault, call: str, bot: Bot, mirror: Mirror, widget: Widget, key: str, settings: Any
) -> None:
    make = prepared(call, mirror, widget, key)
    with spoiling(bot, fault, call, settings):
        make()
    has_arrived = bot.received == [TYPED]
    cache.clear()
    assert make().status_code == (202 if has_arrived else 502)
    assert bot.received == [TYPED] * has_arrived
    assert bot.calls.count("send") == 1
