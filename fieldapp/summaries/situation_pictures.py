"""Saves what the log shows of a place (*Underlag till lägesbild*), dated and versioned, and reads it back.

A saved version is never changed; a later one says what it has otherwise. As of frozen summaries all is read first, of
one moment, and then written.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from fieldapp.audit import services as audit
from fieldapp.collaboration import queries as collaboration
from fieldapp.collaboration.parts_of_day import by_part
from fieldapp.collaboration.visits import conditions_at, days_without_school, visits_at
from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, to_wire
from fieldapp.core.database import one_view
from fieldapp.core.errors import Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id
from fieldapp.summaries import queries
from fieldapp.summaries.completeness import completeness
from fieldapp.summaries.figures import figures_of
from fieldapp.summaries.frozen_rules import are_same, canonical, checksum, differences
from fieldapp.summaries.periods import Period, period_faults
from fieldapp.summaries.queries import Wanted
from fieldapp.summaries.situation_picture_models import SituationPicture
from fieldapp.summaries.situation_picture_rules import Shown, picture_document
from fieldapp.sync.sequence import hold_seqs

READERS = collaboration.OF_DISTRICT
WRITERS = collaboration.WRITERS
MOST = 1000
Json = dict[str, Any]


@dataclass(frozen=True)
class ToSave:
    """What was read of a place, and as what its reader saves it."""

    site_id: str
    period: Period
    role: str
    read_at: datetime
    figures: Json


@dataclass(frozen=True)
class Saved:
    """A saved version, and whether it is new: the same figures with the same note make no new one."""

    picture_id: str
    is_new: bool


def read_picture(session: Session, *, actor: Actor, site_id: str, period: Period, now: datetime) -> ToSave:
    """Read what the approved passes of a period show of a place, in one view of the database.

    Raises `NotFound` for a place that is not the actor's to know, `NotAllowed` where they may read but not save,
    `Invalid` for a period that can't be or is not over, and for a place that was merged into another.
    """
    site = place(session, actor, site_id)
    if not site["may_write"]:
        raise NotAllowed
    faults = period_faults(period.first, period.last)
    if not faults and period.last >= local_date(now):
        faults = {"to": ["not_over"]}
    if site["merged_into_id"]:
        faults = {"site_id": ["merged_site"]}
    if faults:
        raise Invalid(fields=faults)
    role = "analyst" if actor.covers(site["district"], "analyst") else "team_lead"
    with one_view():
        return ToSave(site_id, period, role, now, _figures(session, site_id, site["district"], period, now))


def save_picture(session: Session, *, actor: Actor, read: ToSave, note: str) -> Saved:
    """Write down what was read as the place's next version. Flush, never commit."""
    hold_seqs(session)
    place(session, actor, read.site_id)  # that it is still there
    newest = _newest(session, read.site_id)
    if newest is not None and newest.note == note and are_same(orjson.loads(newest.figures), read.figures):
        return Saved(newest.id, is_new=False)
    text = canonical(read.figures)
    kept = SituationPicture(
        id=new_id(),
        site_id=read.site_id,
        version=newest.version + 1 if newest else 1,
        first_on=read.period.first,
        last_on=read.period.last,
        figures=text,
        sha256=checksum(text),
        note=note,
        made_by=actor.user_id,
        role=read.role,
        made_at=read.read_at,
    )
    session.add(kept)
    session.flush()
    audit.record(
        session, action="situation_picture.saved", actor_id=actor.user_id, subject=kept.id, site=kept.site_id,
        version=kept.version, first=read.period.first.isoformat(), last=read.period.last.isoformat(),
        sha256=kept.sha256,
    )  # fmt: skip
    return Saved(kept.id, is_new=True)


def pictures_of(session: Session, actor: Actor, site_id: str, limit: int = MOST) -> list[Json]:
    """Return the newest saved versions of a place without their figures, newest first. Raises `NotFound`."""
    place(session, actor, site_id)
    query = select(SituationPicture).options(defer(SituationPicture.figures))
    of_site = query.where(SituationPicture.site_id == site_id)
    found = session.scalars(of_site.order_by(SituationPicture.version.desc()).limit(limit))
    return [_named(kept) for kept in found]


def picture(session: Session, actor: Actor, picture_id: str) -> Json:
    """Return one saved version with its figures, and what it has otherwise than the version before.

    Raises `NotFound` for one that does not exist or is of a place that is not the actor's to know.
    """
    kept = session.get(SituationPicture, picture_id)
    if kept is None:
        raise NotFound
    site = place(session, actor, kept.site_id)
    figures = orjson.loads(kept.figures)
    before = session.scalars(
        select(SituationPicture).where(
            SituationPicture.site_id == kept.site_id, SituationPicture.version == kept.version - 1
        )
    ).one_or_none()
    changed = differences(orjson.loads(before.figures), figures) if before else []
    return {**_named(kept), "figures": figures, "differences": changed, "site": site}


def place(session: Session, actor: Actor, site_id: str) -> Json:
    """Return a place whose saved versions the actor may read. Raises `NotFound`."""
    site = collaboration.site(session, actor, site_id)
    if not actor.covers(site["district"], *READERS):
        raise NotFound
    return site


def _figures(session: Session, site_id: str, district: str, period: Period, now: datetime) -> Json:
    basis = queries.mapping_basis(session, None, period.last)
    figures = figures_of(session, Wanted(period, None, approved_only=True), basis["mapping_year"])
    visits = visits_at(session, [site_id], period.first, period.last)[site_id]
    free = days_without_school(session, period.first, period.last)
    shown = Shown(
        figures.sites[site_id],
        [visit.day for visit in visits],
        conditions_at(session, site_id, period.first, period.last),
        by_part((visit.arrived for visit in visits), free),
        figures.movements,
    )
    complete = completeness(session, Wanted(period, district, approved_only=True), now)
    return picture_document(shown, period, basis, complete)


def _newest(session: Session, site_id: str) -> SituationPicture | None:
    number = select(func.max(SituationPicture.version)).where(SituationPicture.site_id == site_id).scalar_subquery()
    query = select(SituationPicture).where(SituationPicture.site_id == site_id, SituationPicture.version == number)
    return session.scalars(query).one_or_none()


def _named(kept: SituationPicture) -> Json:
    return {
        "id": kept.id,
        "site_id": kept.site_id,
        "version": kept.version,
        "from": kept.first_on.isoformat(),
        "to": kept.last_on.isoformat(),
        "sha256": kept.sha256,
        "note": kept.note,
        "made_by": kept.role,
        "made_at": to_wire(kept.made_at),
    }
