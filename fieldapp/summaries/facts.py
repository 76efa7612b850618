"""Reads the facts kept beside the records: a period is its whole months and the days that are left. Writes nothing."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from fieldapp.places.models import Site
from fieldapp.summaries.daily import scope_of
from fieldapp.summaries.models import FactsState, SiteDay, SummaryFact
from fieldapp.summaries.packing import FORMAT, add
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.rules import Effort, Figures


def are_there(session: Session, wanted: Wanted) -> bool:
    """Say whether the figures of these records are kept: approved ones, once every day has been built."""
    if not wanted.approved_only or wanted.shift_ids is not None or (wanted.team and wanted.district):
        return False
    return is_built(session)


def is_built(session: Session) -> bool:
    """Say whether every day was built, in the form that this code reads."""
    return bool(session.scalar(select(FactsState.is_built).where(FactsState.format == FORMAT)))


def kept_figures(session: Session, wanted: Wanted) -> Figures:
    """Return the figures of a period; its sites have no name yet, and joint briefings are not among them."""
    figures = Figures(Effort(), weeks=wanted.period.empty_weeks())
    query = select(SummaryFact.date, SummaryFact.figures).where(_of(wanted))
    for day, packed in session.execute(query):
        add(figures, packed, is_first=day == wanted.period.first)
    return figures


def counted(session: Session, wanted: Wanted) -> tuple[int, int]:
    """Return how many shifts the figures of a period hold, and how many of these are open again."""
    query = select(func.sum(SummaryFact.shifts), func.sum(SummaryFact.open_again)).where(_of(wanted))
    shifts, open_again = session.execute(query).one()
    return shifts or 0, open_again or 0


def last_visits(session: Session, wanted: Wanted) -> dict[str, date]:
    """Return the day of each site's newest visit up to the period's end, in approved shifts of any unit."""
    newest = (
        select(func.max(SiteDay.day))
        .where(SiteDay.site_id == Site.id, SiteDay.day <= wanted.period.last)
        .correlate(Site)
        .scalar_subquery()
    )
    query = select(Site.id, newest.label("day")).where(~Site.deleted)
    if wanted.district is not None:
        query = query.where(Site.district == wanted.district)
    return {row.id: row.day for row in session.execute(query) if row.day}


def _of(wanted: Wanted) -> ColumnElement[bool]:
    scope: Any = SummaryFact.scope == scope_of(wanted.district, wanted.team)
    parts = (
        and_(scope, SummaryFact.grain == grain, SummaryFact.date.between(first, last))
        for grain, first, last in wanted.period.parts()
    )
    return or_(*parts)
