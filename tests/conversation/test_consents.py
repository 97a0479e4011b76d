"""Consent that the server asks for: what was shown is what is kept."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from chatwidget import conversation
from chatwidget.chatapi import Consent, errors
from chatwidget.conversation import consents
from chatwidget.models import ChatSession
from chatwidget.testing import fake_chat_api

TERMS = "May we keep what you write for a week?"


@pytest.fixture
def remote():
    with fake_chat_api() as fake:
        fake.consent_text = TERMS
        yield fake


@pytest.fixture
def talk(widget, remote):
    return conversation.start(widget)


def kept(talk):
    (agreement,) = ChatSession.objects.get(pk=talk.pk).agreements
    return agreement["by"], agreement["version"], agreement["text"]


def test_the_start_says_what_the_server_asks(talk):
    assert consents.asked(talk) == Consent(required=True, form_version_id=1, text=TERMS)


def test_an_agreement_is_kept_with_the_text_that_was_shown(talk, remote):
    consents.agree(talk, "1")
    assert kept(talk) == ("server", "1", TERMS)
    assert remote.count("consent") == 1


def test_who_has_agreed_is_asked_for_nothing_more(talk, remote):
    consents.agree(talk, "1")
    assert consents.asked(talk) == Consent(required=False, form_version_id=1)
    assert conversation.history(talk).consent == Consent(required=False, form_version_id=1)
    assert remote.count("poll_session") == 0


def test_a_second_agreement_is_kept_once_on_the_session_at_hand_too(talk):
    consents.agree(talk, "1")
    consents.record(talk, 1)
    assert len(talk.agreements) == 1


def test_an_agreement_to_another_form_is_not_kept_with_the_text_of_this_one(talk, remote):
    remote.consent_version, remote.consent_text = 2, "And for two weeks?"
    consents.agree(talk, "2")
    assert kept(talk) == ("server", "2", "")


def test_a_form_that_is_called_by_a_word_is_agreed_to_by_it(talk, remote):
    remote.consent_version = "v7"
    consents.agree(talk, "v7")
    assert kept(talk) == ("server", "v7", "")


def test_a_word_of_digits_stays_a_word(widget, remote):
    remote.consent_version = "7"
    talk = conversation.start(widget)
    consents.agree(talk, "7")
    assert consents.asked(talk) == Consent(required=False, form_version_id="7")


def test_what_a_look_finds_asked_is_what_is_asked(talk, remote):
    remote.consent_version, remote.consent_text = 2, "And for two weeks?"
    cache.clear()
    conversation.history(talk)
    assert consents.asked(talk) == Consent(True, 2, "And for two weeks?")


def test_a_form_that_changed_meanwhile_is_shown_next(talk, remote):
    remote.consent_version, remote.consent_text = 2, "And for two weeks?"
    with pytest.raises(errors.ConsentStale):
        consents.agree(talk, "1")
    assert consents.asked(talk) == Consent(True, 2, "And for two weeks?")
    assert talk.agreements == []


def test_a_refusal_that_shows_no_form_leaves_the_one_that_was_shown(talk):
    consents.note(talk, errors.ConsentRequired())
    assert consents.asked(talk) == Consent(True, 1, TERMS)
