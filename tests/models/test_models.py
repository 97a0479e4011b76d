from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import ProtectedError

from chatwidget.models import ChatServer, ChatSession, UsageDay, Widget
from tests.fixtures import make_widget


def test_a_credential_is_stored_unreadably(server: ChatServer) -> None:
    assert server.encrypted_credential
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM chatwidget_chatserver")
        assert "credential-marked" not in str(cursor.fetchall())


def test_a_server_that_widgets_use_stays(widget: Widget) -> None:
    with pytest.raises(ProtectedError):
        widget.server.delete()


def test_names_are_shown(widget: Widget, session: ChatSession) -> None:
    assert str(widget.server) == "Remote"
    assert str(widget) == "Shop"
    assert str(session) == str(session.id)


def test_a_widget_has_its_page(widget: Widget) -> None:
    assert str(widget.public_id) in widget.get_absolute_url()


def test_cleaning_a_widget_writes_origins_as_browsers_do(server: ChatServer) -> None:
    widget = make_widget(server, allowed_origins=["HTTPS://Shop.Example:443/"])
    widget.full_clean()
    assert widget.allowed_origins == ["https://shop.example"]


def test_a_field_is_refused_in_words_and_not_by_a_crash(server: ChatServer) -> None:
    widget = make_widget(server, allowed_origins="https://shop.example")
    with pytest.raises(ValidationError, match="one entry a line"):
        widget.full_clean()


def test_a_started_session_has_the_servers_id(widget: Widget) -> None:
    with pytest.raises(IntegrityError):
        ChatSession.objects.create(widget=widget, state=ChatSession.State.ACTIVE)


@pytest.mark.parametrize(
    ("flight", "pending"),
    [("none", False), ("sending", True), ("waiting", True), ("settled", False)],
)
def test_a_task_is_pending_until_it_settles(flight: str, pending: bool) -> None:
    session = ChatSession(flight=flight, task_id=uuid.uuid4())
    assert (session.pending_task_id is not None) is pending


def test_a_day_of_usage_is_named_by_day_and_widget(widget: Widget) -> None:
    day = date(2026, 3, 1)
    assert str(UsageDay(widget=widget, day=day)) == "2026-03-01 Shop"
    assert str(UsageDay(day=day)) == "2026-03-01"


def test_a_wrong_origin_is_reported_once_and_by_its_field(widget: Widget) -> None:
    widget.allowed_origins = ["example.com"]
    with pytest.raises(ValidationError) as refused:
        widget.full_clean()
    assert list(refused.value.message_dict) == ["allowed_origins"]
    assert len(refused.value.message_dict["allowed_origins"]) == 1
