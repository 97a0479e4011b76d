"""Sessions in the admin: to find and to read, not to edit."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from chatwidget.admin import paging
from chatwidget.chatapi import errors
from chatwidget.models import ChatSession, Feedback
from tests.fixtures import make_widget

LIST = "admin:chatwidget_chatsession_changelist"


def page(session: ChatSession) -> str:
    return reverse("admin:chatwidget_chatsession_change", args=[session.pk])


@pytest.fixture
def other(session):
    """A second session, of a participant with a name."""
    return ChatSession.objects.create(widget=session.widget, participant_id="ada@example.com")


def test_list_and_page_keep_what_the_server_knows_the_session_by(admin_client, session):
    session.encrypted_remote_token = "remote-token-marked"
    session.remote_task_id = "remote-task-marked"
    session.save()
    for path in (reverse(LIST), page(session)):
        html = admin_client.get(path).text
        assert str(session.pk) in html
        assert "marked" not in html


@pytest.mark.parametrize("proven", [True, False])
def test_list_and_page_say_whether_the_person_was_proven(admin_client, session, proven):
    ChatSession.objects.update(participant_id="ada", is_identified=proven)
    who = re.findall(r'field-who">(.*?)<', admin_client.get(reverse(LIST)).text)
    assert who == ["ada (proven)" if proven else "ada"]
    html = admin_client.get(page(session)).text
    icons = re.findall(r'field-is_identified.*?<img [^>]*alt="(\w+)"', html, re.S)
    assert icons == [str(proven)]


def test_the_page_has_no_fields_to_edit(admin_client, session):
    html = admin_client.get(page(session)).text
    assert 'name="state"' not in html
    assert 'name="_save"' not in html


def test_the_page_shows_what_the_visitor_thought(admin_client, session):
    for answer, value, word in (
        ("2026-01-01", 1, "<b>fine</b>"),
        ("2026-01-02", -1, ""),
        ("", 4, ""),
    ):
        Feedback.objects.create(session=session, answer=answer, value=value, word=word)
    address = reverse("admin:chatwidget_chatsession_change", args=[session.pk])
    html = admin_client.get(address).text
    for words in ("Liked", "Disliked", "4/5", "The chat", "&lt;b&gt;fine&lt;/b&gt;", "2026-01-01"):
        assert words in html
    assert 'name="feedback-0-word"' not in html


def test_a_session_is_neither_added_nor_changed(admin_client, session):
    assert admin_client.get(reverse("admin:chatwidget_chatsession_add")).status_code == 403
    assert admin_client.post(page(session), {"state": "ended"}).status_code == 403
    session.refresh_from_db()
    assert session.state == ChatSession.State.ACTIVE


def test_a_session_is_deleted_by_who_may(admin_client, session):
    path = reverse("admin:chatwidget_chatsession_delete", args=[session.pk])
    assert admin_client.post(path, {"post": "yes"}).status_code == 302
    assert not ChatSession.objects.exists()


def test_who_may_only_look_does_not_delete(make_admin, session):
    path = reverse("admin:chatwidget_chatsession_delete", args=[session.pk])
    client = make_admin("view_chatsession")
    assert client.get(page(session)).status_code == 200
    assert client.post(path, {"post": "yes"}).status_code == 403


def found(client, term: str) -> set[str]:
    response = client.get(reverse(LIST), {"q": term})
    return {str(each.pk) for each in response.context["cl"].queryset}


def test_a_session_is_found_by_its_id_and_by_its_participants(admin_client, session, other):
    assert found(admin_client, str(session.pk)) == {str(session.pk)}
    assert found(admin_client, f" {session.pk.hex} ") == {str(session.pk)}
    assert found(admin_client, "ada@example.com") == {str(other.pk)}


def test_a_search_for_nothing_finds_all_and_for_a_part_none(admin_client, session, other):
    assert found(admin_client, " ") == {str(session.pk), str(other.pk)}
    assert found(admin_client, "ada") == set()
    assert found(admin_client, "remote-session-marked") == set()


def test_the_list_takes_as_many_queries_for_many_sessions(
    admin_client, widget, django_assert_max_num_queries
):
    ChatSession.objects.bulk_create(ChatSession(widget=widget) for _number in range(120))
    with django_assert_max_num_queries(11):
        admin_client.get(reverse(LIST))


def read(client, session):
    return client.post(reverse("admin:chatwidget_chatsession_transcript", args=[session.pk]))


def test_a_transcript_is_fetched_shown_and_written_to_the_log(admin_client, session, api):
    api.history += [api.message("user", "<b>words-marked</b>"), api.message("assistant", "*Hi*")]
    api.history.append(api.message("system", "Note"))
    html = read(admin_client, session).text
    assert "&lt;b&gt;words-marked&lt;/b&gt;" in html
    assert "<em>Hi</em>" in html
    assert "System" in html
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (str(session.pk), "Read the transcript.")
    for model in (ChatSession, LogEntry):
        assert "words-marked" not in str(list(model.objects.values()))


def test_reading_is_noted_even_where_the_server_cannot_be_had(admin_client, session, api):
    api.fails["poll_session"].append(errors.TimedOut())
    response = read(admin_client, session)
    assert "The server doesn&#x27;t answer in time." in response.text
    assert LogEntry.objects.count() == 1


def test_a_chat_that_expired_at_the_server_is_told_in_an_admins_words(admin_client, session, api):
    api.fails["poll_session"].append(errors.SessionRefused())
    assert "it has expired there" in read(admin_client, session).text


def test_of_a_chat_that_has_not_begun_nothing_was_said(admin_client, widget, api):
    html = read(admin_client, ChatSession.objects.create(widget=widget)).text
    assert "Nothing was said." in html
    assert api.calls == []


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ({"participant_id": "ada@example.com"}, "ada@example.com"),
        ({"participant_id": "ada@example.com", "participant_name": "Ada"}, "Ada"),
        ({}, "Visitor"),
    ],
)
def test_the_list_says_who_talks(admin_client, session, who, shown):
    ChatSession.objects.update(**who)
    html = admin_client.get(reverse(LIST)).text
    assert f'<td class="field-who">{shown}</td>' in html
    assert f">{str(session.pk)[:8]}</a>" in html


def test_who_may_not_read_has_no_button_and_no_way(make_admin, session, api):
    client = make_admin("view_chatsession")
    assert "Read the transcript" not in client.get(page(session)).text
    assert read(client, session).status_code == 403
    assert api.calls == []


def test_who_may_read_has_the_button(make_admin, session):
    client = make_admin("view_chatsession", "read_transcript")
    assert "Read the transcript" in client.get(page(session)).text


def test_a_transcript_is_no_link_and_of_no_session_there_is_none(admin_client, session):
    path = reverse("admin:chatwidget_chatsession_transcript", args=[session.pk])
    assert admin_client.get(path).status_code == 405
    session.delete()
    assert admin_client.post(path).status_code == 403


@pytest.mark.parametrize(("value", "number"), [("{pk}", 1), ("", 2), ("x", 2)])
def test_sessions_of_a_widget_can_be_chosen(admin_client, session, value, number):
    other = make_widget(session.widget.server, name="Other")
    ChatSession.objects.create(widget=other)
    query = {"widget": value.format(pk=other.pk)} if value else {}
    response = admin_client.get(reverse(LIST), query)
    assert response.context["cl"].result_count == number
    assert "<option" in response.text


@pytest.mark.parametrize("value", ["9" * 27, "٣"])
def test_a_filter_for_no_widget_shows_what_its_select_says(admin_client, session, value):
    response = admin_client.get(reverse(LIST), {"widget": value})
    assert response.context["cl"].result_count == 1


def make_many(widget, number: int) -> None:
    ChatSession.objects.bulk_create(ChatSession(widget=widget) for _each in range(number))


def delete_all(client, **sent: object):
    action = {"action": "delete_selected", "select_across": "1", "index": "0"}
    return client.post(reverse(LIST), {**action, **sent})


def test_a_long_list_is_counted_as_far_as_anybody_turns_and_says_so(
    admin_client, widget, monkeypatch
):
    monkeypatch.setattr(paging, "COUNTED", 150)
    make_many(widget, 149)
    assert "The list ends at" not in admin_client.get(reverse(LIST)).text
    make_many(widget, 11)
    response = admin_client.get(reverse(LIST))
    assert response.context["cl"].paginator.count == 150
    assert "The list ends at 150, and there may be more." in response.text


def test_all_sessions_of_a_short_list_are_deleted_at_once(admin_client, widget, monkeypatch):
    monkeypatch.setattr(paging, "MOST_AT_ONCE", 60)
    make_many(widget, 60)
    response = admin_client.get(reverse(LIST))
    assert "Select all 60 sessions" in response.text
    marked = [str(response.context["cl"].result_list[0].pk)]
    assert delete_all(admin_client, _selected_action=marked).text.count("_selected_action") == 60
    delete_all(admin_client, _selected_action=marked, post="yes")
    assert not ChatSession.objects.exists()


def test_nobody_deletes_all_of_more_sessions_than_they_can_look_through(
    admin_client, widget, monkeypatch
):
    monkeypatch.setattr(paging, "MOST_AT_ONCE", 60)
    make_many(widget, 61)
    response = admin_client.get(reverse(LIST))
    assert "Select all 61" not in response.text
    assert "0 of 50 selected" in response.text
    marked = [str(response.context["cl"].result_list[0].pk)]
    assert delete_all(admin_client, _selected_action=marked).text.count("_selected_action") == 1
    delete_all(admin_client, _selected_action=marked, post="yes")
    assert ChatSession.objects.count() == 60
    delete_all(admin_client, post="yes")
    assert ChatSession.objects.count() == 60


def test_who_may_not_delete_has_no_actions(make_admin, session):
    assert "action-counter" not in make_admin("view_chatsession").get(reverse(LIST)).text
