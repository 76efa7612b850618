"""The approved version of shifts that are open again, as the plain rows that figures are folded from (figures.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.clock import STOCKHOLM, local_date
from fieldapp.outreach.approved import newest_while_open
from fieldapp.summaries.rows import ObservationRow, ShiftRow, VisitRow, kind_of_place
from fieldapp.summaries.rules import belongs


@dataclass
class Versions:
    """Rows of shifts that were approved and are open again; they count as approved until they are once more.

    `briefings`: what each of the shifts names.
    """

    shifts: list[ShiftRow] = field(default_factory=list)
    visits: list[VisitRow] = field(default_factory=list)
    observations: list[ObservationRow] = field(default_factory=list)
    briefings: dict[str, str] = field(default_factory=dict)


def versions_open_again(
    session: Session, start: datetime, end: datetime, *, district: str | None, team: str | None
) -> Versions:
    """Return what was approved of shifts that began from `start` up to `end` and are open again.

    Shifts of the whole city, as hours need them, or of one team; visits of the district's shifts and of those that made
    a visit there, and what others did not visit there; observations of visits there alone.
    """
    found = Versions()
    for number, content in newest_while_open(session, end, start=start):
        if team not in (None, content["shift"]["team_id"]):
            continue
        shift = _shift(content["shift"], number)
        visits = [_visit(row, shift) for row in content["visits"]]
        found.shifts.append(shift)
        if not belongs(shift, visits, district):
            found.visits += [visit for visit in visits if visit.district == district]  # not visited, by others
            continue
        if briefing := content["shift"]["briefing_id"]:
            found.briefings[shift.id] = briefing
        found.visits += visits
        here = {visit.id for visit in visits if district in (None, visit.district)}
        found.observations += [_observation(row) for row in content["observations"] if row["visit_id"] in here]
    return found


def last_visits_open_again(session: Session, end: datetime) -> dict[str, date]:
    """Return the day of each site's newest visit in any version of a shift that is open again, however old."""
    found: dict[str, date] = {}
    for number, content in newest_while_open(session, end):
        shift = _shift(content["shift"], number)
        for row in content["visits"]:
            if row["site_id"] and row["outcome"] != "not_visited":
                found[row["site_id"]] = max(shift.day, found.get(row["site_id"], shift.day))
    return found


def _shift(row: Mapping[str, Any], number: int) -> ShiftRow:
    started_at = _moment(row["started_at"])
    return ShiftRow(
        id=row["id"],
        district=row["district"],
        assignment=row["assignment"],
        status="approved",
        started_at=started_at,
        ended_at=_moment(row["ended_at"]) if row["ended_at"] else None,
        participants=row["participant_ids"],
        others=row["other_participants"],
        arena_minutes=row["arena_minutes"],
        mumin=row["mumin"],
        incidents=row["incidents"],
        day=local_date(started_at),
        team_id=row["team_id"],
        version=number,
    )


def _visit(row: Mapping[str, Any], shift: ShiftRow) -> VisitRow:
    arrived_at = _moment(row["arrived_at"])
    local = arrived_at.astimezone(STOCKHOLM)
    return VisitRow(
        id=row["id"],
        shift_id=shift.id,
        district=row["district"] or shift.district,
        site_id=row["site_id"],
        arrived_at=arrived_at,
        left_at=_moment(row["left_at"]) if row["left_at"] else None,
        outcome=row["outcome"],
        not_visited_reason=row["not_visited_reason"],
        together_with=row["together_with"],
        actions=row["actions"],
        weekday=local.isoweekday(),
        hour=local.hour,
        kind_of_place=kind_of_place(row["site_id"], row["school_unit_code"], row["place"], row["neighbourhood"]),
    )


def _observation(row: Mapping[str, Any]) -> ObservationRow:
    return ObservationRow(**{name: row[name] for name in ObservationRow._fields})


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
