"""Reply times as counts in buckets, which add up over days and widgets as percentiles don't."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

SHORTEST = 0.1  # seconds
STEPS_AN_OCTAVE = 4  # each bucket is 19 % wider than the one before
LAST = 51  # from about 10 minutes on


def bucket_of(seconds: float) -> int:
    """Return the bucket of a time: 0 up to 0.1 s, the last from about 10 minutes on."""
    if seconds <= SHORTEST:
        return 0
    return min(LAST, math.ceil(STEPS_AN_OCTAVE * math.log2(seconds / SHORTEST)))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """Return the time in seconds that ``share`` (0 to 1) of the replies took at most.

    Within its bucket, so at most a tenth off; ``None`` when there are none.
    """
    wanted = share * sum(counts.values())
    if not wanted:
        return None
    buckets = sorted(counts)
    sums = itertools.accumulate(counts[bucket] for bucket in buckets)
    bucket, upto = next(pair for pair in zip(buckets, sums, strict=True) if pair[1] >= wanted)
    part = 1 - (upto - wanted) / counts[bucket]
    return float(SHORTEST * 2.0 ** ((bucket - 1 + part) / STEPS_AN_OCTAVE))
