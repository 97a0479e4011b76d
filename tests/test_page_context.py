from __future__ import annotations

import json

import pytest

from chatwidget import page_context
from chatwidget.models import Widget


def admitted(given, **fields):
    return page_context.admitted(given, Widget(**fields))


def test_an_address_loses_its_query_its_fragment_and_its_user():
    given = json.dumps({"url": "https://u:p@shop.example:8443/a/b?card=1#c", "title": "Shop"})
    assert admitted(given) == {"url": "https://shop.example:8443/a/b", "title": "Shop"}
    kept = admitted(given, keeps_query=True)
    assert kept["url"] == "https://shop.example:8443/a/b?card=1"


def test_only_what_the_widget_names_goes_on_and_only_plain_values():
    given = {"basket": 3, "vip": True, "note": "n" * 2000, "list": [1], "nothing": None, "x": 1}
    keys = ["basket", "vip", "note", "list", "nothing"]
    assert admitted(json.dumps(given), context_keys=keys) == {
        "basket": 3,
        "vip": True,
        "note": "n" * 1024,
    }


@pytest.mark.parametrize(
    "given",
    [
        "",
        "{",
        "[]",
        "7",
        "x" * 9000,
        "{}",
        "[" * 5000,
        '{"url": "http://[x"}',
        '{"url": "javascript:alert(1)"}',
        '{"url": 7}',
        '{"title": NaN}',
        '{"title": Infinity}',
        '{"title": -1e999}',
    ],
)
def test_nothing_is_nothing(given):
    assert admitted(given) is None
