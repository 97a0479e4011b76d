"""The pytest plugin, a fixture: ``pytest_plugins = ["chatwidget.testing.plugin"]``.

It is not registered as an entry point, so that no run of pytest that does not ask for it imports
the app. Nothing else of the app imports pytest.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatwidget.testing import FakeChatAPI, fake_chat_api


@pytest.fixture
def chatwidget_api() -> Iterator[FakeChatAPI]:
    """Answer every call to a Chat API by a fake; nothing goes over the network."""
    with fake_chat_api() as api:
        yield api
