"""Reply times in buckets: what comes out is near what went in."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatwidget.usage.times import LAST, bucket_of, quantile


@given(st.lists(st.floats(0.11, 500), min_size=1, max_size=200), st.sampled_from([0.5, 0.95]))
def test_a_quantile_is_a_fifth_off_at_most(times, share):
    exact = sorted(times)[max(0, -(-len(times) * int(share * 100) // 100) - 1)]
    told = quantile(Counter(map(bucket_of, times)), share)
    assert exact / 1.2 <= told <= exact * 1.2


@pytest.mark.parametrize(("seconds", "bucket"), [(0, 0), (0.1, 0), (0.2, 4), (1e9, LAST)])
def test_what_is_very_short_or_long_has_a_bucket_too(seconds, bucket):
    assert bucket_of(seconds) == bucket


def test_of_no_replies_there_is_no_time():
    assert quantile({}, 0.5) is None
