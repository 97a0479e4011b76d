from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from chatwidget.conversation import pacing
from chatwidget.conversation.placement import CEILING, FLOOR
from chatwidget.store import store

WIDGET, OTHER = 1, 2


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    pacing.forget()
    store().clear()
    yield
    pacing.forget()
    store().clear()


def moments(widget_id: int, until: float = 60) -> list[float]:
    asked = [0.0]
    while asked[-1] < until:
        asked.append(asked[-1] + pacing.ask_again(widget_id, asked[-1]))
    return asked


def calls_before(reset: float, remaining: int) -> int:
    age, calls = 0.0, 0
    while True:
        age += pacing.ask_again(WIDGET, age, remaining=remaining - calls, reset_in=reset - age)
        if age >= reset:
            return calls
        calls += 1


def junk_in_the_cache(widget_id: int) -> None:
    pacing.learn(widget_id, 4)
    pacing.forget()
    store().set(f"chatwidget:pacing:{widget_id}", {"junk": [None]})


@pytest.mark.parametrize("age", [0, 0.1, 1, 4, 20, 60, 299, 3600])
def test_the_wait_is_between_floor_and_ceiling(age: float) -> None:
    assert FLOOR <= pacing.ask_again(WIDGET, age) <= CEILING


def test_the_first_poll_is_early_until_it_is_known_that_no_reply_is_there_so_soon() -> None:
    for _ in range(pacing.REPLIES_KNOWN):
        assert pacing.ask_first(WIDGET, 0) == pacing.EARLY_SECONDS
        pacing.learn(WIDGET, 12, since=11)
    assert pacing.ask_first(WIDGET, 0) == pacing.ask_again(WIDGET, 0) > pacing.EARLY_SECONDS


def test_a_bot_that_is_known_to_answer_at_once_is_asked_early() -> None:
    for _ in range(pacing.REPLIES_KNOWN):
        pacing.learn(WIDGET, 0.25, since=0.1)
    assert pacing.ask_first(WIDGET, 0) <= pacing.EARLY_SECONDS


def test_what_is_learned_of_one_widget_is_for_that_widget() -> None:
    nothing = moments(OTHER)
    for _ in range(64):
        pacing.learn(WIDGET, 12, since=11)
    assert moments(OTHER) == nothing
    near = [moment for moment in moments(WIDGET) if 10.5 < moment < 12.5]
    assert len(near) > len([moment for moment in nothing if 10.5 < moment < 12.5])


def test_another_process_reads_what_was_learned() -> None:
    for _ in range(64):
        pacing.learn(WIDGET, 12)
    asked = moments(WIDGET)
    pacing.forget()
    assert moments(WIDGET) == asked


def test_a_process_reads_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    nothing = moments(WIDGET)
    pacing.learn(WIDGET, 12)
    learned = store().get("chatwidget:pacing:1")
    store().clear()
    pacing.forget()
    assert moments(WIDGET) == nothing
    store().set("chatwidget:pacing:1", learned)
    now += pacing.FRESH_SECONDS - 1
    assert moments(WIDGET) == nothing
    now += 1
    assert moments(WIDGET) != nothing


def test_a_lost_key_only_loses_what_was_learned() -> None:
    nothing = moments(WIDGET)
    pacing.learn(WIDGET, 12)
    pacing.forget()
    store().clear()
    assert moments(WIDGET) == nothing


def test_junk_in_the_cache_only_loses_what_was_learned() -> None:
    nothing = moments(WIDGET)
    junk_in_the_cache(WIDGET)
    assert moments(WIDGET) == nothing
    junk_in_the_cache(WIDGET)
    pacing.learn(WIDGET, 12)
    assert moments(WIDGET) != nothing


def test_memory_does_not_grow_with_the_number_of_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "WIDGETS_IN_MEMORY", 3)
    for widget_id in range(10):
        pacing.ask_again(widget_id, 1)
    assert len(pacing._read) <= 3


def test_plenty_of_calls_left_change_nothing() -> None:
    assert pacing.ask_again(WIDGET, 2, remaining=290, reset_in=280) == pacing.ask_again(WIDGET, 2)


@pytest.mark.parametrize(
    ("remaining", "reset_in"),
    [(None, 60), (3, None), (3, 0), (3, -5), (3, math.nan), (-7, -math.inf)],
)
def test_half_a_limit_or_one_that_is_past_changes_nothing(
    remaining: int | None, reset_in: float | None
) -> None:
    limited = pacing.ask_again(WIDGET, 2, remaining=remaining, reset_in=reset_in)
    assert limited == pacing.ask_again(WIDGET, 2)


@pytest.mark.parametrize("reset_in", [20, 60, 300])
@pytest.mark.parametrize("remaining", [-3, 0, 5, 6, 10, 25, 60, 300])
def test_never_more_calls_are_planned_than_are_left(remaining: int, reset_in: float) -> None:
    assert calls_before(reset_in, remaining) <= max(0, remaining - pacing.RESERVED_CALLS)


def test_the_spacing_stretches_as_the_calls_run_out() -> None:
    waits = [
        pacing.ask_again(WIDGET, 2, remaining=left, reset_in=60) for left in (300, 30, 20, 10, 6)
    ]
    assert waits == sorted(waits)
    assert waits[-1] > 10 * waits[0]


@pytest.mark.parametrize(
    ("left", "reset_in", "wait"), [(8, 7, 2), (7, 7, 3), (6, 7, 6), (5, 7, 7), (6, 6, 4)]
)
def test_the_planned_polls_are_spread_over_the_calls_that_are_left(
    monkeypatch: pytest.MonkeyPatch, left: int, reset_in: float, wait: float
) -> None:
    monkeypatch.setattr("chatwidget.conversation.placement.next_wait", lambda times, age: 2.0)
    assert pacing.ask_again(WIDGET, 2, remaining=left, reset_in=reset_in) == wait


def test_nothing_is_asked_before_the_reset_once_only_the_reserve_is_left() -> None:
    assert pacing.ask_again(WIDGET, 2, remaining=5, reset_in=42) == 42
    assert pacing.ask_again(WIDGET, 2, remaining=0, reset_in=0.01) == FLOOR


def test_a_reset_in_years_is_not_waited_for() -> None:
    assert pacing.ask_again(WIDGET, 2, remaining=0, reset_in=math.inf) == pacing.LONGEST_WINDOW
