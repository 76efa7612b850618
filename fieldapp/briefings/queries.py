"""Reads of briefings, filtered by grant (access.md)."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import aliased

from fieldapp.briefings.models import Briefing, BriefingDistrict
from fieldapp.core.access import Actor

READERS = ("field_worker", "team_lead", "analyst")
PHONE_WINDOW = timedelta(days=2)


def visible_briefings(actor: Actor) -> ColumnElement[bool]:
    """Briefings of the districts one works in, all of them for the whole city's units, and one's own."""
    own = Briefing.created_by == actor.user_id
    if not actor.has_role(*READERS):
        return own
    held = actor.districts(*READERS)
    if held is None:
        return true()
    return or_(own, Briefing.id.in_(select(BriefingDistrict.briefing_id).where(BriefingDistrict.district.in_(held))))


def briefings_on_phone(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Current ones, those of the last two days, and of each district the newest, from which the next one begins."""
    return and_(visible_briefings(actor), or_(Briefing.valid_until >= now - PHONE_WINDOW, _newest_of_a_district()))


def _newest_of_a_district() -> ColumnElement[bool]:
    own, theirs, later = aliased(BriefingDistrict), aliased(BriefingDistrict), aliased(Briefing)
    newer = (
        select(later.id)
        .join(theirs, theirs.briefing_id == later.id)
        .where(theirs.district == own.district, ~later.deleted, later.held_at > Briefing.held_at)
        .correlate(own, Briefing)
    )
    return exists().where(own.briefing_id == Briefing.id, ~newer.exists())
