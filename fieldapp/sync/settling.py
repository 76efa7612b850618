"""Taking up what waited: held mutations when their parent stands, refused ones with what they were refused for.

PU9: a held mutation applies in its parent's own transaction. PU12: replay and correction take dependents along, in
`device_seq` order, each judged as its own author's, with its own base and time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Table, and_, select, update
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from fieldapp.core.ports import port
from fieldapp.sync.collection import Refused, Registry, Row, Waits
from fieldapp.sync.deciding import decide_or_refuse
from fieldapp.sync.judging import Sender
from fieldapp.sync.keeping import keep_rejection, keep_waiting, mutation_of
from fieldapp.sync.loading import load_world
from fieldapp.sync.models import ConflictRow, Rejection, SyncState, Waiting
from fieldapp.sync.mutation import Mutation, Unseal
from fieldapp.sync.rules import without_newer
from fieldapp.sync.world import OPEN_STATES, Key, World
from fieldapp.sync.writing import write_world

log = structlog.get_logger()
WAITS_AT_MOST = timedelta(days=30)
TIDIED_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Kept:
    """A kept mutation's row, with its table. `newer`: fields of its record that a correction said anew."""

    table: Table
    row: Row
    newer: frozenset[str] | None = None


@dataclass
class Moved:
    """What a batch did that others may have waited for: ids of records."""

    written: set[str] = field(default_factory=set)  # stand anew, or differently
    created: set[str] = field(default_factory=set)  # came into being
    refused: set[str] = field(default_factory=set)  # their create was refused
    lacked: set[str] = field(default_factory=set)  # its own mutations wait for them, and they may just have come
    corrected: dict[Key, frozenset[str]] = field(default_factory=dict)  # fields that a correction said anew

    def __or__(self, other: "Moved") -> "Moved":
        return Moved(
            self.written | other.written,
            self.created | other.created,
            self.refused | other.refused,
            self.lacked | other.lacked,
            self.corrected | other.corrected,
        )


def moved_by(world: World, mutations: Iterable[Mutation]) -> Moved:
    """Return what a written world did that others may have waited for."""
    kept = (*world.rejections, *world.conflicts)  # after a restore what was said of them may be here already (PL5)
    came = {key for key in world.touched if (before := world.records[key].before) is None or before["deleted"]}
    return Moved(
        written={record_id for _, record_id in world.touched} | {row["id"] for row in kept},
        created={record_id for _, record_id in came},
        refused={str(row["record_id"]) for row in world.rejections if row["op"] == "create"},
        lacked={row["waits_for"] for row in world.waits if row["kind"] == "held"},
        corrected={
            (mutation.collection, mutation.record_id): frozenset(mutation.fields)
            for mutation in mutations
            if mutation.replaces and (mutation.collection, mutation.record_id) in came
        },
    )


def settle(session: Session, registry: Registry, moved: Moved, now: datetime, *, amends: bool = False) -> None:
    """Take up what waited for records that now stand, then what waited for those, until nothing moves.

    `amends`: a leader takes in what came late, and what hangs on it comes along (PU11).
    """
    while rows := _waiting_for(session, moved, amends=amends):
        moved, before = Moved(), moved
        for group in _by_sender(rows):
            moved |= _take_up(session, registry, _group_of(group, before), now, amends=amends)


def take_up(session: Session, registry: Registry, kept: Sequence[Kept], now: datetime, *, amends: bool) -> None:
    """Judge kept mutations again, and what hangs on them. Their rows are locked by the caller."""
    moved = Moved()
    for group in _by_sender(kept):
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
    for group in _by_sender(rows):
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


def _waiting_for(session: Session, moved: Moved, *, amends: bool) -> list[Kept]:
    found: list[Kept] = []
    waits_for = moved.written | moved.refused | moved.lacked
    if waits_for:
        table: Any = Waiting.__table__
        kinds = ("held", "late") if amends else ("held",)
        mine = and_(table.c.waits_for.in_(waits_for), table.c.state == "waiting", table.c.kind.in_(kinds))
        query = select(table).where(mine).order_by(table.c.received_at, table.c.device_seq).with_for_update()
        found += [Kept(table, dict(row)) for row in session.execute(query).mappings()]
    if moved.created:
        table = Rejection.__table__
        mine = and_(table.c.waits_for.in_(moved.created), table.c.state.in_(OPEN_STATES))
        query = select(table).where(mine).order_by(table.c.received_at, table.c.device_seq).with_for_update()
        found += [Kept(table, dict(row)) for row in session.execute(query).mappings()]
    return found


def _by_sender(rows: Iterable[Kept]) -> list[list[Kept]]:
    groups: dict[tuple[str, str], list[Kept]] = {}
    for kept in rows:
        groups.setdefault((kept.row["author_id"], kept.row["device_id"]), []).append(kept)
    return [sorted(group, key=lambda kept: kept.row["device_seq"] or 0) for group in groups.values()]


def _group_of(group: list[Kept], moved: Moved) -> list[Kept]:
    """Tell kept edits of a corrected record what the correction said anew: that is newer than they are (PU12)."""
    keys = [(kept.row["collection"], kept.row["record_id"]) for kept in group]
    return [replace(kept, newer=moved.corrected.get(key)) for kept, key in zip(group, keys, strict=True)]


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
    """Return what was moved, or None where that failed: then nothing of it was written and all is kept as it was."""
    try:
        with session.begin_nested():
            return work(group)
    except OperationalError:
        raise  # the database, not a mutation: nothing of the batch may stay
    except Exception as error:
        kind = type(error.orig if isinstance(error, DatabaseError) else error).__name__
        log.exception("kept_not_settled", kind=kind, mutation_ids=[kept.row["mutation_id"] for kept in group])
        return None


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


def _set_fate(world: World, kept: Kept, **values: Any) -> None:
    world.fates.append((kept.table, {**kept.row, **values, "version": kept.row["version"] + 1}))
