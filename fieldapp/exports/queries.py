"""Reads of exports: only to who asked, and only while every grant it was asked with is held."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.errors import NotFound
from fieldapp.exports import rules
from fieldapp.exports.models import Export
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites
from fieldapp.places.records import site_record


def own_export(session: Session, actor: Actor, export_id: str, now: datetime) -> Export:
    """Return an export of the actor's. Raises `NotFound` for all others, past its day, or once a grant is lost."""
    row = session.get(Export, export_id)
    if row is None or row.user_id != actor.user_id or row.expires_at <= now:
        raise NotFound
    if not rules.still_reaches(row.reach, actor.reach):
        raise NotFound
    return row


def is_to_wake(session: Session, row: Export, now: datetime) -> bool:
    """Say whether a maker is to be started for an export, without noting it."""
    return rules.wakes(row.state, row.lease_until, row.woken_at, makers(session, now), now)


def makers(session: Session, now: datetime) -> int:
    """Count the makers at work."""
    at_work = select(func.count(Export.id)).where(Export.state == "running", Export.lease_until > now)
    return session.execute(at_work).scalar_one()


def places_of(session: Session, actor: Actor, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return where sites lie, by id: `name` and `geometry` of those the actor may read, as the actor may read them."""
    query = select(Site.__table__).where(Site.id.in_(list(ids)), ~Site.deleted, readable_sites(actor))
    rows = (site_record(row, actor) for row in session.execute(query).mappings())
    return {row["id"]: {"name": row["name"], "geometry": row["geometry"]} for row in rows}
