"""Words of periods, weekdays and weeks in the reader's language, for pages. Reads nothing but the locale."""

from datetime import date

from flask_babel import format_date

from fieldapp.config import SecrecyMark
from fieldapp.core.catalogue import text
from fieldapp.core.wording import day_words
from fieldapp.summaries.periods import Period, iso_week, week_of

A_MONDAY = date(2024, 1, 1)
TERTIAL_ENDS = (4, 8, 12)


def period_words(period: Period) -> str:
    """Name a period as people do: oktober 2026, T3 2026, T1–T2 2026, 2026, v. 47 2026, else its dates."""
    first, last = period.first, period.last
    if period.is_whole_months and first.year == last.year:
        if first.month == last.month:
            return str(format_date(first, "LLLL yyyy"))
        if (first.month, last.month) == (1, 12):
            return str(first.year)
        if (first.month - 1) % 4 == 0 and last.month in TERTIAL_ENDS:
            begins, ends = (first.month + 3) // 4, last.month // 4
            return f"T{begins} {first.year}" if begins == ends else f"T{begins}–T{ends} {first.year}"
    if first == last:
        return day_words(first)
    if period == week_of(first):
        return f"{week_words(iso_week(first))} {first.isocalendar().year}"
    return f"{day_words(first)} – {day_words(last)}"


def weekday_words(weekday: int) -> str:
    """Name a weekday, Monday 1."""
    return str(format_date(A_MONDAY.replace(day=weekday), "EEEE"))


def week_words(week: str) -> str:
    """Name an ISO week such as 2026-W47: v. 47."""
    return text("summary.week_n", n=int(week[-2:]))


def secrecy_words(mark: SecrecyMark | None) -> str | None:
    """Say an installation's mark of secrecy, None where it has none."""
    if mark is None:
        return None
    return text("export.secrecy_mark", provision=mark.provision, day=day_words(mark.on), authority=mark.authority)
