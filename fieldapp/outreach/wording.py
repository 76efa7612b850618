"""Words of a pass's times in the reader's language, for pages. Reads nothing but the locale."""

from datetime import datetime, timedelta

from flask_babel import format_datetime

from fieldapp.core.catalogue import text

HOUR = timedelta(hours=1)


def rough_time(first: datetime, last: datetime | None = None) -> str:
    """Name the whole hours that hold a rough time: Mellan 18 och 20. Its minutes were never known."""
    start, end = _whole_hour(first), last or first
    if _whole_hour(end) != end or end == start:
        end = _whole_hour(end) + HOUR
    return text("shift.between", first=format_datetime(start, "HH"), last=format_datetime(end, "HH"))


def _whole_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
