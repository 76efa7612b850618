"""*Underlag till utsättning*: what was noted at a district's places over fourteen days, as it may leave the team.

Never notes, never what the police said, never a record's id. That it is shown, and to which authority it is handed,
goes to the audit log as codes. Writes flush, never commit.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.audit.models import AuditRow
from fieldapp.briefings.codes import ACTORS
from fieldapp.briefings.queries import READERS
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.core.database import take_turn
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.core.ordering import swedish_order
from fieldapp.followup.queries import merged_sites, with_merged
from fieldapp.followup.tally import UNKNOWN, Noted, PlaceTally, Tally, VisitMade, tally
from fieldapp.outreach.models import Observation, Shift, Visit
from fieldapp.places.facts import district_codes
from fieldapp.places.models import Site

DAYS = 14
# Whom it may be handed to: who comes to briefings, but volunteers, who never read observations (product.md).
AUTHORITIES = tuple(code for code in ACTORS if code != "night_walkers")
SHOWN, HANDED_OVER = "underlag.shown", "underlag.handed_over"
NEARNESS = ("yes", "uncertain", "no")
Row = dict[str, Any]


def readable_district(actor: Actor, code: str | None) -> str:
    """Return the district if its material is the actor's to read. Raises `NotFound`, also for one that is none."""
    if code not in district_codes() or not actor.covers(code, *READERS):
        raise NotFound
    return code


def readable_districts(actor: Actor) -> frozenset[str]:
    """Return the districts whose material the actor may read."""
    return frozenset(code for code in district_codes() if actor.covers(code, *READERS))


def period(now: datetime) -> tuple[date, date]:
    """Return the first and the last of the fourteen days."""
    last = local_date(now)
    return last - timedelta(days=DAYS - 1), last


def material(session: Session, district: str, now: datetime) -> Row:
    """Return `{first, last, places, elsewhere}` of a district: a row a place, school-near ones first, then by name.

    Records of every unit and status in effect, whatever the asker may open: no contents but what may leave the team.
    """
    first, last = period(now)
    merged_into = merged_sites(session)
    columns = (Site.id, Site.name, Site.district, Site.school_near, Site.last_visited_on, Site.merged_into_id)
    sites = {row["id"]: dict(row) for row in session.execute(select(*columns).where(~Site.deleted)).mappings()}
    own = [site for site in sites.values() if site["district"] == district and site["merged_into_id"] is None]
    members = with_merged((site["id"] for site in own), merged_into)
    found = _tally(session, district, members, local_day_bounds(first, last), merged_into)
    names = {site_id: site["name"] for site_id, site in sites.items()}
    places = [_place(site, sites, found.places[site["id"]], merged_into, names) for site in own]
    places.sort(key=lambda place: (NEARNESS.index(place["school_near"]), swedish_order(place["name"])))
    return {"first": first, "last": last, "places": places, "elsewhere": found.elsewhere}


def note_shown(session: Session, *, actor: Actor, district: str, now: datetime) -> None:
    """Log that the material was shown."""
    first, last = period(now)
    details = {"district": district, "from": first.isoformat(), "to": last.isoformat()}
    audit.record(session, action=SHOWN, actor_id=actor.user_id, subject=district, **details)


def hand_over(
    session: Session,
    *,
    actor: Actor,
    district: str,
    authority: str,
    last: date,
    now: datetime,
    form_id: str | None = None,
) -> None:
    """Log that the material of the days up to `last` was handed to an authority. Raises `Invalid` for other days.

    The page may have stood open over midnight; what is older than the period is another material. The same `form_id`
    sent twice is logged once.
    """
    first, newest = period(now)
    if form_id is not None:
        take_turn(session, f"handed over:{form_id}")
        if any(row.details.get("form_id") == form_id for row in session.execute(_handed_over(district, now))):
            return
    if not first <= last <= newest:
        raise Invalid(fields={"last": ["other_period"]})
    details = {
        "district": district,
        "from": (last - timedelta(days=DAYS - 1)).isoformat(),
        "to": last.isoformat(),
        "authority": authority,
        **({"form_id": form_id} if form_id else {}),
    }
    audit.record(session, action=HANDED_OVER, actor_id=actor.user_id, subject=district, **details)


def handed_over(session: Session, district: str, now: datetime) -> list[Row]:
    """Return to which authorities the district's material was handed in the fourteen days, and when, newest first."""
    rows = session.execute(_handed_over(district, now).order_by(AuditRow.number.desc()))
    return [{"at": row.at, "authority": row.details["authority"]} for row in rows]


def _handed_over(district: str, now: datetime) -> Select[Any]:
    since, _ = local_day_bounds(*period(now))
    return select(AuditRow.at, AuditRow.details).where(
        AuditRow.action == HANDED_OVER, AuditRow.subject == district, AuditRow.at >= since
    )


def _tally(
    session: Session,
    district: str,
    members: set[str],
    bounds: tuple[datetime, datetime],
    merged_into: dict[str, str],
) -> Tally:
    here = or_(Visit.site_id.in_(members), and_(Visit.site_id.is_(None), Visit.district == district))
    in_period = and_(Shift.started_at >= bounds[0], Shift.started_at < bounds[1], ~Shift.deleted)
    made = and_(here, in_period, ~Visit.deleted, Visit.outcome != "not_visited")
    visits = select(Visit.id, Visit.site_id).join(Shift, Shift.id == Visit.shift_id).where(made)
    observations = (
        select(
            Observation.visit_id, Observation.topics, Observation.conditions, Observation.moved_from,
            Observation.moved_to,
        )
        .join(Visit, Visit.id == Observation.visit_id)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(made, ~Observation.deleted)
    )  # fmt: skip
    noted = [
        Noted(row.visit_id, tuple(row.topics), tuple(row.conditions), row.moved_from, row.moved_to)
        for row in session.execute(observations)
    ]
    return tally([VisitMade(*row) for row in session.execute(visits)], noted, merged_into)


def _place(
    site: Row, sites: dict[str, Row], found: PlaceTally, merged_into: dict[str, str], names: dict[str, str]
) -> Row:
    """Return a place's row. It carries names and figures, and no id."""
    one_with_it = with_merged([site["id"]], merged_into)
    visited_on = [on for known in one_with_it if known in sites and (on := sites[known]["last_visited_on"])]
    return {
        "name": site["name"],
        "school_near": site["school_near"],
        "last_visited_on": max(visited_on, default=None),
        "visits": found.visits,
        "noted": found.noted,
        "topics": found.topics,
        "conditions": found.conditions,
        "came_from": _named(found.came_from, names),
        "went_to": _named(found.went_to, names),
    }


def _named(movements: dict[str, int], names: dict[str, str]) -> list[tuple[str | None, int]]:
    """Return the other ends of movements by name, the most frequent first; None for a place nobody knew."""
    named = [(None if end == UNKNOWN else names.get(end), times) for end, times in movements.items()]
    return sorted(named, key=lambda pair: (-pair[1], pair[0] or ""))
