"""Reads around a group's own page: who is behind a link, its walks, what it said of them. Writes nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.places.models import Site
from fieldapp.walks import rules
from fieldapp.walks.models import Walk, WalkAnswer, WalkGroup, WalkLink
from fieldapp.walks.queries import BEHIND, Row, writable_groups
from fieldapp.walks.tokens import token_hash


@dataclass(frozen=True)
class GroupLink:
    """A group behind its own page: the link in force and what the page may know of the group."""

    id: str
    group_id: str
    name: str
    district: str


def group_behind(session: Session, token: str) -> GroupLink | None:
    """Return the group behind a page's token; None for one unknown, revoked, or of a group that is no more."""
    query = (
        select(WalkLink.id, WalkLink.group_id, WalkGroup.name, WalkGroup.district)
        .join(WalkGroup, WalkGroup.id == WalkLink.group_id)
        .where(WalkLink.token_hash == token_hash(token), WalkLink.revoked_at.is_(None), ~WalkGroup.deleted)
    )
    row = session.execute(query).one_or_none()
    return GroupLink(*row) if row else None


def links_of(session: Session, actor: Actor, *, group_id: str) -> list[Row]:
    """Return the links of a group that are in force, `id, created_at`, oldest first; none to who may not write it."""
    query = (
        select(WalkLink.id, WalkLink.created_at)
        .join(WalkGroup, WalkGroup.id == WalkLink.group_id)
        .where(
            WalkLink.group_id == group_id,
            WalkLink.revoked_at.is_(None),
            ~WalkGroup.deleted,
            writable_groups(actor),
        )
    )
    return [dict(row) for row in session.execute(query.order_by(WalkLink.created_at, WalkLink.id)).mappings()]


def walks_of_group(session: Session, *, link: GroupLink, now: datetime) -> list[Row]:
    """Return what a group's own page shows of its walks, from 14 days back on, by their start.

    `id, version, planned_start, planned_end, meeting_point, places (public labels), planned_walkers, actual_walkers,
    vests_lent, status, duty_phone, answer`: never the log, and no place that is not public now.
    """
    start, _ = local_day_bounds(local_date(now) - BEHIND, local_date(now))
    query = select(
        Walk.id, Walk.version, Walk.planned_start, Walk.planned_end, Walk.meeting_point, Walk.site_ids,
        Walk.planned_walkers, Walk.actual_walkers, Walk.vests_lent, Walk.status, Walk.duty_phone,
    ).where(~Walk.deleted, Walk.group_id == link.group_id, Walk.planned_start >= start)  # fmt: skip
    found = [dict(row) for row in session.execute(query.order_by(Walk.planned_start, Walk.id)).mappings()]
    labels = public_labels(session, {site_id for walk in found for site_id in walk["site_ids"]})
    answers = latest_answers(session, [walk["id"] for walk in found], now=now)
    for walk in found:
        walk["places"] = [labels[site_id] for site_id in walk.pop("site_ids") if site_id in labels]
        walk["answer"] = answers.get(walk["id"])
    return found


def latest_answers(session: Session, walk_ids: Collection[str], *, now: datetime) -> dict[str, Row]:
    """Return the latest answer of each walk, by the walk's id; a name only for 90 days after the walk.

    `kind, walkers, other_evening, mood, note, name, made_at, received_at`. The caller knows that the walks may be read.
    """
    query = (
        select(
            WalkAnswer.walk_id, WalkAnswer.kind, WalkAnswer.walkers, WalkAnswer.other_evening, WalkAnswer.mood,
            WalkAnswer.note, WalkAnswer.name, WalkAnswer.made_at, WalkAnswer.received_at, Walk.planned_end,
        )
        .join(Walk, Walk.id == WalkAnswer.walk_id)
        .where(WalkAnswer.walk_id.in_(walk_ids))
        .order_by(WalkAnswer.received_at, WalkAnswer.id)
    )  # fmt: skip
    found: dict[str, Row] = {}
    for row in session.execute(query).mappings():
        answer = {name: row[name] for name in row if name not in ("walk_id", "planned_end")}
        if not rules.name_may_be_shown(row["planned_end"], now):
            answer["name"] = None
        found[row["walk_id"]] = answer
    return found


def public_labels(session: Session, site_ids: Collection[str]) -> dict[str, str]:
    """Return the public label of those of the ids that are public places, by id."""
    query = select(Site.id, Site.public_label).where(Site.id.in_(site_ids), ~Site.deleted, Site.is_public)
    return {row.id: row.public_label for row in session.execute(query)}
