"""Where to place the polls for a reply: pure mathematics, no clock and no cache.

A reply that takes T seconds is found by the first poll at or after T. With W(t) the share of
replies still awaited at age t, polls at t1 < t2 < … (and t0 = 0) cost the server sum W(t[i-1])
calls a reply and show it sum (t[i] - t[i-1]) W(t[i-1]) - E[T] seconds late. Dynamic programming
over the points of W finds the placement with the least lateness + price x calls, and the price is
turned until the calls are what the budget allows. (Optimum inspection: Barlow, Hunter and
Proschan, 1963.)
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

FLOOR = 0.2
CEILING = 10.0
GROWTH = 0.1
TAIL = 0.003
SEARCHES = 5
FIRST_PRICE = 0.05
ROUNDING = 1e-9

Times = tuple[float, ...]


@dataclass(frozen=True)
class Curve:
    """The share of replies still ``awaited`` at each of ``ages`` (seconds); lines between.

    ``ages`` rises from 0; ``awaited`` falls from 1 to 0.
    """

    ages: Sequence[float]
    awaited: Sequence[float]

    def at(self, age: float) -> float:
        """Return the share still awaited at ``age``."""
        right = bisect_right(self.ages, age)
        if right == len(self.ages):
            return 0.0
        (start, end), (more, less) = self.ages[right - 1 : right + 1], self.awaited[right - 1 :][:2]
        return more - (more - less) * (age - start) / (end - start)

    @cached_property
    def mean(self) -> float:
        """The seconds that a reply takes on average: the area below the lines."""
        sides = zip(pairwise(self.ages), pairwise(self.awaited), strict=True)
        return sum((end - start) * (more + less) / 2 for (start, end), (more, less) in sides)

    def reached(self, share: float) -> float:
        """Return the first of the ages at which no more than ``share`` is awaited."""
        return next(age for age, left in zip(self.ages, self.awaited, strict=True) if left <= share)


def tail_wait(age: float) -> float:
    """Return the wait (seconds) for a reply that takes longer than nearly all before it."""
    return min(CEILING, max(FLOOR, age * GROWTH))


def next_wait(times: Times, age: float) -> float:
    """Return the seconds from ``age`` to the next of ``times`` that is not too near."""
    ahead = bisect_left(times, age + FLOOR - ROUNDING)
    return min(CEILING, times[ahead] - age) if ahead < len(times) else tail_wait(age)


def poll_before(times: Times, age: float) -> float:
    """Return the age at which a poll was due before the one at ``age``, or a little earlier."""
    passed = bisect_right(times, age - FLOOR + ROUNDING)
    last = times[passed - 1] if passed else 0.0
    if passed < len(times):
        return last
    return max(last, age / (1 + GROWTH), age - CEILING)


def polls_and_lag(times: Times, curve: Curve) -> tuple[float, float]:
    """Return how many polls a reply takes and how late it is seen (seconds), both on average."""
    polls = seen = before = 0.0
    for moment in _moments(times, curve.ages[-1]):
        awaited = curve.at(before)
        polls += awaited
        seen += (moment - before) * awaited
        before = moment
    return polls, seen - curve.mean


def _moments(times: Times, end: float) -> Iterator[float]:
    yield from times
    moment = times[-1]
    while moment < end:
        moment += tail_wait(moment)
        yield moment


def place(curve: Curve, budget: float) -> Times:
    """Return the ages (seconds) to poll at, for about ``budget`` polls a reply.

    The least mean lateness that :func:`cheapest` finds near the budget, or even spacing at equally
    many polls should that be no later. Fewer or more polls than the budget where floor or ceiling
    leave no choice.
    """
    last = curve.reached(TAIL)
    choices = choices_within(curve, last)
    price, found = FIRST_PRICE, []
    for _ in range(SEARCHES):
        times = cheapest(curve, choices, price)
        polls, _ = polls_and_lag(times, curve)
        found.append((abs(polls - budget), polls, times))
        price *= (polls / budget) ** 2
    _, polls, times = min(found)
    return min(times, even(curve, polls, last), key=partial(_lag, curve))


def _lag(curve: Curve, times: Times) -> float:
    return polls_and_lag(times, curve)[1]


def choices_within(curve: Curve, last: float) -> list[range]:
    """Return, for each point but the end, the points where the poll after it may be.

    Between floor and ceiling; after ``last`` (seconds) where the growth of the tail puts it.
    """
    ages, end = curve.ages, len(curve.ages) - 1
    choices = []
    for here, age in enumerate(ages[:-1]):
        tail = age + tail_wait(age)
        nearest = age + FLOOR if age < last else tail
        furthest = age + CEILING if age < last else tail
        first = bisect_left(ages, nearest - ROUNDING, here + 1, end)
        choices.append(range(first, max(first + 1, bisect_right(ages, furthest, first))))
    return choices


def cheapest(curve: Curve, choices: Sequence[range], price: float) -> Times:
    """Return the ages to poll at for the least mean lateness + ``price`` (seconds) x polls.

    The best next poll never moves back as the age grows (the cost is a Monge array), so the one
    found for a point bounds the search of the points before it.
    """
    ages, awaited = curve.ages, curve.awaited
    ahead = [0.0] * len(ages)
    following = [len(ages)] * len(ages)
    latest = len(ages)
    for here in range(len(choices) - 1, -1, -1):
        left, window = awaited[here], slice(choices[here].start, min(choices[here].stop, latest))
        costs = [left * age + cost for age, cost in zip(ages[window], ahead[window], strict=True)]
        least = min(costs)
        following[here] = window.start + costs.index(least)
        latest = following[here] + 1
        ahead[here] = least + (price - ages[here]) * left
    return tuple(_followed(curve, following))


def _followed(curve: Curve, following: Sequence[int]) -> Iterator[float]:
    here = following[0]
    yield curve.ages[here]
    while curve.awaited[here] > TAIL:
        here = following[here]
        yield curve.ages[here]


def even(curve: Curve, polls: float, last: float) -> Times:
    """Return polls at even spacing until ``last`` (seconds), about ``polls`` of them a reply."""
    gap = curve.mean / polls
    for _ in range(SEARCHES):
        times = _evenly(gap, last)
        gap = min(CEILING, max(FLOOR, gap * polls_and_lag(times, curve)[0] / polls))
    return _evenly(gap, last)


def _evenly(gap: float, last: float) -> Times:
    return tuple(gap * count for count in range(1, math.ceil(last / gap) + 1))
