"""A fake Chat API for the tests of sites that use this app: no network, and it does as it is told.

With pytest, ask for the fixture of ``chatwidget.testing.plugin``; anywhere else::

    with fake_chat_api() as api:
        api.answers_with("Yes, until six.")

The fake stands behind the app's own client, so that a test goes through everything but the wire.
"""

from __future__ import annotations

from chatwidget.testing.answers import Answer, File
from chatwidget.testing.fake import Call, FakeChatAPI, fake_chat_api
from chatwidget.testing.wire import Response

__all__ = ["Answer", "Call", "FakeChatAPI", "File", "Response", "fake_chat_api"]
