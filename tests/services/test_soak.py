"""The short form of ``bench.soak``: see there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.records import Record
from bench.soak import fill, soak


@pytest.mark.slow
def test_under_visitors_nothing_fails_and_nothing_grows(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    run = soak(10, 32, (postgres_url, redis_url), tmp_path)
    record = Record("soak", "Soak", "pytest")
    fill(record, run, 32)
    assert run.tally.answered
    assert [target for target in record.targets if not target.met] == []
