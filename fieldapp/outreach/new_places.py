"""Places outside the register that visits noted: which wait for a decision, where they lie, what was decided.

Leads read those of their districts, analysts those of approved passes (access.md, *shifts, visits*); a pass that is not
sent in yet is still being written.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Point
from sqlalchemy import ColumnElement, Select, and_, false, select, true
from sqlalchemy.orm import Session

from fieldapp.accounts.models import User
from fieldapp.accounts.sync import People
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.geodesy import in_metres, read_geometry, to_plane
from fieldapp.outreach.clusters import Position, clusters, middle
from fieldapp.outreach.models import PlaceLink, Shift, Visit
from fieldapp.outreach.queries import visible_shifts
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites

DECIDERS = ("team_lead", "analyst")
MOST = 500  # shown at once, the newest
PROPOSED = 20  # sites to choose among
LATELY_DECIDED = 50
STANDS = PlaceLink.taken_back_at.is_(None)
COLUMNS = (Visit.id, Visit.shift_id, Visit.place, Visit.district, Visit.arrived_at)
Row = dict[str, Any]


@dataclass(frozen=True)
class Near:
    """A site and how far it is, in whole metres."""

    id: str
    name: str
    district: str
    distance_m: int


class SitesAround:
    """The sites that stand, found by how far they are: made once and asked for many places."""

    def __init__(self, rows: Sequence[Any]) -> None:
        """Take sites in the order of their ids, by which those equally far stand."""
        self._rows = rows
        self._shapes = np.array([in_metres(read_geometry(row.geometry)) for row in rows], dtype=object)
        self._tree = STRtree(self._shapes)

    def nearest(self, position: Position) -> Near | None:
        """Return the nearest site; None where there is none at all."""
        found = self._tree.query_nearest(Point(position))
        return self._near(int(found.min()), position) if len(found) else None

    def by_distance(self, position: Position, most: int) -> list[Near]:
        """Return the nearest sites, nearest first."""
        if not len(self._rows):
            return []
        order = np.argsort(shapely.distance(Point(position), self._shapes), kind="stable")[:most]
        return [self._near(int(one), position) for one in order]

    def _near(self, number: int, position: Position) -> Near:
        row, metres = self._rows[number], float(shapely.distance(Point(position), self._shapes[number]))
        return Near(row.id, row.name, row.district, round(metres))


def open_places(
    session: Session, actor: Actor, now: datetime, *, eps_m: int, district: str | None = None
) -> tuple[list[Row], bool]:
    """Return the places that wait for the actor's decision, as clusters, those with the newest visit first.

    Each `{places: [{visit_id, shift_id, place, label, on, district, position, nearest}], sites: [Near],
    uncertainty_m}`, and whether there are more than 500 places, of which the newest are shown.
    """
    query = undecided(decidable(actor, now)).order_by(Visit.arrived_at.desc(), Visit.id)
    if district is not None:
        query = query.where(Visit.district == district)
    rows = session.execute(query.limit(MOST + 1)).mappings().all()
    around, own = sites_around(session, actor)
    places = [_place(row, around) for row in rows[:MOST]]
    found = []
    for cluster in clusters([place["position"] for place in places], eps_m):
        together = [places[number] for number in cluster]
        where = middle([place["position"] for place in together])
        near = own.by_distance(where.position, PROPOSED)
        found.append({"places": together, "sites": near, "uncertainty_m": where.uncertainty_m})
    return found, len(rows) > MOST


def decided_lately(session: Session, actor: Actor, now: datetime) -> list[Row]:
    """Return the standing decisions on places of the actor's to decide on, newest first, fifty at most."""
    query = decisions(decidable(actor, now)).order_by(PlaceLink.decided_at.desc(), PlaceLink.id.desc())
    return with_names(session, actor, now, session.execute(query.limit(LATELY_DECIDED)).mappings().all())


def places_of(session: Session, actor: Actor, now: datetime, site_id: str) -> tuple[list[Row], int]:
    """Return the places linked to a site of which the actor may read the visits, newest first; and how many in all."""
    of_site = (PlaceLink.site_id == site_id, Visit.deleted.is_(False), Visit.place.is_not(None))
    query = decisions(and_(*of_site)).order_by(Visit.arrived_at.desc(), PlaceLink.id)
    readable = set(
        session.scalars(
            select(PlaceLink.id)
            .join(Visit, Visit.id == PlaceLink.visit_id)
            .join(Shift, Shift.id == Visit.shift_id)
            .where(STANDS, *of_site, visible_shifts(actor, now))
        )
    )
    rows = session.execute(query).mappings().all()
    shown = [row for row in rows if row["id"] in readable]
    return with_names(session, actor, now, shown), len(rows)


