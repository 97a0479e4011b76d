"""The admin's addresses, each with each role: nobody sees or does more than the role says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from chatwidget.management.roles import ROLES
from chatwidget.models import ChatServer, ChatSession, UsageDay, Widget
from tests.security.conftest import Visitor, everything

DAY = date(2026, 11, 23)
MODELS = ("chatserver", "chatsession", "usageday", "widget")
VIEWS = tuple(f"view_{model}" for model in MODELS)
CHANGES = {"add": "add", "delete": "delete", "change": "change", "import": "add"}
# What takes a POST alone says so to everybody.
REFUSED = (403, 405)
ROLE_PERMISSIONS: dict[str, Sequence[str] | None] = {
    "nobody": None,
    "staff": (),
    "viewer": VIEWS,
    **ROLES,
}


def named(patterns: Sequence[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """Every address of the app in the admin."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns)
        elif pattern.name and pattern.name.startswith("chatwidget_"):
            yield pattern.name


def path_of(name: str, visitor: Visitor) -> str:
    model = name.split("_")[1]
    rows = {
        "chatserver": visitor.widget.server_id,
        "chatsession": visitor.session_id,
        "usageday": UsageDay.objects.get_or_create(widget=visitor.widget, day=DAY)[0].pk,
        "widget": visitor.widget.pk,
    }
    url = next(
        each
        for resolver in admin.site.get_urls()
        if isinstance(resolver, URLResolver)
        for each in resolver.url_patterns
        if each.name == name
    )
    arguments = [rows[model]] if re.search(r"<path:\w+>", str(url.pattern)) else []
    return reverse(f"admin:{name}", args=arguments)


def somebody(role: str) -> Client:
    """A browser of somebody in this role."""
    client = Client()
    codenames = ROLE_PERMISSIONS[role]
    if codenames is not None:
        user = User.objects.create_user(role, password="x", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
    return client


def state() -> list[object]:
    return [
        list(model._default_manager.order_by("pk").values_list())
        for model in (ChatServer, Widget, ChatSession)
    ]


@pytest.fixture
def addresses(alice: Visitor) -> dict[str, str]:
    return {name: path_of(name, alice) for name in named()}


def test_the_matrix_has_the_whole_admin(addresses):
    assert {name.split("_")[1] for name in addresses} == set(MODELS)
    assert len(addresses) >= 20


def test_a_stranger_is_sent_to_log_in(addresses):
    stranger, before = somebody("nobody"), state()
    for name, url in addresses.items():
        for answer in (stranger.get(url), stranger.post(url, {"post": "yes"})):
            assert answer.status_code == 302, name
            assert "/login/" in answer["Location"], name
    assert state() == before


def test_staff_without_permissions_are_refused(addresses):
    staff, before = somebody("staff"), state()
    for name, url in addresses.items():
        for answer in (staff.get(url), staff.post(url, {"post": "yes"})):
            assert answer.status_code in REFUSED, name
    assert state() == before


@pytest.mark.parametrize("role", ["viewer", "Chat transcript readers"])
def test_who_may_look_changes_nothing(role, addresses):
    viewer, before = somebody(role), state()
    for name, url in addresses.items():
        fields = {"post": "yes", "name": "changed", "_save": "Save", "is_active": "off"}
        answer = viewer.post(url, fields)
        assert answer.status_code in {200, 302, 400, 403, 404}, name
        assert state() == before, name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_meets_what_it_holds_and_nothing_else(role, addresses):
    person, codenames = somebody(role), ROLE_PERMISSIONS[role] or ()
    for name, url in addresses.items():
        _app, model, what = name.split("_", 2)
        answer = person.get(url)
        may_look = {f"view_{model}", f"change_{model}"} & set(codenames)
        needed = CHANGES.get(what)
        if (not may_look and f"add_{model}" not in codenames) or (
            needed in {"add", "delete"} and f"{needed}_{model}" not in codenames
        ):
            assert answer.status_code in REFUSED, name
        elif what in {"changelist", "change"}:
            assert answer.status_code == 200, name


@pytest.mark.parametrize("role", [role for role in ROLE_PERMISSIONS if role != "nobody"])
def test_nobody_reads_a_credential(role, addresses, remote):
    person = somebody(role)
    secrets = ["credential-marked", *(str(each.token) for each in remote.sessions.values())]
    secrets += [ChatServer.objects.get().encrypted_credential]
    for name, url in addresses.items():
        said = everything(person.get(url))
        assert not [secret for secret in secrets if secret in said], name


@pytest.mark.parametrize("role", [role for role in ROLE_PERMISSIONS if role != "nobody"])
def test_a_transcript_is_for_its_readers(role, addresses, alice):
    person = somebody(role)
    url = addresses["chatwidget_chatsession_transcript"]
    for answer in (person.get(url), person.post(url)):
        may = "read_transcript" in (ROLE_PERMISSIONS[role] or ())
        assert (alice.heard in everything(answer)) <= may


def test_the_groups_are_the_roles(transactional_db):
    call_command("flush", "--no-input", verbosity=0)
    call_command("migrate", "chatwidget", "zero", verbosity=0)
    call_command("migrate", verbosity=0)
    made = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }
    assert made == {name: set(codenames) for name, codenames in ROLES.items()}


def test_the_admin_is_not_framed_and_keeps_csrf(addresses):
    User.objects.create_superuser("root", password="x")
    root = Client(enforce_csrf_checks=True)
    root.login(username="root", password="x")
    for name, url in addresses.items():
        answer = root.get(url)
        if answer.status_code == 200 and "preview" not in name:
            assert answer.headers["X-Frame-Options"] == "DENY", name
        assert root.post(url, {"post": "yes"}).status_code == 403, name
