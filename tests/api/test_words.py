"""What the admin says to visitors, as a client of the mirror meets it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chatwidget.api import serializers as forms
from chatwidget.models import ChatSession, Widget
from tests.api.test_views import conforms

OWN = {"required": True, "form_version_id": "site:1", "text": "We keep it."}


def another_day() -> str:
    return f"{timezone.now() + timedelta(days=3):%a} 0:00-24:00"


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"is_read_only": True}, "read_only", "This chat can be read"),
        ({"is_read_only": True, "read_only_words": "We moved."}, "read_only", "We moved."),
        ({"takes_messages_closed": False}, "closed", "We're closed right now."),
        ({"takes_messages_closed": False, "closed_words": "Zzz"}, "closed", "Zzz"),
    ],
)
def test_where_nobody_may_write_start_and_message_and_upload_are_refused(
    chat, widget, api, fields, code, words
):
    Widget.objects.update(hours=[another_day()], hours_zone="UTC", **fields)
    start = chat.post("start/", {"chatbot_id": str(widget.public_id)})
    for answer in (start, chat.say("Hi")):
        assert (answer.status_code, answer.json()["code"]) == (403, code)
        assert answer.json()["error"].startswith(words)
        assert ("Retry-After" in answer) is (code == "closed")
        conforms(forms.Error, answer.json())
    assert api.count("send") == 0
    assert chat.history().status_code == 200


def test_a_paused_widget_says_it_in_the_sites_words(chat, widget):
    Widget.objects.update(is_active=False, paused_words="Back in May.")
    answer = chat.post("start/", {"chatbot_id": str(widget.public_id)})
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": "Back in May.", "code": "widget_unavailable"},
    )
    assert chat.history().json()["error"] == "Back in May."


OWN_WORDS = [{"language": "de", "text": "Type a message first.", "words": "Schreib was!"}]


@pytest.mark.parametrize(
    ("fields", "browser", "words"),
    [
        ({}, "de-AT,en;q=0.5", "Schreiben Sie zuerst eine Nachricht."),
        ({}, "tlh", "Type a message first."),
        ({"language": "de"}, "fr", "Schreiben Sie zuerst eine Nachricht."),
        ({"language": "de", "words": OWN_WORDS}, "", "Schreib was!"),
        ({"words": OWN_WORDS}, "de", "Schreib was!"),
        ({"words": OWN_WORDS}, "en", "Type a message first."),
    ],
)
def test_what_is_wrong_is_said_as_on_the_pages(chat, widget, fields, browser, words, settings):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "Locale" not in each]
    Widget.objects.update(**fields)
    answer = chat.say(" ", headers={"Accept-Language": browser})
    assert answer.json()["error"] == words
    Widget.objects.update(is_active=False)
    paused = chat.history(headers={"Accept-Language": browser}).json()["error"]
    assert paused.startswith("This chat isn't" if words.startswith("Type") else "Dieser Chat")


@pytest.fixture
def asked(mirror, widget, remote):
    Widget.objects.update(consent_text="We keep it.", consent_version="1")
    mirror.started = mirror.start(widget.public_id).json()
    return mirror


def agree(chat, version):
    return chat.post(f"{chat.session_id}/consent/", {"form_version_id": version})


def test_the_sites_own_consent_is_asked_and_given_as_a_servers_is(asked):
    assert asked.started["consent"] == asked.history().json()["consent"] == OWN
    conforms(forms.ChatStartSessionResponse, asked.started)
    refused = asked.say("Hi")
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    assert refused.json()["consent"] == OWN
    conforms(forms.Error, refused.json())
    assert agree(asked, "site:1").status_code == 204
    assert asked.say("Hi").status_code == 202
    assert "consent" not in asked.history().json()
    assert [each["version"] for each in ChatSession.objects.get().agreements] == ["1"]


def test_a_version_that_is_old_is_a_conflict_with_the_new_one(asked):
    Widget.objects.update(consent_version="2")
    answer = agree(asked, "site:1")
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_stale")
    assert answer.json()["consent"] == {**OWN, "form_version_id": "site:2"}


def test_where_both_ask_the_site_comes_first_and_then_the_server(mirror, widget, remote):
    Widget.objects.update(consent_text="We keep it.", consent_version="1")
    remote.consent_text = "And we?"
    assert mirror.start(widget.public_id).json()["consent"] == OWN
    agree(mirror, "site:1")
    assert mirror.history().json()["consent"]["text"] == "And we?"
    assert agree(mirror, 1).status_code == 204
    assert mirror.say("Hi").status_code == 202
    assert [each["by"] for each in ChatSession.objects.get().agreements] == ["site", "server"]


def test_the_form_before_the_chat_is_the_pages_and_not_the_mirrors(mirror, widget, remote):
    Widget.objects.update(asks_name="required")
    mirror.start(widget.public_id, participant_name="Ana")
    assert mirror.say("Hi").status_code == 202
