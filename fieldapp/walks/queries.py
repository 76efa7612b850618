"""Reads of night walks, filtered by grant (access.md). Writes nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import local_date, local_day_bounds
from fieldapp.core.errors import Invalid, NotFound
from fieldapp.outreach.models import Shift, Visit
from fieldapp.places.facts import district_codes
from fieldapp.places.models import Site
from fieldapp.places.queries import readable_sites
from fieldapp.plans.models import ShiftPlan
from fieldapp.plans.queries import plan_states, special_days
from fieldapp.walks import rules
from fieldapp.walks.models import CalendarFeed, Walk, WalkAnswer, WalkGroup, WalkLink
from fieldapp.walks.tokens import token_hash

READERS = ("field_worker", "team_lead", "walk_coordinator", "analyst")
ON_PHONE = ("field_worker", "team_lead", "walk_coordinator")  # an analyst reads at a desk
WRITERS = ("team_lead", "walk_coordinator")
BEHIND, AHEAD = timedelta(days=14), timedelta(days=60)
FAR_PAST, FAR_FUTURE = date(2000, 1, 1), date(2199, 12, 31)
MAX_LIMIT = 1000
MOST_DAYS = 62
Row = dict[str, Any]


@dataclass(frozen=True)
class GroupLink:
    """A group behind its own page: the link in force and what the page may know of the group."""

    id: str
    group_id: str
    name: str
    district: str


def visible_groups(actor: Actor) -> ColumnElement[bool]:
    """Groups of the districts the grants reach."""
    return _reached(actor, READERS, WalkGroup.district)


def groups_on_phone(actor: Actor) -> ColumnElement[bool]:
    """Return the groups a phone holds: the district's."""
    return _reached(actor, ON_PHONE, WalkGroup.district)


def visible_walks(actor: Actor) -> ColumnElement[bool]:
    """Walks of the districts the grants reach."""
    return _reached(actor, READERS, Walk.district)


