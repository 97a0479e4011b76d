from __future__ import annotations

import re
import uuid
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from chatwidget import identity
from chatwidget.api import serializers as forms
from chatwidget.chatapi import errors
from chatwidget.conversation.attempts import SEED_CLIENT_ID
from chatwidget.identity import Identity
from chatwidget.models import ChatSession
from tests.fixtures import make_widget

MESSAGE_KEYS = {"created_at", "role", "content", "metadata", "tags", "attachments"}


def conforms(form, body):
    """Say whether an answer is what the schema says: these fields, these types."""
    serializer = form(data=body)
    assert serializer.is_valid(), serializer.errors
    assert set(body) <= set(serializer.fields)


def test_a_whole_conversation_has_the_contracts_fields(mirror, widget, api):
    started = mirror.start(widget.public_id)
    sent = mirror.say("Are you open?")
    replied = mirror.task(sent.json()["task_id"])
    history = mirror.history()

    assert [each.status_code for each in (started, sent, replied, history)] == [201, 202, 200, 200]
    conforms(forms.ChatStartSessionResponse, started.json())
    conforms(forms.ChatSendMessageResponse, sent.json())
    conforms(forms.ChatTaskPoll, replied.json())
    conforms(forms.ChatPollResponse, history.json())
    assert set(replied.json()["message"]) == MESSAGE_KEYS
    assert replied.json()["message"]["content"] == "Echo: Are you open?"
    assert replied.json()["status"] == "complete"
    assert [each["content"] for each in history.json()["messages"]] == [
        "Are you open?",
        "Echo: Are you open?",
    ]


def test_start_answers_with_our_ids_and_nothing_of_the_servers(mirror, widget, api):
    body = mirror.start(widget.public_id, participant_remote_id="ana@example.org").json()

    chatbot = body.pop("chatbot")
    assert urlsplit(chatbot.pop("url"))[:3] == ("http", "127.0.0.1", widget.get_absolute_url())
    assert chatbot == {
        "id": str(widget.public_id),
        "name": widget.title,
        "version_number": 1,
        "versions": [],
    }
    assert body["participant"] == {
        "identifier": "ana@example.org",
        "remote_id": "ana@example.org",
    }
    assert body["seed_message_task_id"] == ""
    assert ChatSession.objects.filter(pk=body["session_id"]).exists()
    assert "remote-" not in str(body)


def test_start_passes_on_who_takes_part_and_the_session_data(mirror, widget, api):
    mirror.start(
        widget.public_id,
        participant_remote_id="ana",
        participant_name="Ana",
        session_data={"page": "/cart"},
        version_number=None,
    )
    assert api.calls == [
        (
            "start",
            {
                "chatbot_id": str(widget.chatbot_id),
                "participant_remote_id": "ana",
                "participant_name": "Ana",
                "session_data": {"page": "/cart"},
                "version_number": None,
            },
        )
    ]


SECRET = "a-secret-of-the-shop-that-is-long-enough"
CLAIM = {"participant_remote_id": "ada", "participant_name": "Ada"}


@pytest.mark.parametrize("asks", [{"knows_users": True}, {"secret": SECRET}])
def test_an_id_without_a_proof_is_refused_where_ids_are_proven(mirror, server, api, asks):
    widget = make_widget(server, knows_users="knows_users" in asks, allows_seed_clients=True)
    widget.set_identity_secret(asks.get("secret", ""))
    widget.save()
    body = {"chatbot_id": str(widget.public_id), **CLAIM}
    for proof, code in (
        ({}, "identity_required"),
        ({"X-Chat-Identity": "a:b"}, "identity_invalid"),
    ):
        answer = mirror.post("start/", body, headers=proof)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert api.calls == []
    said = {"participant_name": "Ada", "session_data": {"page": "/cart"}}
    assert mirror.start(widget.public_id, **said).json()["participant"]["remote_id"] == ""
    assert not ChatSession.objects.get().is_identified


def test_a_chat_that_starts_with_a_proof_is_that_person_s(mirror, server, api):
    widget = make_widget(server, knows_users=True)
    ada = Identity("ada", "Ada Lovelace", {"plan": "gold"})
    mirror.headers["X-Chat-Identity"] = identity.issue(ada, widget)
    said = {"page": "/cart", "plan": "platinum"}
    body = mirror.start(widget.public_id, participant_remote_id="bob", session_data=said).json()
    assert body["participant"] == {"identifier": "ada", "remote_id": "ada"}
    sent = api.calls[0][1]
    assert (sent["participant_remote_id"], sent["participant_name"]) == ("ada", "Ada Lovelace")
    assert sent["session_data"] == {"page": "/cart", "plan": "gold"}
    assert ChatSession.objects.get().is_identified
    assert mirror.say("Hi").status_code == 202
    del mirror.headers["X-Chat-Identity"]
    assert mirror.history().json()["code"] == "session_token_invalid"


