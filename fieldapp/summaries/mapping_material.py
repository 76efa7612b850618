"""*Kommunens underlag till årets kartläggning* for a reader, from the log: approved passes, all of one moment."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.collaboration import proposals
from fieldapp.collaboration import queries as collaboration
from fieldapp.collaboration.rules import year_faults
from fieldapp.collaboration.visits import new_places, visits_at
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import one_view
from fieldapp.core.errors import NotFound
from fieldapp.core.ordering import swedish_order
from fieldapp.places.models import Site
from fieldapp.summaries import queries
from fieldapp.summaries.completeness import completeness_of
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.mapping_material_rows import Year, is_relevant, year_row
from fieldapp.summaries.periods import Period
from fieldapp.summaries.queries import Wanted

READERS = proposals.READERS
NEAR_FIRST = {"yes": 0, "uncertain": 1, "no": 2}
Json = dict[str, Any]


def year_period(year: int, today: date) -> Period:
    """Return a year up to today. Raises `NotFound` for one that can't be, or has not begun."""
    if year_faults(year, today) or year > today.year:
        raise NotFound
    return Period(date(year, 1, 1), min(date(year, 12, 31), today))


def mapping_material(session: Session, actor: Actor, year: int, *, district: str | None, now: datetime) -> Json:
    """Return `year, district, items, new_places, basis, complete`: a row a place that is listed or speaks for itself.

    Of the districts that the actor reads as field worker, lead or analyst, or of one of them. Raises `NotFound` for
    another district, and for a year that can't be.
    """
    period = year_period(year, local_date(now))
    held = actor.districts(*READERS)
    if district is not None and (district not in collaboration.districts_read(actor) or not covers(held, district)):
        raise NotFound
    with one_view():
        return _material(session, actor, period, district, now)


def covers(held: frozenset[str] | None, district: str) -> bool:
    """Say whether a district is among those held, None being all."""
    return held is None or district in held


def _material(session: Session, actor: Actor, period: Period, district: str | None, now: datetime) -> Json:
    year, held = period.first.year, actor.districts(*READERS)
    on = collaboration.mapping_year(session, year)
    basis = queries.mapping_basis(session, on, period.last)
    wanted = Wanted(period, None, approved_only=True)
    figures = figures_of(session, wanted, on)
    names = queries.readable_names(session, actor)
    of_kinds = select(Site.id, Site.kind, Site.merged_into_id).where(~Site.deleted)
    stands = {row.id: row for row in session.execute(of_kinds)}
    proposed = proposals.proposals(session, actor, None, year)
    noted = new_places(session, period.first, period.last)
    chosen = [
        tally
        for site, tally in figures.sites.items()
        if site in names
        and site in stands
        and (tally.site.district == district if district else covers(held, tally.site.district))
        and is_relevant(
            tally,
            stands[site].kind,
            is_proposed=site in proposed,
            is_merged=stands[site].merged_into_id is not None,
            is_linked=site in noted.by_site,
        )
    ]
    ids = [tally.site.id for tally in chosen]
    visits = visits_at(session, ids, period.first, period.last)
    answered = collaboration.answers_of(session, actor, ids, year)
    items = [
        year_row(
            Year(
                tally,
                stands[tally.site.id].kind,
                [visit.day for visit in visits[tally.site.id]],
                answered.get(tally.site.id),
                proposed.get(tally.site.id),
                stands[tally.site.id].merged_into_id,
                noted.by_site.get(tally.site.id, 0),
            ),
            period,
            figures.movements,
            names,
        )
        for tally in sorted(
            chosen,
            key=lambda one: (
                one.site.district, not one.site.is_listed, NEAR_FIRST[one.site.school_near],
                swedish_order(one.site.name), one.site.id,
            ),
        )
    ]  # fmt: skip
    return {
        "year": year,
        "district": district,
        "items": items,
        "new_places": [
            {"district": code, **counts}
            for code, counts in sorted(noted.by_district.items())
            if (code == district if district else covers(held, code))
        ],
        "basis": {**basis, "from": period.first.isoformat(), "to": period.last.isoformat(), "status": "approved"},
        "complete": completeness_of(session, period, [district] if district else held, now),
    }
