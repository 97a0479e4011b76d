from __future__ import annotations

from typing import Any, cast

import pytest
from django.core.cache import cache

from chatwidget import conversation
from chatwidget.budgets import BudgetSpent
from chatwidget.chatapi import StartedSession, errors
from chatwidget.conversation import Introduction, Task
from chatwidget.conversation.errors import StartUnderWay
from chatwidget.identity import Identity
from chatwidget.models import ChatSession, Widget
from tests.fake_chatapi import FakeChatAPI


def test_a_start_keeps_what_the_server_gave(widget: Widget, api: FakeChatAPI) -> None:
    session = conversation.start(widget, participant_id="jo@example.com", participant_name="Jo")
    stored = ChatSession.objects.get(pk=session.pk)
    assert stored.state == ChatSession.State.ACTIVE
    assert stored.remote_id == "remote-session-1"
    assert "remote-token-marked" not in stored.encrypted_remote_token
    assert api.calls[0][1] == {
        "chatbot_id": str(widget.chatbot_id),
        "participant_remote_id": "jo@example.com",
        "participant_name": "Jo",
        "session_data": None,
        "version_number": None,
    }


def test_a_server_without_tokens_is_no_trouble(widget: Widget, api: FakeChatAPI) -> None:
    api.token = None
    assert conversation.start(widget).encrypted_remote_token == ""


def test_a_failed_start_leaves_no_session(widget: Widget, api: FakeChatAPI) -> None:
    api.fails["start"].append(errors.AccessDenied(status=401))
    with pytest.raises(errors.AccessDenied):
        conversation.start(widget)
    assert not ChatSession.objects.exists()


def test_a_seed_message_is_awaited(widget: Widget, api: FakeChatAPI) -> None:
    api.seed_task = "seed-task"
    session = conversation.start(widget)
    stored = ChatSession.objects.get(pk=session.pk)
    assert stored.pending_task_id == session.pending_task_id is not None
    answer = conversation.reply(session, session.pending_task_id).message
    assert answer is not None
    assert answer.content == "Hello from the seed"


def test_a_retried_first_message_finds_its_session(widget: Widget, api: FakeChatAPI) -> None:
    first = conversation.start_once(widget, "client-1")
    assert conversation.start_once(widget, "client-1") == first
    assert conversation.start_once(widget, "client-2") != first
    assert api.count("start") == 2


def test_a_retried_first_message_is_let_in_whatever_is_spent(
    widget: Widget, api: FakeChatAPI
) -> None:
    widget.daily_budget = 1
    first = conversation.start_once(widget, "client-1")
    sent = conversation.send(first, "Hello", client_id="client-1")
    retried = conversation.start_once(widget, "client-1")
    assert conversation.send(retried, "Hello", client_id="client-1").id == sent.id
    with pytest.raises(BudgetSpent):
        conversation.start_once(widget, "client-2")


def test_a_first_message_whose_start_failed_may_start_again(
    widget: Widget, api: FakeChatAPI
) -> None:
    api.fails["start"].append(errors.TimedOut())
    with pytest.raises(errors.TimedOut):
        conversation.start_once(widget, "client-1")
    session = conversation.start_once(widget, "client-1")
    assert session.state == ChatSession.State.ACTIVE
    assert ChatSession.objects.count() == 1


def sent(api: FakeChatAPI, call: int) -> dict[str, Any]:
    return cast(dict[str, Any], api.calls[call][1])


SAID = Introduction("Ana", {"topic": "Orders", "order": "", "name": "Ana"}, ({"by": "site"},))


def test_a_first_message_takes_along_what_was_said_before(widget: Widget, api: FakeChatAPI) -> None:
    session = conversation.start_once(widget, "client-1", None, SAID)
    session.refresh_from_db()
    assert (session.participant_id, session.participant_name) == ("", "Ana")
    assert session.answers == SAID.answers
    assert session.agreements == [{"by": "site"}]
    assert not session.is_identified
    assert sent(api, 0)["session_data"] == {"topic": "Orders"}


@pytest.mark.parametrize(("proven", "shown"), [("Jo", "Jo"), ("", "Ana")])
def test_what_is_proven_goes_before_what_is_said(
    widget: Widget, api: FakeChatAPI, proven: str, shown: str
) -> None:
    who = Identity("user-1", proven, {"topic": "Proven"})
    session = conversation.start_once(widget, "client-1", who, SAID)
    session.refresh_from_db()
    assert (session.participant_id, session.participant_name) == ("user-1", shown)
    assert session.is_identified
    assert sent(api, 0)["session_data"] == {"topic": "Proven"}
    assert sent(api, 0)["participant_remote_id"] == "user-1"


