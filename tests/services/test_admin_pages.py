"""The short form of ``bench.admin_pages``: see there."""

from __future__ import annotations

import pytest

from bench.admin_pages import MILLISECONDS, QUERIES, Plan, report, run

PLAN = Plan(widgets=200, sessions=20_000, days=30)


@pytest.mark.slow
def test_the_admins_pages_are_quick_where_there_is_much(postgres_url: str, redis_url: str) -> None:
    pages = run(PLAN, postgres_url, redis_url)
    assert len(pages) > 20
    assert not [page for page in pages if page.queries > QUERIES], report(pages)
    # What Python itself takes: on a machine that tests share, the rest is the others'.
    assert not [page for page in pages if page.cpu > MILLISECONDS], report(pages)
