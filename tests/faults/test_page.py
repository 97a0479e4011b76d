from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from tests.faults.bot import Bot
from tests.faults.conftest import TYPED, Page, assert_logged, assert_nothing_leaks, spoiling
from tests.faults.table import BOT_WORDS, NO_TROUBLE, Fault, level_of, words_of
from tests.faults.test_mirror import MEETINGS

STILL_TRYING = "We\u2019re having trouble reaching the assistant. Still trying."
NO_HISTORY = "Your earlier messages can\u2019t be loaded right now."
A_NEW_ONE = "Your earlier chat has expired. This is a new one."
GREETING = "Good morning"
FINAL = {"bot_error", "session_expired"}
# The message that follows a start may be on the connection before its reset is seen, and is then
# rightly unconfirmed: this one meeting has two outcomes.
HERE = [each for each in MEETINGS if each.id != "start: reset after the answer"]
WAITING = [
    each
    for each in MEETINGS
    if each.values[1] == "poll" and each.values[0].codes["poll"] not in {*FINAL, NO_TROUBLE}
]


def prepared(call: str, page: Page, key: str) -> Callable[[], Any]:
    """Bring the page to the point where it makes ``call``, and return that call."""
    if call == "start":
        return lambda: page.say(TYPED, key)
    sent = page.say(GREETING, "6f2f3a0e-0000-4000-8000-000000000001").content.decode()
    (task_id,) = re.findall(r"/replies/([0-9a-f-]{36})/", sent)
    if call == "send":
        page.task(task_id)
        return lambda: page.say(TYPED, key)
    return (lambda: page.task(task_id)) if call == "poll" else page.history


def expected(fault: Fault, call: str) -> str:
    """What the visitor reads."""
    code = fault.codes[call]
    if code == "bot_error":
        return BOT_WORDS
    if call == "poll" and code not in FINAL:
        return STILL_TRYING
    if call == "history":
        return A_NEW_ONE if code in FINAL else NO_HISTORY
    return words_of(code)


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "call"), HERE)
def test_a_visitor_reads_what_to_do_and_keeps_what_was_typed(
    fault: Fault,
    call: str,
    bot: Bot,
    page: Page,
    key: str,
    log: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    code = fault.codes[call]
    make = prepared(call, page, key)
    with spoiling(bot, fault, call, settings):
        answer = make()
    text = html.unescape(assert_nothing_leaks(answer, bot))
    assert answer.headers["X-Chat-Fragment"] == "1"
    assert_logged(log, level_of(fault, call), bot)
    if code == NO_TROUBLE:
        assert answer.status_code == 200, text
    else:
        assert expected(fault, call) in text
    if call in {"start", "send"}:
        assert TYPED in text
    if call in {"start", "send"} and code != NO_TROUBLE:
        again = re.findall(r'name="client_id" value="([0-9a-f-]{36})"', text)
        may_double = code in {"message_unconfirmed", "session_expired", "session_ended"}
        assert (again == [key]) is not may_double


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "call"), WAITING)
def test_waiting_for_the_answer_goes_on_until_it_comes(
    fault: Fault, call: str, bot: Bot, page: Page, key: str, settings: Any
) -> None:
    make = prepared(call, page, key)
    with spoiling(bot, fault, call, settings):
        make()
    cache.clear()  # so is what a 429 asked to wait
    assert "Here you are." in make().content.decode()
