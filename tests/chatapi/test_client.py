"""What the client sends, and what it makes of answers that are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatwidget.chatapi import (
    ApiKey,
    Bearer,
    CallBudget,
    ChatAPI,
    Consent,
    EmbedKey,
    NoCredential,
    SessionCookie,
    SessionRef,
    errors,
)
from chatwidget.chatapi.calling import _body
from chatwidget.chatapi.transport import USER_AGENT
from tests.chatapi.conftest import HISTORY, http

SESSION = SessionRef("a-session", "a-token")
OPEN_SESSION = SessionRef("a-session", None)
STARTED = {"session_id": "s1", "chatbot": {"id": "c1", "name": "Bot"}, "participant": {}}
SENT = {"task_id": "t1", "status": "processing"}
EMBED_KEY = EmbedKey("embed", "https://shop.example.com")


def test_start_asks_for_the_chatbot_and_leaves_out_what_is_empty(server, api):
    server.reply(http(201, STARTED))
    api.start("c1", participant_remote_id="", participant_name="", session_data={})
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/api/chat/start/")
    assert request.json == {"chatbot_id": "c1"}
    assert request.headers["content-type"] == "application/json"


def test_start_says_who_takes_part(server, api):
    server.reply(http(201, STARTED))
    api.start(
        "c1", participant_remote_id="r1", participant_name="Zoë", session_data={"page": {"n": 1}}
    )
    assert server.requests[0].json == {
        "chatbot_id": "c1",
        "participant_remote_id": "r1",
        "participant_name": "Zoë",
        "session_data": {"page": {"n": 1}},
    }


def test_a_version_is_asked_for_whatever_its_number(server, api):
    server.reply(http(201, STARTED))
    api.start("c1", version_number=0)
    server.reply(http(202, SENT))
    api.send(SESSION, "hi", version_number=3)
    assert server.requests[0].json == {"chatbot_id": "c1", "version_number": 0}
    assert server.requests[1].json == {"message": "hi", "version_number": 3}


@pytest.mark.parametrize("form", [4, "4b1f"])
def test_consent_is_recorded_for_a_version_of_the_form(form, server, api):
    server.reply(http(204, b"", ""))
    api.consent(SESSION, form)
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/api/chat/a-session/consent/")
    assert request.json == {"form_version_id": form}
    assert request.headers["x-session-token"] == "a-token"


def test_consent_to_a_form_that_was_changed_brings_the_new_one(server, api):
    block = {"required": True, "form_version_id": 5, "text": "New words"}
    server.reply(http(409, {"error": "Changed.", "code": "consent_stale", "consent": block}))
    with pytest.raises(errors.ConsentStale) as caught:
        api.consent(SESSION, 4)
    assert caught.value.consent == Consent(True, 5, "New words")
    assert isinstance(caught.value, errors.ConsentRequired)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (http(400, {"form_version_id": ["A valid integer is required."]}), errors.Rejected),
        (http(400, {"error": "Session has ended"}), errors.SessionEnded),
        (http(403, {"error": "x", "code": "session_expired"}), errors.SessionRefused),
        (http(409, {"error": "x"}), errors.Rejected),
    ],
)
def test_consent_can_be_refused(raw, kind, server, api):
    server.reply(raw)
    with pytest.raises(errors.ChatAPIError) as caught:
        api.consent(SESSION, 4)
    assert type(caught.value) is kind


def test_the_budget_of_calls_comes_with_every_poll(server, api):
    counted = {"X_RateLimit_Limit": "300", "X_RateLimit_Remaining": "17", "X_RateLimit_Reset": "81"}
    server.reply(http(200, {"status": "processing"}, **counted))
    assert api.poll_task(SESSION, "t1").budget == CallBudget(300, 17, 81)
    server.reply(http(200, HISTORY, **counted))
    assert api.poll_session(SESSION).budget == CallBudget(300, 17, 81)
    server.reply(http(429, {"available_in": 81}, **counted))
    with pytest.raises(errors.RateLimited) as caught:
        api.poll_session(SESSION)
    assert caught.value.budget == CallBudget(300, 17, 81)
    server.reply(http(200, HISTORY))
    assert api.poll_session(SESSION).budget is None


def history_of(megabytes):
    message = {"created_at": "2026-11-23T13:24:00Z", "role": "assistant", "content": "x"}
    return http(200, HISTORY | {"messages": [message | {"content": "x" * megabytes * 1_000_000}]})


def test_a_message_of_3_megabytes_is_read(server, api):
    server.reply(history_of(3))
    assert len(api.poll_session(SESSION).messages[0].content) == 3_000_000


def test_a_message_of_10_megabytes_is_read_only_by_who_asks_for_it(server, api):
    server.reply(history_of(10))
    with pytest.raises(errors.TooLarge):
        api.poll_session(SESSION, limit=1)
    poll = api.poll_session(SESSION, limit=1, max_bytes=16_000_000)
    assert len(poll.messages[0].content) == 10_000_000


def test_send_posts_the_message_and_returns_the_task(server, api):
    server.reply(http(202, SENT))
    assert api.send(SESSION, "hi \ud800 \U0001f600") == "t1"
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/api/chat/a-session/message/")
    assert request.json == {"message": "hi ? \U0001f600"}


def test_send_carries_context_and_attachments(server, api):
    server.reply(http(202, SENT))
    api.send(SESSION, "hi", context={}, attachment_ids=(3, 4))
    assert server.requests[0].json == {"message": "hi", "context": {}, "attachment_ids": [3, 4]}


@given(st.text(st.characters(exclude_categories=())))
@example("a\x00b\ud800c\udc00\ud83d😀\\u0000 \\\\\x00 \\ud800 \ud83d\\ud83d\x00\udd25")
def test_what_no_server_can_keep_is_not_sent(text):
    """Half a character is a question mark, as encodings have it, and NUL is nothing."""
    # Two halves side by side are read as one character.
    whole = json.loads(json.dumps(text))
    sound = whole.encode("utf-8", "replace").decode().replace("\x00", "")
    body = _body({"context": {text: [text, 1, None]}})
    assert isinstance(body, bytes)
    assert json.loads(body) == {"context": {sound: [sound, 1, None]}}


def test_a_task_poll_names_session_and_task(server, api):
    server.reply(http(200, {"status": "processing"}))
    assert api.poll_task(SESSION, "t1").message is None
    assert server.requests[0].target == "/api/chat/a-session/t1/poll/"
    assert "content-type" not in server.requests[0].headers


def test_a_session_poll_encodes_since(server, api):
    api.poll_session(SESSION, since="2026-11-23T13:23:38.745015+00:00", limit=7)
    assert server.requests[0].target == (
        "/api/chat/a-session/poll/?limit=7&since=2026-11-23T13%3A23%3A38.745015%2B00%3A00"
    )


def test_a_limit_below_1_is_refused_before_it_loops(server, api):
    with pytest.raises(ValueError, match="at least 1"):
        api.poll_session(SESSION, limit=0)
    assert server.requests == []


def test_an_id_cannot_leave_its_place_in_the_path(server, api):
    server.reply(http(200, {"status": "processing"}))
    api.poll_task(SessionRef("../a?b", None), "x/y#z")
    assert server.requests[0].target == "/api/chat/..%2Fa%3Fb/x%2Fy%23z/poll/"


@pytest.mark.parametrize("identifier", ["", ".", ".."])
def test_an_id_that_no_encoding_can_hold_is_refused(identifier, server, api):
    with pytest.raises(ValueError, match="id"):
        api.poll_task(SESSION, identifier)
    with pytest.raises(ValueError, match="id"):
        api.poll_session(SessionRef(identifier, None))
    assert server.requests == []


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "", "\u20ac", "a\0"])
def test_a_token_that_no_header_can_carry_is_refused(token, server, api):
    with pytest.raises(ValueError, match="session token") as caught:
        api.poll_session(SessionRef("s", token))
    assert "Evil" not in str(caught.value)
    assert server.requests == []


def test_every_call_says_who_calls_and_what_it_takes(server, api):
    api.poll_session(SESSION)
    headers = server.requests[0].headers
    assert headers["user-agent"] == USER_AGENT
    assert USER_AGENT.startswith("django-chatapi-widget/")
    assert headers["accept"] == "application/json"
    assert headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("credential", "session", "on_start", "on_session"),
    [
        (None, SESSION, {}, {}),
        (NoCredential(), OPEN_SESSION, {}, {}),
        (ApiKey("key"), SESSION, {"x-api-key": "key"}, {"x-api-key": "key"}),
        (
            Bearer("bearer"),
            OPEN_SESSION,
            {"authorization": "Bearer bearer"},
            {"authorization": "Bearer bearer"},
        ),
        (
            EMBED_KEY,
            SESSION,
            {"x-embed-key": "embed", "origin": "https://shop.example.com"},
            {},
        ),
        (
            EMBED_KEY,
            OPEN_SESSION,
            {"x-embed-key": "embed", "origin": "https://shop.example.com"},
            {"x-embed-key": "embed", "origin": "https://shop.example.com"},
        ),
    ],
)
def test_each_scheme_shows_itself_where_the_server_wants_it(
    credential, session, on_start, on_session, server, transport
):
    api = ChatAPI(server.url, credential=credential, transport=transport)
    server.reply(http(201, STARTED))
    api.start("c1")
    server.reply(http(202, SENT))
    api.send(session, "hi")
    server.reply(http(200, HISTORY))
    api.poll_session(session)
    start, send, poll = server.requests

    def shown(request):
        names = {"x-api-key", "authorization", "x-embed-key", "origin", "x-session-token"}
        return {name: value for name, value in request.headers.items() if name in names}

    token = {"x-session-token": session.token} if session.token else {}
    assert shown(start) == on_start
    assert shown(send) == shown(poll) == on_session | token


def test_a_cookie_is_shown_on_every_call_with_a_pair_and_a_page_of_the_servers_own(
    server, transport
):
    api = ChatAPI(f"{server.url}/prefix", credential=SessionCookie("abc"), transport=transport)
    server.reply(http(202, SENT))
    api.send(SESSION, "hi")
    api.send(OPEN_SESSION, "hi")
    for request in server.requests:
        pair = request.headers["x-csrftoken"]
        assert request.headers["cookie"] == f"sessionid=abc; csrftoken={pair}"
        assert request.headers["referer"] == f"{server.url}/prefix/"
        assert len(pair) == 32
        assert "origin" not in request.headers
    assert len({request.headers["x-csrftoken"] for request in server.requests}) == 2


def test_the_address_is_taken_as_typed(server, transport):
    ChatAPI(f"{server.url}/prefix/api/v1/chat/", transport=transport).poll_session(SESSION)
    assert server.requests[0].target.startswith("/prefix/api/chat/a-session/poll/")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (http(200, "<html>", content_type="text/html"), "Content-Type: not JSON"),
        (http(200, HISTORY, content_type=""), "Content-Type: not JSON"),
        (http(200, "{"), "body: not JSON"),
        (http(200, b"\xff{}"), "body: not JSON"),
        (http(200, "NaN"), "body: not JSON"),
        (http(200, "[" * 100_000), "body: not JSON"),
        (http(204, b""), "body: not JSON"),
        (http(200, []), "body: expected object, got list"),
        (http(200, {}), "messages: expected list, got nothing"),
        (http(200, HISTORY | {"messages": None}), "messages: expected list, got null"),
        (http(200, HISTORY | {"has_more": 0}), "has_more: expected bool, got int"),
        (
            http(200, HISTORY | {"session_status": "paused"}),
            "session_status: expected active or ended, got str",
        ),
    ],
)
def test_nonsense_is_a_bad_response_that_names_what_is_wrong(raw, reason, server, api):
    server.reply(raw)
    with pytest.raises(errors.BadResponse) as caught:
        api.poll_session(SESSION)
    assert caught.value.reason == reason
    assert caught.value.status in {200, 204}
    assert str(caught.value) == f"bad_response: GET session_poll {caught.value.status}: {reason}"


def test_what_is_no_success_is_none_though_it_reads_like_one(server, api):
    server.reply(http(300, HISTORY))
    with pytest.raises(errors.BadResponse):
        api.poll_session(SESSION)


@pytest.mark.parametrize("content_type", ["application/problem+json", "Application/JSON; v=1"])
def test_any_kind_of_json_is_read(content_type, server, api):
    server.reply(
        http(200, b"\xef\xbb\xbf" + http(200, HISTORY).partition(b"\r\n\r\n")[2], content_type)
    )
    assert api.poll_session(SESSION).messages == ()


def test_an_error_report_that_shows_variables_shows_no_secret(server, transport):
    server.answer = lambda request, sock: None
    api = ChatAPI(server.url, credential=ApiKey("s3cret-key"), transport=transport)
    with pytest.raises(errors.Unavailable) as caught:
        api.send(SessionRef("a-session", "s3cret-token"), "hi")
    ours = [entry.frame for entry in caught.traceback if "chatwidget/chatapi" in str(entry.path)]
    shown = [repr(value) for frame in ours for value in frame.f_locals.values()]
    assert len(ours) > 3
    assert not any("s3cret" in text for text in shown)