def test_a_retry_of_a_start_that_failed_may_say_it_anew(widget: Widget, api: FakeChatAPI) -> None:
    api.fails["start"].append(errors.TimedOut())
    with pytest.raises(errors.TimedOut):
        conversation.start_once(widget, "client-1", None, SAID)
    again = Introduction("Eva", {"topic": "Books"})
    session = conversation.start_once(widget, "client-1", None, again)
    assert (session.participant_name, session.answers) == ("Eva", {"topic": "Books"})
    session.refresh_from_db()
    assert (session.participant_name, session.answers) == ("Eva", {"topic": "Books"})


def test_a_retry_that_says_it_anew_leaves_other_sessions_alone(
    widget: Widget, api: FakeChatAPI
) -> None:
    api.fails["start"] += [errors.TimedOut(), errors.TimedOut()]
    for client_id in ("client-1", "client-2"):
        with pytest.raises(errors.TimedOut):
            conversation.start_once(widget, client_id, None, SAID)
    begun = conversation.start_once(widget, "client-3", None, SAID)
    retried = conversation.start_once(widget, "client-1", None, Introduction("Eva"))
    names = dict(ChatSession.objects.values_list("pk", "participant_name"))
    assert names.pop(retried.pk) == "Eva"
    assert names[begun.pk] == "Ana"
    assert set(names.values()) == {"Ana"}


def test_what_is_said_besides_goes_to_what_was_said() -> None:
    more = SAID.with_more("", {"order": "7"})
    assert more.name == "Ana"
    assert more.answers == {"topic": "Orders", "order": "7", "name": "Ana"}
    assert more.agreements == SAID.agreements
    assert SAID.with_more("Eva", {}).name == "Eva"


def test_a_retry_that_says_nothing_keeps_what_was_said(widget: Widget, api: FakeChatAPI) -> None:
    api.fails["start"].append(errors.TimedOut())
    with pytest.raises(errors.TimedOut):
        conversation.start_once(widget, "client-1", None, SAID)
    assert conversation.start_once(widget, "client-1").participant_name == "Ana"


def test_a_start_is_nobodys_unless_it_is_said(widget: Widget, api: FakeChatAPI) -> None:
    nobody = conversation.start(widget)
    assert (nobody.participant_id, nobody.participant_name) == ("", "")
    assert not nobody.is_identified
    somebody = conversation.start(
        widget, participant_id="user-1", is_identified=True, session_data={"topic": "Orders"}
    )
    assert somebody.is_identified
    assert sent(api, 1)["session_data"] == {"topic": "Orders"}


def test_a_start_leaves_others_that_are_on_their_way_alone(
    widget: Widget, api: FakeChatAPI
) -> None:
    api.fails["start"].append(errors.TimedOut())
    with pytest.raises(errors.TimedOut):
        conversation.start_once(widget, "client-1")
    other = ChatSession.objects.get()
    conversation.start_once(widget, "client-2")
    other.refresh_from_db()
    assert (other.state, other.remote_id) == (ChatSession.State.STARTING, "")


def test_a_first_message_that_is_shown_many_times_at_once_starts_one_chat(
    widget: Widget, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = api.start

    def slow(*args: str, **options: Any) -> StartedSession:
        for _time in range(3):
            with pytest.raises(StartUnderWay):
                conversation.start_once(widget, "c1")
        return start(*args, **options)

    monkeypatch.setattr(api, "start", slow)
    session = conversation.start_once(widget, "c1")
    assert conversation.start_once(widget, "c1") == session
    # Read before it had started, and here only now.
    ChatSession.objects.update(state=ChatSession.State.STARTING)
    with pytest.raises(StartUnderWay):
        conversation.start_once(widget, "c1")
    assert api.count("start") == 1


def test_of_two_concurrent_starts_the_first_counts_also_where_the_cache_knows_of_none(
    widget: Widget, api: FakeChatAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_message() -> tuple[ChatSession, Task]:
        session = conversation.start_once(widget, "c1")
        return session, conversation.send(session, "Hello", client_id="c1")

    start, others = api.start, [first_message]

    def slow(*args: str, **options: Any) -> StartedSession:
        while others:
            cache.clear()
            others.pop()()
        return start(*args, **options)

    monkeypatch.setattr(api, "start", slow)
    session, task = first_message()
    assert session.task_id == task.id
    assert (api.count("start"), api.count("send")) == (2, 1)
    assert ChatSession.objects.get().remote_id == "remote-session-1"
