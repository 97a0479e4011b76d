"""``chatwidget_person``: what is kept of a person is handed out, and deleted."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from chatwidget import conversation
from chatwidget.chatapi import errors
from chatwidget.conversation import copies, feedback
from chatwidget.models import ChatSession, Feedback


@pytest.fixture
def ada(widget, api) -> ChatSession:
    """Ada's session, with a question and its answer; Bob has one too."""
    conversation.start(widget, participant_id="bob@example.com")
    session = conversation.start(widget, participant_id="ada@example.com", participant_name="Ada")
    task = conversation.send(session, "words-marked", client_id="c1")
    conversation.reply(session, task.id)
    return session


def person(*arguments: str) -> str:
    stdout = io.StringIO()
    call_command("chatwidget_person", *arguments, stdout=stdout)
    return stdout.getvalue()


def test_a_persons_sessions_are_exported_without_secrets(ada):
    said = person("export", "ada@example.com")
    [row] = json.loads(said)
    assert row["id"] == str(ada.pk)
    assert (row["participant_name"], row["widget"], row["message_count"]) == ("Ada", "Shop", 1)
    assert row["is_identified"] is False
    for secret in ("words-marked", "bob@example.com", "remote-", "-marked"):
        assert secret not in said


def test_what_the_form_before_the_chat_was_answered_is_exported(ada):
    ada.answers = {"email": "ada@home.example"}
    ada.agreements = [{"by": "site", "version": "1", "text": "Terms", "at": "2026-01-31T12:00:00Z"}]
    ada.save()
    [row] = json.loads(person("export", "ada@example.com"))
    assert (row["answers"], row["agreements"]) == (ada.answers, ada.agreements)


@pytest.mark.parametrize("action", ["export", "delete"])
@pytest.mark.parametrize("nobody", ["", " "])
def test_no_id_is_not_every_anonymous_visitor(ada, widget, action, nobody):
    conversation.start(widget)
    with pytest.raises(CommandError, match="Give a participant id"):
        person(action, nobody)
    assert ChatSession.objects.count() == 3


def test_feedback_is_exported_and_deleted(ada):
    feedback.rate(ada, 4, "kind")
    [row] = json.loads(person("export", "ada@example.com"))
    [given] = row["feedback"]
    assert (given["answer"], given["value"], given["word"]) == ("", 4, "kind")
    person("delete", "ada@example.com")
    assert not Feedback.objects.exists()


def test_what_was_said_comes_along_if_asked_for(ada):
    [row] = json.loads(person("export", "ada@example.com", "--transcripts"))
    assert [each["content"] for each in row["messages"]] == ["words-marked", "Echo: words-marked"]


def test_a_transcript_that_cannot_be_had_is_told(ada, api):
    copies.forget(ada)
    api.fails["poll_session"].append(errors.TimedOut())
    [row] = json.loads(person("export", "ada@example.com", "--transcripts"))
    assert row["messages"] is None
    assert row["fault"].startswith("The server doesn't answer in time.")


def test_of_a_chat_that_has_not_begun_nothing_was_said(widget, api):
    ChatSession.objects.create(widget=widget, participant_id="eve@example.com")
    [row] = json.loads(person("export", "eve@example.com", "--transcripts"))
    assert row["messages"] == []
    assert api.calls == []


def test_a_person_is_deleted_and_nobody_else(ada):
    assert person("delete", "ada@example.com").startswith("Deleted 1 session(s).")
    assert ChatSession.objects.get().participant_id == "bob@example.com"
    assert copies.load(ada).messages == ()


def test_nobody_is_deleted_for_an_id_that_is_not_there(ada):
    assert person("delete", "ada").startswith("Deleted 0 session(s).")
    assert ChatSession.objects.count() == 2