def decidable(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the condition, on visits joined with shifts, that a place is the actor's to decide on."""
    held = actor.districts(*DECIDERS)
    reached = true() if held is None else Visit.district.in_(held) if held else false()
    return and_(actor_decides(actor), reached, readable_pins(actor, now))


def readable_pins(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the condition, on visits joined with shifts, that they note a place of which the actor may read."""
    noted = (Visit.place.is_not(None), Visit.deleted.is_(False), Visit.outcome != "not_visited")
    sent_in = (Shift.deleted.is_(False), Shift.status != "draft")
    return and_(*noted, *sent_in, visible_shifts(actor, now))


def actor_decides(actor: Actor) -> ColumnElement[bool]:
    """Return whether the actor decides on places at all, as a condition."""
    return true() if actor.has_role(*DECIDERS) else false()


def undecided(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the query of visits whose place no standing decision is about."""
    stands = select(PlaceLink.id).where(PlaceLink.visit_id == Visit.id, STANDS).exists()
    return select(*COLUMNS).join(Shift, Shift.id == Visit.shift_id).where(condition, ~stands)


def decisions(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the query of standing decisions with their visits, under a condition."""
    about = (Visit.place, Visit.district, Visit.arrived_at, Visit.shift_id)
    made = (PlaceLink.id, PlaceLink.visit_id, PlaceLink.site_id, PlaceLink.decision, PlaceLink.reason)
    when = (PlaceLink.decided_at, PlaceLink.decided_by)
    query = select(*made, *when, *about).join(Visit, Visit.id == PlaceLink.visit_id)
    return query.join(Shift, Shift.id == Visit.shift_id).where(STANDS, condition)


def standing_links(session: Session) -> dict[str, str | None]:
    """Return what was decided of new places and stands, by visit: the site it was linked to, None where dismissed."""
    query = select(PlaceLink.visit_id, PlaceLink.site_id).where(PlaceLink.taken_back_at.is_(None))
    return {row.visit_id: row.site_id for row in session.execute(query)}


def sites_around(session: Session, actor: Actor) -> tuple[SitesAround, SitesAround]:
    """Return the sites that are not merged into another, and of these the ones that the actor may link places to."""
    columns = (Site.id, Site.name, Site.district, Site.geometry)
    query = select(*columns).where(~Site.deleted, Site.merged_into_id.is_(None), readable_sites(actor))
    rows = session.execute(query.order_by(Site.id)).all()
    return SitesAround(rows), SitesAround([row for row in rows if actor.covers(row.district, *DECIDERS)])


def position_of(place: Mapping[str, Any]) -> Position:
    """Return where a pin lies, east and north in metres (SWEREF 99 18 00)."""
    return to_plane(place["lat"], place["lon"])


def with_names(session: Session, actor: Actor, now: datetime, rows: Collection[Any]) -> list[Row]:
    """Return decisions as they are shown: with label, day, the site's name and who decided, where one may know."""
    site_ids = {row["site_id"] for row in rows if row["site_id"]}
    sites = select(Site.id, Site.name).where(Site.id.in_(site_ids), readable_sites(actor))
    people = select(User.id, User.name).where(
        User.id.in_({row["decided_by"] for row in rows}), People().readable(actor, now)
    )
    names = {row.id: row.name for query in (sites, people) for row in session.execute(query)}
    return [
        {
            **row,
            "label": row["place"]["label"],
            "on": local_date(row["arrived_at"]),
            "site_name": names.get(row["site_id"]),
            "by": names.get(row["decided_by"]),
            "may_take_back": actor.covers(row["district"] or "", *DECIDERS),
        }
        for row in rows
    ]


def _place(row: Any, around: SitesAround) -> Row:
    position = position_of(row["place"])
    return {
        "visit_id": row["id"],
        "shift_id": row["shift_id"],
        "place": row["place"],
        "label": row["place"]["label"],
        "on": local_date(row["arrived_at"]),
        "district": row["district"],
        "position": position,
        "nearest": around.nearest(position),
    }
