"""What an admin reads of an error."""

from __future__ import annotations

import pytest

from chatwidget import advice
from chatwidget.chatapi import errors
from chatwidget.conversation.errors import SessionExpired, TaskUnknown
from chatwidget.overload import CircuitOpen, TooManyAtOnce
from chatwidget.servers import NotConfigured


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SessionExpired(), "The server no longer gives this chat out"),
        (NotConfigured("Server “A”: The variable B is not set."), "Server “A”: The variable B"),
        (errors.AccessDenied(status=401), "The server refuses the credential. Check the secret"),
        (errors.AccessDenied(status=401, hint="Choose another."), "Choose another. ("),
        (errors.Unavailable(reason="name not found"), "The server's name isn't known."),
        (errors.TimedOut(), "The server doesn't answer in time."),
        (TooManyAtOnce(), "The server takes no more calls just now."),
        (CircuitOpen(), "The server can't be reached, or is broken."),
        (TaskUnknown(), "This chat has no such message."),
    ],
)
def test_it_says_what_to_do(error, words):
    assert advice.words_for(error).startswith(words)
