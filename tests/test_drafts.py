"""Drafts: a look in an address, which nobody else can make and no list can make too long."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from chatwidget import drafts
from chatwidget.drafts import DraftInvalid
from chatwidget.models import Widget


def test_a_draft_holds_all_that_is_seen(widget):
    for field in drafts.fields():
        assert hasattr(widget, field.name)
    widget.title, widget.welcome_messages = "Ask “us”", ["Hello."]
    read, scheme = drafts.read(drafts.sign(widget, "dark"))
    assert (read.title, read.welcome_messages, scheme) == ("Ask “us”", ["Hello."], "dark")


def test_a_draft_is_nobodys_widget(widget):
    read, _scheme = drafts.read(drafts.sign(widget, "light"))
    assert read._state.adding
    assert read.public_id != widget.public_id
    assert str(widget.public_id) not in drafts.sign(widget, "light")


def test_what_was_not_signed_here_is_refused(widget, settings):
    draft = drafts.sign(widget, "light")
    for wrong in ("", "nonsense", draft[:-1], draft[1:]):
        with pytest.raises(DraftInvalid):
            drafts.read(wrong)
    settings.SECRET_KEY = "another"
    with pytest.raises(DraftInvalid):
        drafts.read(draft)


def test_a_draft_of_the_day_before_yesterday_is_refused(widget, monkeypatch):
    draft = drafts.sign(widget, "light")
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    with pytest.raises(DraftInvalid):
        drafts.read(draft)


def test_long_lists_lose_their_end_and_not_the_preview(widget):
    widget.welcome_messages = [f"{number} " + str(number) * 50 for number in range(400)]
    draft = drafts.sign(widget, "light")
    assert len(draft) <= drafts.LONGEST
    read, _scheme = drafts.read(draft)
    assert read.welcome_messages[0] == widget.welcome_messages[0]


def test_a_field_that_is_gone_since_is_left_out(widget, monkeypatch):
    draft = drafts.sign(widget, "light")
    fields = [field for field in drafts.fields() if field.name != "subtitle"]
    monkeypatch.setattr(drafts, "fields", lambda: fields)
    assert isinstance(drafts.read(draft)[0], Widget)
