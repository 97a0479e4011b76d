"""What tests of a reply begin with."""

from __future__ import annotations

import uuid

import pytest

from chatwidget import conversation
from chatwidget.models import ChatSession
from tests.fake_chatapi import FakeChatAPI


@pytest.fixture
def task_id(session: ChatSession, api: FakeChatAPI) -> uuid.UUID:
    """The task of a message that was sent."""
    return conversation.send(session, "Hello", client_id="c1").id
