"""From JSON to values: what is taken, and how a refusal names the field."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatwidget.chatapi import Attachment, BadResponse, Consent, Message, SessionRef, parsing

MESSAGE = {
    "created_at": "2026-11-23T13:23:38.708647Z",
    "role": "user",
    "content": "one",
    "metadata": {"trace_info": []},
    "tags": ["v1"],
    "attachments": [
        {
            "name": "a.txt",
            "content_type": "text/plain",
            "size": 2,
            "content_url": "https://host/api/files/1/content",
        }
    ],
}
STARTED = {
    "session_id": "s1",
    "session_token": "eyJ:abc-_",
    "chatbot": {"id": "c1", "name": "Bot", "url": "https://host/", "version_number": 2},
    "participant": {"identifier": "anon:1", "remote_id": "r1"},
    "seed_message_task_id": "t1",
}
LONG_TIME = "2026-11-23T13:23:38." + "7" * 99
SESSION_POLL = {"messages": [MESSAGE], "has_more": False, "session_status": "active"}


def changed(value, path, new):
    """Return a copy of a JSON value with another value at a path; `...` deletes."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    if new is ... and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(value[path[0]] if path[1:] else None, path[1:], new)
    return copy


def test_a_message_is_read_whole_but_for_its_metadata():
    poll = parsing.session_poll(SESSION_POLL)
    assert poll.messages == (
        Message(
            "2026-11-23T13:23:38.708647Z",
            "user",
            "one",
            ("v1",),
            (Attachment("a.txt", "text/plain", 2, "https://host/api/files/1/content"),),
        ),
    )


def test_a_started_session_is_read_whole():
    started = parsing.started_session(STARTED)
    assert started.session == SessionRef("s1", "eyJ:abc-_")
    assert (started.chatbot.url, started.participant.identifier) == ("https://host/", "anon:1")
    assert started.seed_message_task_id == "t1"


@pytest.mark.parametrize("seed", [..., None, ""])
@pytest.mark.parametrize("token", [..., None])
def test_token_and_seed_task_may_be_absent(seed, token):
    body = changed(changed(STARTED, ["seed_message_task_id"], seed), ["session_token"], token)
    started = parsing.started_session(body)
    assert (started.session.token, started.seed_message_task_id) == (None, None)


def test_what_only_describes_may_be_absent():
    started = parsing.started_session(
        STARTED | {"chatbot": {"id": "c1", "name": "Bot"}, "participant": {}}
    )
    assert (started.chatbot.url, started.chatbot.version_number) == ("", None)
    assert (started.participant.identifier, started.participant.remote_id) == ("", "")
    bare = {key: MESSAGE[key] for key in ("created_at", "role", "content")}
    message = parsing.session_poll(SESSION_POLL | {"messages": [bare]}).messages[0]
    assert (message.tags, message.attachments) == ((), ())


@pytest.mark.parametrize("version", [3, "b7c1", None])
def test_consent_is_read_from_start_and_session_poll(version):
    block = {"consent": {"required": True, "form_version_id": version, "text": "I agree"}}
    expected = Consent(required=True, form_version_id=version, text="I agree")
    assert parsing.started_session(STARTED | block).consent == expected
    assert parsing.session_poll(SESSION_POLL | block).consent == expected


def test_consent_that_is_given_comes_without_text():
    poll = parsing.session_poll(SESSION_POLL | {"consent": {"required": False}})
    assert poll.consent == Consent(required=False)


BODIES: dict[str, dict[str, Any]] = {
    "session_poll": SESSION_POLL,
    "task_poll": {"status": "complete", "message": MESSAGE},
    "task_id": {"task_id": "t1"},
    "started_session": STARTED,
}


def steps(field):
    """Split "messages[0].content" into its keys and indexes."""
    return [
        int(step) if step.isdigit() else step
        for step in re.findall(r"\w+", field)
        if step != "body"
    ]


