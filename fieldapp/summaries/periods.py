"""Periods of dates: whole months, what a period is compared with, weeks. Pure; never asks what day it is."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

EARLIEST, LATEST = date(2000, 1, 1), date(2200, 12, 31)
LONGEST_YEARS = 5
NAMED_CODE = "lov"  # one code for several: sportlov and höstlov are told apart by name
DAY = timedelta(days=1)
MOVES_DAYS = 60  # how far from its date of a year before a special day may lie: påsklov moves by weeks


class SpecialDay(NamedTuple):
    """A date with a meaning: lucia, valborg, a day of lov."""

    day: date
    code: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes days of two years the same special day."""
        return self.code, self.name.casefold() if self.code == NAMED_CODE else ""


@dataclass(frozen=True)
class Period:
    """Local dates, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1

    @property
    def is_whole_months(self) -> bool:
        """Say whether it is one or several whole calendar months."""
        return self.first.day == 1 and self.last == month_end(self.last)

    def is_closed(self, today: date) -> bool:
        """Say whether it is whole calendar months that have passed: what person counts may leave the team for."""
        return self.is_whole_months and self.last < today

    def holds_year(self, year: int) -> bool:
        """Say whether all of a calendar year is in it."""
        return self.first <= date(year, 1, 1) and date(year, 12, 31) <= self.last

    def previous(self) -> "Period":
        """Return the preceding period: as many whole months, else as many days."""
        last = self.first - timedelta(days=1)
        if not self.is_whole_months:
            return Period(last - timedelta(days=self.days - 1), last)
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return Period(_first_of(self.first, -months), last)

    def year_ago(self) -> "Period":
        """Return the same dates a year earlier; whole months stay whole."""
        last = _year_back(self.last)
        return Period(_year_back(self.first), month_end(last) if self.is_whole_months else last)

    def moved(self, days: int) -> "Period":
        """Return as long a period so many days later, earlier when negative."""
        return Period(self.first + timedelta(days=days), self.last + timedelta(days=days))

    def weeks(self) -> Iterator[str]:
        """Yield every ISO week it touches, such as 2026-W47, in order."""
        monday = self.first - timedelta(days=self.first.weekday())
        while monday <= self.last:
            yield iso_week(monday)
            monday += timedelta(days=7)

    def parts(self) -> Iterator[tuple[str, date, date]]:
        """Yield its days up to a whole month, its whole months, the days after: as `day` or `month`, with both ends."""
        after = self.last + DAY
        months_from = self.first if self.first.day == 1 else month_end(self.first) + DAY
        months_end = after.replace(day=1)  # the first day that is in no whole month any more
        if months_from >= months_end:
            yield "day", self.first, self.last
            return
        if self.first < months_from:
            yield "day", self.first, months_from - DAY
        yield "month", months_from, months_end - DAY
        if months_end < after:
            yield "day", months_end, self.last

    def empty_weeks(self) -> dict[str, Counter[str]]:
        """Return every ISO week it touches, with nothing counted yet."""
        return {week: Counter() for week in self.weeks()}


def iso_week(day: date) -> str:
    """Return the ISO week of a date, such as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def week_of(day: date) -> Period:
    """Return the ISO week of a date, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def tertial_of(day: date) -> Period:
    """Return the tertial of a date: January to April, May to August, September to December."""
    first = day.replace(month=(day.month - 1) // 4 * 4 + 1, day=1)
    return Period(first, month_end(first.replace(month=first.month + 3)))


def month_end(day: date) -> date:
    """Return the last day of the date's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def period_faults(first: date, last: date) -> dict[str, list[str]]:
    """Judge a free period: in order, within the calendar, at most five years. Path → message keys."""
    errors = {name: ["out_of_range"] for name, day in (("from", first), ("to", last)) if not EARLIEST <= day <= LATEST}
    if errors:
        return errors
    if last < first:
        return {"to": ["ended_before_started"]}
    longest = date(first.year + LONGEST_YEARS, first.month, 28 if (first.month, first.day) == (2, 29) else first.day)
    return {"to": ["period_too_long"]} if last >= longest else {}


def special_day_of(period: Period, special: Sequence[SpecialDay]) -> SpecialDay | None:
    """Return the first special day that a period touches."""
    return min((one for one in special if period.first <= one.day <= period.last), default=None)


def same_special_day(period: Period, special: Sequence[SpecialDay]) -> Period | None:
    """Return the period around the same special day a year before, None when the period or that year has none.

    `special`: every special day known from `MOVES_DAYS` and a year before the period to its end, in any order. Days on
    end are one: a week of lov is compared from its first day.
    """
    chosen = special_day_of(period, special)
    if chosen is None:
        return None
    starts = _starts([one.day for one in special if one.key == chosen.key])
    start = max(day for day in starts if day <= chosen.day)
    aim = _year_back(start)
    near = [day for day in starts if abs((day - aim).days) <= MOVES_DAYS]
    if not near:
        return None
    return period.moved((min(near, key=lambda day: abs((day - aim).days)) - start).days)


def _starts(days: Sequence[date]) -> list[date]:
    """Return the days that no day of the same stands right before."""
    known = set(days)
    return sorted(day for day in known if day - timedelta(days=1) not in known)


def _first_of(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _year_back(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
