from __future__ import annotations

import math
from itertools import pairwise
from statistics import mean

import pytest

from bench.placement import DISTRIBUTIONS, Distribution, figures, learned, log_normal
from chatwidget.conversation import placement
from chatwidget.conversation.reply_times import (
    HALF_LIFE,
    ReplyTimes,
    believed,
    nothing_learned,
)

SEEDS = (1, 2)


def after(times: list[float], known: ReplyTimes | None = None) -> ReplyTimes:
    known = known or nothing_learned()
    for seconds in times:
        known = known.after(seconds)
    return known


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda each: each.name)
def test_it_learns_to_place_polls_nearly_as_well_as_can_be(distribution: Distribution) -> None:
    results = [figures(distribution, learned(distribution, seed).times) for seed in SEEDS]
    assert max(each.of_optimum for each in results) <= 1.05
    assert max(each.of_even for each in results) < 1
    assert mean(each.polls for each in results) == pytest.approx(8, abs=0.6)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda each: each.name)
def test_it_is_sane_before_anything_is_learned(distribution: Distribution) -> None:
    result = figures(distribution, nothing_learned().times)
    assert result.lag < 0.5
    assert result.polls == pytest.approx(8, abs=1.5)


def test_it_follows_a_bot_that_becomes_slow_and_quick_again() -> None:
    quick = Distribution("quick", *log_normal(2, 0.4))
    slow = Distribution("slow", *log_normal(20, 0.3))
    of_quick = learned(quick, 1)
    known = learned(slow, 2, replies=HALF_LIFE, known=of_quick)
    assert figures(slow, known.times).of_even < 1
    assert figures(slow, known.times).polls < figures(slow, of_quick.times).polls / 3
    known = learned(quick, 3, replies=2 * HALF_LIFE, known=known)
    assert figures(quick, known.times).of_even < 1
    assert figures(quick, known.times).lag < 0.2


@pytest.mark.parametrize("junk", [math.nan, math.inf, -math.inf, -1.0, 0.0, 5e-324, 301.0, 1e300])
def test_what_cannot_be_a_reply_time_changes_nothing(junk: float) -> None:
    known = after([3.0, 4.0])
    assert known.after(junk) == known


@pytest.mark.parametrize("since", [math.nan, -1.0, 4.0, 1e300])
def test_a_poll_before_that_cannot_be_is_taken_to_have_been_on_time(since: float) -> None:
    assert nothing_learned().after(4.0, since) == nothing_learned().after(4.0)


def test_an_interval_of_no_length_still_counts() -> None:
    known = nothing_learned().after(4.0, since=math.nextafter(4.0, 0))
    assert sum(known.counts) == pytest.approx(1)


def test_one_reply_time_over_and_over_is_polled_for_closely_about_it() -> None:
    known = after([4.0] * 200)
    gaps = [(start, end - start) for start, end in pairwise((0.0, *known.times))]
    assert all(gap < 0.5 for start, gap in gaps if 3.5 < start < 4.2)
    assert gaps[0][1] > 2 * min(gap for _, gap in gaps)
    assert all(placement.FLOOR - 1e-6 <= gap <= placement.CEILING for _, gap in gaps)


def test_the_poll_before_bounds_what_is_learned() -> None:
    curve = believed(after([]).after(9.0, since=8.0).counts)
    nothing = believed(nothing_learned().counts)
    assert curve.at(7) > nothing.at(7)
    assert curve.at(11) < nothing.at(11)


def test_a_tab_that_slept_teaches_next_to_nothing() -> None:
    known = learned(DISTRIBUTIONS[0], 1, replies=100)
    slept = known
    for _ in range(20):
        slept = slept.after(250.0, since=1.0)
    ages = [1.0, 2.0, 4.0, 8.0, 16.0]
    before, now = believed(known.counts), believed(slept.counts)
    assert [now.at(age) for age in ages] == pytest.approx(
        [before.at(age) for age in ages], abs=0.03
    )


def test_counts_fade_by_half_in_a_half_life() -> None:
    known = after([250.0])
    heavy = known.counts[-2:]
    known = after([1.0] * HALF_LIFE, known)
    assert sum(known.counts[-2:]) == pytest.approx(sum(heavy) / 2, rel=0.05)


def test_polls_are_placed_anew_at_doubling_counts_and_then_every_32() -> None:
    known, placed_at = nothing_learned(), []
    for _ in range(100):
        earlier, known = known, known.after(7.0)
        if known.times is not earlier.times:
            placed_at.append(known.learned)
    assert placed_at == [1, 2, 4, 8, 16, 32, 64, 96]


def test_what_is_kept_is_what_was_learned() -> None:
    known = after([2.0, 5.0])
    assert ReplyTimes.thawed(known.frozen()) == known


GOOD = (3, nothing_learned().counts, (1.0, 2.0))


@pytest.mark.parametrize(
    "junk",
    [
        None,
        "junk",
        7,
        {"learned": 3},
        (),
        ("3", *GOOD[1:]),
        (-3, *GOOD[1:]),
        (math.nan, *GOOD[1:]),
        (3, GOOD[1][1:], GOOD[2]),
        (3, (math.nan, *GOOD[1][1:]), GOOD[2]),
        (3, (-1.0, *GOOD[1][1:]), GOOD[2]),
        (3, (1e9, *GOOD[1][1:]), GOOD[2]),
        (3, ("1", *GOOD[1][1:]), GOOD[2]),
        (3, GOOD[1], ()),
        (3, GOOD[1], (2.0, 1.0)),
        (3, GOOD[1], (0.0, 1.0)),
        (3, GOOD[1], (1.0, math.nan)),
        (3, GOOD[1], (1.0, math.inf)),
        (3, GOOD[1], ("1",)),
        (3, GOOD[1], None),
    ],
)
def test_junk_is_taken_for_nothing_learned(junk: object) -> None:
    assert ReplyTimes.thawed(GOOD).times == GOOD[2]
    assert ReplyTimes.thawed(junk) == nothing_learned()