def walks_on_phone(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Return the walks a phone holds: the district's from 14 days back to 60 ahead."""
    today = local_date(now)
    start, end = local_day_bounds(today - BEHIND, today + AHEAD)
    return and_(_reached(actor, ON_PHONE, Walk.district), Walk.planned_start >= start, Walk.planned_start < end)


def _reached(actor: Actor, roles: Sequence[str], district: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    held = actor.districts(*roles)
    if held is None:
        return true()
    return district.in_(held) if held else false()


def walks(
    session: Session,
    actor: Actor,
    *,
    district: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 100,
    after: str | None = None,
) -> tuple[list[Any], str | None]:
    """Return a page of the walks the actor may read, as rows by their start, and the id the next one begins after.

    Raises `Invalid` for a district that does not exist and for an `after` that is not the actor's to know.
    """
    if district is not None and district not in district_codes():
        raise Invalid(fields={"district": ["unknown_code"]})
    table: Any = Walk.__table__
    start, end = local_day_bounds(first or FAR_PAST, last or FAR_FUTURE)
    conditions = [~Walk.deleted, visible_walks(actor), Walk.planned_start >= start, Walk.planned_start < end]
    if district is not None:
        conditions.append(Walk.district == district)
    if after is not None:
        conditions.append(_later_than(session, actor, after))
    size = max(1, min(limit, MAX_LIMIT))
    query = select(table).where(*conditions).order_by(table.c.planned_start, table.c.id).limit(size + 1)
    rows = list(session.execute(query).mappings())
    return rows[:size], rows[size - 1]["id"] if len(rows) > size else None


def _later_than(session: Session, actor: Actor, walk_id: str) -> ColumnElement[bool]:
    known = select(Walk.planned_start).where(Walk.id == walk_id, visible_walks(actor))
    start = session.execute(known).scalar_one_or_none()
    if start is None:
        raise Invalid(fields={"after": ["unknown_id"]})
    return or_(Walk.planned_start > start, and_(Walk.planned_start == start, Walk.id > walk_id))


def gaps(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    district: str | None = None,
    first: date,
    last: date,
    limit: int = 100,
    after: rules.Cell | None = None,
) -> tuple[list[Row], rules.Cell | None]:
    """Return a page of the evenings at school-near places that nothing covers, and the one the next begins after.

    Items `date, site_id, public_label, special_days`, of places the actor may read, by date and id; `after`: the last
    one of the page before. Definition: docs/decisions.md. Raises `NotFound` for a district that does not exist or is
    not the actor's to know, `Invalid` for a period that ends before it begins or is longer than 62 days.
    """
    if district is not None and (district not in district_codes() or not actor.covers(district, *READERS)):
        raise NotFound
    if last < first:
        raise Invalid(fields={"to": ["ended_before_started"]})
    if (last - first).days >= MOST_DAYS:
        raise Invalid(fields={"to": ["period_too_long"]})
    begin = first if after is None else max(first, after[1])
    if begin > last:
        return [], None
    places = _near_places(session, actor, district)
    covered = _covered(session, places, begin, last, now)
    labels = {place["id"]: place["public_label"] for place in places}
    special = special_days(session, begin, last)
    size = max(1, min(limit, MAX_LIMIT))
    days = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
    page: list[rules.Cell] = []
    for site_id, day in rules.gaps(days, places, covered):
        if after is not None and (day, site_id) <= (after[1], after[0]):
            continue
        page.append((site_id, day))
        if len(page) > size:
            break
    items = [
        {
            "date": day.isoformat(),
            "site_id": site_id,
            "public_label": labels[site_id],
            "special_days": special.get(day, []),
        }
        for site_id, day in page[:size]
    ]
    return items, page[size - 1] if len(page) > size else None


def _near_places(session: Session, actor: Actor, district: str | None) -> list[Row]:
    """Read no more of a place than a volunteer may know."""
    query = select(Site.id, Site.district, Site.public_label).where(
        ~Site.deleted, Site.merged_into_id.is_(None), Site.school_near.in_(("yes", "uncertain")), readable_sites(actor)
    )
    held = actor.districts(*READERS) if district is None else frozenset({district})
    if held is not None:
        query = query.where(Site.district.in_(held))
    return [dict(row) for row in session.execute(query).mappings()]


def _covered(session: Session, places: Sequence[Row], first: date, last: date, now: datetime) -> rules.Covered:
    codes, ids = {place["district"] for place in places}, {place["id"] for place in places}
    start, end = local_day_bounds(first, last)
    whole, single = set(), set()
    table: Any = ShiftPlan.__table__
    planned = select(table).where(~ShiftPlan.deleted, ShiftPlan.date.between(first, last), table.c.district.in_(codes))
    found = [dict(row) for row in session.execute(planned).mappings()]
    states = plan_states(session, found, now)
    whole |= {(plan["date"], plan["district"]) for plan in found if states[plan["id"]] != "missing"}
    began = (Shift.deleted.is_(False), Shift.started_at >= start, Shift.started_at < end)
    unplanned = select(Shift.started_at, Shift.district).where(
        *began, Shift.plan_id.is_(None), Shift.district.in_(codes)
    )
    whole |= {(local_date(row.started_at), row.district) for row in session.execute(unplanned)}
    visited = (
        select(Shift.started_at, Visit.site_id)
        .join(Visit, Visit.shift_id == Shift.id)
        .where(*began, Visit.deleted.is_(False), Visit.outcome != "not_visited", Visit.site_id.in_(ids))
    )
    single |= {(local_date(row.started_at), row.site_id) for row in session.execute(visited)}
    walking = select(Walk.planned_start, Walk.site_ids).where(
        ~Walk.deleted, Walk.status != "cancelled", Walk.planned_start >= start, Walk.planned_start < end
    )
    for row in session.execute(walking):
        single |= {(local_date(row.planned_start), site_id) for site_id in row.site_ids}
    return rules.Covered(whole, single)


def grid(
    session: Session,
    actor: Actor,
    *,
    district: str,
    first: date,
    weeks: int,
    now: datetime,
    weekday: int | None = None,
) -> Row:
    """Return the planning grid of a district: evenings across, groups down.

    `evenings`: `{date, special_days}` from `first` on, all of them or those of a `weekday` (Monday 0). `rows`:
    `{group, cells}`, one cell an evening: `{date, walks}`, each walk its whole row and `answer`, the latest its group
    gave (None: none yet). Groups by name. Raises `NotFound` for a district that is not the actor's to know.
    """
    if not actor.covers(district, *READERS):
        raise NotFound
    days = [first + timedelta(days=n) for n in range(7 * weeks)]
    days = [day for day in days if weekday is None or day.weekday() == weekday]
    last = first + timedelta(days=7 * weeks - 1)
    start, end = local_day_bounds(first, last)
    group_table, walk_table = WalkGroup.__table__, Walk.__table__
    groups = select(group_table).where(~WalkGroup.deleted, WalkGroup.district == district)
    walking = select(walk_table).where(
        ~Walk.deleted, Walk.district == district, Walk.planned_start >= start, Walk.planned_start < end
    )
    found = [dict(row) for row in session.execute(walking.order_by(Walk.planned_start, Walk.id)).mappings()]
    answers = latest_answers(session, [walk["id"] for walk in found], now=now)
    cells: dict[tuple[str, date], list[Row]] = {}
    for walk in found:
        cell = (walk["group_id"], local_date(walk["planned_start"]))
        cells.setdefault(cell, []).append({**walk, "answer": answers.get(walk["id"])})
    special = special_days(session, first, last)
    in_order = session.execute(groups.order_by(WalkGroup.name, WalkGroup.id)).mappings()
    return {
        "evenings": [{"date": day, "special_days": special.get(day, [])} for day in days],
        "rows": [
            {
                "group": dict(group),
                "cells": [{"date": day, "walks": cells.get((group["id"], day), [])} for day in days],
            }
            for group in in_order
        ],
    }


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
            _reached(actor, WRITERS, WalkGroup.district),
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


def public_labels(session: Session, site_ids: Collection[str]) -> dict[str, str]:
    """Return the public label of those of the ids that are public places, by id."""
    query = select(Site.id, Site.public_label).where(Site.id.in_(site_ids), ~Site.deleted, Site.is_public)
    return {row.id: row.public_label for row in session.execute(query)}


def feed_owner(session: Session, token: str) -> str | None:
    """Return whose a calendar feed is; None for a token unknown or revoked."""
    query = select(CalendarFeed.user_id).where(
        CalendarFeed.token_hash == token_hash(token), CalendarFeed.revoked_at.is_(None)
    )
    return session.execute(query).scalar_one_or_none()


def walks_for_calendar(session: Session, actor: Actor, first: date, last: date) -> list[Any]:
    """Return what a calendar may say of the walks of a period: `id, version, group, place, status, start, end`."""
    start, end = local_day_bounds(first, last)
    query = (
        select(
            Walk.id,
            Walk.version,
            WalkGroup.name.label("group"),
            Walk.meeting_point,
            Walk.status,
            Walk.planned_start,
            Walk.planned_end,
        )
        .join(WalkGroup, WalkGroup.id == Walk.group_id)
        .where(~Walk.deleted, visible_walks(actor), Walk.planned_start >= start, Walk.planned_start < end)
        .order_by(Walk.planned_start, Walk.id)
    )
    return list(session.execute(query))


def walk_figures(session: Session, district: str | None, first: date, last: date) -> dict[str, int]:
    """Count the walks of a period by the local date they begin, in a district or the city: for summaries.

    `planned`: all that were not cancelled; `done`; `walkers`: who came to those, as told (volunteers, not protected).
    """
    start, end = local_day_bounds(first, last)
    query = (
        select(Walk.status, func.count(), func.sum(Walk.actual_walkers))
        .where(~Walk.deleted, Walk.status != "cancelled", Walk.planned_start >= start, Walk.planned_start < end)
        .group_by(Walk.status)
    )
    if district is not None:
        query = query.where(Walk.district == district)
    found = {status: (count, walkers or 0) for status, count, walkers in session.execute(query)}
    done, walkers = found.get("done", (0, 0))
    return {"planned": sum(count for count, _ in found.values()), "done": done, "walkers": walkers}


def standing_evenings(session: Session, group_ids: Iterable[str], first: date, last: date) -> set[rules.Cell]:
    """Return the evenings on which groups have a walk, whatever its status: a cancelled one is somebody's decision."""
    start, end = local_day_bounds(first, last)
    query = select(Walk.group_id, Walk.planned_start).where(
        ~Walk.deleted, Walk.group_id.in_(list(group_ids)), Walk.planned_start >= start, Walk.planned_start < end
    )
    return {(row.group_id, local_date(row.planned_start)) for row in session.execute(query)}
