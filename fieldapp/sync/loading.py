"""Reading what a batch is judged against: once, in a fixed order, locked where the database locks rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from fieldapp.core.access import Actor
from fieldapp.core.ids import readable_id
from fieldapp.sync.collection import Collection, Registry, Row
from fieldapp.sync.models import ConflictRow, Gone, History, Receipt, Rejection, SyncState, Waiting
from fieldapp.sync.mutation import Mutation
from fieldapp.sync.rules import Version
from fieldapp.sync.world import OPEN_STATES, Held, Key, World

AFTER_RESTORE = timedelta(days=30)
_RECEIPTS = select(Receipt.__table__).where(Receipt.mutation_id.in_(bindparam("ids", expanding=True)))


def load_world(
    session: Session,
    registry: Registry,
    actor: Actor,
    mutations: Sequence[Mutation],
    now: datetime,
    *,
    ever: Actor | None = None,
) -> World:
    """Read what a batch touches, in a fixed order and locked where the database locks rows.

    `ever`: the actor with every grant; what they knew of when they made a mutation is known to it (PU16).
    """
    world = load_answers(session, registry, actor, mutations)
    grants = {ever.at(mutation.made_at).grants for mutation in mutations} if ever else set()
    knew = [replace(actor, grants=held) for held in grants - {actor.grants}]
    wanted: dict[str, set[str]] = {collection.name: set() for collection in registry}
    chosen: list[tuple[str, Row]] = []
    for mutation in mutations:
        if mutation.collection in wanted and mutation.refusal is None:
            wanted[mutation.collection].add(mutation.record_id)
    for collection in reversed(list(registry)):  # children first, so that parents found there are read too
        ids = wanted[collection.name]
        if collection.parent:
            parent, key = collection.parent
            named = (readable_id(m.fields.get(key)) for m in mutations if m.collection == collection.name)
            wanted[parent] |= {parent_id for parent_id in named if parent_id}
        if ids:
            _load_records(session, world, collection, ids, knew)
        if collection.table is ConflictRow.__table__:
            for name, target_id, values in _chosen(world, collection, mutations):
                wanted[name].add(target_id)
                chosen.append((name, values))
        if collection.parent:
            parent, key = collection.parent
            wanted[parent] |= {
                held.now[key] for held in world.records.values() if held.collection is collection and held.now
            }
    _load_history(session, world, mutations)
    _load_absent(session, world, wanted, mutations, now)
    _load_children(session, world, mutations)
    for collection in registry:
        sent = [m.fields for m in mutations if m.collection == collection.name]
        sent += [values for name, values in chosen if name == collection.name]
        stored = [held.now for held in world.records.values() if held.collection is collection and held.now]
        if sent:
            world.facts[collection.name] = collection.facts(session, actor, [*sent, *stored])
    return world


def _chosen(world: World, conflicts: Collection, mutations: Sequence[Mutation]) -> Iterable[tuple[str, str, Row]]:
    """Yield the records that choosing between values writes, with the values that may be chosen (PU5)."""
    for mutation in mutations:
        held = world.records.get((conflicts.name, mutation.record_id))
        if mutation.collection != conflicts.name or held is None or held.now is None:
            continue
        given = mutation.fields.get("resolution")
        items = given.items() if isinstance(given, dict) else ()
        others = {name: item.get("value") for name, item in items if isinstance(item, dict)}
        for values in (held.now["sent"], others):
            yield held.now["collection"], held.now["record_id"], values


def load_answers(session: Session, registry: Registry, actor: Actor, mutations: Sequence[Mutation]) -> World:
    """Read what was answered before, and nothing else: receipts, reused ids, rejections that corrections replace."""
    world = World(registry, actor)
    ids = [mutation.id for mutation in mutations]
    receipts = session.execute(_RECEIPTS, {"ids": ids}).mappings()
    world.receipts = {row["mutation_id"]: dict(row) for row in receipts}
    if world.receipts:
        again = session.execute(
            select(Rejection.__table__).where(
                Rejection.mutation_id.in_(list(world.receipts)), Rejection.author_id == world.actor.user_id
            )
        )
        world.reused = {(row["mutation_id"], row["content_hash"]): dict(row) for row in again.mappings()}
    replaces = [mutation.replaces for mutation in mutations if mutation.replaces]
    if replaces:
        query = (
            select(Rejection.__table__)
            .where(Rejection.id.in_(replaces), Rejection.author_id == world.actor.user_id)
            .order_by(Rejection.id)
            .with_for_update()
        )
        world.replaced = {row["id"]: dict(row) for row in session.execute(query).mappings()}
    return world


def _load_records(
    session: Session, world: World, collection: Collection, ids: Iterable[str], knew: Sequence[Actor]
) -> None:
    table = collection.table
    known = [collection.knowable(actor).label(f"known_{index}") for index, actor in enumerate((world.actor, *knew))]
    query = select(table, *known).where(table.c.id.in_(sorted(ids))).order_by(table.c.id)
    for found in session.execute(query.with_for_update(of=table)).mappings():
        row = dict(found)
        is_known, *then = [bool(row.pop(label.name)) for label in known]
        known_by = frozenset(actor.grants for actor, knows in zip(knew, then, strict=True) if knows)
        world.records[(collection.name, row["id"])] = Held(collection, dict(row), row, is_known, known_by=known_by)


def _load_history(session: Session, world: World, mutations: Sequence[Mutation]) -> None:
    """Read versions only where somebody may have been faster: the base lies below the record's version."""
    behind = set()
    for mutation in mutations:
        held = world.records.get((mutation.collection, mutation.record_id))
        if held and held.now and mutation.op != "create" and mutation.base_version < held.now["version"]:
            behind.add(mutation.record_id)
        if held and held.now and held.collection.table is ConflictRow.__table__:
            behind.add(held.now["record_id"])
    if not behind:
        return
    query = select(
        History.record_id,
        History.collection,
        History.version,
        History.device_id,
        History.changed,
        History.sent,
        History.user_id,
        History.received_at,
        History.device_seq,
    ).where(History.record_id.in_(behind))
    for row in session.execute(query.order_by(History.record_id, History.version)):
        held = world.records.get((row.collection, row.record_id))
        if held:
            held.history.append(
                Version(row.version, row.device_id, row.changed, row.sent, row.user_id, row.received_at, row.device_seq)
            )


