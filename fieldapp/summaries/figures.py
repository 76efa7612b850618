"""The figures of a period: added up from the facts that are kept of approved shifts, else folded from the records."""

from dataclasses import replace

from sqlalchemy.orm import Session

from fieldapp.core.clock import local_day_bounds
from fieldapp.core.database import one_view
from fieldapp.summaries import facts, queries, rules
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.rules import Figures, SiteTally
from fieldapp.summaries.versions import versions_open_again


def figures_of(session: Session, wanted: Wanted, mapping_year: int | None) -> Figures:
    """Return the figures that `rules.fold` finds in what is wanted, all of one moment."""
    with one_view():
        if facts.are_there(session, wanted):
            return _added_up(session, wanted, mapping_year)
        return rules.fold(queries.material(session, wanted, mapping_year=mapping_year), wanted.period, wanted.district)


def _added_up(session: Session, wanted: Wanted, mapping_year: int | None) -> Figures:
    figures = facts.kept_figures(session, wanted)
    figures.effort.joint_briefings = queries.joint_briefings(session, wanted, _named_in_versions(session, wanted))
    known = queries.sites(session, wanted, mapping_year, facts.last_visits(session, wanted))
    kept = figures.sites
    figures.sites = {
        site.id: replace(kept[site.id], site=site) if site.id in kept else SiteTally(site) for site in known
    }
    return figures


def _named_in_versions(session: Session, wanted: Wanted) -> list[str]:
    """Return the briefings that a team's shifts that are open again named when they were approved."""
    if wanted.team is None:
        return []  # asked for of a team alone
    start, end = local_day_bounds(wanted.period.first, wanted.period.last)
    return list(versions_open_again(session, start, end, district=None, team=wanted.team).briefings.values())
