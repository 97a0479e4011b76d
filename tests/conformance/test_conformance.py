"""The fake and the demo bot, held against what two real servers answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance import PAGE, claims, recordings
from tests.conformance.recordings import Answered, Recording, differences
from tests.conformance.replaying import Replay
from tests.conformance.targets import Bot, Fake, demo_bot

RECORDED = recordings.load()


def claimed(target: str) -> pytest.MarkDecorator:
    """Every recording that the target claims to answer alike."""
    covered = [each for each in RECORDED.values() if each.id not in claims.reasons(target)]
    return pytest.mark.parametrize("recording", covered, ids=lambda recording: recording.id)


@pytest.fixture
def bot() -> Iterator[Bot]:
    with demo_bot() as bot:
        yield bot


def check(recording: Recording, ours: Answered) -> None:
    words = recording.id not in claims.OTHER_WORDS
    assert differences(recording.answered, ours, words=words) == []


@claimed("fake")
def test_the_fake_answers_as_recorded(recording: Recording) -> None:
    check(recording, Replay(recording, Fake(recording.dialect)).run())


@claimed("bot")
def test_the_bot_answers_as_recorded(recording: Recording, bot: Bot) -> None:
    check(recording, Replay(recording, bot).run())


@pytest.mark.parametrize("target", ["fake", "bot"])
def test_what_is_not_covered_was_recorded_and_has_one_reason(target: str) -> None:
    names = " ".join(claims.NOT_COVERED[target].values()).split()
    assert len(names) == len(set(names))
    assert set(names) <= RECORDED.keys()


def test_the_page_says_what_is_covered() -> None:
    """Made by ``python -m tests.conformance``."""
    assert PAGE.read_text().splitlines() == list(claims.table(RECORDED))


SAME = Answered(403, {"Content-Type": "application/json"}, {"error": "No", "code": "a"})


@pytest.mark.parametrize(
    "other",
    [
        Answered(401, SAME.headers, SAME.body),
        Answered(403, {"Content-Type": "text/html"}, "No"),
        Answered(403, {**SAME.headers, "Retry-After": "1"}, SAME.body),
        Answered(403, SAME.headers, {"error": "No"}),
        Answered(403, SAME.headers, {"error": "No", "code": "b"}),
        Answered(403, SAME.headers, {"error": "No", "code": None}),
    ],
)
def test_a_difference_is_noticed(other: Answered) -> None:
    assert differences(SAME, other, words=False)


def test_sentences_differ_where_they_may() -> None:
    other = Answered(403, SAME.headers, {"error": "Nay", "code": "a"})
    assert differences(SAME, other)
    assert not differences(SAME, other, words=False)
