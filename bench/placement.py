"""How late an answer is seen, and at how many polls: what was learned, the optimum, even spacing.

    python -m bench.placement

A widget learns from 500 simulated replies as it would see them,
found only by its own polls, each up to 150 ms late. Then its placement is held, by integration
over the true distribution and not by chance, against the best that dynamic programming knows with
that distribution in hand, and against even spacing, both at equal polls. Nothing here sleeps.
"""

from __future__ import annotations

import math
import os
import random
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist, mean
from time import process_time

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
    django.setup()

from bench import records, report
from bench.records import Cell, Record, Table, Target
from chatwidget.conversation import placement
from chatwidget.conversation.placement import Curve, Times
from chatwidget.conversation.reply_times import ReplyTimes, nothing_learned, times_for

REPLIES = 500
LATE_SECONDS = 0.15
SEEDS = range(8)
STEP, END = 0.02, 400.0
PRICES = (0.02, 0.03, 0.045, 0.06, 0.08, 0.11, 0.15, 0.2)

Draw = Callable[[random.Random], float]


@dataclass(frozen=True)
class Distribution:
    """Reply times in seconds: how to draw one, and the share that takes longer than an age."""

    name: str
    draw: Draw
    awaited: Callable[[float], float]


@dataclass(frozen=True)
class Figures:
    """Mean polls a reply, mean lag in seconds, and the lag in shares of optimum and even."""

    polls: float
    lag: float
    of_optimum: float
    of_even: float


def log_normal(median: float, sigma: float) -> tuple[Draw, Callable[[float], float]]:
    logarithm = NormalDist(math.log(median), sigma)
    return (
        lambda chance: chance.lognormvariate(math.log(median), sigma),
        lambda age: 1 - logarithm.cdf(math.log(age)) if age else 1.0,
    )


def humps(*medians: float) -> tuple[Draw, Callable[[float], float]]:
    each = [log_normal(median, 0.3) for median in medians]
    return (
        lambda chance: chance.choice(each)[0](chance),
        lambda age: mean(awaited(age) for _, awaited in each),
    )


DISTRIBUTIONS = (
    Distribution("log-normal 4 s, 0.5", *log_normal(4, 0.5)),
    Distribution("log-normal 4 s, 1.0", *log_normal(4, 1.0)),
    Distribution(
        "uniform 1 to 10 s",
        lambda chance: chance.uniform(1, 10),
        lambda age: min(1.0, max(0.0, (10 - age) / 9)),
    ),
    Distribution("humps 1.5 s and 8 s", *humps(1.5, 8)),
)


def learned(
    distribution: Distribution,
    seed: int,
    *,
    replies: int = REPLIES,
    known: ReplyTimes | None = None,
) -> ReplyTimes:
    """Return what a widget knows after ``replies`` more, each found by its own polls."""
    chance = random.Random(seed)  # noqa: S311 (a simulation)
    known = known or nothing_learned()
    for _ in range(replies):
        known = known.after(found(known.times, distribution.draw(chance), chance))
    return known


def found(times: Times, seconds: float, chance: random.Random) -> float:
    """Return the age at the poll that finds a reply of ``seconds``."""
    age = 0.0
    while age < seconds:
        age += placement.next_wait(times, age) + chance.uniform(0, LATE_SECONDS)
    return age


@cache
def truth(distribution: Distribution) -> Curve:
    """The distribution's own curve, on a grid finer than the widget's."""
    ages = [0.0]
    while ages[-1] < END:
        ages.append(ages[-1] + max(STEP, ages[-1] * STEP / 4))
    return Curve(ages, [*map(distribution.awaited, ages[:-1]), 0.0])


@cache
def optimum(distribution: Distribution) -> Sequence[tuple[float, float]]:
    """Polls and lag of the best placements, from few polls to many."""
    curve = truth(distribution)
    choices = placement.choices_within(curve, math.inf)
    best = (placement.cheapest(curve, choices, price) for price in PRICES)
    return sorted(placement.polls_and_lag(times, curve) for times in best)


def optimal_lag(distribution: Distribution, polls: float) -> float:
    """Return the least lag at ``polls``, on the line between the nearest two optima."""
    best = optimum(distribution)
    above = min(max(1, bisect_left(best, (polls, 0.0))), len(best) - 1)
    (fewer, later), (more, sooner) = best[above - 1], best[above]
    return later - (later - sooner) * (polls - fewer) / (more - fewer)


def even_lag(distribution: Distribution, polls: float) -> float:
    """Return the lag of even spacing at ``polls``, found by halving."""
    curve = truth(distribution)
    low, high = 0.01, 10.0
    for _ in range(30):
        gap = (low + high) / 2
        cost = sum(curve.at(age) for age in _evenly(gap))
        low, high = (gap, high) if cost > polls else (low, gap)
    return gap * polls - curve.mean


def _evenly(gap: float) -> Iterator[float]:
    return (gap * number for number in range(int(END / gap)))


def figures(distribution: Distribution, times: Times) -> Figures:
    """Return how a placement does on the true distribution."""
    polls, lag = placement.polls_and_lag(times, truth(distribution))
    best, even = optimal_lag(distribution, polls), even_lag(distribution, polls)
    return Figures(polls, lag, lag / best, lag / even)


def row(name: str, results: Sequence[Figures]) -> list[Cell]:
    optimum_shares = [each.of_optimum for each in results]
    even_shares = [each.of_even for each in results]
    return [
        name,
        mean(each.polls for each in results),
        mean(each.lag for each in results),
        mean(optimum_shares),
        max(optimum_shares),
        mean(even_shares),
        max(even_shares),
    ]


def main() -> int:
    """Simulate and publish."""
    records.options(__doc__).parse_args()
    record = Record("placement", "When polls are made", "python -m bench.placement")
    rows, everything = [], []
    for distribution in DISTRIBUTIONS:
        nothing = figures(distribution, nothing_learned().times)
        rows.append(row(f"{distribution.name}, nothing learned", [nothing]))
        for replies in (32, 128, REPLIES):
            results = [
                figures(distribution, learned(distribution, seed, replies=replies).times)
                for seed in SEEDS
            ]
            rows.append(row(f"{distribution.name}, after {replies} replies", results))
        everything.append(results)
    columns = ("replies", "polls", "lag s", "of optimum", "worst", "of even spacing", "worst")
    known = learned(DISTRIBUTIONS[0], 1)
    started = process_time()
    for _ in range(20):
        times_for(known.counts)
    took = f"One placement takes {(process_time() - started) * 50:.1f} ms of CPU."
    title = "How late an answer is seen, against the optimum and even spacing at as many polls"
    record.tables.append(Table(title, columns, rows, [took]))
    of_optimum = max(mean(each.of_optimum for each in results) for results in everything)
    of_even = max(each.of_even for results in everything for each in results)
    lag = f"answer lag once {REPLIES} replies are known"
    record.targets += [
        Target(f"{lag}, mean", "at most 1.05 of the optimum", of_optimum, of_optimum <= 1.05),
        Target(f"{lag}, worst", "never above even spacing", of_even, of_even <= 1),
    ]
    return report.publish(record)


if __name__ == "__main__":
    sys.exit(main())
