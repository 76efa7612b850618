"""Writes of night walks: many evenings at once, links, calendar feeds, names forgotten. Flush, never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.core.access import Actor
from fieldapp.core.clock import to_wire
from fieldapp.core.errors import Invalid, NotAllowed, NotFound
from fieldapp.core.ids import new_id, readable_id
from fieldapp.places.queries import SiteFacts, known_site_ids
from fieldapp.plans.rules import WeeklyPattern
from fieldapp.plans.services import local_span
from fieldapp.sync.collection import Registry, Row
from fieldapp.sync.desk import create, write
from fieldapp.walks import queries, rules
from fieldapp.walks.models import CalendarFeed, Walk, WalkAnswer, WalkGroup, WalkLink
from fieldapp.walks.queries import WRITERS
from fieldapp.walks.tokens import new_token, token_hash

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class NewSecret:
    """A row that was made and the token that leads to it, shown this once."""

    id: str
    token: str


def may_write(actor: Actor, district: str) -> bool:
    """Say whether the groups and walks of a district are the actor's to write."""
    return actor.covers(district, *WRITERS)


def place_facts(session: Session, records: Sequence[Mapping[str, Any]]) -> Mapping[str, SiteFacts]:
    """Return what is known of the places that walks name."""
    lists = (listed for record in records if isinstance(listed := record.get("site_ids"), list))
    named = {site_id for listed in lists for item in listed if (site_id := readable_id(item))}
    return known_site_ids(session, named) if named else {}


def place_faults(facts: Mapping[str, SiteFacts], site_ids: Sequence[str]) -> rules.Faults:
    """Judge the places of a walk. One that is not public is answered as one that does not exist (X36)."""
    errors: rules.Faults = {}
    for index, site_id in enumerate(site_ids):
        site = facts.get(site_id)
        if site is None or not site.is_public:
            errors[f"site_ids.{index}"] = ["unknown_site"]
        elif site.merged_into:
            errors[f"site_ids.{index}"] = ["merged_site"]
    return errors


def plan_evenings(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    cells: Sequence[rules.Cell],
    starts: time,
    ends: time,
    now: datetime,
    walk: Mapping[str, Any] | None = None,
) -> tuple[int, int]:
    """Plan walks of groups on evenings, all or none; return how many were made and how many stood.

    An evening on which the group has a walk, cancelled ones too, stands. `walk`: what all have in common, such as
    `meeting_point, site_ids, planned_walkers, duty_phone`. Local times stay as they are over the change of the clock.
    Raises as `desk.write`, `NotFound` for a group that is not the actor's to know, and `Invalid` for more than 200.
    """
    wanted = list(dict.fromkeys(cells))
    if not wanted:
        return 0, 0
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(fields={"cells": ["too_many_items"]})
    group_ids = {group_id for group_id, _ in wanted}
    districts = _writable_groups(session, actor, group_ids)
    days = [day for _, day in wanted]
    standing = queries.standing_evenings(session, group_ids, min(days), max(days))
    new = [cell for cell in wanted if cell not in standing]
    edits = []
    for group_id, day in new:
        start, end = local_span(day, starts, ends)
        times = {"planned_start": to_wire(start), "planned_end": to_wire(end)}
        fixed = {"status": "planned", "group_id": group_id, "district": districts[group_id]}
        edits.append(create("walks", {**(walk or {}), **fixed, **times}))
    if edits:
        write(session, registry, actor=actor, edits=edits, now=now)
    return len(new), len(wanted) - len(new)


def plan_weekly(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    group_ids: Sequence[str],
    pattern: WeeklyPattern,
    now: datetime,
    walk: Mapping[str, Any] | None = None,
) -> tuple[int, int]:
    """Plan the walks of groups that a weekly pattern means, as `plan_evenings`; the pattern names the days left out."""
    cells = rules.cells_of(pattern, group_ids)
    times = {"starts": pattern.starts, "ends": pattern.ends}
    return plan_evenings(session, registry, actor=actor, cells=cells, now=now, walk=walk, **times)


def make_link(session: Session, *, actor: Actor, group_id: str, now: datetime) -> NewSecret:
    """Make a link to a group's own page. Raises `NotFound` and `NotAllowed`."""
    _writable_groups(session, actor, {group_id})
    made = NewSecret(new_id(), new_token())
    row = WalkLink(
        id=made.id,
        group_id=group_id,
        token_hash=token_hash(made.token),
        created_by=actor.user_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, action="walk_link.created", actor_id=actor.user_id, subject=made.id, group_id=group_id)
    return made


def revoke_link(session: Session, *, actor: Actor, link_id: str, now: datetime) -> None:
    """End a group's link: its page is gone at once. Raises `NotFound`, also of one ended, and `NotAllowed`."""
    row = session.execute(
        select(WalkLink).where(WalkLink.id == link_id, WalkLink.revoked_at.is_(None)).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    _writable_groups(session, actor, {row.group_id})
    row.revoked_at = now
    session.flush()
    audit.record(session, action="walk_link.revoked", actor_id=actor.user_id, subject=row.id, group_id=row.group_id)


def make_feed(session: Session, *, actor: Actor, now: datetime) -> NewSecret:
    """Make a calendar feed of the walks the actor may read whenever it is read."""
    made = NewSecret(new_id(), new_token())
    row = CalendarFeed(id=made.id, user_id=actor.user_id, token_hash=token_hash(made.token), created_at=now)
    session.add(row)
    session.flush()
    audit.record(session, action="calendar_feed.created", actor_id=actor.user_id, subject=made.id)
    return made


def revoke_feed(session: Session, *, actor: Actor, feed_id: str, now: datetime) -> None:
    """End one's own calendar feed. Raises `NotFound`, also for another's and for one that has ended."""
    own: ColumnElement[bool] = CalendarFeed.user_id == actor.user_id
    ended = session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.id == feed_id, own, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(CalendarFeed.id)
    ).scalar_one_or_none()
    if ended is None:
        raise NotFound
    audit.record(session, action="calendar_feed.revoked", actor_id=actor.user_id, subject=feed_id)


def forget_names(session: Session, now: datetime) -> int:
    """Erase the names that came with answers to walks 90 days back and older; return how many were."""
    over = select(Walk.id).where(Walk.planned_end <= now - rules.NAME_KEPT)
    erased = session.execute(
        update(WalkAnswer)
        .where(WalkAnswer.name.is_not(None), WalkAnswer.walk_id.in_(over))
        .values(name=None)
        .execution_options(synchronize_session=False)
        .returning(WalkAnswer.id)
    )
    count = len(erased.all())
    if count:
        audit.record(session, action="walk_names.erased", actor_id=None, names=count)
    return count


def _writable_groups(session: Session, actor: Actor, group_ids: set[str]) -> dict[str, str]:
    """Return the groups' districts by id, the rows locked: who plans meanwhile waits and finds the walks."""
    query = select(WalkGroup.id, WalkGroup.district).where(
        WalkGroup.id.in_(group_ids), ~WalkGroup.deleted, queries.visible_groups(actor)
    )
    found: Row = {row.id: row.district for row in session.execute(query.order_by(WalkGroup.id).with_for_update())}
    if found.keys() != group_ids:
        raise NotFound
    if not all(may_write(actor, district) for district in found.values()):
        raise NotAllowed
    return found
