"""What stands on places, and what was saved of them (`review.standing`). Asked before an import is undone."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.review import standing
from fieldapp.summaries.situation_picture_models import SituationPicture


def stands_on(session: Session, site_ids: Collection[str], school_codes: Collection[str]) -> set[str]:
    """Return which kinds of records name any of the places; saved material is one of `collaboration`."""
    found = standing.stands_on(session, site_ids, school_codes)
    saved = select(SituationPicture.id).where(SituationPicture.site_id.in_(list(site_ids)))
    return found | {"collaboration"} if session.scalar(saved.limit(1)) else found
