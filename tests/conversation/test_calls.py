from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from chatwidget import conversation, signals
from chatwidget.chatapi import FileToSend, errors
from chatwidget.conversation import consents, files
from chatwidget.conversation.calls import calling, close
from chatwidget.models import ChatSession, Widget
from chatwidget.servers import NotConfigured
from chatwidget.testing import fake_chat_api
from chatwidget.testing.faults import CallName
from tests.conversation.test_sending import again
from tests.fake_chatapi import FakeChatAPI


def note() -> FileToSend:
    return FileToSend("note.txt", "text/plain", 5, io.BytesIO(b"hello"))


CALLS: dict[CallName, Callable[[ChatSession], object]] = {
    "consent": lambda talk: consents.record(talk, 1),
    "poll_session": conversation.history,
    "poll_task": lambda talk: conversation.reply(talk, UUID(str(talk.task_id))),
    "send": lambda talk: conversation.send(talk, "More", client_id="c2"),
    "upload": lambda talk: files.upload(talk, [note()]),
}


def test_a_failed_call_is_one_line_that_says_what_broke(
    session: ChatSession, api: FakeChatAPI, caplog: pytest.LogCaptureFixture
) -> None:
    error = errors.Unavailable(status=503, code="down", detail="words-marked", reason="r")
    with (
        caplog.at_level(logging.INFO, "chatwidget"),
        pytest.raises(errors.Unavailable),
        calling(session.widget, "send", session),
    ):
        raise error
    (line,) = caplog.messages
    assert caplog.records[0].levelname == "WARNING"
    ids = str(session.widget.public_id), str(session.pk)
    for part in (*ids, "unavailable", "503", "down", 'reason="r"'):
        assert part in line
    for secret in ("words-marked", "credential-marked", "remote-host-marked", session.remote_id):
        assert secret not in line


@pytest.mark.parametrize(("name", "make"), CALLS.items())
def test_each_call_is_logged_by_its_name_with_its_session(
    widget: Widget,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    name: CallName,
    make: Callable[[ChatSession], object],
) -> None:
    monkeypatch.setattr("chatwidget.conversation.transcript.LOOK_SECONDS", 0)
    with fake_chat_api() as remote:
        talk = conversation.start(widget)
        task = conversation.send(talk, "Hello", client_id="c1")
        if name != "poll_task":
            conversation.reply(again(talk), task.id)
        remote.fail(name, errors.NotFound(status=404))
        with pytest.raises(errors.NotFound) as caught:
            make(again(talk))
    assert caught.value.call == name
    (line,) = caplog.messages
    assert f"session={talk.pk} call={name} kind=not_found" in line


def test_a_start_that_failed_is_logged_without_a_session(
    widget: Widget, api: FakeChatAPI, caplog: pytest.LogCaptureFixture
) -> None:
    api.fails["start"].append(errors.NotFound(status=404))
    with pytest.raises(errors.NotFound) as caught:
        conversation.start(widget)
    assert caught.value.call == "start"
    assert "session=- call=start kind=not_found" in caplog.messages[0]


def test_the_time_of_a_call_is_logged_in_milliseconds(
    session: ChatSession,
    api: FakeChatAPI,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = iter([10.0, 12.5])
    monkeypatch.setattr(
        "chatwidget.conversation.calls.time", type("Time", (), {"monotonic": lambda: next(times)})
    )
    with pytest.raises(errors.NotFound), calling(session.widget, "send", session):
        raise errors.NotFound(status=404)
    assert " ms=2500 request=- " in caplog.messages[0]


def test_a_session_that_the_server_ended_is_over_for_the_caller_too(
    session: ChatSession, api: FakeChatAPI
) -> None:
    with pytest.raises(conversation.errors.SessionOver), calling(session.widget, "send", session):
        raise errors.SessionEnded(status=400)
    assert session.state == again(session).state == ChatSession.State.ENDED


def test_a_chat_ends_once_and_the_way_it_ended_first(
    session: ChatSession, api: FakeChatAPI, told: list[str]
) -> None:
    behind = again(session)
    close(session, ChatSession.State.ENDED)
    for each in (session, behind):
        close(each, ChatSession.State.EXPIRED)
    assert session.state == again(session).state == ChatSession.State.ENDED
    assert told == ["ended"]


@pytest.fixture
def told() -> Iterator[list[str]]:
    """How the site was told that chats ended."""
    heard: list[str] = []

    def listen(state: str, **_facts: object) -> None:
        heard.append(state)

    signals.session_ended.connect(listen)
    yield heard
    signals.session_ended.disconnect(listen)


def test_what_is_part_of_a_conversation_is_no_warning(
    session: ChatSession, api: FakeChatAPI, caplog: pytest.LogCaptureFixture
) -> None:
    task = conversation.send(session, "Hello", client_id="c1")
    api.fails["poll_task"].append(errors.BotError(status=500))
    with caplog.at_level(logging.INFO, "chatwidget"), pytest.raises(Exception, match="bot"):
        conversation.reply(session, task.id)
    assert [record.levelname for record in caplog.records] == ["INFO"]


def test_a_server_that_is_not_configured_is_an_error_that_names_it(
    session: ChatSession, caplog: pytest.LogCaptureFixture
) -> None:
    session.widget.server.credential_env = "NOBODY_SET_THIS"
    with pytest.raises(NotConfigured), calling(session.widget, "start"):
        pass
    assert caplog.records[0].levelname == "ERROR"
    assert "session=- call=start kind=not_configured status=- code=- ms=" in caplog.messages[0]
    assert 'reason="Server “Remote”: The environment variable NOBODY_SET_THIS' in caplog.messages[0]


def test_a_name_that_an_admin_typed_makes_no_second_line(
    session: ChatSession, caplog: pytest.LogCaptureFixture
) -> None:
    session.widget.server.name = 'a" kind=\nb'
    session.widget.server.credential_env = "NOBODY_SET_THIS"
    with pytest.raises(NotConfigured), calling(session.widget, "start"):
        pass
    assert r'reason="Server “a\" kind=\nb”: ' in caplog.messages[0]


@pytest.mark.parametrize("error", [errors.AccessDenied(status=401), errors.NotFound(status=404)])
def test_what_only_an_admin_can_mend_is_an_error(
    session: ChatSession,
    api: FakeChatAPI,
    caplog: pytest.LogCaptureFixture,
    error: errors.ChatAPIError,
) -> None:
    with pytest.raises(type(error)), calling(session.widget, "start"):
        raise error
    assert caplog.records[0].levelname == "ERROR"


@pytest.mark.parametrize("code", ["two words", "a\nline", "x" * 65, "naïve"])
def test_a_code_that_is_no_word_is_not_logged(
    session: ChatSession, api: FakeChatAPI, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    with pytest.raises(errors.Unavailable), calling(session.widget, "send", session):
        raise errors.Unavailable(status=500, code=code)
    assert code not in caplog.messages[0]
    assert "code=-" in caplog.messages[0]
