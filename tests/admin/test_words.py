"""What an admin says to visitors: typed as lines, refused by line, seen in the preview, carried."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatwidget import drafts
from chatwidget.models import ChatServer, ChatSession, Widget
from tests.admin.conftest import as_sent, field_errors
from tests.admin.test_exchange import bring, export
from tests.fixtures import make_widget

FIELDS: dict[str, Any] = {
    "banner": "**Hi**",
    "banner_tone": "warning",
    "banner_place": "bottom",
    "banner_until": timezone.now().replace(microsecond=0),
    "hours": ["Mon-Fri 9:00-17:30", "Sat 10-12"],
    "hours_zone": "Europe/Berlin",
    "holidays": ["12-25"],
    "closed_words": "Closed.",
    "takes_messages_closed": False,
    "is_read_only": True,
    "read_only_words": "Read.",
    "paused_words": "Paused.",
    "form_words": "First:",
    "asks_name": "optional",
    "asks_email": "required",
    "form_questions": ["order* | Order number"],
    "consent_text": "Agree?",
    "consent_link": "https://x.example/p",
    "consent_version": "1",
}


@pytest.fixture
def telling(server: ChatServer) -> Widget:
    return make_widget(server, **FIELDS)


def change(widget: Widget) -> str:
    return reverse("admin:chatwidget_widget_change", args=[widget.pk])


def test_lines_that_are_wrong_are_named_beside_their_field(admin_client: Client, widget: Widget):
    sent = as_sent(widget) | {
        "hours": "Mon-Fri 9:00-17:30\nSat 9:00-25:00",
        "holidays": "Christmas",
        "hours_zone": "Atlantis",
        "form_questions": "name | Your name",
        "consent_text": "Agree?",
        "consent_link": "x",
    }
    faults = field_errors(admin_client.post(change(widget), sent).text)
    assert faults["hours"].startswith("Line 2: “25:00” is no time.")
    assert faults["holidays"].startswith("Line 1: “Christmas” is no date.")
    assert faults["hours_zone"].startswith("“Atlantis” is no time zone")
    assert faults["form_questions"].startswith("Line 1: “name” is a name that the chat uses")
    assert faults["consent_version"].startswith("Type a version")
    assert faults["consent_link"].startswith("Type an address")


def test_lines_are_stored_and_shown_as_lines(admin_client: Client, widget: Widget):
    sent = as_sent(widget) | {"hours": "Mon 9-17\n\n  Sat 10-12 ", "holidays": "12-25"}
    assert admin_client.post(change(widget), sent).status_code == 302
    widget.refresh_from_db()
    assert (widget.hours, widget.holidays) == (["Mon 9-17", "Sat 10-12"], ["12-25"])
    assert "Mon 9-17\nSat 10-12</textarea>" in admin_client.get(change(widget)).text


def test_each_has_a_section(admin_client: Client, widget: Widget):
    page = admin_client.get(change(widget)).text
    for title in ("Banner", "Opening hours", "Read-only and paused", "Before the chat", "Consent"):
        assert f">{title}</" in page or f">\n{title}\n<" in page or f"{title}\n" in page, title
    assert ">More<" not in page


def test_the_preview_shows_them(telling: Widget, client: Client):
    telling.is_read_only = False
    telling.banner_until = None
    telling.takes_messages_closed = True
    kept, _scheme = drafts.read(drafts.sign(telling, "light"))
    assert (kept.hours, kept.consent_version) == (telling.hours, "1")
    draft = drafts.sign(telling, "dark")
    url = reverse("chatwidget:preview-page", args=[draft, kept.public_id])
    page = client.get(url).text
    for said in ("<strong>Hi</strong>", "Order number", "Agree?", "First:"):
        assert said in page
    telling.banner_until = FIELDS["banner_until"]
    assert drafts.read(drafts.sign(telling, "light"))[0].banner_until == FIELDS["banner_until"]


def test_they_travel_between_sites(admin_client: Client, telling: Widget):
    document = json.loads(export(admin_client, telling))
    assert bring(admin_client, document).status_code == 302
    copy = Widget.objects.exclude(pk=telling.pk).get()
    for name, value in FIELDS.items():
        assert getattr(copy, name) == value, name
    document["widgets"][0]["hours"] = ["Mon 9-99"]
    assert "Line 1: “99” is no time" in bring(admin_client, document).text.replace("&quot;", '"')


def test_an_export_from_before_them_still_comes_in(admin_client: Client, telling: Widget):
    document = json.loads(export(admin_client, telling))
    for name in FIELDS:
        del document["widgets"][0][name]
    assert bring(admin_client, document).status_code == 302
    assert not Widget.objects.exclude(pk=telling.pk).get().has_gate


def test_a_session_s_page_shows_answers_and_what_was_agreed_to(
    admin_client: Client, session: ChatSession
):
    url = reverse("admin:chatwidget_chatsession_change", args=[session.pk])
    assert "<details>" not in admin_client.get(url).text
    session.answers = {"order": "<12>"}
    session.agreements = [
        {"by": "site", "version": "1", "text": "Keep <it>.", "at": "2026-11-25T10:00:00+00:00"},
        {"by": "server", "version": "7", "text": "", "at": "2026-11-25T10:00:01+00:00"},
    ]
    session.save()
    page = admin_client.get(url).text
    assert "order: &lt;12&gt;" in page
    assert "This site: 1 · 2026-11-25T10:00:00+00:00" in page
    assert "Keep &lt;it&gt;." in page
    assert "Server: 7" in page
