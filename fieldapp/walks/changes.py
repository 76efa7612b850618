"""Writes of the office's pages of walks: a group, one walk. By the decisions phones meet too. Flush, never commit."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.clock import STOCKHOLM, local_date, to_wire
from fieldapp.plans.services import local_span
from fieldapp.sync.collection import Registry
from fieldapp.sync.desk import Edit, create, write
from fieldapp.walks import page_reads

MINUTE = "%H:%M"


def new_group(session: Session, registry: Registry, *, actor: Actor, fields: Mapping[str, Any], now: datetime) -> None:
    """Make a group. Raises as `desk.write`."""
    write(session, registry, actor=actor, edits=[create("walk_groups", fields)], now=now)


def change_group(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    group_id: str,
    version: int,
    fields: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a group as it was when it was read. Raises as `desk.write`."""
    edit = Edit("walk_groups", group_id, "update", fields, version)
    write(session, registry, actor=actor, edits=[edit], now=now)


def change_walk(
    session: Session,
    registry: Registry,
    *,
    actor: Actor,
    walk_id: str,
    version: int,
    day: date,
    starts: time,
    ends: time,
    site_ids: Sequence[str],
    now: datetime,
    **fields: Any,
) -> None:
    """Change what of a walk the form says otherwise than it stands. Raises as `desk.write`, `NotFound` too.

    A place that is not public any more stands in the walk while the places that are shown stay as they are.
    """
    walk = page_reads.walk(session, actor, walk_id)
    changed = {name: value for name, value in fields.items() if value != walk[name]}
    shown = page_reads.public_places(session, walk["district"])
    if set(site_ids) != set(walk["site_ids"]) & shown.keys():
        changed["site_ids"] = list(site_ids)
    if (day, starts.strftime(MINUTE), ends.strftime(MINUTE)) != _times_of(walk):
        start, end = local_span(day, starts, ends)
        changed |= {"planned_start": to_wire(start), "planned_end": to_wire(end)}
    if changed:
        edit = Edit("walks", walk_id, "update", changed, version)
        write(session, registry, actor=actor, edits=[edit], now=now)


def cancel_walk(
    session: Session, registry: Registry, *, actor: Actor, walk_id: str, version: int, now: datetime
) -> None:
    """Call a walk off. Raises as `desk.write`, and `NotFound` for one that is no more."""
    page_reads.walk(session, actor, walk_id)
    edit = Edit("walks", walk_id, "update", {"status": "cancelled"}, version)
    write(session, registry, actor=actor, edits=[edit], now=now)


def _times_of(walk: Mapping[str, Any]) -> tuple[date, str, str]:
    start, end = (walk[name].astimezone(STOCKHOLM) for name in ("planned_start", "planned_end"))
    return local_date(start), start.strftime(MINUTE), end.strftime(MINUTE)
