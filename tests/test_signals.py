"""The signals: what each tells, when, and that no receiver can harm a chat."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.dispatch import Signal
from prometheus_client import REGISTRY

from chatwidget import conversation, signals
from chatwidget.chatapi import errors
from chatwidget.models import ChatSession, Widget

DOCS = Path(__file__).resolve().parent.parent / "docs" / "reference" / "signals.md"
NAMES = [name for name, value in vars(signals).items() if isinstance(value, Signal)]


@pytest.fixture
def heard() -> Iterator[list[tuple[str, dict[str, object]]]]:
    """Every signal that is sent, with its arguments."""
    found: list[tuple[str, dict[str, object]]] = []
    listeners = []
    for name in NAMES:

        def listen(name: str = name, **arguments: object) -> None:
            del arguments["signal"]
            found.append((name, arguments))

        getattr(signals, name).connect(listen)
        listeners.append((name, listen))
    yield found
    for name, listen in listeners:
        getattr(signals, name).disconnect(listen)


def test_a_chat_tells_of_its_start_its_message_and_its_reply(widget, api, heard):
    session = conversation.start(widget)
    task = conversation.send(session, "words-marked", client_id="c1")
    conversation.reply(session, task.id)
    conversation.reply(session, task.id)
    assert [name for name, _arguments in heard] == [
        "session_started",
        "message_sent",
        "reply_received",
    ]
    assert heard[0][1] == {"sender": ChatSession, "session": session}
    assert heard[1][1] == {"sender": ChatSession, "session": session, "task_id": task.id}
    seconds = heard[2][1].pop("seconds")
    assert 0 <= seconds < 5
    assert heard[2][1] == {"sender": ChatSession, "session": session, "task_id": task.id}
    assert "words-marked" not in str(heard)


def test_a_bots_failure_is_told_once(session, api, heard):
    task = conversation.send(session, "Hello", client_id="c1")
    api.fails["poll_task"] += [errors.BotError(status=500), errors.BotError(status=500)]
    for _poll in range(2):
        with pytest.raises(conversation.errors.ReplyFailed):
            conversation.reply(session, task.id)
    failed = [arguments for name, arguments in heard if name == "reply_failed"]
    assert failed == [
        {"sender": ChatSession, "session": session, "task_id": task.id, "kind": "bot_error"}
    ]


def test_a_failed_call_is_told_with_its_kind(session, api, heard):
    api.fails["send"].append(errors.Unavailable(status=503, may_have_arrived=False))
    with pytest.raises(errors.Unavailable):
        conversation.send(session, "Hello", client_id="c1")
    [(name, arguments)] = heard
    assert name == "call_failed"
    assert arguments.pop("seconds") >= 0
    assert arguments == {
        "sender": Widget,
        "widget": session.widget,
        "session": session,
        "call": "send",
        "kind": "unavailable",
        "status": 503,
    }


@pytest.mark.parametrize("times", [1, 2])
def test_the_end_of_a_session_is_told_once(session, api, heard, times):
    api.session_status = "ended"
    for _look in range(times):
        conversation.history(session)
    ends = [arguments for name, arguments in heard if name == "session_ended"]
    assert ends == [{"sender": ChatSession, "session": session, "state": "ended"}]


def test_a_receiver_that_fails_harms_no_chat(session, api, caplog):
    def fail(**_arguments: object) -> None:
        raise ValueError("a receiver's bug")

    signals.message_sent.connect(fail)
    try:
        task = conversation.send(session, "Hello", client_id="c1")
    finally:
        signals.message_sent.disconnect(fail)
    assert isinstance(task.id, uuid.UUID)
    assert "a receiver's bug" in caplog.text


def test_the_recipe_for_prometheus_measures_a_chat(widget, api):
    """As the page has it: its code is run, a chat is held, and the numbers are there."""
    [recipe] = re.findall(r"^## Prometheus.*?```python\n(.*?)^```", DOCS.read_text(), re.S | re.M)
    site: dict[str, Any] = {}
    exec(recipe, site)  # noqa: S102 (our own documents)
    try:
        session = conversation.start(widget)
        task = conversation.send(session, "Hello", client_id="c1")
        conversation.reply(session, task.id)
        api.fails["send"].append(errors.Unavailable(status=503, may_have_arrived=False))
        with pytest.raises(errors.Unavailable):
            conversation.send(session, "Hello", client_id="c2")
        found = REGISTRY.get_sample_value
        assert found("chatwidget_reply_seconds_count", {"widget": widget.slug}) == 1
        labels = {"widget": widget.slug, "kind": "unavailable"}
        assert found("chatwidget_failed_calls_total", labels) == 1
    finally:
        signals.reply_received.disconnect(site["observe_reply"])
        signals.call_failed.disconnect(site["count_failure"])
        for metric in ("REPLY_SECONDS", "FAILED_CALLS"):
            REGISTRY.unregister(site[metric])


def test_each_signal_stands_in_the_docs_with_its_arguments():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", DOCS.read_text(), re.MULTILINE))
    source = Path(signals.__file__).read_text()
    written = dict(re.findall(r"^(\w+) = Signal\(\)  # (.+)$", source, re.MULTILINE))
    assert rows.keys() == written.keys() == set(NAMES)
    for name, arguments in written.items():
        names = re.findall(r"\w+", re.sub(r"\(.*?\)", "", arguments))
        assert re.findall(r"`(\w+)`", rows[name]) == names
