"""Opening hours: what lines mean, and what a clock change, midnight and a holiday do to them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatwidget import hours

BERLIN = ZoneInfo("Europe/Berlin")


def opening(lines: list[str], moment: str, *holidays: str, zone: ZoneInfo = BERLIN) -> str:
    """Say it as a person would: open or closed, and until when on the clock of the place."""
    now = datetime.fromisoformat(moment)
    now = now if now.tzinfo else now.replace(tzinfo=zone)
    found = hours.opening_at(hours.schedule_of(lines, holidays), zone, now)
    word = "open" if found.is_open else "closed"
    return f"{word} {found.changes_at.astimezone(zone):%a %d %H:%M}" if found.changes_at else word


# 2026-11-23 is a Monday.
@pytest.mark.parametrize(
    ("lines", "moment", "said"),
    [
        (["Mon-Fri 9:00-17:30"], "2026-11-23T08:59", "closed Mon 23 09:00"),
        (["Mon-Fri 9:00-17:30"], "2026-11-23T09:00", "open Mon 23 17:30"),
        (["Mon-Fri 9:00-17:30"], "2026-11-23T17:30", "closed Tue 24 09:00"),
        (["Mon-Fri 9-17"], "2026-11-27T18:00", "closed Mon 30 09:00"),
        (["Mon 9:00-12:00, 13:00-17:00"], "2026-11-23T12:30", "closed Mon 23 13:00"),
        (["Mon 9:00-12:00", "Mon 13:00-17:00"], "2026-11-23T12:30", "closed Mon 23 13:00"),
        (["Mon 9:00-12:00, 11:00-14:00"], "2026-11-23T11:30", "open Mon 23 14:00"),
        (["Fri,Sat 20:00-2:00"], "2026-11-29T01:59", "open Sun 29 02:00"),
        (["Fri,Sat 20:00-2:00"], "2026-11-29T02:00", "closed Fri 04 20:00"),
        (["Sun 20:00-02:00"], "2026-11-23T01:00", "open Mon 23 02:00"),
        (["Sat-Mon 10:00 \u2013 11:00"], "2026-11-22T10:30", "open Sun 22 11:00"),
        (["Monday-tue 0:00-24:00"], "2026-11-23T12:00", "open Wed 25 00:00"),
        (["daily 0:00-24:00"], "2026-11-23T12:00", "open"),
        (["daily 20:00-19:59"], "2026-11-23T12:00", "open Mon 23 19:59"),
        (["Mon closed"], "2026-11-23T12:00", "closed"),
        (["Every day CLOSED"], "2026-11-23T12:00", "closed"),
    ],
)
def test_it_is_open_as_the_lines_say(lines, moment, said):
    assert opening(lines, moment) == said


@pytest.mark.parametrize(
    ("holiday", "moment", "said"),
    [
        ("2026-11-23", "2026-11-23T12:00", "closed Tue 24 09:00"),
        ("2026-11-23 closed", "2026-11-23T12:00", "closed Tue 24 09:00"),
        ("11-23", "2026-11-23T12:00", "closed Tue 24 09:00"),
        ("11-23 11:00-13:00", "2026-11-23T12:00", "open Mon 23 13:00"),
        ("2026-11-22 to 2026-11-24", "2026-11-23T12:00", "closed Wed 25 09:00"),
        ("11-22 TO 11-24 9:00-10:00", "2026-11-23T12:00", "closed Tue 24 09:00"),
        ("2025-11-23", "2026-11-23T12:00", "open Mon 23 17:00"),
        ("12-24 to 01-02", "2026-12-31T12:00", "closed Sun 03 09:00"),
        ("12-24 to 01-02", "2027-01-01T12:00", "closed Sun 03 09:00"),
        ("12-24 to 01-02", "2026-12-23T12:00", "open Wed 23 17:00"),
        ("02-29", "2026-03-01T12:00", "open Sun 01 17:00"),
    ],
)
def test_a_holiday_goes_before_the_week(holiday, moment, said):
    assert opening(["daily 9:00-17:00"], moment, holiday) == said


def test_of_two_holidays_the_first_counts():
    holidays = ("2026-12-24 9:00-10:00", "12-24 to 12-26")
    assert opening(["daily 8:00-20:00"], "2026-12-24T09:30", *holidays) == "open Thu 24 10:00"


@pytest.mark.parametrize(
    ("line", "moment", "said"),
    [
        # 2026-03-29: 2:00 becomes 3:00. Half past two is read by the offset before (RFC 5545).
        ("Sun 1:00-2:30", "2026-03-29T00:30Z", "open Sun 29 03:30"),
        ("Sun 2:00-3:00", "2026-03-29T01:00Z", "closed Sun 05 02:00"),
        ("Sat 22:00-4:00", "2026-03-29T01:30Z", "open Sun 29 04:00"),
        # 2026-10-25: 3:00 becomes 2:00. Half past two is the first of both.
        ("Sun 1:00-2:30", "2026-10-25T00:29Z", "open Sun 25 02:30"),
        ("Sun 1:00-2:30", "2026-10-25T00:31Z", "closed Sun 01 01:00"),
        ("Sun 2:30-4:00", "2026-10-25T01:00Z", "open Sun 25 04:00"),
    ],
)
def test_a_clock_change_is_read_as_calendars_do(line, moment, said):
    assert opening([line], moment) == said


def test_another_zone_is_another_moment():
    apia = ZoneInfo("Pacific/Apia")
    assert opening(["Tue 0:00-1:00"], "2026-11-23T11:30Z", zone=apia) == "open Tue 24 01:00"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Type days and times"),
        ("9:00-17:00", "Type days and times"),
        ("Mon", "Type days and times"),
        ("Mon-Xyz 9:00-17:00", "“Xyz” is no day"),
        ("Mon-Tue-Wed 9:00-17:00", "is no day"),
        ("Mo 9:00-17:00", "“Mo” is no day"),
        ("Mon 9:00", "“9:00” is no time"),
        ("Mon 9:00-25:00", "“25:00” is no time"),
        ("Mon 9:60-10:00", "“9:60” is no time"),
        ("Mon 24:01-2:00", "“24:01” is no time"),
        ("Mon 9am-5pm", "“9am” is no time"),
        ("Mon 9:00-9:00", "is no time at all"),
        ("Mon 24:00-2:00", "is no time at all"),
        ("Mon 9:00-10:00,", "“” is no time"),
    ],
)
def test_a_line_that_is_none_is_refused_in_words(line, words):
    with pytest.raises(ValueError, match=words):
        hours.read_line(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "“” is no date"),
        ("Christmas", "“Christmas” is no date"),
        ("2026-02-29", "“2026-02-29” is no date"),
        ("13-01", "“13-01” is no date"),
        ("2026-12-26 to 2026-12-24", "earlier date first"),
        ("2026-12-24 to 12-26", "the year in both or in none"),
        ("2026-12-24 to soon", "“soon” is no date"),
        ("2026-12-24 noon", "“noon” is no time"),
    ],
)
def test_a_holiday_that_is_none_is_refused_in_words(line, words):
    with pytest.raises(ValueError, match=words):
        hours.read_holiday(line)


MINUTES = st.integers(0, 24 * 60 - 1)
LINES = st.builds(
    lambda day, start, length: (
        f"{hours.NAMES[day]} {start // 60}:{start % 60:02}"
        f"-{(start + length) % 1440 // 60}:{(start + length) % 1440 % 60:02}"
    ),
    st.integers(0, 6),
    MINUTES,
    st.integers(1, 24 * 60 - 1),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
HOLIDAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str)
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
).map(ZoneInfo)


@given(st.lists(LINES, max_size=4), st.lists(HOLIDAYS, max_size=3), ZONES, MOMENTS)
def test_what_is_said_holds_until_the_change_and_not_a_moment_longer(lines, days, zone, now):
    schedule = hours.schedule_of(lines, days)
    found = hours.opening_at(schedule, zone, now)
    if found.changes_at is None:
        return
    assert found.changes_at > now
    before = hours.opening_at(schedule, zone, found.changes_at - timedelta(microseconds=1))
    assert before == found
    assert hours.opening_at(schedule, zone, found.changes_at).is_open is not found.is_open


@given(st.lists(LINES, max_size=4), MOMENTS)
def test_without_clock_changes_it_is_what_a_clock_on_the_wall_says(lines, now):
    schedule = hours.schedule_of(lines)
    minute = now.hour * 60 + now.minute
    today = schedule.spans_of(now.date())
    yesterday = schedule.spans_of(now.date() - timedelta(days=1))
    is_open = any(start <= minute < end for start, end in today) or any(
        minute < end - hours.DAY for _start, end in yesterday
    )
    assert hours.opening_at(schedule, ZoneInfo("UTC"), now).is_open is is_open


@pytest.mark.parametrize("line", ["a" + " " * 50_000 + "b", "Mon 9:00" + " " * 50_000 + "x"])
@pytest.mark.parametrize("read", [hours.read_line, hours.read_holiday])
def test_a_line_that_was_made_to_take_long_is_refused_as_quickly(read, line):
    started = time.thread_time()
    with pytest.raises(ValueError, match="Type"):
        read(line)
    assert time.thread_time() - started < 1
