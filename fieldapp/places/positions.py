"""Positions of schools that a person decides on: what waits, and the one way to decide."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.places.facts import district_codes
from fieldapp.places.import_models import SchoolPosition
from fieldapp.places.importers.positions import Pair, position
from fieldapp.places.importers.shape import BadValue
from fieldapp.places.importers.write_schools import school_fields
from fieldapp.places.models import School
from fieldapp.places.near import recompute
from fieldapp.places.outlines import outlines
from fieldapp.places.records import REGISTER_EDITORS
from fieldapp.places.rules import NearnessRule
from fieldapp.places.services import create_school
from fieldapp.sync.sequence import take_seqs

DECISIONS = ("confirmed", "corrected", "without")


def waiting_positions(session: Session, actor: Actor) -> list[SchoolPosition]:
    """Return the positions that nobody has decided on, oldest first; none for who may not decide all over the city."""
    if actor.districts(*REGISTER_EDITORS) is not None:
        return []
    query = select(SchoolPosition).where(SchoolPosition.state == "open").order_by(SchoolPosition.id)
    return list(session.scalars(query))


def decide_position(
    session: Session,
    *,
    actor: Actor,
    position_id: str,
    version: int,
    decision: str,
    district: str | None,
    north: float | None,
    east: float | None,
    rule: NearnessRule,
    now: datetime,
) -> None:
    """Confirm a position, correct it, or say that the school stays without one; the school is made or moved.

    A corrected one may be in WGS 84 or SWEREF 99; its district is where it lies, otherwise `district`. Raises
    `NotFound`, `NotAllowed`, `Invalid`, and `Conflict` where somebody else has decided.
    """
    item = session.get(SchoolPosition, position_id)
    if item is None:
        raise NotFound
    if actor.districts(*REGISTER_EDITORS) is not None:
        raise NotAllowed
    if item.state != "open" or item.version != version:
        raise Conflict
    where = _where(session, item, decision, district, north, east)
    school = session.scalars(select(School).where(School.school_unit_code == item.school_unit_code)).one_or_none()
    if school is None:
        said = {**item.fields, "name": item.name}
        create_school(
            session, school_unit_code=item.school_unit_code, **school_fields(said, item.fields["on"]), **where
        )
    else:
        for name, value in {**where, "deleted": False}.items():
            setattr(school, name, value)
        school.version += 1
        school.seq = take_seqs(session, 1)[0]
    item.state, item.version, item.decided_by, item.decided_at = decision, item.version + 1, actor.user_id, now
    recompute(session, rule=rule, today=local_date(now))
    audit.record(
        session, action="school.position_decided", actor_id=actor.user_id, subject=item.school_unit_code, as_=decision
    )


def _where(
    session: Session,
    item: SchoolPosition,
    decision: str,
    district: str | None,
    north: float | None,
    east: float | None,
) -> dict[str, Any]:
    lat, lon = item.lat, item.lon
    if decision == "without" or (decision == "confirmed" and lat is None):
        if decision == "confirmed":
            raise Invalid(fields={"decision": ["no_position_to_confirm"]})
        lat = lon = None
    elif decision == "corrected":
        try:
            found, _ = position([Pair(north, east)])
        except BadValue as error:
            raise Invalid(fields={"north": [f"position_{error.reason}"]}) from error
        if found is None:
            raise Invalid(fields={"north": ["required"]})
        lat, lon = found
        district = outlines(session).at(lat, lon) or district
    if district not in district_codes():
        raise Invalid(fields={"district": ["required"]})
    return {"lat": lat, "lon": lon, "district": district}
