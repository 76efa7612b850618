"""*Läget vid ÖDS nära grundskola*, for a reader: reads what the rows need, all of one moment (figures.md)."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.collaboration import old_surveys
from fieldapp.collaboration import queries as collaboration
from fieldapp.collaboration.parts_of_day import by_part
from fieldapp.collaboration.visits import days_without_school, visits_at
from fieldapp.core.access import Actor
from fieldapp.core.catalogue import text
from fieldapp.core.clock import local_date
from fieldapp.core.database import one_view
from fieldapp.core.errors import Invalid
from fieldapp.places.queries import mapping_years, sites_in_force
from fieldapp.summaries import queries
from fieldapp.summaries.completeness import completeness_of
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.overview_rows import Place, overview_row, top_counts
from fieldapp.summaries.periods import Period, period_faults
from fieldapp.summaries.queries import Wanted
from fieldapp.walks.queries import walks_at_sites

Json = dict[str, Any]


def overview(session: Session, actor: Actor, period: Period, mapping_year: int | None, *, now: datetime) -> Json:
    """Return `items, top_line, basis` (api.md, Places): a row a school-near place in force that the reader may know.

    Places of the districts of which the reader reads collaboration. The line at the top counts also those that are not
    the reader's to know by name. Visits are those of approved shifts. Raises `Invalid` for a period or mapping year
    that can't be.
    """
    faults = period_faults(period.first, period.last)
    if faults:
        raise Invalid(fields=faults)
    with one_view():
        return _overview(session, actor, period, mapping_year, now)


def _overview(session: Session, actor: Actor, period: Period, mapping_year: int | None, now: datetime) -> Json:
    basis = queries.mapping_basis(session, mapping_year, period.last)
    year, today = basis["mapping_year"], local_date(now)
    districts = collaboration.districts_read(actor)
    wanted = Wanted(period, None, approved_only=True)
    then = Wanted(period.year_ago(), None, approved_only=True)
    tallies = {
        site: tally
        for site, tally in figures_of(session, wanted, year).sites.items()
        if tally.site.district in districts
    }
    counts = top_counts(tallies.values(), period)
    head = {
        "top_line": text("overview.top_line", None, **counts),
        "counts": counts,
        "basis": {
            **basis,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "status": "approved",
            "note": text("overview.note"),
        },
        "complete": completeness_of(session, period, districts, now),
    }
    if year is None:
        return {"items": [], **head}
    names = queries.readable_names(session, actor)
    near = [
        site
        for site in sites_in_force(session, year, districts=districts)
        if site["school_near"] == "yes" and site["id"] in names
    ]
    ids = [site["id"] for site in near]
    before = [one for one in mapping_years(session) if one < year]
    listed_before = {site["id"] for site in sites_in_force(session, before[-1])} if before else None
    earlier = figures_of(session, then, year).sites
    answered = collaboration.newest_answers(session, actor, ids, period.last.year)
    measures = collaboration.measures_of(session, actor, ids)
    old = old_surveys.newest_answers(session, actor, ids, period.last.year)
    visits = visits_at(session, ids, period.first, period.last)
    free = days_without_school(session, period.first, period.last)
    walks = walks_at_sites(session, ids, period.first, period.last)
    items = [
        overview_row(
            Place(
                site,
                None if listed_before is None else site["id"] in listed_before,
                answered.get(site["id"]),
                old.get(site["id"]),
                measures.get(site["id"], ()),
                tallies[site["id"]],
                earlier.get(site["id"]),
                Counter(audience for visit in visits[site["id"]] for audience in visit.audience),
                by_part((visit.arrived for visit in visits[site["id"]]), free),
                walks[site["id"]],
            ),
            period,
            today,
        )
        for site in near
    ]
    return {"items": items, **head}
