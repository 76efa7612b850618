"""Measures past their day, for *Läget i korthet*: as the register of measures has them today, whatever the period."""

from datetime import date

from sqlalchemy.orm import Session

from fieldapp.collaboration.queries import open_measures
from fieldapp.core.access import Actor
from fieldapp.summaries.brief import Decision


def late_measures(session: Session, actor: Actor, district: str | None, today: date) -> list[Decision]:
    """Return the measures past their day that the actor may read, in a district or the city (None), as one decision."""
    late = [one for one in open_measures(session, actor, district, today) if one["is_overdue"]]
    return [Decision("measures_overdue", len(late), sorted({one["site_name"] for one in late}))] if late else []
