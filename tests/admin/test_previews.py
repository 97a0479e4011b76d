"""The live preview's half in the admin: form values in, a signed draft out."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from chatwidget import drafts
from chatwidget.models import Widget
from tests.admin.conftest import as_sent
from tests.fixtures import make_widget

PREVIEW = "admin:chatwidget_widget_preview"


def preview(client: Client, widget: Widget | None = None, **changes: str) -> dict[str, Any]:
    sent = as_sent(widget or Widget()) | {"chatwidget_object": str(widget.pk) if widget else ""}
    answer: dict[str, Any] = client.post(reverse(PREVIEW), sent | changes).json()
    return answer


def shown(address: str) -> tuple[Widget, str]:
    return drafts.read(unquote(address.rstrip("/").rpartition("/")[2]))


def test_what_is_typed_is_in_the_draft_and_not_in_the_database(admin_client, widget):
    answer = preview(admin_client, widget, title="New title", welcome_messages="One\r\nTwo")
    draft, scheme = shown(answer["light"])
    assert (draft.title, draft.welcome_messages, scheme) == ("New title", ["One", "Two"], "light")
    assert shown(answer["dark"])[1] == "dark"
    assert answer["wrong"] == []
    assert Widget.objects.get().title == widget.title


def test_a_widget_that_is_being_added_has_a_preview_too(admin_client, db):
    answer = preview(admin_client, title="Hello", name="", slug="", server="")
    assert shown(answer["light"])[0].title == "Hello"


def test_what_is_wrong_is_named_and_shown_as_it_was(admin_client, server):
    widget = make_widget(server, accent="#aa3366", title="As it was")
    answer = preview(admin_client, widget, accent="green", title="")
    draft, _scheme = shown(answer["light"])
    assert (draft.accent, draft.title) == ("#aa3366", "As it was")
    assert answer["wrong"] == ["accent", "title"]


def test_the_contrast_that_a_colour_gives_is_told(admin_client, widget):
    answer = preview(admin_client, widget, accent="#ffee00")
    assert answer["contrast"].startswith("Light: #")
    assert "to 1. Dark: #" in answer["contrast"]


def test_the_colour_of_a_page_that_was_not_touched_has_its_contrast_too(admin_client, widget):
    page = reverse("admin:chatwidget_widget_change", args=[widget.pk])
    assert "Light: #1f6f5c" in admin_client.get(page).context["contrast"]


def test_without_the_apps_addresses_there_is_none(admin_client, widget, settings):
    settings.ROOT_URLCONF = "tests.admin.bare_urls"
    assert "light" not in preview(admin_client, widget)


@pytest.mark.parametrize(
    ("permissions", "status"),
    [(["view_widget"], 403), (["view_widget", "change_widget"], 200), (["add_widget"], 200)],
)
def test_who_may_not_edit_draws_nothing(make_admin, widget, permissions, status):
    object_id = "" if permissions == ["add_widget"] else str(widget.pk)
    response = make_admin(*permissions).post(
        reverse(PREVIEW), as_sent(widget) | {"chatwidget_object": object_id}
    )
    assert response.status_code == status


def test_a_draft_is_asked_for_by_post_alone(admin_client, db):
    assert admin_client.get(reverse(PREVIEW)).status_code == 405


def test_every_field_that_an_admin_may_set_is_on_the_page(admin_client, widget):
    page = reverse("admin:chatwidget_widget_change", args=[widget.pk])
    form = admin_client.get(page).context["adminform"].form
    editable = {field.name for field in Widget._meta.concrete_fields if field.editable}
    assert editable - {"id"} <= set(form.fields)