@pytest.mark.parametrize(
    ("read", "field", "new", "complaint"),
    [
        ("session_poll", "messages[0].content", 3, "expected str, got int"),
        ("session_poll", "messages[0].content", ..., "expected str, got nothing"),
        ("session_poll", "messages[0]", [], "expected object, got list"),
        ("session_poll", "messages[0].role", "x", "expected user or assistant or system, got str"),
        ("session_poll", "messages[0].created_at", "now", "expected an ISO 8601 time, got str"),
        ("session_poll", "messages[0].created_at", LONG_TIME, "expected an ISO 8601 time, got str"),
        ("session_poll", "messages[0].tags[0]", None, "expected str, got null"),
        ("session_poll", "messages[0].attachments[0].size", True, "expected int, got bool"),
        ("session_poll", "messages[0].attachments", {}, "expected list, got object"),
        ("session_poll", "consent.required", ..., "expected bool, got nothing"),
        ("task_poll", "message", None, "expected object, got null"),
        ("task_poll", "status", "failed", "expected processing or complete, got str"),
        ("task_poll", "body", ["x"], "expected object, got list"),
        ("task_id", "task_id", "../x", "expected an id, got str"),
        ("task_id", "task_id", "x" * 65, "expected an id, got str"),
        ("started_session", "session_id", "..", "expected an id, got str"),
        ("started_session", "session_id", "", "expected an id, got str"),
        ("started_session", "session_token", "a\r\nb", "expected a token, got str"),
        ("started_session", "chatbot.version_number", 1.5, "expected int, got float"),
        ("started_session", "participant", ..., "expected object, got nothing"),
        ("started_session", "seed_message_task_id", 5, "expected str, got int"),
    ],
)
def test_a_wrong_type_is_an_error_that_names_the_field(read, field, new, complaint):
    body = BODIES[read] | ({"consent": {"required": True}} if "consent" in field else {})
    with pytest.raises(BadResponse) as caught:
        getattr(parsing, read)(changed(body, steps(field), new))
    assert caught.value.reason == caught.value.detail == f"{field}: {complaint}"


def test_lone_surrogates_become_something_that_can_be_encoded():
    body = SESSION_POLL | {"messages": [MESSAGE | {"content": "a\ud800b\U0001f600"}]}
    content = parsing.session_poll(body).messages[0].content
    assert content == "a\ufffdb\U0001f600"
    assert content.encode()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T13:23:38.708647Z", datetime(2026, 11, 23, 13, 23, 38, 708647, tzinfo=UTC)),
        ("2026-11-23T13:23:38", datetime(2026, 11, 23, 13, 23, 38, tzinfo=UTC)),
        (
            "2026-11-23T13:23:38+14:00",
            datetime(2026, 11, 23, 13, 23, 38, tzinfo=timezone(timedelta(hours=14))),
        ),
    ],
)
def test_a_time_stays_the_servers_own_string_and_is_aware_when_asked(text, moment):
    poll = parsing.session_poll(SESSION_POLL | {"messages": [MESSAGE | {"created_at": text}]})
    assert poll.messages[0].created_at == text
    assert poll.messages[0].created == moment


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-10:00", "9999-12-31", "0001-01-01T00:00:00+10:00", "0001-01-01"]
)
def test_a_time_that_another_zone_has_none_for_is_an_error(text):
    with pytest.raises(BadResponse):
        parsing.session_poll(SESSION_POLL | {"messages": [MESSAGE | {"created_at": text}]})


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
WORDS = st.sampled_from(
    [*STARTED, *SESSION_POLL, *MESSAGE, "status", "message", "task_id", "consent", "required"]
)
VALUES = st.sampled_from(["complete", "processing", "active", "user", "2026-01-01", MESSAGE])
JSON = st.recursive(
    SCALARS | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=8),
    max_leaves=12,
)
READERS = (parsing.started_session, parsing.task_id, parsing.task_poll, parsing.session_poll)


@settings(deadline=None, max_examples=60)
@given(body=JSON)
@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_any_json_is_read_or_is_a_bad_response(read, body):
    with suppress(BadResponse):
        read(body)


PLACES = [["messages"], ["messages", 0], ["has_more"], ["session_status"], ["consent"]] + [
    ["messages", 0, key] for key in MESSAGE
]


@settings(deadline=None, max_examples=60)
@given(body=JSON, path=st.sampled_from(PLACES))
def test_any_json_in_any_place_of_a_good_answer_is_read_or_is_a_bad_response(body, path):
    with suppress(BadResponse):
        parsing.session_poll(changed(SESSION_POLL, path, body))
