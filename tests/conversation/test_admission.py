"""Who may write now, and what was agreed to: kept with the session."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from chatwidget import conversation
from chatwidget.chatapi import Consent, errors
from chatwidget.conversation import consents, sessions
from chatwidget.conversation.errors import (
    AgreementMissing,
    AgreementStale,
    Closed,
    ReadOnly,
    WidgetPaused,
)
from chatwidget.models import ChatSession, Widget
from chatwidget.testing import fake_chat_api

NEVER = ["Mon closed"]


def say(session, text="Hello", client_id=None):
    session = sessions.refresh(session)
    return conversation.send(session, text, client_id=client_id or str(uuid.uuid4()))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"is_read_only": True, "read_only_words": "Moved."}, ReadOnly),
        ({"hours": NEVER, "takes_messages_closed": False, "closed_words": "Moved."}, Closed),
    ],
)
def test_nothing_begins_and_nothing_is_added(widget, session, api, fields, error):
    Widget.objects.update(**fields)
    widget.refresh_from_db()
    for call in (
        lambda: conversation.start(widget),
        lambda: conversation.start_once(widget, str(uuid.uuid4())),
        lambda: say(session),
        lambda: conversation.upload(sessions.refresh(session), []),
    ):
        with pytest.raises(error) as refused:
            call()
        assert refused.value.words == "Moved."
    assert api.calls == []
    assert ChatSession.objects.count() == 1


def test_a_message_that_went_out_before_closing_keeps_its_answer(session, api):
    task = say(session, client_id="one")
    Widget.objects.update(is_read_only=True)
    assert say(session, client_id="one").id == task.id
    assert conversation.reply(sessions.refresh(session), task.id).status == "complete"


def test_closed_says_in_how_many_seconds_it_opens(widget):
    now = timezone.now()
    widget.hours_zone = "UTC"
    widget.hours = [f"{now + timedelta(days=1):%a} 0:00-24:00"]
    widget.takes_messages_closed = False
    with pytest.raises(Closed) as refused:
        conversation.require_writable(widget)
    wait = refused.value.retry_after
    assert wait is not None
    assert 0 < wait <= 24 * 3600
    widget.hours = ["daily 0:00-24:00"]
    conversation.require_writable(widget)


def test_who_may_leave_a_message_while_closed_can(session, api):
    Widget.objects.update(hours=NEVER)
    say(session)
    assert api.count("send") == 1


def test_a_paused_widget_has_words_of_its_own(widget, session):
    Widget.objects.update(is_active=False, paused_words="Back in May.")
    for call in (
        lambda: conversation.active_widget(widget.public_id),
        lambda: sessions.in_use(session.pk),
    ):
        with pytest.raises(WidgetPaused) as paused:
            call()
        assert paused.value.words == "Back in May."


# The site's own consent


@pytest.fixture
def asking(session) -> ChatSession:
    Widget.objects.update(
        consent_text="We keep it.", consent_link="https://x.example/p", consent_version="1"
    )
    return sessions.refresh(session)


def test_a_message_waits_for_the_site_s_own_consent(asking, api):
    with pytest.raises(AgreementMissing) as refused:
        say(asking)
    own = Consent(True, "site:1", "We keep it.\n\nhttps://x.example/p")
    assert refused.value.consent == conversation.asked_consent(asking) == own
    with pytest.raises(AgreementMissing):
        conversation.upload(asking, [])
    assert api.calls == []
    conversation.record_consent(asking, "site:1")
    say(asking)
    assert conversation.asked_consent(sessions.refresh(asking)) is None


def test_what_was_agreed_to_when_and_to_which_version_is_kept_once(asking):
    before = timezone.now().isoformat()
    for _time in range(2):
        conversation.record_consent(asking, "site:1")
    (kept,) = sessions.refresh(asking).agreements
    assert (kept["by"], kept["version"]) == ("site", "1")
    assert kept["text"] == "We keep it.\n\nhttps://x.example/p"
    assert before <= kept["at"] <= timezone.now().isoformat()


def test_a_new_version_is_asked_again_and_the_old_one_no_longer_counts(asking, api):
    conversation.record_consent(asking, "site:1")
    Widget.objects.update(consent_version="2", consent_text="For longer.")
    asking = sessions.refresh(asking)
    with pytest.raises(AgreementMissing):
        say(asking)
    with pytest.raises(AgreementStale) as stale:
        conversation.record_consent(asking, "site:1")
    assert stale.value.consent.form_version_id == "site:2"
    conversation.record_consent(asking, "site:2")
    versions = [each["version"] for each in sessions.refresh(asking).agreements]
    assert versions == ["1", "2"]


def test_consent_to_what_is_not_asked_any_more_does_no_harm(session):
    conversation.record_consent(session, "site:1")
    assert sessions.refresh(session).agreements == []


# The server's


@pytest.fixture
def remote():
    """A server that asks for consent."""
    with fake_chat_api() as remote:
        remote.consent_text = "May we?"
        yield remote


@pytest.fixture
def started(widget, remote):
    """A chat on it."""
    return conversation.start(widget)


def test_what_the_server_asked_is_kept_too(started):
    conversation.record_consent(started, 1)
    (kept,) = sessions.refresh(started).agreements
    assert (kept["by"], kept["version"], kept["text"]) == ("server", "1", "May we?")


@pytest.mark.parametrize("version", [7, "v7"])
def test_a_version_goes_back_as_the_server_wrote_it(started, remote, version):
    remote.consent_version = version
    with pytest.raises(errors.ConsentRequired):
        say(started)
    # The page's form has only text.
    conversation.agree(sessions.refresh(started), str(version))
    say(started)


def test_without_the_copy_a_number_is_a_number(started, remote, monkeypatch):
    monkeypatch.setattr(consents, "asked", lambda session: None)
    conversation.agree(started, "1")
    assert remote.count("consent") == 1


def test_a_refusal_without_a_form_leaves_what_is_known(session, api):
    api.fails["send"].append(errors.ConsentRequired())
    with pytest.raises(errors.ConsentRequired):
        say(session)
    assert conversation.asked_consent(session) is None
