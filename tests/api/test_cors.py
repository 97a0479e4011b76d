from __future__ import annotations

import pytest

from chatwidget.chatapi import errors
from tests.fixtures import make_widget

SHOP = "https://shop.example"


@pytest.fixture
def widget(server):
    return make_widget(server, allowed_origins=[SHOP, "https://*.partner.example"])


@pytest.mark.parametrize(
    "origin",
    [SHOP, "https://a.partner.example", "http://127.0.0.1", "https://proxied.example"],
)
def test_an_allowed_page_may_call_and_read(mirror, widget, api, settings, origin):
    settings.CHATWIDGET = {"PUBLIC_URL": "https://proxied.example"}
    mirror.headers["Origin"] = origin
    sent = [mirror.start(widget.public_id), mirror.say("Hi"), mirror.history()]
    for answer in sent:
        assert answer["Access-Control-Allow-Origin"] == origin
        assert "Retry-After" in answer["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize(
    "origin",
    [
        "https://other.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://partner.example",
        "https://shop.example.other.example",
        "http://127.0.0.1:8000",
        "null",
        "",
        "nonsense",
        "\xe9://\xe9",
    ],
)
def test_any_other_page_is_refused_and_told_where_to_allow_it(chat, api, widget, origin):
    chat.headers["Origin"] = origin
    started = chat.post("start/", {"chatbot_id": str(widget.public_id)})
    for answer in (started, chat.say("Hi"), chat.history(), chat.task(chat.session_id)):
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
        assert "Allowed origins" in answer.json()["error"]
        # Nothing but our own words is in it, and the page's developer has to be able to read it.
        assert answer["Access-Control-Allow-Origin"] == "*"
    assert [name for name, _options in api.calls] == ["start"]


def test_a_widget_for_any_page_names_the_page_that_asks(mirror, server, api):
    mirror.headers["Origin"] = "null"
    answer = mirror.start(make_widget(server, allowed_origins=["*"]).public_id)
    assert answer["Access-Control-Allow-Origin"] == "null"


def test_a_request_without_an_origin_is_admitted_and_gets_no_cors(mirror, widget, api):
    answer = mirror.start(widget.public_id)
    assert "Access-Control-Allow-Origin" not in answer
    assert "Origin" in answer["Vary"]


def test_a_bots_words_are_for_the_admitted_page_alone(chat, api):
    chat.headers["Origin"] = SHOP
    task_id = chat.say("Hi").json()["task_id"]
    api.fails["poll_task"].append(errors.BotError(text="It failed."))
    answer = chat.task(task_id)
    assert answer.status_code == 500
    assert answer["Access-Control-Allow-Origin"] == SHOP


@pytest.mark.parametrize("address", ["start/", "6500a21a-40b0-4745-95c6-6fdfe6a20765/poll/", "x"])
def test_a_preflight_is_answered_for_any_origin(mirror, address):
    answer = mirror.http.options(
        f"/chat/api/chat/{address}",
        headers={
            "Origin": "https://other.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-session-token",
        },
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer["Access-Control-Allow-Methods"]
    assert answer["Access-Control-Max-Age"] == "600"
    allowed = set(answer["Access-Control-Allow-Headers"].split(", "))
    assert {"content-type", "x-session-token", "idempotency-key", "x-api-key"} <= allowed
    assert {"x-chat-identity", "x-chat-work"} <= allowed
    assert "Access-Control-Allow-Credentials" not in answer
