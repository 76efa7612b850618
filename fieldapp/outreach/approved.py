"""Approved versions of shifts: what stood when a leader approved, or took something in. Kept whole, never changed.

While a shift is open again its newest version is what figures rest on; both remain. Flush, never commit.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from fieldapp.outreach.models import ApprovedVersion, Observation, Shift, Visit
from fieldapp.outreach.schemas import ObservationSchema, ShiftSchema, VisitSchema
from fieldapp.sync.models import SERVER_COLUMNS

Row = dict[str, Any]
NOT_APPROVED = ("draft", "submitted", "returned")
_ON_RECORDS = tuple(name for name in SERVER_COLUMNS if name not in ("seq", "deleted"))
_FIELDS = {
    Shift: (*ShiftSchema().fields, *_ON_RECORDS),
    Visit: (*VisitSchema().fields, "district", *_ON_RECORDS),
    Observation: (*ObservationSchema().fields, *_ON_RECORDS),
}


def keep_version(session: Session, *, shift_id: str, by: str, reason: str, content_version: int, now: datetime) -> int:
    """Keep a shift as it stands as its next approved version; return the version's number."""
    newest = session.scalar(select(func.max(ApprovedVersion.number)).where(ApprovedVersion.shift_id == shift_id))
    number = (newest or 0) + 1
    content = content_of(session, shift_id)
    row = {
        "shift_id": shift_id,
        "number": number,
        "at": now,
        "by": by,
        "content_version": content_version,
        "reason": reason,
        "started_at": datetime.fromisoformat(content["shift"]["started_at"]),
        "content": content,
    }
    session.execute(insert(ApprovedVersion), [row])
    return number


def content_of(session: Session, shift_id: str) -> Row:
    """Return a shift with what hangs on it, `{shift, visits, observations}`, times as they travel."""
    visits = _records(session, Visit, Visit.shift_id == shift_id)
    of_visits = Observation.visit_id.in_([visit["id"] for visit in visits])
    [shift] = _records(session, Shift, Shift.id == shift_id)
    found = {"shift": shift, "visits": visits, "observations": _records(session, Observation, of_visits)}
    content: Row = orjson.loads(orjson.dumps(found, option=orjson.OPT_UTC_Z))
    return content


def versions_of(session: Session, shift_id: str) -> list[Row]:
    """Return the approved versions of a shift, oldest first: `number, at, by, content_version, reason, content`."""
    table: Any = ApprovedVersion.__table__
    query = select(table).where(table.c.shift_id == shift_id).order_by(table.c.number)
    return [dict(row) for row in session.execute(query).mappings()]


def newest_at(session: Session, shift_id: str) -> int | None:
    """Return the content version that the newest approved version was kept at, None where there is none."""
    query = select(ApprovedVersion.content_version).where(ApprovedVersion.shift_id == shift_id)
    return session.scalar(query.order_by(ApprovedVersion.number.desc()).limit(1))


def newest_while_open(
    session: Session, end: datetime, *, start: datetime | None = None
) -> list[tuple[int, Mapping[str, Any]]]:
    """Return number and content of the newest approved version of each shift that is open again.

    Of those that began before `end`, and not before `start`. Where the shift has been moved to since decides nothing:
    it is counted as it was approved.
    """
    query = _newest_while_open(ApprovedVersion.number, ApprovedVersion.content).where(ApprovedVersion.started_at < end)
    if start is not None:
        query = query.where(ApprovedVersion.started_at >= start)
    return [(number, content) for number, content in session.execute(query.order_by(ApprovedVersion.shift_id))]


def approved_as(session: Session, shift_ids: Collection[str]) -> dict[str, int]:
    """Return the number of the version that each of the shifts that are open again is counted as."""
    query = _newest_while_open(ApprovedVersion.shift_id, ApprovedVersion.number)
    return {shift_id: number for shift_id, number in session.execute(query.where(Shift.id.in_(shift_ids)))}


def span_of_version(session: Session, shift_id: str, number: int) -> tuple[datetime, datetime | None]:
    """Return when a shift began and ended, as an approved version of it says."""
    query = select(ApprovedVersion.content).where(
        ApprovedVersion.shift_id == shift_id, ApprovedVersion.number == number
    )
    shift = session.execute(query).scalar_one()["shift"]
    ended_at = shift["ended_at"]
    return datetime.fromisoformat(shift["started_at"]), datetime.fromisoformat(ended_at) if ended_at else None


def _newest_while_open(*columns: Any) -> Select[Any]:
    newer = aliased(ApprovedVersion)
    newest = select(func.max(newer.number)).where(newer.shift_id == ApprovedVersion.shift_id).scalar_subquery()
    return (
        select(*columns)
        .join(Shift, Shift.id == ApprovedVersion.shift_id)
        .where(
            Shift.status.in_(NOT_APPROVED),  # named, so that the few of them are found by their index
            ~Shift.deleted,
            ApprovedVersion.number == newest.correlate(ApprovedVersion),
        )
    )


def forget_versions(session: Session, shift_ids: Sequence[str]) -> None:
    """Clear the versions of shifts that are disposed of."""
    session.execute(delete(ApprovedVersion).where(ApprovedVersion.shift_id.in_(shift_ids)))


def _records(session: Session, model: Any, condition: Any) -> list[Row]:
    query = select(model.__table__).where(condition, model.deleted.is_(False)).order_by(model.id)
    return [{name: row[name] for name in _FIELDS[model]} for row in session.execute(query).mappings()]
