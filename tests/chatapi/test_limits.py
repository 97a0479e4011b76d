"""The count of calls that a server sends along. How long to wait is in `test_refusals`."""

from __future__ import annotations

import pytest

from chatwidget.chatapi import CallBudget
from chatwidget.chatapi.limits import call_budget


def headers(limit="300", remaining="0", reset="72"):
    return {
        "X-RateLimit-Limit": limit,
        "X-RateLimit-Remaining": remaining,
        "X-RateLimit-Reset": reset,
    }


@pytest.mark.parametrize(
    ("said", "budget"),
    [
        (headers(), CallBudget(300, 0, 72)),
        (headers(reset="1.5"), CallBudget(300, 0, 1.5)),
        (headers(reset="1795440221"), CallBudget(300, 0, 86400)),
        (headers(limit=""), None),
        (headers(limit="300, 300;w=300"), None),
        (headers(remaining="-1"), None),
        (headers(remaining="9" * 99), None),
        (headers(reset="soon"), None),
        (headers(limit="\u0663\u0660\u0660"), None),
        ({"X-RateLimit-Limit": "300"}, None),
        ({}, None),
    ],
)
def test_a_budget_is_three_numbers_or_none(said, budget):
    assert call_budget(said) == budget
