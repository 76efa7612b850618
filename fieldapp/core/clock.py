"""The one place that asks what time it is, and what date that is in Stockholm."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """Return the Stockholm date of an aware moment."""
    return moment.astimezone(STOCKHOLM).date()


def local_day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the half-open UTC interval of the Stockholm days `first` … `last`, both included."""
    start = datetime.combine(first, time.min, STOCKHOLM)
    end = datetime.combine(last + timedelta(days=1), time.min, STOCKHOLM)
    return start.astimezone(UTC), end.astimezone(UTC)


def to_wire(moment: datetime) -> str:
    """Write an aware moment as ISO 8601 UTC with `Z`, milliseconds only where there are any."""
    utc = moment.astimezone(UTC)
    precision = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=precision).replace("+00:00", "Z")
