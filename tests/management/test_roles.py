"""The roles: made with the app's tables, once, and never more than they say."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db.migrations import Migration
from django.test import Client
from django.urls import reverse

from chatwidget.management.roles import ROLES, make_groups

FIRST = Migration("0001_initial", "chatwidget")


@pytest.fixture
def groups(db: None) -> None:
    """The groups of a fresh site."""
    Group.objects.all().delete()
    make_groups(apps.get_app_config("chatwidget"), plan=[(FIRST, False)], verbosity=0)


def log_in(client: Client, role: str) -> Client:
    user = User.objects.create_user("somebody", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


def test_they_are_made_with_all_their_permissions(groups):
    made = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }
    assert made == {name: set(codenames) for name, codenames in ROLES.items()}


@pytest.mark.parametrize(
    "plan", [(), [(FIRST, True)], [(Migration("0002_later", "chatwidget"), False)]]
)
def test_a_group_that_a_site_deleted_does_not_come_back(db, plan):
    Group.objects.all().delete()
    make_groups(apps.get_app_config("chatwidget"), plan=plan)
    assert not Group.objects.exists()


def test_managers_configure_and_read_no_transcript(groups, client, session, server):
    manager = log_in(client, "Chat widget managers")
    assert manager.get(reverse("admin:chatwidget_widget_add")).status_code == 200
    assert manager.get(reverse("admin:chatwidget_usageday_changelist")).status_code == 200
    page = manager.get(reverse("admin:chatwidget_chatserver_change", args=[server.pk])).text
    assert 'name="credential"' not in page
    read = reverse("admin:chatwidget_chatsession_transcript", args=[session.pk])
    assert manager.post(read).status_code == 403


def test_readers_read_transcripts_and_change_nothing(groups, client, session, api):
    reader = log_in(client, "Chat transcript readers")
    read = reverse("admin:chatwidget_chatsession_transcript", args=[session.pk])
    assert reader.post(read).status_code == 200
    widget = reverse("admin:chatwidget_widget_change", args=[session.widget_id])
    assert reader.post(widget, {}).status_code == 403
    assert reader.get(reverse("admin:chatwidget_usageday_changelist")).status_code == 403
