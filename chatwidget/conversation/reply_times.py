"""What a widget has learned of how long its replies take: a small histogram that forgets.

A poll that finds a reply tells only that it came after the poll before. Its count is shared out
over that interval in proportion to what is believed so far (the expectation step of EM), so that
a tab that slept for a minute teaches next to nothing. Placement reads the counts smoothed and
mixed with a broad prior, which is all there is at first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from statistics import NormalDist

from chatwidget.conversation import placement
from chatwidget.conversation.placement import Curve, Times

POLL_BUDGET = 8.0
SHORTEST, LONGEST = 0.001, 300.0
NARROWEST_BIN, BIN_GROWTH = 0.08, 0.08
POINTS_PER_BIN = 3
SMOOTHINGS = 4
HALF_LIFE = 400
DECAY = 0.5 ** (1 / HALF_LIFE)
PRIOR_REPLIES, PRIOR_MEDIAN, PRIOR_SIGMA = 20, 3.0, 1.2
PLACED_EVERY = 32


def _edges() -> Times:
    edges = [0.0]
    while edges[-1] < LONGEST:
        edges.append(edges[-1] + max(NARROWEST_BIN, edges[-1] * BIN_GROWTH))
    return tuple(edges)


def _prior(edges: Times) -> Times:
    logarithm = NormalDist(math.log(PRIOR_MEDIAN), PRIOR_SIGMA)
    below = [0.0, *(logarithm.cdf(math.log(edge)) for edge in edges[1:])]
    return tuple(PRIOR_REPLIES * (high - low) for low, high in pairwise(below))


EDGES = _edges()
BINS = tuple(pairwise(EDGES))
PRIOR = _prior(EDGES)
NOTHING = (0.0,) * len(BINS)


@dataclass(frozen=True, slots=True)
class ReplyTimes:
    """Decayed ``counts`` of replies by bin, how many were ``learned``, and the polls' ``times``."""

    learned: int = 0
    counts: Times = NOTHING
    times: Times = field(default_factory=lambda: times_for(NOTHING))

    def after(self, seconds: float, since: float | None = None) -> ReplyTimes:
        """Return these with one more reply, found by a poll at age ``seconds``.

        ``since`` is the age at the poll before; without it, the one that was due. What cannot be
        a reply time changes nothing. The polls are placed anew at 1, 2, 4, 8 … and every 32
        replies.
        """
        if not SHORTEST <= seconds <= LONGEST:
            return self
        if since is None or not 0 <= since < seconds:
            since = placement.poll_before(self.times, seconds)
        counts = self._counted(min(since, seconds - SHORTEST), seconds)
        learned = self.learned + 1
        due = learned % PLACED_EVERY == 0 or learned & (learned - 1) == 0
        return ReplyTimes(learned, counts, times_for(counts) if due else self.times)

    def _counted(self, since: float, until: float) -> Times:
        likely = [
            max(0.0, min(high, until) - max(low, since)) / (high - low) * (count + prior)
            for (low, high), count, prior in zip(BINS, self.counts, PRIOR, strict=True)
        ]
        total = math.fsum(likely)
        return tuple(
            count * DECAY + share / total for count, share in zip(self.counts, likely, strict=True)
        )

    def frozen(self) -> tuple[int, Times, Times]:
        """Return these as plain values, for a cache."""
        return self.learned, self.counts, self.times

    @classmethod
    def thawed(cls, kept: object) -> ReplyTimes:
        """Return what :meth:`frozen` made; knowing nothing if ``kept`` is anything else."""
        try:
            return _checked(*kept)  # type: ignore[misc]
        except (TypeError, ValueError):
            return nothing_learned()


@cache
def nothing_learned() -> ReplyTimes:
    """What is believed of a widget at first: the prior alone."""
    return ReplyTimes()


def times_for(counts: Sequence[float]) -> Times:
    """Return the ages (seconds) at which to poll, given the counts of each bin."""
    return placement.place(believed(counts), POLL_BUDGET)


def believed(counts: Sequence[float]) -> Curve:
    """Return the curve of the smoothed counts and the prior, even within each bin."""
    for _ in range(SMOOTHINGS):
        around = zip((counts[0], *counts), counts, (*counts[1:], counts[-1]), strict=False)
        counts = [(low + 2 * here + high) / 4 for low, here, high in around]
    masses = [count + prior for count, prior in zip(counts, PRIOR, strict=True)]
    total = left = math.fsum(masses)
    ages, awaited = [0.0], [1.0]
    for (low, high), mass in zip(BINS, masses, strict=True):
        for part in range(1, POINTS_PER_BIN + 1):
            ages.append(low + (high - low) * part / POINTS_PER_BIN)
            awaited.append(max(0.0, left - mass * part / POINTS_PER_BIN) / total)
        left -= mass
    awaited[-1] = 0.0
    return Curve(ages, awaited)


def _checked(learned: int, counts: Times, times: Times) -> ReplyTimes:
    rising = all(0 < later - sooner < math.inf for sooner, later in pairwise((0.0, *times)))
    bounded = all(0 <= count <= 2 * HALF_LIFE for count in counts)
    if not (learned > 0 and times and rising and bounded and len(counts) == len(BINS)):
        raise ValueError
    return ReplyTimes(int(learned), tuple(counts), tuple(times))
