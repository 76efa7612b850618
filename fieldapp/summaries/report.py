"""The report of a reinforcement to whoever asked: one evening, one district, nothing about a person.

It leaves the team, so it is folded and protected as any figure that does (figures.md, *Protected figures*): an evening
is no closed month, and every count of persons is hidden. It rests on approved shifts alone, as summaries do unless
asked otherwise. No free text of a shift is read.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date
from fieldapp.core.database import one_view
from fieldapp.core.errors import NotFound
from fieldapp.outreach.codes import OUTCOMES
from fieldapp.outreach.models import Shift, Visit
from fieldapp.reinforcements.queries import reinforcement
from fieldapp.summaries import disclosure, queries, rules, shape
from fieldapp.summaries.disclosure import HIDDEN
from fieldapp.summaries.periods import Period
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.rows import KINDS_OF_PLACE, kind_of_place

Json = dict[str, Any]


def reinforcement_report(session: Session, actor: Actor, reinforcement_id: str, *, below: int, now: datetime) -> Json:
    """Return a done reinforcement's report, all of it as of one moment; the caller notes who read it.

    `below` is the smallest count of persons that leaves the team. Raises `NotFound` where it is not the actor's to
    know, and until each of its shifts is approved.
    """
    with one_view():
        return _report(session, actor, reinforcement_id, below, now)


def note_reading(session: Session, actor: Actor, reinforcement_id: str) -> None:
    """Note in the audit log that the actor has read a report."""
    audit.record(session, action="reinforcement.report_read", actor_id=actor.user_id, subject=reinforcement_id)


def _report(session: Session, actor: Actor, reinforcement_id: str, below: int, now: datetime) -> Json:
    found = reinforcement(session, actor, reinforcement_id)
    if found["state"] != "done":
        raise NotFound
    period, ids = Period(found["date"], found["date"]), frozenset(shift["id"] for shift in found["shifts"])
    wanted = Wanted(period, found["district"], approved_only=True, shift_ids=ids)
    material = queries.material(session, wanted, mapping_year=None)
    folded = rules.fold(material, period, found["district"])
    is_closed = period.is_closed(local_date(now))
    released = disclosure.protected(folded.atoms, below=below, period=period, is_closed=is_closed)
    figures = shape.shape(folded, released, period, {})
    return {
        "reinforcement": found,
        "effort": figures["effort"],
        "visits": figures["visits"],
        "by_kind": _by_kind(session, ids, found["district"]),
        "topics": figures["topics"],
        "conditions": figures["conditions"],
        "people": [
            ("summary.present_total", figures["people"]["totals"]["present"]),
            ("summary.contacts_total", figures["people"]["totals"]["contacts"]),
            ("summary.referrals", _total(row["value"] for row in figures["referrals"])),
            ("summary.mumin", figures["effort"]["mumin"]),
            ("shift.incidents", _total(figures["effort"]["incidents"].values())),
        ],
    }


def _by_kind(session: Session, shift_ids: frozenset[str], district: str) -> list[Json]:
    """Return visits in the district by kind of place, each by outcome; kinds without any are left out."""
    query = (
        select(Visit.site_id, Visit.school_unit_code, Visit.place, Visit.neighbourhood, Visit.outcome)
        .join(Shift, Shift.id == Visit.shift_id)
        .where(
            Visit.deleted.is_(False),
            Shift.id.in_(shift_ids),
            func.coalesce(Visit.district, Shift.district) == district,
        )
    )
    counts = Counter((kind_of_place(*row[:4]), row.outcome) for row in session.execute(query))
    rows = [{"kind": kind, **{outcome: counts[kind, outcome] for outcome in OUTCOMES}} for kind in KINDS_OF_PLACE]
    return [row for row in rows if any(row[outcome] for outcome in OUTCOMES)]


def _total(values: Iterable[Any]) -> Any:
    listed = list(values)
    return HIDDEN if HIDDEN in listed else sum(listed)
