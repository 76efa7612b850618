"""Plain rows for summaries: one evening in Farsta unless told otherwise."""

from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from fieldapp.summaries.rows import Material, ObservationRow, ShiftRow, SiteRow, VisitRow

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_numbers = count(1)


def at(text):
    """A moment of Stockholm's clock: `at("2026-10-09 18:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def a_shift(start="2026-10-09 18:00", end="2026-10-09 23:00", **fields):
    """A shift of two people."""
    started = at(start)
    defaults = {
        "id": f"s{next(_numbers)}",
        "district": "farsta",
        "assignment": "core",
        "status": "submitted",
        "started_at": started,
        "ended_at": at(end) if end else None,
        "participants": ("one", "two"),
        "others": 0,
        "arena_minutes": {},
        "mumin": (),
        "incidents": {},
        "day": started.date(),
    }
    return ShiftRow(**{**defaults, **fields})


def a_visit(shift, start="2026-10-09 19:00", end="2026-10-09 20:00", **fields):
    """A visit of an hour, with an observation."""
    arrived = at(start)
    defaults = {
        "id": f"v{next(_numbers)}",
        "shift_id": shift.id,
        "district": "farsta",
        "site_id": None,
        "arrived_at": arrived,
        "left_at": at(end) if end else None,
        "outcome": "observed",
        "not_visited_reason": None,
        "together_with": (),
        "actions": (),
        "weekday": arrived.isoweekday(),
        "hour": arrived.hour,
    }
    return VisitRow(**{**defaults, **fields})


def an_observation(visit, **fields):
    """An observation of nothing in particular."""
    defaults = {
        "visit_id": visit.id,
        "topics": (),
        "conditions": (),
        "people_basis": "not_counted",
        "counts": (),
        "referrals": (),
        "moved_from": None,
        "moved_to": None,
    }
    return ObservationRow(**{**defaults, **fields})


def a_site(site_id, **fields):
    """A listed school-near site in Farsta."""
    defaults = {
        "id": site_id,
        "name": f"Demo {site_id}",
        "district": "farsta",
        "is_listed": True,
        "school_near": "yes",
        "last_visit": None,
    }
    return SiteRow(**{**defaults, **fields})


def people(present, contacts=0, band="16-17", gender="male"):
    """One count."""
    return {"age_band": band, "gender": gender, "present": present, "contacts": contacts}


def material(shifts, visits=(), observations=(), sites=(), joint_briefings=0, others=()):
    """All of a period's rows."""
    return Material(shifts, visits, observations, sites, joint_briefings, others)
