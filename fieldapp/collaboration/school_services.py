"""Writes of the school's part in the work with a place. Flush, never commit; each is in the audit log, its text is not.

Nothing is sent to anybody: what is written is that somebody told them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.collaboration import informing, rules, schools
from fieldapp.collaboration.models import SchoolPart
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotAllowed
from fieldapp.core.ids import new_id
from fieldapp.sync.sequence import hold_seqs


def save_part(
    session: Session,
    *,
    actor: Actor,
    site_id: str,
    year: int,
    school: str,
    version: int,
    values: Mapping[str, Any],
    now: datetime,
) -> None:
    """Say a school's part, whole, against the version that was read (0: nothing said). The same again changes nothing.

    `values`: `informing.PART`; `school`: its unit code. Raises `NotFound`, `NotAllowed` outside the districts one
    writes in, `Invalid`, and `Conflict` where somebody else changed it meanwhile.
    """
    hold_seqs(session)  # the year stands, or is taken away, before a school is told of it
    stored = schools.part_of_school(session, actor, site_id, year, school)
    if not stored["site"]["may_write"]:
        raise NotAllowed
    today = local_date(now)
    faults = {**rules.year_faults(year, today), **informing.part_faults(values, today)}
    if stored["site"]["merged_into_id"]:
        faults = {"site_id": ["merged_site"]}
    if faults:
        raise Invalid(fields=faults)
    query = select(SchoolPart).where(
        SchoolPart.site_id == site_id, SchoolPart.year == year, SchoolPart.school_unit_code == school
    )
    row = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    said = {name: values[name] for name in informing.PART}
    if row is not None and all(getattr(row, name) == value for name, value in said.items()):
        return
    if (row.version if row else 0) != version:
        raise Conflict
    if row is None:
        row = SchoolPart(id=new_id(), site_id=site_id, year=year, school_unit_code=school, version=0)
        session.add(row)
    for name, value in said.items():
        setattr(row, name, value)
    row.version, row.changed_at, row.changed_by = row.version + 1, now, actor.user_id
    session.flush()
    audit.record(
        session,
        action="school_part.saved",
        actor_id=actor.user_id,
        subject=site_id,
        year=year,
        school=school,
        version=row.version,
        informed_of=row.informed_of,
        set_aside_of=row.set_aside_of,
    )