def _load_children(session: Session, world: World, mutations: Sequence[Mutation]) -> None:
    """Read which children stand under records that may be deleted or are judged by them: asked for, or chosen."""
    asked = {(m.collection, m.record_id) for m in mutations if m.op == "delete" or _minds_children(world, m)}
    conflicts = (held.now for held in world.records.values() if held.collection.table is ConflictRow.__table__)
    asked |= {(row["collection"], row["record_id"]) for row in conflicts if row}
    for name, record_id in asked & world.records.keys():
        for child in world.registry.children_of(name):
            assert child.parent  # noqa: S101 - children_of lists collections with a parent
            table = child.table
            query = select(table.c.id).where(table.c[child.parent[1]] == record_id, table.c.deleted.is_(False))
            found = {(child.name, child_id) for child_id in session.scalars(query)}
            world.stored_children.setdefault((name, record_id), set()).update(found)


def _minds_children(world: World, mutation: Mutation) -> bool:
    collection = world.registry.get(mutation.collection)
    return collection is not None and not collection.minds_children.isdisjoint(mutation.fields)


def _load_absent(
    session: Session, world: World, wanted: Mapping[str, set[str]], mutations: Sequence[Mutation], now: datetime
) -> None:
    """Find out why records that mutations name do not stand, where they do not."""
    named = {(name, record_id) for name, ids in wanted.items() for record_id in ids}
    missing = named - {key for key, held in world.records.items() if held.is_known}
    if not missing:
        return
    world.absent.disposed = _keys(session, missing, Gone, Gone.reason == "disposed")
    # A create that comes again creates nothing: what became of it stands in the database.
    created = {(m.collection, m.record_id) for m in mutations if m.op == "create" and m.id not in world.receipts}
    lacked = missing - created
    if not lacked:
        return
    own = or_(Rejection.author_id == world.actor.user_id, Rejection.unit_id.in_(world.actor.units))
    ids = {record_id for _, record_id in lacked}
    refused = select(Rejection.id, Rejection.collection, Rejection.record_id, Rejection.op, Rejection.state).where(
        Rejection.record_id.in_(ids), Rejection.op == "create", Rejection.state.in_(OPEN_STATES), own
    )
    for row in session.execute(refused).mappings():
        if (row["collection"], row["record_id"]) in lacked:
            world.absent.note_refusal(dict(row))
    waits = select(Waiting.collection, Waiting.record_id, Waiting.kind).where(
        Waiting.record_id.in_(ids),
        Waiting.author_id == world.actor.user_id,
        Waiting.op == "create",
        Waiting.state == "waiting",
    )
    world.absent.waiting = {(row.collection, row.record_id): row.kind for row in session.execute(waits)}
    restored_at = session.scalar(select(SyncState.restored_at))
    world.absent.after_restore = restored_at is not None and now - restored_at < AFTER_RESTORE


def _keys(session: Session, among: set[Key], model: Any, *conditions: ColumnElement[bool]) -> set[Key]:
    ids = {record_id for _, record_id in among}
    query = select(model.collection, model.record_id).where(model.record_id.in_(ids), *conditions)
    return {(row.collection, row.record_id) for row in session.execute(query)} & among
