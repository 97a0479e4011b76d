from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.signals import got_request_exception
from django.utils.translation import get_language

from chatwidget import tokens
from chatwidget.conversation import History
from chatwidget.models import ChatSession
from tests.fixtures import make_widget


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_answers_are_private_and_vary_by_token_and_origin(chat):
    chat.headers["Origin"] = "http://127.0.0.1"
    sent = chat.say("Hi")
    for answer in (sent, chat.task(sent.json()["task_id"]), chat.history(), chat.get("nothing/")):
        assert answer["Cache-Control"] == "private, no-store"
        assert {"X-Session-Token", "Origin"} <= set(answer["Vary"].split(", "))
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies


def test_a_site_wide_cache_hands_nobody_anothers_chat(mirror, server, api, settings):
    settings.MIDDLEWARE = [
        "django.middleware.cache.UpdateCacheMiddleware",
        *settings.MIDDLEWARE,
        "django.middleware.cache.FetchFromCacheMiddleware",
    ]
    widget = make_widget(server, allows_seed_clients=True)
    mirror.start(widget.public_id)
    mirror.task(mirror.say("A secret of mine").json()["task_id"])
    assert b"A secret of mine" in mirror.history().content

    del mirror.headers["X-Session-Token"]
    widget.allows_seed_clients = False
    widget.save()
    assert refusal(mirror.history()) == (403, "session_token_required")


def test_a_call_without_a_token_is_refused_and_names_the_switch(chat, api):
    del chat.headers["X-Session-Token"]
    for answer in (chat.say("Hi"), chat.history(), chat.task(chat.session_id)):
        assert refusal(answer) == (403, "session_token_required")
        assert "Seed clients" in answer.json()["error"]
    assert api.count("send") == 0


@pytest.mark.parametrize("token", ["nonsense", "a:b:c", "\udcff", "x" * 5000])
def test_a_garbled_token_is_refused(chat, token):
    token = token.encode("utf-8", "surrogateescape").decode("latin-1")
    answer = chat.history(headers={"X-Session-Token": token})
    assert refusal(answer) == (403, "session_token_invalid")


def test_another_sessions_token_is_refused(chat, session):
    other = tokens.issue(session)
    answer = chat.history(headers={"X-Session-Token": other})
    assert refusal(answer) == (403, "session_token_invalid")


def test_an_old_token_is_refused_as_expired(chat, settings):
    settings.CHATWIDGET = {"SESSION_MAX_AGE": -1}
    assert refusal(chat.history()) == (403, "session_expired")


def test_a_paused_widget_answers_nobody(chat, widget, api):
    task_id = chat.say("Hi").json()["task_id"]
    widget.is_active = False
    widget.save()
    for answer in (chat.say("More"), chat.task(task_id), chat.history()):
        assert refusal(answer) == (404, "widget_unavailable")


def test_a_deleted_session_is_unknown(chat):
    ChatSession.objects.all().delete()
    assert refusal(chat.history()) == (404, "session_unknown")


def test_seed_clients_need_no_token_where_the_widget_admits_them(mirror, server, api):
    mirror.start(make_widget(server, allows_seed_clients=True).public_id)
    mirror.headers.clear()
    task_id = mirror.say("Hi").json()["task_id"]
    assert mirror.task(task_id).json()["message"]["content"] == "Echo: Hi"
    assert len(mirror.history().json()["messages"]) == 2


def test_a_seed_client_that_sends_a_wrong_token_is_refused_all_the_same(mirror, server, api):
    mirror.start(make_widget(server, allows_seed_clients=True).public_id)
    mirror.headers["X-Session-Token"] = "nonsense"
    assert refusal(mirror.history()) == (403, "session_token_invalid")


def test_headers_of_existing_clients_neither_break_a_call_nor_go_on(mirror, widget, api):
    mirror.headers.update(
        {
            "X-Embed-Key": "visitor-key",
            "x-ocs-widget-version": "0.5.0",
            "Authorization": "Bearer visitor-secret",
            "X-api-key": "visitor-key",
            "Accept": "text/html",
        }
    )
    mirror.http.cookies["sessionid"] = "visitor-cookie"
    mirror.start(widget.public_id)
    assert mirror.say("Hi").status_code == 202
    assert "visitor" not in str(api.calls)


def test_methods_that_are_none_are_refused_in_json(chat):
    answer = chat.get(f"{chat.session_id}/message/")
    assert refusal(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "POST, OPTIONS"
    assert chat.http.delete("/chat/api/chat/start/").status_code == 405


def test_the_words_come_in_the_language_that_the_caller_reads(chat, settings, monkeypatch):
    seen = []

    def history(*_args, **_options):
        seen.append(get_language())
        return History((), False, "active")

    monkeypatch.setattr("chatwidget.conversation.history", history)
    chat.history(headers={"Accept-Language": "de"})
    assert seen == ["de"]


def test_a_fault_of_the_site_is_not_dressed_up(chat, monkeypatch):
    monkeypatch.setattr("chatwidget.conversation.history", lambda *_args, **_options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        chat.history()


def test_nothing_depends_on_the_sites_own_settings():
    """A site whose REST_FRAMEWORK and middleware would break any view that relied on them."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.api.hostile_site"],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.api.hostile_settings"},
        cwd=Path(__file__).parents[2],
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "statuses": [201, 202, 200, 200, 403, 400, 404],
        "types": ["application/json"],
        "atomic": False,
        "schema": "ours",
        "theirs": "Their API",
    }


@pytest.fixture
def broken(chat, settings, monkeypatch):
    """A chat of a site that lost its cache."""

    def fail(*_args, **_options):
        raise ConnectionError("words-marked")

    settings.CHATWIDGET = {"ADDRESS_LIMIT": 600}
    monkeypatch.setattr("chatwidget.limits.count", fail)
    chat.http.raise_request_exception = False
    return chat


def test_what_nobody_foresaw_has_the_shape_of_every_error(broken):
    broken.headers["Origin"] = "http://127.0.0.1"
    answer = broken.say("Hi")
    assert refusal(answer) == (503, "site_error")
    assert set(answer.json()) == {"error", "code"}
    assert answer["Access-Control-Allow-Origin"] == "http://127.0.0.1"
    assert answer["Cache-Control"] == "private, no-store"


def test_what_nobody_foresaw_is_told_to_the_site_as_its_own_crashes_are(broken, caplog):
    told = []

    def hear(**_options):
        told.append(sys.exc_info()[0])

    got_request_exception.connect(hear)
    broken.say("words-marked")
    assert told == [ConnectionError]
    ours = [each for each in caplog.records if each.name == "chatwidget"]
    line = "unexpected error: kind=ConnectionError view=chatwidget:api-message request=-"
    assert [each.getMessage() for each in ours] == [line]
    [djangos] = [each for each in caplog.records if each.name == "django.request"]
    assert (djangos.levelname, djangos.exc_info[0]) == ("ERROR", ConnectionError)


def test_a_developer_sees_a_fault_of_the_site_as_it_is(broken, settings):
    settings.DEBUG = True
    assert "Traceback" in broken.say("Hi").text
