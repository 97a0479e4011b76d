"""The transcript that a visitor takes along, and the menu's tools."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chatwidget import conversation, tokens
from chatwidget.chatapi import Attachment, Message
from chatwidget.models import ChatSession, Widget
from chatwidget.testing import fake_chat_api
from chatwidget.views.showing import shown

SAID = (
    Message("2026-01-01T22:30:00.123456Z", "user", "Is <b>it</b> open?"),
    Message(
        "2026-01-01T22:30:05.123456Z",
        "assistant",
        "**Yes** & no <script>alert(1)</script>",
        attachments=(Attachment("plan.png", "image/png", 2048, "https://remote/1"),),
    ),
    Message("2026-01-01T22:30:06.123456Z", "system", "not for visitors"),
)


@pytest.fixture
def talk(widget: Widget, monkeypatch: pytest.MonkeyPatch) -> ChatSession:
    """A session with a question, an answer with a file, and a line of the server's own."""
    with fake_chat_api():
        session = conversation.start(widget)
    found = conversation.History(SAID, has_more=False, session_status="active")
    for place in ("chatwidget.conversation.history", "chatwidget.conversation.transcript.history"):
        monkeypatch.setattr(place, lambda *_args, **_options: found)
    return session


def fetch(widget: Widget, token: str, query: str = "", **headers: str) -> Any:
    headers = {"X-Session-Token": token} | headers
    address = reverse("chatwidget:transcript", args=[widget.public_id])
    return Client().get(address + query, headers=headers)


def test_as_text_it_is_what_was_typed_in_the_reader_s_time(widget, talk):
    answer = fetch(widget, tokens.issue(talk), "?as=txt&zone=Asia/Tokyo")
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith('attachment; filename="chat-2')
    assert "[2026-01-02 07:30 JST] You:\nIs <b>it</b> open?" in text
    assert "**Yes** & no" in text
    assert "- plan.png (2.0\xa0KB)" in text
    assert "not for visitors" not in text


def test_as_a_web_page_it_runs_nothing_and_leads_nowhere(widget, talk):
    Widget.objects.update(title="…")
    answer = fetch(widget, tokens.issue(talk), "?as=html")
    page = answer.content.decode()
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert '.html"' in answer["Content-Disposition"]
    assert "Is &lt;b&gt;it&lt;/b&gt; open?" in page
    assert "<strong>Yes</strong>" in page
    assert "<script" not in page
    assert "attachments/" not in page
    assert "22:30 UTC" in page


def test_for_print_it_is_a_part_of_the_page(widget, talk):
    page = fetch(widget, tokens.issue(talk), "?as=print").content.decode()
    assert "<style" not in page
    assert "<strong>Yes</strong>" in page


@pytest.mark.parametrize("zone", ["Nowhere/Else", "../../etc/passwd", "Europe", "", "a" * 99])
def test_a_zone_that_is_none_is_utc(widget, talk, zone):
    text = fetch(widget, tokens.issue(talk), f"?zone={zone}").content.decode()
    assert "[2026-01-01 22:30 UTC]" in text


def test_it_is_for_whoever_proves_the_chat(widget, talk):
    assert fetch(widget, "").status_code == 403
    assert "Start a new one" in fetch(widget, "forged").content.decode()
    ChatSession.objects.update(is_identified=True, participant_id="ana")
    widget.set_identity_secret("secret")
    widget.save()
    forged = fetch(widget, tokens.issue(talk), **{"X-Chat-Identity": "forged"})
    assert forged.status_code == 403
    assert "confirm who you are" in forged.content.decode()


def test_what_it_cannot_be_is_refused(widget, talk):
    assert fetch(widget, tokens.issue(talk), "?as=pdf").status_code == 400


def test_the_tools_offer_a_rating_where_the_widget_asks(widget):
    address = reverse("chatwidget:tools", args=[widget.public_id])
    assert b"Rate this chat" not in Client().get(address).content
    Widget.objects.update(asks_feedback=True)
    assert b"Rate this chat" in Client().get(address).content


def test_the_log_shows_files_by_addresses_of_ours_and_pictures_as_such(widget, talk):
    token = tokens.issue(talk)
    address = reverse("chatwidget:messages", args=[widget.public_id])
    headers = {"HX-Request": "true", "X-Session-Token": token}
    page = Client().get(address, headers=headers).content.decode()
    assert page.count("/attachments/") == 2  # a link, and a picture in it
    assert "plan.png" in page
    assert "https://remote/1" not in page
    assert not shown(SAID[1]).files