def test_blank_participant_is_as_good_as_none(mirror, widget, api):
    body = mirror.start(widget.public_id, participant_remote_id="", participant_name=" ").json()
    assert body["participant"] == {"identifier": "", "remote_id": ""}
    assert api.calls[0][1]["participant_remote_id"] is None


def test_a_seed_message_is_polled_like_a_reply(mirror, widget, api):
    api.seed_task = "remote-seed"
    task_id = mirror.start(widget.public_id).json()["seed_message_task_id"]
    assert mirror.task(task_id).json()["message"]["content"] == "Hello from the seed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("chatbot_id", None),
        ("chatbot_id", "nope"),
        ("chatbot_id", -1),
        ("chatbot_id", ["x"]),
        ("session_data", [1]),
        ("session_data", None),
        ("participant_remote_id", "x" * 256),
        ("participant_remote_id", None),
        ("participant_remote_id", "a\x00b"),
        ("participant_name", "x" * 321),
        ("participant_name", "\ud800"),
        ("version_number", "two"),
    ],
)
def test_start_refuses_a_wrong_field_and_names_it(mirror, widget, api, field, value):
    answer = mirror.post("start/", {"chatbot_id": str(widget.public_id), field: value})
    body = answer.json()
    assert answer.status_code == 400
    assert body["code"] == "invalid"
    assert body["error"].startswith(f"{field}: ")
    assert list(body["fields"]) == [field]
    assert api.calls == []


def test_start_without_a_body_asks_for_the_chatbot(mirror, db):
    answer = mirror.post("start/", "")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["chatbot_id"])


def test_unknown_and_paused_widgets_are_not_there(mirror, server, api):
    paused = make_widget(server, is_active=False)
    for chatbot_id in (paused.public_id, uuid.uuid4()):
        answer = mirror.post("start/", {"chatbot_id": str(chatbot_id)})
        assert (answer.status_code, answer.json()["code"]) == (404, "widget_unavailable")


def test_context_and_version_are_passed_on(chat, api):
    chat.say("Hi", context={"page": "/cart"}, attachment_ids=[], version_number=3)
    sent = api.calls[-1][1]
    assert (sent["context"], sent["version_number"]) == ({"page": "/cart"}, 3)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"),
        ({"message": None}, "message"),
        ({"message": ["a"]}, "message"),
        ({"message": True}, "message"),
        ({"message": "a\x00b"}, "message"),
        ({"message": "a\ud800b"}, "message"),
        ({"message": "a", "context": "nope"}, "context"),
        ({"message": "a", "context": None}, "context"),
        ({"message": "a", "attachment_ids": "1"}, "attachment_ids"),
        ({"message": "a", "attachment_ids": [1, 1]}, "attachment_ids"),
        ({"message": "a", "attachment_ids": [2**63]}, "attachment_ids"),
        ({"message": "a", "version_number": -1}, "version_number"),
    ],
)
def test_message_refuses_a_wrong_field_and_names_it(chat, api, body, field):
    answer = chat.post(f"{chat.session_id}/message/", body)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert api.count("send") == 0


@pytest.mark.parametrize("text", ["", " \n "])
def test_a_blank_message_is_refused_in_the_conversations_words(chat, text):
    answer = chat.say(text)
    assert (answer.status_code, answer.json()["code"]) == (400, "message_blank")


def test_a_long_message_is_refused_with_both_numbers(chat, settings):
    settings.CHATWIDGET = {"MESSAGE_MAX_LENGTH": 5}
    answer = chat.say("123456")
    assert (answer.status_code, answer.json()["code"]) == (400, "message_too_long")
    assert "6" in answer.json()["error"]
    assert "5" in answer.json()["error"]


def test_the_same_key_sends_once_and_another_text_is_refused(chat, api):
    key = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
    first, again = chat.say("Hi", headers=key), chat.say("Hi", headers=key)
    assert first.json() == again.json()
    assert api.count("send") == 1

    other = chat.say("Something else", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_the_same_key_gives_the_same_task_after_the_session_was_over(chat, api):
    key = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
    first = chat.say("Hi", headers=key)
    ChatSession.objects.update(state="ended")
    again = chat.say("Hi", headers=key)
    assert (again.status_code, again.json()["task_id"]) == (202, first.json()["task_id"])
    assert api.count("send") == 1


def test_a_seed_s_own_id_is_nobody_s_key(mirror, widget, api):
    api.seed_task = "seed-task"
    seed = mirror.start(widget.public_id).json()["seed_message_task_id"]
    mirror.task(seed)
    answer = mirror.say("Hi", headers={"Idempotency-Key": "seed"})
    assert answer.status_code == 202
    assert not re.match(forms.KEY_PATTERN, SEED_CLIENT_ID)


def test_messages_without_a_key_are_messages_of_their_own(chat, api):
    chat.task(chat.say("Hi").json()["task_id"])
    assert chat.say("Hi").status_code == 202
    assert api.count("send") == 2


@pytest.mark.parametrize("key", ["", "x" * 101, "two words", "é"])
def test_a_key_that_is_none_is_refused(chat, api, key):
    answer = chat.say("Hi", headers={"Idempotency-Key": key})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["Idempotency-Key"])
    assert api.count("send") == 0


