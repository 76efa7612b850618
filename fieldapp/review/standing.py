"""What stands on places: records and answers that name them. Asked before an import of places is undone."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fieldapp.briefings.models import Briefing
from fieldapp.collaboration.models import Collaboration, GoodExample, MappingProposal, Measure, SchoolPart
from fieldapp.outreach.models import Observation, PlaceLink, Visit
from fieldapp.walks.models import Walk


def stands_on(session: Session, site_ids: Collection[str], school_codes: Collection[str]) -> set[str]:
    """Return which kinds of records name any of the places; removed ones count too.

    Of `visits`, `briefings`, `walks`, `place_links` and `collaboration`: answers, measures, good examples, schools'
    parts, proposals.
    """
    sites, found = set(site_ids), set()
    at_places = select(Visit.id).where(or_(Visit.site_id.in_(sites), Visit.school_unit_code.in_(list(school_codes))))
    moved = select(Observation.id).where(or_(Observation.moved_from.in_(sites), Observation.moved_to.in_(sites)))
    if session.scalars(at_places.limit(1)).first() or session.scalars(moved.limit(1)).first():
        found.add("visits")
    if sites and any(
        not sites.isdisjoint(priority.get("site_id") for priority in priorities)
        for priorities in session.scalars(select(Briefing.priorities))
    ):
        found.add("briefings")
    if sites and any(not sites.isdisjoint(walked) for walked in session.scalars(select(Walk.site_ids))):
        found.add("walks")
    linked = select(PlaceLink.id).where(PlaceLink.site_id.in_(sites), PlaceLink.taken_back_at.is_(None))
    if session.scalars(linked.limit(1)).first():
        found.add("place_links")
    tables = (Collaboration, Measure, GoodExample, SchoolPart, MappingProposal)
    of_site = [select(table.site_id).where(table.site_id.in_(sites)) for table in tables]
    of_school = select(SchoolPart.site_id).where(SchoolPart.school_unit_code.in_(list(school_codes)))
    if any(session.scalars(query.limit(1)).first() for query in (*of_site, of_school)):
        found.add("collaboration")
    return found
