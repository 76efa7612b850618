"""Reads answers of earlier yearly surveys, always told as *äldre uppgift*; what was not answered is None, never a no.

Of the districts that field workers, leads and analysts read; a viewer reads none, as nobody has approved them here.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from fieldapp.collaboration import queries
from fieldapp.collaboration.codes import PRACTICES
from fieldapp.core.access import Actor
from fieldapp.core.ordering import swedish_order
from fieldapp.places.import_models import OldSurvey
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites

CHOICES = ("form", "meeting_frequency", "fixed_cameras", "temporary_cameras")
YES_OR_NO = ("cause_analysis", "action_plan", *PRACTICES)
Row = dict[str, Any]


def old_answers(session: Session, actor: Actor, ids: Collection[str], year: int | None) -> dict[str, Row]:
    """Return what some places' survey of a year said, by site: every question, None where it was not answered."""
    query = _joined(actor, OldSurvey.site_id, OldSurvey.answers).where(
        OldSurvey.year == year, OldSurvey.site_id.in_(list(ids))
    )
    return {row.site_id: _whole(row.answers) for row in session.execute(query)}


def newest_answers(session: Session, actor: Actor, ids: Collection[str], until: int) -> dict[str, Row]:
    """Return what the newest survey up to a year said of some places, by site, as `old_answers`, with its `year`."""
    query = _joined(actor, OldSurvey.site_id, OldSurvey.year, OldSurvey.answers).where(
        OldSurvey.year <= until, OldSurvey.site_id.in_(list(ids))
    )
    rows = session.execute(query.order_by(OldSurvey.year))
    return {row.site_id: {"year": row.year, **_whole(row.answers)} for row in rows}


def of_year(session: Session, actor: Actor, year: int, *, district: str | None = None) -> list[Row]:
    """Return every place's old answers of a year with `name` and `district` of the place, whatever it is listed as."""
    query = _joined(actor, Site.id, Site.name, Site.district, OldSurvey.answers).where(OldSurvey.year == year)
    if district is not None:
        query = query.where(Site.district == district)
    rows = sorted(session.execute(query), key=lambda row: (row.district, swedish_order(row.name), row.id))
    return [{"name": row.name, "district": row.district, **_whole(row.answers)} for row in rows]


def years_of_site(session: Session, actor: Actor, site_id: str) -> list[int]:
    """Return the years that a place has old answers of, in order."""
    query = _joined(actor, OldSurvey.year).where(OldSurvey.site_id == site_id)
    return list(session.scalars(query.order_by(OldSurvey.year)))


def _joined(actor: Actor, *columns: Any) -> Any:
    return select(*columns).join(Site, Site.id == OldSurvey.site_id).where(_readable(actor))


def _readable(actor: Actor) -> ColumnElement[bool]:
    return and_(~Site.deleted, readable_sites(actor), queries.in_district(actor))


def _whole(answers: Row) -> Row:
    return {
        **{name: answers.get(name) for name in (*CHOICES, *YES_OR_NO)},
        "actors": {actor: how for actor, how in (answers.get("actors") or {}).items() if how is not None},
    }
