from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse

from chatwidget.models import Widget
from tests.fixtures import make_widget


@pytest.fixture
def worded(server):
    return make_widget(
        server,
        title="Ask us",
        words=[{"language": "es", "text": "Send", "words": "Mandar"}],
    )


def change(widget: Widget) -> str:
    return reverse("admin:chatwidget_widget_change", args=[widget.pk])


def save(client: Client, widget: Widget, *rows: tuple[str, str, str]) -> Any:
    """Save the widget's page with these rows of words, and the rest as it is."""
    fields = {
        name: "\n".join(value) if isinstance(value, list) else value
        for name, value in model_to_dict(widget, exclude=["words"]).items()
        if value is not None
    }
    for index, part in enumerate(("language", "text", "words")):
        fields[f"words-{part}"] = [row[index] for row in rows]
    return client.post(change(widget), fields)


def faults(response: Any) -> str:
    return " ".join(response.context["adminform"].form.errors.get("words", []))


def test_each_row_can_be_read_and_more_can_be_typed(admin_client, worded):
    html = admin_client.get(change(worded)).text
    assert '<option value="es" selected>Español</option>' in html
    assert (
        'name="words-text" aria-label="Text" placeholder="Text" value="Send" list="words-texts"'
        in html
    )
    assert html.count('name="words-words"') == 4
    assert "<option>Write a message</option>" in html


def test_rows_are_stored_without_the_blank_ones(admin_client, worded):
    rows = [("", "Send", " Go "), ("fr", "Ask us", "Demandez"), ("", "", ""), ("es", " ", "")]
    response = save(admin_client, worded, *rows)
    assert response.status_code == 302, response.context["adminform"].form.errors
    worded.refresh_from_db()
    assert worded.words == [
        {"language": "", "text": "Send", "words": "Go"},
        {"language": "fr", "text": "Ask us", "words": "Demandez"},
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("", "Sned", "Go"), "no text “Sned”"),
        (("", "Send", ""), "Each row"),
        (("", "Open chat: %(title)s", "Open"), "placeholders"),
        (("", "Send", "<b>Go</b>"), "leave out"),
    ],
)
def test_what_cannot_stand_is_named_and_kept_in_the_form(admin_client, worded, row, says):
    response = save(admin_client, worded, row)
    assert says in faults(response)
    assert f'value="{row[1]}"' in response.text
    worded.refresh_from_db()
    assert worded.words[0]["words"] == "Mandar"


def test_a_row_for_a_text_of_an_earlier_version_may_stay(admin_client, worded):
    worded.words = [{"language": "", "text": "Gone by now", "words": "Hm"}]
    worded.save()
    assert save(admin_client, worded, ("", "Gone by now", "Ha")).status_code == 302


def test_who_may_only_look_reads_the_rows(client, worded):
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_widget"))
    client.force_login(user)
    # As PostgreSQL gives them back.
    worded.words = [{part: row[part] for part in reversed(row)} for row in worded.words]
    worded.save()
    assert "es · Send · Mandar" in client.get(change(worded)).text
