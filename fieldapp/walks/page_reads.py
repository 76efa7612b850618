"""What the office's pages of walks read beside the grid and the gaps, filtered by grant (access.md). Writes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.errors import NotFound
from fieldapp.places.facts import district_codes, districts
from fieldapp.places.models import Site
from fieldapp.walks import rules
from fieldapp.walks.models import CalendarFeed, Walk, WalkAnswer, WalkGroup
from fieldapp.walks.queries import READERS, WRITERS, visible_groups, visible_walks

Row = dict[str, Any]


def readable_districts(actor: Actor) -> dict[str, str]:
    """Return the names of the districts whose walks the actor reads, by code."""
    return {one.code: one.name for one in districts() if actor.covers(one.code, *READERS)}


def writable_districts(actor: Actor) -> dict[str, str]:
    """Return the names of the districts whose walks the actor writes, by code."""
    return {one.code: one.name for one in districts() if actor.covers(one.code, *WRITERS)}


def chosen_district(session: Session, actor: Actor, given: str | None) -> str:
    """Return the district asked for; without one, the first of the actor's that has groups.

    Raises `NotFound` for one that does not exist or is not the actor's to know.
    """
    own = readable_districts(actor)
    if given:
        if given not in district_codes() or given not in own:
            raise NotFound
        return given
    with_groups = set(session.scalars(select(WalkGroup.district).where(~WalkGroup.deleted, visible_groups(actor))))
    return next((code for code in own if code in with_groups), next(iter(own)))


def groups_of(session: Session, actor: Actor, district: str) -> list[Row]:
    """Return the groups of a district that the actor may read, whole rows by name."""
    query = select(WalkGroup.__table__).where(~WalkGroup.deleted, WalkGroup.district == district, visible_groups(actor))
    return [dict(row) for row in session.execute(query.order_by(WalkGroup.name, WalkGroup.id)).mappings()]


def public_places(session: Session, district: str) -> dict[str, str]:
    """Return the public labels of a district's public places, by id: what a walk may pass."""
    query = select(Site.id, Site.public_label).where(
        ~Site.deleted, Site.is_public, Site.merged_into_id.is_(None), Site.district == district
    )
    return {row.id: row.public_label for row in session.execute(query.order_by(Site.public_label, Site.id))}


def walk(session: Session, actor: Actor, walk_id: str) -> Row:
    """Return a walk, its whole row and `group`, its group's name. Raises `NotFound`."""
    query = (
        select(Walk.__table__, WalkGroup.name.label("group"))
        .join(WalkGroup, WalkGroup.id == Walk.group_id)
        .where(Walk.id == walk_id, ~Walk.deleted, visible_walks(actor))
    )
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        raise NotFound
    return dict(found)


def answers_to(session: Session, actor: Actor, walk: Row, now: datetime) -> list[Row]:
    """Return what a group said of a walk the actor may read, latest first.

    A name is for those who write the district's walks, and for 90 days after the walk.
    """
    query = select(
        WalkAnswer.kind, WalkAnswer.walkers, WalkAnswer.other_evening, WalkAnswer.mood, WalkAnswer.note,
        WalkAnswer.name, WalkAnswer.made_at, WalkAnswer.received_at,
    ).where(WalkAnswer.walk_id == walk["id"])  # fmt: skip
    found = [
        dict(row)
        for row in session.execute(query.order_by(WalkAnswer.received_at.desc(), WalkAnswer.id.desc())).mappings()
    ]
    if actor.covers(walk["district"], *WRITERS) and rules.name_may_be_shown(walk["planned_end"], now):
        return found
    return [{**answer, "name": None} for answer in found]


def feeds_of(session: Session, actor: Actor) -> list[Row]:
    """Return one's own calendar feeds in force, `id, created_at`, oldest first."""
    query = select(CalendarFeed.id, CalendarFeed.created_at).where(
        CalendarFeed.user_id == actor.user_id, CalendarFeed.revoked_at.is_(None)
    )
    in_order = query.order_by(CalendarFeed.created_at, CalendarFeed.id)
    return [dict(row) for row in session.execute(in_order).mappings()]
