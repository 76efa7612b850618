"""Writing what a batch came to: Core statements in bulk, sequence numbers taken last (PL2)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, Update, bindparam, insert, update
from sqlalchemy.orm import Session

from fieldapp.sync.collection import Row, Written
from fieldapp.sync.models import ConflictPerson, ConflictRow, History, Receipt, Rejection, Waiting
from fieldapp.sync.sequence import take_seqs
from fieldapp.sync.world import World


def write_world(session: Session, world: World) -> None:
    """Write records, histories, what was kept and receipts; then let each collection follow up."""
    kept = (*world.rejections, *world.waits, *world.conflicts)
    count = len(world.touched) + len(kept) + len(world.fates)
    if count:
        seqs = iter(take_seqs(session, count))
        _write_records(session, world, seqs)
        for row in (*kept, *(row for _, row in world.fates)):
            row["seq"] = next(seqs)
        _insert(session, Rejection.__table__, world.rejections)
        _insert(session, Waiting.__table__, world.waits)
        _insert(session, ConflictRow.__table__, world.conflicts)
        _insert(session, ConflictPerson.__table__, world.conflict_people)
        for table in dict.fromkeys(table for table, _ in world.fates):
            _update(session, table, [row for of, row in world.fates if of is table])
        for row in world.histories:
            row["seq"] = world.place_of(row["collection"], row["record_id"])
        _insert(session, History.__table__, world.histories)
    _insert(session, Receipt.__table__, world.new_receipts)
    _follow_up(session, world)


def _write_records(session: Session, world: World, seqs: Any) -> None:
    for key in world.touched:
        held = world.records[key]
        assert held.now is not None  # noqa: S101 - touched means put
        held.now["seq"] = next(seqs)
    for collection in world.registry:
        touched = [world.records[key] for key in world.touched if key[0] == collection.name]
        _insert(session, collection.table, [held.now for held in touched if held.now and held.before is None])
        _update(session, collection.table, [held.now for held in touched if held.now and held.before is not None])


def _follow_up(session: Session, world: World) -> None:
    for collection in world.registry:
        held = [world.records[key] for key in world.touched if key[0] == collection.name]
        written = [Written(item.before, item.now) for item in held if item.now]
        if written:
            collection.written(session, written)


def _insert(session: Session, table: Any, rows: Sequence[Row]) -> None:
    if rows:
        session.execute(_insert_into(table), list(rows))


def _update(session: Session, table: Any, rows: Sequence[Row]) -> None:
    if rows:
        names = [column.name for column in table.columns]
        session.connection().execute(_update_of(table), [{f"b_{name}": row[name] for name in names} for row in rows])


@cache
def _insert_into(table: Table) -> Insert:
    return insert(table)


@cache
def _update_of(table: Table) -> Update:
    values = {column.name: bindparam(f"b_{column.name}", type_=column.type) for column in table.columns}
    return update(table).where(table.c.id == values.pop("id")).values(values)
