from __future__ import annotations

import io
import json

import pytest
from django.http import UnreadablePostError
from hypothesis import given, settings
from hypothesis import strategies as st

from chatwidget.api import wire

NESTED = '{"a":' * 60 + "1" + "}" * 60
SPRAWLING = '{"a":' + "[" * 200_000


@pytest.mark.parametrize(
    "body",
    [
        b"{nope",
        b"[1]",
        b'"text"',
        b"null",
        b"7",
        b'{"message": NaN}',
        b'{"message": Infinity}',
        b'{"message": "Hi", "context": {"price": 1e999}}',
        b'{"message": "Hi", "context": {"price": [-1e999]}}',
        b'{"message": "a", "message": "b"}',
        b'{"context": {"a": 1, "a": 2}}',
        b'{"message": "\xff"}',
        b'{"message": ' + b"9" * 5000 + b"}",
        NESTED.encode(),
        SPRAWLING.encode(),
        "{}".encode("utf-16"),
        b"\x00",
    ],
    ids=range(17),
)
def test_what_is_no_plain_object_is_refused(chat, api, body):
    answer = chat.post(f"{chat.session_id}/message/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")
    assert api.count("send") == 0


def test_ordinary_nesting_passes(chat, api):
    assert chat.say("Hi", context={"a": [{"b": [{"c": [1, None]}]}]}).status_code == 202


def test_an_oversized_body_is_refused_unread(chat, api):
    answer = chat.say("x", context={"pad": "x" * wire.MAX_BYTES})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert api.count("send") == 0


def test_a_large_body_within_the_limit_passes(chat, api):
    assert chat.say("x", context={"pad": "x" * (wire.MAX_BYTES - 100)}).status_code == 202


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_read(chat, api, content_type):
    answer = chat.post(f"{chat.session_id}/message/", '{"message":"x"}', content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert api.count("send") == 0


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_claimed_in_any_spelling(chat, api, content_type):
    answer = chat.post(f"{chat.session_id}/message/", '{"message":"é"}', content_type=content_type)
    assert answer.status_code == 202
    assert api.calls[-1][1]["message"] == "é"


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=0.9", "nonsense", "*/*"])
def test_the_answer_is_json_whatever_is_accepted(chat, accept):
    answer = chat.history({"format": "html"}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"


def test_a_body_that_broke_off_is_the_clients_fault():
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise UnreadablePostError("connection reset")

    with pytest.raises(wire.InvalidJSON, match="broke off"):
        wire.ObjectParser().parse(Broken())


@settings(max_examples=50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
        max_leaves=10,
    )
)
def test_any_json_is_an_object_or_refused(value):
    body = json.dumps(value).encode()
    try:
        assert isinstance(wire.load(body), dict)
    except wire.InvalidJSON:
        assert not isinstance(value, dict) or b"NaN" in body or b"Infinity" in body
