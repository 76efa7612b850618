"""The plain rows that figures are folded from. Dates and hours in them are already Stockholm's. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

KINDS_OF_PLACE = ("site", "school", "emerging", "neighbourhood", "none")


def kind_of_place(site_id: Any, school_unit_code: Any, place: Any, neighbourhood: Any) -> str:
    """Return what kind of place a visit was made at; digital work and meetings have none."""
    if site_id:
        return "site"
    if school_unit_code:
        return "school"
    if place:
        return "emerging"
    return "neighbourhood" if neighbourhood else "none"


class ShiftRow(NamedTuple):
    """A shift in effect. `version`: the number of the approved version it is, None as the shift stands."""

    id: str
    district: str
    assignment: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    participants: Sequence[str]
    others: int
    arena_minutes: Mapping[str, int]
    mumin: Sequence[Mapping[str, Any]]
    incidents: Mapping[str, int]
    day: date
    team_id: str = ""
    version: int | None = None


class VisitRow(NamedTuple):
    """A visit in effect, or the decision not to make it."""

    id: str
    shift_id: str
    district: str
    site_id: str | None
    arrived_at: datetime
    left_at: datetime | None
    outcome: str
    not_visited_reason: str | None
    together_with: Sequence[str]
    actions: Sequence[str]
    weekday: int
    hour: int
    kind_of_place: str = "none"


class ObservationRow(NamedTuple):
    """An observation in effect."""

    visit_id: str
    topics: Sequence[str]
    conditions: Sequence[str]
    people_basis: str
    counts: Sequence[Mapping[str, Any]]
    referrals: Sequence[Mapping[str, Any]]
    moved_from: str | None
    moved_to: str | None


class SiteRow(NamedTuple):
    """A site, as of the mapping year asked for."""

    id: str
    name: str
    district: str
    is_listed: bool
    school_near: str
    last_visit: date | None


@dataclass(frozen=True)
class Material:
    """All that one period's figures rest on. `others` are shifts that are not folded, whose hours may reach into it."""

    shifts: Sequence[ShiftRow]
    visits: Sequence[VisitRow]
    observations: Sequence[ObservationRow]
    sites: Sequence[SiteRow]
    joint_briefings: int
    others: Sequence[ShiftRow] = ()
