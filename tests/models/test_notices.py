from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from chatwidget import hours
from chatwidget.models import ChatServer, Widget
from tests.fixtures import make_widget

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("begins", "ends", "shows"),
    [
        (None, None, True),
        (NOW, None, True),
        (NOW + HOUR, None, False),
        (None, NOW, False),
        (NOW - HOUR, NOW + HOUR, True),
    ],
)
def test_a_banner_shows_from_and_until(begins, ends, shows):
    widget = Widget(banner="Hi", banner_from=begins, banner_until=ends)
    assert widget.has_banner_at(NOW) is shows
    assert not Widget(banner_from=begins, banner_until=ends).has_banner_at(NOW)


def test_without_hours_it_is_neither_open_nor_closed():
    assert Widget().opening_at(NOW) is None


def test_with_holidays_alone_it_is_open_on_other_days():
    widget = Widget(holidays=["2026-11-23"], hours_zone="UTC")
    assert widget.opening_at(NOW).is_open is False
    assert widget.opening_at(NOW + 24 * HOUR).is_open is True


@pytest.mark.parametrize(
    ("week", "holidays"),
    [
        (["daily 0:00-24:00"], []),
        (["Mon-Fri 9:00-17:00"], ["2026-11-25"]),
        (["Mon closed"], []),
        ([], ["2026-11-26"]),
    ],
)
def test_when_it_opens_is_looked_for_once_until_it_changes(week, holidays, monkeypatch):
    walked = []

    def walk(schedule, zone, now):
        walked.append(now)
        return find(schedule, zone, now)

    find = hours.opening_at
    monkeypatch.setattr(hours, "opening_at", walk)
    widget = Widget(hours=week, holidays=holidays, hours_zone="Europe/Berlin")
    schedule = hours.schedule_of(week or ["daily 0:00-24:00"], holidays)
    # Through three days, and the clock may be set back.
    steps = [number * HOUR / 2 for number in (*range(150), 8, 9)]
    told = [widget.opening_at(NOW + step) for step in steps]
    assert told == [find(schedule, ZoneInfo("Europe/Berlin"), NOW + step) for step in steps]
    assert len(walked) < 12


def test_hours_are_of_their_zone():
    widget = Widget(hours=["Mon 7:00-8:00"], hours_zone="America/New_York")
    assert widget.opening_at(NOW).is_open
    assert widget.zone == ZoneInfo("America/New_York")
    assert Widget().zone == timezone.get_default_timezone()


def test_a_zone_that_is_gone_is_logged_once_and_the_site_s_own_counts(caplog):
    name = f"Atlantis/{uuid.uuid4()}"
    with caplog.at_level(logging.WARNING, "chatwidget"):
        for _time in range(3):
            assert Widget(hours_zone=name).zone == timezone.get_default_timezone()
    assert [record.getMessage() for record in caplog.records] == [
        f"time zone '{name}' is unknown here; the site's own counts"
    ]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"hours": ["Mon 9-17", "Mon 9-25", "x"]}, "hours", "Line 2: “25” is no time"),
        ({"hours": ["Mon 9-17", "x"]}, "hours", "Line 2: Type days and times"),
        ({"hours": "Mon 9-17"}, "hours", "one entry a line"),
        ({"holidays": ["12-25", "never"]}, "holidays", "Line 2: “never” is no date"),
        ({"hours_zone": "Atlantis/Poseidonis"}, "hours_zone", "is no time zone"),
        ({"hours_zone": "../etc/passwd"}, "hours_zone", "is no time zone"),
        ({"form_questions": ["name | Name"]}, "form_questions", "Line 1: “name” is a name that"),
        ({"form_questions": ["a | A", "a | B"]}, "form_questions", "“a” stands in two lines"),
        ({"consent_text": "Agree?"}, "consent_version", "Type a version"),
        ({"consent_link": "javascript:alert(1)"}, "consent_link", "Type an address"),
        ({"banner_from": NOW, "banner_until": NOW}, "banner_until", "after “from”"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field_and_line(
    server: ChatServer, fields, field, words
):
    widget = make_widget(server, **fields)
    with pytest.raises(ValidationError) as refused:
        widget.full_clean()
    assert list(refused.value.message_dict) == [field]
    assert words in " ".join(refused.value.message_dict[field])


def test_each_wrong_line_is_named(server: ChatServer):
    widget = make_widget(server, hours=["x", "Mon 9-17", "y"])
    with pytest.raises(ValidationError) as refused:
        widget.full_clean()
    assert [words[:7] for words in refused.value.message_dict["hours"]] == ["Line 1:", "Line 3:"]


def test_what_is_asked_comes_in_order():
    widget = Widget(
        asks_name="optional", asks_email="required", form_questions=["order* | Order number"]
    )
    assert [(each.key, each.is_required) for each in widget.questions] == [
        ("name", False),
        ("email", True),
        ("order", True),
    ]
    assert Widget().questions == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"is_read_only": True},
        {"hours": ["Mon 9-17"]},
        {"holidays": ["12-25"]},
        {"asks_name": "optional"},
        {"form_questions": ["a | A"]},
        {"consent_text": "Agree?"},
    ],
)
def test_what_may_stand_before_the_chat_is_a_gate(fields):
    assert Widget(**fields).has_gate
    assert not Widget(banner="Hi").has_gate
