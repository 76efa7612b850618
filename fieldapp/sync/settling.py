"""Judging again what was kept: held mutations when their parent stands, refused ones with what they were refused for.

PU9: a held mutation applies in its parent's own transaction. PU12: replay and correction take dependents along, in
`device_seq` order, each judged as its own author's, with its own base and time.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from fieldapp.core.audiences import of_unit, of_user
from fieldapp.core.ports import port
from fieldapp.sync.collection import Refused, Registry, Waits
from fieldapp.sync.deciding import decide_or_refuse
from fieldapp.sync.judging import Sender
from fieldapp.sync.keeping import keep_rejection, keep_waiting, mutation_of
from fieldapp.sync.leaving import Leaving, note_leaving
from fieldapp.sync.loading import load_world
from fieldapp.sync.models import ConflictRow, Rejection, SyncState, Waiting
from fieldapp.sync.mutation import Mutation, Unseal
from fieldapp.sync.rules import without_newer
from fieldapp.sync.trying import tried
from fieldapp.sync.waking import Kept, Moved, by_sender, moved_by, waiting_for, with_corrections
from fieldapp.sync.world import World
from fieldapp.sync.writing import write_world

WAITS_AT_MOST = timedelta(days=30)
TIDIED_EVERY = timedelta(days=1)


def settle(session: Session, registry: Registry, moved: Moved, now: datetime, *, amends: bool = False) -> None:
    """Take up what waited for records that now stand, then what waited for those, until nothing moves.

    `amends`: a leader takes in what came late, and what hangs on it comes along (PU11).
    """
    while rows := waiting_for(session, moved, amends=amends):
        moved, before = Moved(), moved
        for group in by_sender(rows):
            moved |= _take_up(session, registry, with_corrections(group, before), now, amends=amends)


def take_up(session: Session, registry: Registry, kept: Sequence[Kept], now: datetime, *, amends: bool) -> None:
    """Judge kept mutations again, and what hangs on them. Their rows are locked by the caller."""
    moved = Moved()
    for group in by_sender(kept):
        moved |= _take_up(session, registry, group, now, amends=amends)
    settle(session, registry, moved, now, amends=amends)


def give_up(session: Session, registry: Registry, now: datetime) -> None:
    """Once a day: what was held for 30 days will not find its parent any more, and becomes a rejection (PU9)."""
    tidied_at = session.scalar(select(SyncState.tidied_at))
    if tidied_at is not None and now - tidied_at < TIDIED_EVERY:
        return
    session.execute(update(SyncState).values(tidied_at=now))
    table: Any = Waiting.__table__
    old = and_(table.c.kind == "held", table.c.state == "waiting", table.c.received_at < now - WAITS_AT_MOST)
    query = select(table).where(old).order_by(table.c.id).with_for_update()
    rows = [Kept(table, dict(row)) for row in session.execute(query).mappings()]
    for group in by_sender(rows):
        if _tried(session, group, partial(_refuse, session, registry, now=now)) is None:
            for kept in group:
                _tried(session, [kept], partial(_refuse, session, registry, now=now))


def _refuse(session: Session, registry: Registry, group: list[Kept], *, now: datetime) -> Moved:
    world, sender, judged = _world_of(session, registry, group, now, amends=False)
    for kept, mutation in judged:
        slug = "not_found" if kept.row["waits_for"] == mutation.record_id else "parent_missing"
        keep_rejection(world, sender, mutation, Refused(slug, waits_for=kept.row["waits_for"]))
        _set_fate(world, kept, state="rejected")
    write_world(session, world)
    return Moved()


def _take_up(session: Session, registry: Registry, group: list[Kept], now: datetime, *, amends: bool) -> Moved:
    """Judge together, else one by one, else refuse: a kept mutation never blocks the push that woke it (PU1, PU2)."""
    judge = partial(_judge, session, registry, now=now, amends=amends)
    together = _tried(session, group, judge)
    if together is not None:
        return together
    moved = Moved()
    for kept in group:
        alone = _tried(session, [kept], judge)
        if alone is None:
            alone = _tried(session, [kept], partial(judge, poison=True))
        moved |= alone or Moved()
    return moved


def _tried(session: Session, group: list[Kept], work: Callable[[list[Kept]], Moved]) -> Moved | None:
    ids = [kept.row["mutation_id"] for kept in group]
    return tried(session, partial(work, group), event="kept_not_settled", mutation_ids=ids)


def _judge(
    session: Session,
    registry: Registry,
    group: list[Kept],
    *,
    now: datetime,
    amends: bool,
    poison: bool = False,
) -> Moved:
    world, sender, judged = _world_of(session, registry, group, now, amends=amends)
    for kept, mutation in judged:
        # What a correction said anew is left out already; what remains is all that was said of those fields.
        author = replace(sender, clock_offset_s=kept.row["clock_offset_s"], has_waited=kept.newer is None)
        _judge_one(world, author, kept, mutation, poison=poison)
    write_world(session, world)
    note_leaving(session, _elsewhere(world, group))
    return moved_by(world, [mutation for _, mutation in judged])


def _judge_one(world: World, sender: Sender, kept: Kept, mutation: Mutation, *, poison: bool) -> None:
    is_rejection = kept.table is Rejection.__table__
    if kept.newer is not None and (mutation.op == "delete" or not mutation.fields):
        return _set_fate(world, kept, state="corrected")
    # A correction that waits has marked its rejection when it came; that mark must not refuse it now.
    judged = mutation if is_rejection else replace(mutation, replaces=None)
    try:
        decide_or_refuse(world, sender, judged, poison=poison)
    except Refused as refused:
        if not is_rejection:
            keep_rejection(world, sender, mutation, refused)
            _set_fate(world, kept, state="rejected")
        elif (refused.slug, refused.waits_for) != (kept.row["slug"], kept.row["waits_for"]):
            _set_fate(world, kept, slug=refused.slug, field_errors=dict(refused.fields), waits_for=refused.waits_for)
    except Waits as waits:
        if is_rejection:
            keep_waiting(world, sender, mutation, waits)
            _set_fate(world, kept, state="replayed")
        elif (waits.kind, waits.waits_for) != (kept.row["kind"], kept.row["waits_for"]):
            _set_fate(world, kept, kind=waits.kind, waits_for=waits.waits_for)
    else:
        if judged.replaces:
            world.settle_replaced(judged.replaces)
        _set_fate(world, kept, state="replayed" if is_rejection else "applied")


def _world_of(
    session: Session, registry: Registry, group: list[Kept], now: datetime, *, amends: bool
) -> tuple[World, Sender, list[tuple[Kept, Mutation]]]:
    first = group[0].row
    ever = port("person")(session, first["author_id"])
    sender = Sender(ever.at(now), ever, first["device_id"], None, frozenset(), now, amends, has_waited=True)
    unseal = partial(port("unseal"), first["device_id"])
    judged = [(kept, _mutation_of(registry, kept, now, unseal)) for kept in group]
    world = load_world(session, registry, sender.now, [mutation for _, mutation in judged], now, ever=ever)
    world.kept_ids = kept_ids(session, [mutation.id for _, mutation in judged])
    return world, sender, judged


def kept_ids(session: Session, mutation_ids: Sequence[str]) -> set[str]:
    """Return the ids of rows kept of mutations before, whatever became of them."""
    return {
        row_id
        for model in (Rejection, Waiting, ConflictRow)
        for row_id in session.scalars(select(model.id).where(model.mutation_id.in_(mutation_ids)))
    }


def _mutation_of(registry: Registry, kept: Kept, now: datetime, unseal: Unseal) -> Mutation:
    mutation = mutation_of(kept.row, now, unseal)
    collection = registry.get(mutation.collection)
    if kept.newer is None or collection is None:
        return mutation
    return replace(mutation, fields=without_newer(mutation.fields, kept.newer, collection.merge_groups))


def _elsewhere(world: World, group: list[Kept]) -> list[Leaving]:
    """Return what no longer waits as what it waited as: held, and late now, it has left *held* on every phone."""
    before = {kept.row["id"]: kept.row["kind"] for kept in group if kept.table is Waiting.__table__}
    return [
        Leaving(before[row["id"]], row["id"], row["version"], audience)
        for table, row in world.fates
        if table is Waiting.__table__ and row["kind"] != before.get(row["id"], row["kind"])
        for audience in (of_user(row["author_id"]), *([of_unit(row["unit_id"])] if row["unit_id"] else []))
    ]


def _set_fate(world: World, kept: Kept, **values: Any) -> None:
    world.fates.append((kept.table, {**kept.row, **values, "version": kept.row["version"] + 1}))