def test_while_the_bot_works_the_poll_says_so(chat, api):
    api.answers = False
    task_id = chat.say("Hi").json()["task_id"]
    assert chat.task(task_id).json() == {"message": None, "status": "processing"}

    api.progress = "Looking it up"
    body = chat.task(task_id).json()
    assert (body["status"], body["message"]["content"]) == ("processing", "Looking it up")


def test_one_message_at_a_time(chat, api):
    api.answers = False
    chat.say("First")
    second = chat.say("Second")
    assert (second.status_code, second.json()["code"]) == (409, "message_under_way")
    assert int(second["Retry-After"]) >= 1


def test_a_bots_failure_is_told_in_its_words_with_500(chat, api):
    task_id = chat.say("Hi").json()["task_id"]
    api.fails["poll_task"].append(errors.BotError(text="Sorry, that did not work."))
    answer = chat.task(task_id)
    assert answer.status_code == 500
    assert answer.json() == {
        "error": "Sorry, that did not work.",
        "code": "bot_error",
        "status": "error",
    }
    conforms(forms.ChatTaskPollError, answer.json())


def test_a_task_of_another_session_is_unknown(chat, mirror, widget, api):
    task_id = chat.say("Hi").json()["task_id"]
    chat.start(widget.public_id)
    answer = chat.task(task_id)
    assert (answer.status_code, answer.json()["code"]) == (404, "task_unknown")


@pytest.fixture
def talk(chat, api):
    """A session with six messages in its history."""
    for text in ("one", "two", "three"):
        chat.task(chat.say(text).json()["task_id"])
    return chat


def contents(answer):
    assert answer.status_code == 200, answer.content
    return [each["content"] for each in answer.json()["messages"]]


def test_since_is_exclusive(talk):
    third = talk.history().json()["messages"][2]
    assert contents(talk.history({"since": third["created_at"]}))[0] == "Echo: two"


@pytest.mark.parametrize(
    "write",
    [
        lambda moment: moment.isoformat(),
        lambda moment: moment.replace(tzinfo=None).isoformat(),
        lambda moment: moment.isoformat().replace("+00:00", "Z"),
    ],
    ids=["offset", "naive", "zulu"],
)
def test_since_may_be_written_as_iso_8601_allows(talk, write):
    fifth = talk.history().json()["messages"][4]["created_at"]
    since = write(datetime.fromisoformat(fifth))
    assert contents(talk.history({"since": since})) == ["Echo: three"]


@pytest.mark.parametrize(
    ("since", "count"),
    [("", 6), ("2020-01-01", 6), ("0001-01-01T00:00:00+14:00", 6), ("2999-01-01T00:00:00Z", 0)],
)
def test_since_at_the_edges(talk, since, count):
    assert len(contents(talk.history({"since": since}))) == count


@pytest.mark.parametrize("since", ["garbage", "2026-11-23T13:23:38.745015 00:00", "12:00", "१"])
def test_a_wrong_since_is_told_how_to_write_it(talk, since):
    answer = talk.history({"since": since})
    assert answer.status_code == 400
    assert "%2B" in answer.json()["fields"]["since"][0]


def test_limit_cuts_and_says_that_there_is_more(talk):
    answer = talk.history({"limit": 2})
    assert contents(answer) == ["one", "Echo: one"]
    assert answer.json()["has_more"] is True
    assert talk.history({"limit": 6}).json()["has_more"] is False
    assert talk.history().json()["session_status"] == "active"


@pytest.mark.parametrize("limit", ["0", "-1", "abc", "", "1e3", "9" * 2000])
def test_a_limit_that_is_none_is_refused(chat, limit):
    answer = chat.history({"limit": limit})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["limit"])


def test_a_greedy_limit_is_cut(chat, monkeypatch):
    limits = []
    monkeypatch.setattr(
        "chatwidget.conversation.history",
        lambda session, *, since, limit: limits.append(limit),
    )
    monkeypatch.setattr("chatwidget.api.answers.history", lambda *_given: {})
    for asked in ("100", "101", "100000"):
        chat.history({"limit": asked})
    assert limits == [100, 100, 100]


def test_an_ended_session_can_be_read_and_not_written(chat, api):
    chat.task(chat.say("Hi").json()["task_id"])
    api.fails["send"].append(errors.SessionEnded())
    refused = chat.say("More")
    assert (refused.status_code, refused.json()["code"]) == (400, "session_ended")
    assert chat.history().json()["session_status"] == "ended"
    assert contents(chat.history()) == ["Hi", "Echo: Hi"]


@pytest.mark.parametrize("address", ["", "nothing/", "start", "not-a-uuid/poll/", "start/more/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_other_addresses_are_not_found_in_json(mirror, address, method):
    answer = getattr(mirror, method)(address, {})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_address_without_its_slash_is_told_so(mirror):
    assert "slash" in mirror.post("start", {}).json()["error"]
