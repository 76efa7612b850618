"""Which part of the day a visit belongs to: a school's day, an evening, a night, a day without school. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime

from fieldapp.collaboration.codes import PARTS_OF_DAY

MORNING, AFTERNOON_ENDS, NIGHT = 7, 17, 22  # local hours at which the parts begin
FIRST_FREE_WEEKDAY = 5


def part_of_day(arrived: datetime, free: Collection[date]) -> str:
    """Return one of `PARTS_OF_DAY` of a local time of arrival; `free`: days of lov and public holidays."""
    if AFTERNOON_ENDS <= arrived.hour < NIGHT:
        return "evening"
    if not MORNING <= arrived.hour < NIGHT:
        return "night"
    has_no_school = arrived.weekday() >= FIRST_FREE_WEEKDAY or arrived.date() in free
    return "day_without_school" if has_no_school else "school_day"


def by_part(arrivals: Iterable[datetime], free: Collection[date]) -> dict[str, int]:
    """Count local times of arrival by part of the day, none left out."""
    counts = Counter(part_of_day(arrived, free) for arrived in arrivals)
    return {part: counts[part] for part in PARTS_OF_DAY}
