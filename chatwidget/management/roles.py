"""The roles that the first migration makes, for a site to give to its people.

They are made once: a site that changes or deletes a group keeps what it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig, apps

FIRST = ("chatwidget", "0001_initial")
ROLES: Mapping[str, Sequence[str]] = {
    "Chat widget managers": (
        "add_widget",
        "change_widget",
        "delete_widget",
        "view_widget",
        "view_chatserver",
        "view_chatsession",
        "view_usageday",
    ),
    "Chat transcript readers": ("view_chatsession", "read_transcript", "view_widget"),
}


def make_groups(
    sender: AppConfig,
    plan: Sequence[tuple[Any, bool]] = (),
    using: str = "default",
    verbosity: int = 1,
    interactive: bool = True,
    **_kwargs: object,
) -> None:
    """Make the groups when the app's first migration has just been applied."""
    applied = [(migration.app_label, migration.name) for migration, back in plan if not back]
    if FIRST not in applied or not apps.is_installed("django.contrib.auth"):
        return
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    create_permissions(sender, verbosity=verbosity, interactive=interactive, using=using)
    for name, codenames in ROLES.items():
        group, _created = Group.objects.using(using).get_or_create(name=name)
        held = Permission.objects.using(using).filter(
            content_type__app_label="chatwidget", codename__in=codenames
        )
        group.permissions.set(held)
