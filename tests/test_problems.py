from __future__ import annotations

import inspect
import uuid

import pytest

from chatwidget import overload, problems, tokens
from chatwidget.chatapi import Consent
from chatwidget.chatapi import errors as remote
from chatwidget.conversation import errors as local
from chatwidget.servers import NotConfigured

SPECIAL = {
    local.ReplyFailed: local.ReplyFailed("the bot's words"),
    local.MessageTooLong: local.MessageTooLong(12, 10),
    local.MessageUnderWay: local.MessageUnderWay(1.2),
    local.AgreementMissing: local.AgreementMissing(Consent(True, "site:1", "Terms")),
    local.AgreementStale: local.AgreementStale(Consent(True, "site:1", "Terms")),
    local.Unconfirmed: local.Unconfirmed(uuid.uuid4(), 30),
}


def _leaves(module: object, root: type[Exception]) -> list[type[Exception]]:
    return [
        kind
        for _name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, root) and kind is not root
    ]


ALL = [
    *_leaves(local, local.ConversationError),
    *_leaves(tokens, tokens.TokenError),
    *_leaves(remote, remote.ChatAPIError),
    remote.ChatAPIError,
    NotConfigured,
]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_a_code_and_words(kind: type[Exception]) -> None:
    error = SPECIAL.get(kind) or kind()
    problem = problems.describe(error)
    assert 400 <= problem.status < 600
    assert problem.code
    assert str(problem.words)
    assert isinstance(error, problems.ERRORS)


def test_no_row_is_hidden_by_one_above_it() -> None:
    kinds = [kind for kind, _problem in problems.TABLE]
    for number, kind in enumerate(kinds):
        assert not [above for above in kinds[:number] if issubclass(kind, above)], kind


def test_a_bot_is_quoted() -> None:
    problem = problems.describe(local.ReplyFailed("Sorry, out of stock."))
    assert (problem.status, problem.code, problem.words) == (
        500,
        "bot_error",
        "Sorry, out of stock.",
    )


def test_a_server_is_not() -> None:
    problem = problems.describe(remote.Rejected(detail="internal words"))
    assert "internal" not in str(problem.words)


def test_a_long_message_is_told_by_how_much() -> None:
    assert "12" in str(problems.describe(SPECIAL[local.MessageTooLong]).words)


def test_seconds_to_wait_are_rounded_up() -> None:
    assert problems.describe(SPECIAL[local.MessageUnderWay]).retry_after == 2
    assert problems.describe(remote.RateLimited(retry_after=0.2)).retry_after == 1
    assert problems.describe(remote.RateLimited()).retry_after is None


@pytest.mark.parametrize("kind", [tokens.TokenExpired, local.SessionExpired, local.SessionOver])
def test_a_lost_session_is_started_afresh(kind: type[Exception]) -> None:
    assert problems.describe(kind()).starts_afresh


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (remote.NotFound("start"), 502, "chatbot_unknown"),
        (remote.NotFound("poll_task"), 502, "bad_response"),
        (remote.Rejected("start"), 400, "start_rejected"),
        (remote.Rejected("send"), 400, "message_rejected"),
        (remote.Rejected("poll_session"), 502, "bad_response"),
        (remote.ConsentRequired("send"), 403, "consent_required"),
    ],
)
def test_what_a_refusal_means_depends_on_the_call(
    error: remote.ChatAPIError, status: int, code: str
) -> None:
    problem = problems.describe(error)
    assert (problem.status, problem.code) == (status, code)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (local.MessageUnderWay(), "The last answer is still on its way."),
        (local.StartUnderWay(), "This chat is just being started."),
        (local.HistoryUnderWay(), "Your earlier messages are being loaded."),
        (overload.TooManyAtOnce(), "Many messages are on their way right now."),
    ],
)
def test_whoever_has_to_wait_reads_for_what(error: Exception, words: str) -> None:
    assert str(problems.describe(error).words).startswith(words)


def test_a_message_that_is_watched_says_when_to_ask_again() -> None:
    assert problems.describe(SPECIAL[local.Unconfirmed]).retry_after == 30
    assert problems.describe(local.Unconfirmed(uuid.uuid4(), None)).retry_after is None
