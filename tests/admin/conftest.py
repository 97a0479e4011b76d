"""Who uses the admin, and the forms as a browser sends them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from chatwidget.models import Widget


@pytest.fixture
def make_admin(db: None, client: Client) -> Callable[..., Client]:
    """Log in somebody with these permissions of the app."""

    def log_in(*codenames: str) -> Client:
        user = User.objects.create_user("limited", password="x", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        assert user.user_permissions.count() == len(codenames)
        client.force_login(user)
        return client

    return log_in


def field_errors(html: str) -> dict[str, str]:
    """Words of each error beside its field, by the field's name."""
    rows = re.findall(
        r'<div class="form-row[^"]* field-(\w+)">(?:(?!"form-row).)*?'
        r'<ul class="errorlist"[^>]*>(.*?)</ul>',
        html,
        re.DOTALL,
    )
    return {name: unescape(re.sub(r"<[^>]+>", " ", words)).strip() for name, words in rows}


def as_sent(widget: Widget) -> dict[str, str]:
    """What a browser sends of a widget's page that was left alone."""
    fields = [field for field in Widget._meta.concrete_fields if field.editable]
    values = {field.name: field.value_from_object(widget) for field in fields}
    return {
        name: "on" if value is True else "\n".join(value) if isinstance(value, list) else str(value)
        for name, value in values.items()
        if value is not None and value is not False
    }
