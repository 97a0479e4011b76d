"""Business hours: lines that a person types, and whether it is open at a moment.

``Mon-Fri 9:00-12:00, 13:00-17:30`` is a line of the week, ``2026-12-25`` or
``12-24 9:00-13:00`` one of the holidays. A time that a clock change skips or repeats is read as
calendars do (RFC 5545, section 3.3.5): by the offset before the gap, and as its first occurrence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils.translation import gettext as _

# Minutes of a day, from and to; what ends after midnight ends after minute 1440.
Span = tuple[int, int]

DAY = 24 * 60
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED = "closed"
# How far ahead is looked for the next opening: a year of holidays, and a leap day.
FAR = 367
TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?")
DATE = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")
DASH = re.compile(r"\s*[-\u2013\u2014]\s*")


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days with hours of their own, none for closed; without a year they come every year."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]
    spans: tuple[Span, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether ``day`` is one of them."""
        year, month, number = self.first
        is_there = (day.year if year else 0, day.month, day.day)
        if self.first <= self.last:
            return self.first <= is_there <= self.last
        return is_there >= (year, month, number) or is_there <= self.last


@dataclass(frozen=True, slots=True)
class Schedule:
    """Spans of each weekday (Monday is 0), and holidays, of which the first that fits counts."""

    weekly: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    holidays: tuple[Holiday, ...] = ()

    def spans_of(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on ``day``."""
        special = next((each.spans for each in self.holidays if each.covers(day)), None)
        return self.weekly.get(day.weekday(), ()) if special is None else special


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether it is open, and the moment when that changes; ``None`` if it does not in a year."""

    is_open: bool
    changes_at: datetime | None


def schedule_of(week: Sequence[str], holidays: Sequence[str] = ()) -> Schedule:
    """Return what the lines say.

    Raises:
        ValueError: one of them says nothing that is understood; the words name it.
    """
    weekly: dict[int, tuple[Span, ...]] = {}
    for line in week:
        days, spans = read_line(line)
        for day in days:
            weekly[day] = weekly.get(day, ()) + spans
    return Schedule(weekly, tuple(read_holiday(line) for line in holidays))


def opening_at(schedule: Schedule, zone: tzinfo, now: datetime) -> Opening:
    """Say whether it is open at ``now``, an aware moment, and until when that holds."""
    first = now.astimezone(zone).date() - timedelta(days=2)
    horizon = _moment(first + timedelta(days=FAR), 0, zone)
    for start, end in _intervals(schedule, zone, first):
        if end > now:
            change = end if start <= now else start
            return Opening(start <= now, change if change < horizon else None)
    return Opening(False, None)


def _intervals(schedule: Schedule, zone: tzinfo, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield when it is open from ``day`` on, those that touch as one; a span has 2 days at most."""
    last: tuple[datetime, datetime] | None = None
    for today in (day + timedelta(days=number) for number in range(FAR)):
        moments = (_moments(today, span, zone) for span in schedule.spans_of(today))
        for start, end in sorted(each for each in moments if each[0] < each[1]):
            if last and start <= last[1]:
                last = (last[0], max(end, last[1]))
                continue
            if last:
                yield last
            last = (start, end)
    if last:
        yield last


def _moments(day: date, span: Span, zone: tzinfo) -> tuple[datetime, datetime]:
    return _moment(day, span[0], zone), _moment(day, span[1], zone)


def _moment(day: date, minutes: int, zone: tzinfo) -> datetime:
    days, minutes = divmod(minutes, DAY)
    clock = time(*divmod(minutes, 60))
    return datetime.combine(day + timedelta(days=days), clock, zone).astimezone(UTC)


def read_line(line: str) -> tuple[tuple[int, ...], tuple[Span, ...]]:
    """Return the weekdays and spans of ``Mon-Fri 9:00-17:30``.

    Raises:
        ValueError: it is no such line; the words say what is wrong.
    """
    found = re.fullmatch(r"([^\d]*?) (\d.*|closed)", _tidy(line), re.IGNORECASE)
    if not found:
        raise ValueError(_("Type days and times, such as Mon-Fri 9:00-17:30."))
    return _days(found[1]), _spans(found[2])


def read_holiday(line: str) -> Holiday:
    """Return the days of ``2026-12-25``, ``12-24 9:00-13:00`` or ``2026-12-24 to 2027-01-02``.

    Raises:
        ValueError: it is no such line; the words say what is wrong.
    """
    found = re.fullmatch(r"(\S+)(?: to (\S+))?(?: (.+))?", _tidy(line), re.IGNORECASE)
    first, last, spans = found.groups() if found else ("", None, None)
    start, end = _date(first), _date(last or first)
    if bool(start[0]) != bool(end[0]) or (start[0] and end < start):
        raise ValueError(_("Type the earlier date first, and the year in both or in none."))
    return Holiday(start, end, _spans(spans or CLOSED))


def _tidy(line: str) -> str:
    """Return the line with one blank for each run of them, which patterns would try all ways."""
    return " ".join(line.split())


def _date(text: str) -> tuple[int, int, int]:
    found = DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError
        year, month, day = int(found[1] or 0), int(found[2]), int(found[3])
        date(year or 2000, month, day)
    except ValueError:
        words = _("“%(text)s” is no date. Type one such as 2026-12-25, or 12-25 for every year.")
        raise ValueError(words % {"text": text}) from None
    return year, month, day


def _days(text: str) -> tuple[int, ...]:
    if text.lower() in ("daily", "every day"):
        return tuple(range(7))
    days: list[int] = []
    for part in text.split(","):
        first, *rest = DASH.split(part.strip())
        if len(rest) > 1:
            raise ValueError(_no_day(part))
        start, end = _day(first), _day(rest[0] if rest else first)
        days += [day % 7 for day in range(start, end + (7 if end < start else 0) + 1)]
    return tuple(dict.fromkeys(days))


def _day(text: str) -> int:
    name = text.strip().lower().rstrip(".")
    for names in (DAYS, NAMES):
        if name in names:
            return names.index(name)
    raise ValueError(_no_day(text))


def _no_day(text: str) -> str:
    words = _("“%(text)s” is no day. Type Mon, Tue, Wed, Thu, Fri, Sat, Sun, Mon-Fri or daily.")
    return words % {"text": text.strip()}


def _spans(text: str) -> tuple[Span, ...]:
    if text.strip().lower() == CLOSED:
        return ()
    return tuple(_span(part) for part in text.split(","))


def _span(text: str) -> Span:
    ends = DASH.split(text.strip())
    if len(ends) != 2:
        raise ValueError(_no_time(text))
    start, end = map(_minutes, ends)
    if start in (end, DAY):
        words = _("“%(text)s” is no time at all. For a whole day type 0:00-24:00.")
        raise ValueError(words % {"text": text.strip()})
    return start, end if end > start else end + DAY


def _minutes(text: str) -> int:
    found = TIME.fullmatch(text)
    if not found:
        raise ValueError(_no_time(text))
    minutes = int(found[1]) * 60 + int(found[2] or 0)
    if minutes > DAY or int(found[2] or 0) > 59:
        raise ValueError(_no_time(text))
    return minutes


def _no_time(text: str) -> str:
    words = _("“%(text)s” is no time. Type one such as 9:00-17:30, on the 24-hour clock.")
    return words % {"text": text.strip()}
