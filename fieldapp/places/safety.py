"""How safe places are for those who work there: the list, one place, and the one way to set a level.

Source: access.md, the note below its table. Writes flush, never commit.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldapp.accounts.models import User
from fieldapp.accounts.sync import People
from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.errors import Conflict, Invalid, NotAllowed, NotFound
from fieldapp.core.ordering import swedish_order
from fieldapp.places.history import SAFETY_FIELDS, note_change
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites
from fieldapp.places.rules import is_review_due, safety_faults
from fieldapp.sync.sequence import take_seqs

SAFETY_WRITERS = ("team_lead", "analyst")
COLUMNS = (
    Site.id, Site.name, Site.district, Site.version, Site.safety_level, Site.safety_reason, Site.safety_set_by,
    Site.safety_set_at, Site.safety_review_on,
)  # fmt: skip
Row = dict[str, Any]


def unsafe_places(session: Session, actor: Actor, now: datetime) -> list[Row]:
    """Return the places whose level is not normal, those to be looked at again first, then by their day of review."""
    query = select(*COLUMNS).where(Site.safety_level != "normal", ~Site.deleted, readable_sites(actor))
    found = [_with_names(session, actor, now, dict(row)) for row in session.execute(query).mappings()]

    def by_day(one: Row) -> tuple[bool, date, str]:
        return not one["is_due"], one["safety_review_on"] or date.max, swedish_order(one["name"])

    return sorted(found, key=by_day)


def safety_of(session: Session, actor: Actor, now: datetime, site_id: str) -> Row:
    """Return a place's level with why, by whom and until when. Raises `NotFound`."""
    query = select(*COLUMNS).where(Site.id == site_id, ~Site.deleted, readable_sites(actor))
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        raise NotFound
    return _with_names(session, actor, now, dict(found))


def may_set_safety(actor: Actor, district: str) -> bool:
    """Say whether the level of places in the district is the actor's to set."""
    return actor.covers(district, *SAFETY_WRITERS)


def set_safety(
    session: Session,
    *,
    actor: Actor,
    site_id: str,
    version: int,
    level: str,
    reason: str | None,
    review_on: date | None,
    now: datetime,
    note: str = "",
) -> None:
    """Set how safe a place is, why, and when it is looked at again; every phone of those who work there hears of it.

    A level of *normal* has neither reason nor review; `note` is why it was changed, for the history. Raises `NotFound`,
    `NotAllowed`, `Invalid`, and `Conflict` where the place has changed after the version that was read.
    """
    columns = (Site.district, Site.safety_level, Site.safety_reason, Site.safety_review_on)
    known = select(*columns).where(Site.id == site_id, ~Site.deleted, readable_sites(actor))
    site = session.execute(known).one_or_none()
    if site is None:
        raise NotFound
    if not may_set_safety(actor, site.district):
        raise NotAllowed
    errors = safety_faults(level, reason, review_on, local_date(now))
    if errors:
        raise Invalid(fields=errors)
    is_normal = level == "normal"
    values = {
        "safety_level": level,
        "safety_reason": None if is_normal else reason,
        "safety_review_on": None if is_normal else review_on,
        "safety_set_by": actor.user_id,
        "safety_set_at": now,
        "version": version + 1,
        "seq": take_seqs(session, 1)[0],
    }
    # The counter before the row, as for visits: two writers never wait for each other.
    moved = update(Site).where(Site.id == site_id, Site.version == version).values(values)
    result: Any = session.execute(moved, execution_options={"synchronize_session": False})
    if result.rowcount != 1:
        raise Conflict
    stands = session.scalars(select(Site).where(Site.id == site_id).execution_options(populate_existing=True)).one()
    after = {name: values[name] for name in SAFETY_FIELDS}
    before = {name: getattr(site, name) for name in SAFETY_FIELDS}
    note_change(session, site=stands, actor=actor, kind="safety_set", before=before, after=after, reason=note, now=now)
    # Administrators read the log, and no level (access.md): what was set stands in the site's history alone.
    audit.record(session, action="site.safety_set", actor_id=actor.user_id, subject=site_id)


def change_safety(
    session: Session, *, actor: Actor, site_id: str, version: int, given: Mapping[str, Any], now: datetime,
    note: str = "",
) -> None:  # fmt: skip
    """Set the level where only some of `safety_level, safety_reason, safety_review_on` are said: the rest stays."""
    kept = safety_of(session, actor, now, site_id)
    said = {name: given.get(name, kept[name]) for name in ("safety_level", "safety_reason", "safety_review_on")}
    set_safety(
        session,
        actor=actor,
        site_id=site_id,
        version=version,
        level=said["safety_level"],
        reason=said["safety_reason"],
        review_on=said["safety_review_on"],
        now=now,
        note=note,
    )


def _with_names(session: Session, actor: Actor, now: datetime, site: Row) -> Row:
    """Add whether a review is due, whether the level is the actor's to set, and who set it where one may know."""
    named = select(User.name).where(User.id == site["safety_set_by"], People().readable(actor, now))
    return {
        **site,
        "set_by": session.scalar(named) if site["safety_set_by"] else None,
        "is_due": is_review_due(site["safety_level"], site["safety_review_on"], local_date(now)),
        "may_set": may_set_safety(actor, site["district"]),
    }
