"""The short form of ``bench.nothing_lost``: see there."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.nothing_lost import Plan, report, run

PLAN = Plan(messages=300, sessions=60, scale=30, kill_seconds=8)


@pytest.mark.slow
def test_no_message_is_lost_or_doubled_behind_a_visitors_back(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    result = run(PLAN, postgres_url, redis_url, tmp_path)
    assert result.messages == PLAN.messages
    assert (result.lost, result.doubled, result.wrong) == (0, 0, []), report(result)
    assert result.workers_killed
    assert len(result.faults) > 5
    assert sum(result.outcomes.values()) == PLAN.messages
