"""What tests of the chat page's fragments start from."""

from __future__ import annotations

import pytest
from django.test import Client

from chatwidget import tokens
from chatwidget.models import ChatSession, Widget
from tests.fake_chatapi import FakeChatAPI
from tests.views.asking import next_poll, post


@pytest.fixture
def token(session: ChatSession) -> str:
    return tokens.issue(session)


# The page


@pytest.fixture
def poll(client: Client, widget: Widget, token: str, api: FakeChatAPI) -> str:
    """The address that the pending bubble of a sent message asks."""
    return next_poll(post(client, widget, "Hello **you**", token=token))
