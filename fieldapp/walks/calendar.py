"""The calendar of walks (iCalendar, RFC 5545): when, where they meet, whether it will be – and nothing else (E10).

No note, telephone number, count or place leaves here, and no record id: the UID is a keyed hash of it (X32).
"""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from icalendar import Calendar, Event, Timezone

from fieldapp.core.catalogue import text
from fieldapp.core.clock import STOCKHOLM

BEHIND, AHEAD = timedelta(days=90), timedelta(days=400)
STATUSES = {
    "planned": "TENTATIVE",
    "ready": "CONFIRMED",
    "under_way": "CONFIRMED",
    "done": "CONFIRMED",
    "cancelled": "CANCELLED",
}
# Directive 2000/84/EC. Written out: the library's own table puts the change in spring an hour late.
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar(walks: Iterable[Any], *, now: datetime, key: str) -> bytes:
    """Return a calendar file. `walks`: `id, version, group, meeting_point, status, planned_start, planned_end`."""
    made = Calendar()
    made.add("prodid", "-//Faltlogg//Nattvandringar//SV")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", text("walks.calendar", "sv"))
    made.add("x-wr-calname", text("walks.calendar", "sv"))
    made.add_component(Timezone.from_ical(ZONE))
    for walk in walks:
        made.add_component(_event(walk, now, key))
    found: bytes = made.to_ical()
    return found


def _event(walk: Any, now: datetime, key: str) -> Event:
    event = Event()
    event.add("uid", _uid(walk.id, key))
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("sequence", walk.version)
    event.add("dtstart", _local(walk.planned_start))
    event.add("dtend", _local(walk.planned_end))
    event.add("summary", text("walks.calendar_event", "sv", group=_one_line(walk.group)))
    if walk.meeting_point.strip():
        event.add("location", _one_line(walk.meeting_point))
    event.add("status", STATUSES[walk.status])
    return event


def _local(moment: datetime) -> datetime:
    """Return Stockholm's time; UTC in the hour that comes twice, where RFC 5545 knows the first one only."""
    local = moment.astimezone(STOCKHOLM)
    return local.astimezone(UTC) if local.fold else local


def _uid(walk_id: str, key: str) -> str:
    return hmac.new(key.encode(), b"calendar:" + walk_id.encode(), sha256).hexdigest()[:40] + "@faltlogg"


def _one_line(given: str) -> str:
    return " ".join(given.split())
