"""Reads of briefings at a desk, filtered by grant (access.md), and of what came of them. Writes nothing."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fieldapp.accounts.queries import team_names
from fieldapp.briefings.models import Briefing, BriefingDistrict
from fieldapp.briefings.queries import READERS, visible_briefings
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_day_bounds
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.followup.rules import Done, Stop, planned_against_done
from fieldapp.outreach.models import Shift, Visit
from fieldapp.places.facts import district_codes
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites
from fieldapp.places.rules import survivor

Row = dict[str, Any]


def briefings(session: Session, actor: Actor, first: date, last: date, district: str | None = None) -> list[Row]:
    """Return the briefings held on the days `first` … `last` that the actor may read, newest first.

    Raises `Invalid` for a district that does not exist.
    """
    if district is not None and district not in district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})
    since, until = local_day_bounds(first, last)
    table: Any = Briefing.__table__
    query = select(table).where(
        visible_briefings(actor), ~Briefing.deleted, Briefing.held_at >= since, Briefing.held_at < until
    )
    if district is not None:
        of_district = select(BriefingDistrict.briefing_id).where(BriefingDistrict.district == district)
        query = query.where(Briefing.id.in_(of_district))
    return [dict(row) for row in session.execute(query.order_by(Briefing.held_at.desc(), Briefing.id)).mappings()]


def briefing(session: Session, actor: Actor, briefing_id: str) -> Row:
    """Return a briefing with its priorities by rank: each with its place, who covers it and what came of it (`done`).

    `done` is None for who may read the briefing for having written it, but works in none of its districts any more.
    Raises `NotFound`.
    """
    table: Any = Briefing.__table__
    known = select(table).where(Briefing.id == briefing_id, ~Briefing.deleted, visible_briefings(actor))
    found = session.execute(known).mappings().one_or_none()
    if found is None:
        raise NotFound
    whole = dict(found)
    done = _done(session, whole) if reads_outcomes(actor, whole) else {}
    sites = _sites(session, actor, {item["site_id"] for item in whole["priorities"]})
    teams = team_names(session)
    priorities = [
        {
            **item,
            "site": sites.get(item["site_id"]),
            "team": teams.get(item["covered_by"] or ""),
            "done": done.get(item["site_id"]),
        }
        for item in sorted(whole["priorities"], key=lambda item: item["rank"])
    ]
    return {**whole, "priorities": priorities}


def reads_outcomes(actor: Actor, briefing: Mapping[str, Any]) -> bool:
    """Say whether the actor may know what came of a briefing: they work in one of its districts, or analyse it."""
    return any(actor.covers(district, *READERS) for district in briefing["districts"])


def merged_sites(session: Session) -> dict[str, str]:
    """Return site id → the site that took it over, of every site that was merged."""
    query = select(Site.id, Site.merged_into_id).where(Site.merged_into_id.is_not(None))
    return {row.id: row.merged_into_id for row in session.execute(query)}


def with_merged(site_ids: Iterable[str], merged_into: Mapping[str, str]) -> set[str]:
    """Return the sites and every site that is one with them."""
    survivors = {survivor(site_id, merged_into) for site_id in site_ids}
    return survivors | {old for old in merged_into if survivor(old, merged_into) in survivors}


def _done(session: Session, briefing: Mapping[str, Any]) -> dict[str, Done]:
    """Return what came of each priority, by site: of every unit's passes, without contents."""
    merged_into = merged_sites(session)
    named = with_merged((item["site_id"] for item in briefing["priorities"]), merged_into)
    held = and_(Shift.started_at >= briefing["valid_from"], Shift.started_at < briefing["valid_until"])
    query = (
        select(
            Visit.site_id, Visit.arrived_at, Visit.outcome, Visit.not_visited_reason, Shift.started_at,
            Shift.briefing_id,
        )
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            ~Visit.deleted,
            ~Shift.deleted,
            Visit.site_id.in_(named),
            or_(held, Shift.briefing_id == briefing["id"]),
        )
    )  # fmt: skip
    stops = (Stop(*row) for row in session.execute(query))  # type: ignore[arg-type]  # at a site by the query
    return planned_against_done(briefing, stops, merged_into)


def _sites(session: Session, actor: Actor, site_ids: set[str]) -> dict[str, Row]:
    query = select(Site.id, Site.name, Site.safety_level).where(Site.id.in_(site_ids), readable_sites(actor))
    return {row["id"]: dict(row) for row in session.execute(query).mappings()}
