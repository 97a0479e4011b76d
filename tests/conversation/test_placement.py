from __future__ import annotations

from itertools import combinations, pairwise
from math import inf

import pytest

from bench.placement import DISTRIBUTIONS, Distribution, even_lag, truth
from chatwidget.conversation import placement
from chatwidget.conversation.placement import CEILING, FLOOR, GROWTH, Curve

BUDGET = 8.0
BY_NAME = pytest.mark.parametrize("distribution", DISTRIBUTIONS, ids=lambda each: each.name)


def all_replies_between(soonest: float, latest: float) -> Curve:
    return Curve([0.0, soonest, latest], [1.0, 1.0, 0.0])


def points(curve: Curve, count: int) -> Curve:
    end = curve.ages[-1]
    ages = [end * point / count for point in range(count + 1)]
    return Curve(ages, [*map(curve.at, ages[:-1]), 0.0])


def test_the_curve_runs_in_lines_between_its_points() -> None:
    curve = all_replies_between(2, 4)
    assert [curve.at(age) for age in (0, 1, 2, 3, 4, 5)] == [1, 1, 1, 0.5, 0, 0]
    assert curve.mean == pytest.approx(3)


def test_polls_and_lag_are_those_of_hand_reckoning() -> None:
    polls, lag = placement.polls_and_lag((3.0, 4.0), all_replies_between(2, 4))
    assert polls == pytest.approx(1.5)
    assert lag == pytest.approx(0.5)


def test_no_choice_of_points_is_cheaper_than_the_cheapest() -> None:
    curve = points(Curve([0.0, 1.0, 1.5, 3.5, 4.0], [1.0, 0.9, 0.4, 0.3, 0.0]), 12)
    price = 0.3

    def cost(times: tuple[float, ...]) -> float:
        polls, lag = placement.polls_and_lag(times, curve)
        return lag + price * polls

    found = placement.cheapest(curve, placement.choices_within(curve, inf), price)
    inner = curve.ages[1:-1]
    choices = (chosen for size in range(12) for chosen in combinations(inner, size))
    assert cost(found) == pytest.approx(min(cost((*chosen, 4.0)) for chosen in choices))


@pytest.mark.parametrize(
    ("distribution", "seconds"), list(zip(DISTRIBUTIONS[:3], (0.21, 0.41, 0.26), strict=True))
)
def test_the_optimum_is_the_one_that_was_measured_before(
    distribution: Distribution, seconds: float
) -> None:
    polls, lag = placement.polls_and_lag(
        placement.place(truth(distribution), 8), truth(distribution)
    )
    assert polls == pytest.approx(BUDGET, abs=0.3)
    assert lag == pytest.approx(seconds, rel=0.06)


@BY_NAME
def test_polls_are_neither_too_near_nor_too_far_apart(distribution: Distribution) -> None:
    times = placement.place(truth(distribution), BUDGET)
    gaps = [later - sooner for sooner, later in pairwise((0.0, *times))]
    assert min(gaps) >= FLOOR - 1e-6
    assert max(gaps) <= CEILING + 1e-6


@BY_NAME
def test_it_is_never_later_than_even_spacing(distribution: Distribution) -> None:
    curve = truth(distribution)
    polls, lag = placement.polls_and_lag(placement.place(curve, BUDGET), curve)
    assert lag < even_lag(distribution, polls)


def test_even_spacing_is_taken_where_it_is_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    curve = all_replies_between(2, 8)
    monkeypatch.setattr(placement, "cheapest", lambda *_: (1.0, 2.0, 8.0))
    times = placement.place(curve, BUDGET)
    assert len({round(later - sooner, 6) for sooner, later in pairwise((0.0, *times))}) == 1
    assert placement.polls_and_lag(times, curve)[0] == pytest.approx(2.67, abs=0.5)


def test_replies_at_once_are_polled_for_at_the_floor() -> None:
    curve = points(all_replies_between(0, 1), 100)
    times = placement.place(curve, BUDGET)
    assert times == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])


def test_replies_after_minutes_are_polled_for_at_the_ceiling() -> None:
    curve = points(all_replies_between(200, 250), 250)
    assert placement.place(curve, BUDGET)[:10] == pytest.approx([10.0 * n for n in range(1, 11)])


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (0, 1),  # the first
        (0.9, 1.1),  # too near the first
        (1.2, 0.8),  # late
        (4, 4 * GROWTH),  # past the last, growing
        (0.5, 0.5),
        (200, CEILING),
    ],
)
def test_the_wait_leads_to_the_next_time_that_is_not_too_near(age: float, wait: float) -> None:
    assert placement.next_wait((1.0, 2.0, 4.0), age) == pytest.approx(wait)


def test_the_wait_is_between_floor_and_ceiling_whatever_the_times() -> None:
    assert placement.next_wait((100.0,), 0) == CEILING
    assert placement.next_wait((0.001,), 0) == FLOOR


@pytest.mark.parametrize(
    ("age", "before"), [(1.1, 0), (2, 1), (2.1, 1), (4.1, 2), (4.4, 4), (11, 10), (200, 190)]
)
def test_the_poll_before_is_the_one_that_was_due(age: float, before: float) -> None:
    assert placement.poll_before((1.0, 2.0, 4.0), age) == pytest.approx(before)
