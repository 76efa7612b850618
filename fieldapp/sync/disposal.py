"""Disposal (gallring): records and all that was kept of them go for good; tombstones say so to whoever had them (PL4).

What was disposed of is noted in a log beside the database, ids only, before it goes: a restore brings old rows back,
and ends by disposing of them again (PL5). Every step may be cut off and done again.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from fieldapp.audit import services as audit
from fieldapp.audit.checkpoints import note_restored
from fieldapp.core.appending import append_lines, lines_of, whole_file
from fieldapp.core.audiences import NOBODY, of_unit, of_user
from fieldapp.core.clock import to_wire
from fieldapp.core.database import db, transacted
from fieldapp.core.ids import new_id
from fieldapp.sync.collection import Collection, Registry, Row
from fieldapp.sync.leaving import Leaving, note_leaving
from fieldapp.sync.models import ConflictPerson, ConflictRow, Gone, History, Receipt, Rejection, SyncState, Waiting

A_TIME = 50
LOG = "disposal.log"
Tree = list[tuple[Collection, Row, tuple[Row, ...]]]
Named = list[tuple[str, str]]  # (collection, id)


def dispose(
    registry: Registry, *, collection: str, record_ids: Sequence[str], by: str | None, folder: Path, now: datetime
) -> int:
    """Dispose of records with all that hangs on them; return how many went. Commits in chunks (PL2)."""
    noted = {key for named in _noted(folder) for key in named}

    def note(named: Named) -> None:
        if not noted.issuperset(named):
            _note(folder, collection, named, now)
            noted.update(named)

    gone = 0
    for start in range(0, len(record_ids), A_TIME):
        some = record_ids[start : start + A_TIME]
        gone += transacted(partial(_dispose_some, registry, collection, some, by, note))
    return gone


def restored(registry: Registry, *, folder: Path, now: datetime) -> int:
    """Call after a backup was put back: phones offer again what they sent (PL5), disposal is repeated.

    Returns how many records went again.
    """
    again = _noted(folder)
    transacted(partial(_begin_anew, now))
    return sum(transacted(partial(_dispose_again, registry, named)) for named in again)


def _begin_anew(now: datetime) -> None:
    session = db.session()
    session.execute(update(SyncState).values(epoch=new_id(), restored_at=now))
    note_restored(session)
    audit.record(session, action="database.restored", actor_id=None)


def _note(folder: Path, collection: str, named: Named, now: datetime) -> None:
    below: dict[str, list[str]] = {}
    for name, record_id in named:
        below.setdefault(name, []).append(record_id)
    own = below.pop(collection)
    with whole_file(folder / LOG) as log:
        append_lines(log, {"at": to_wire(now), "collection": collection, "record_ids": own, "below": below})


def _noted(folder: Path) -> list[Named]:
    """Return what the log names, a disposal each; lines of the first release say nothing of what lay below."""
    with whole_file(folder / LOG) as log:
        lines = lines_of(log)
    return [
        [
            (name, record_id)
            for name, ids in {line["collection"]: line["record_ids"], **line.get("below", {})}.items()
            for record_id in ids
        ]
        for line in lines
    ]


def _dispose_some(
    registry: Registry, name: str, record_ids: Sequence[str], by: str | None, note: Callable[[Named], None]
) -> int:
    session = db.session()
    tree = _tree(session, registry, registry[name], record_ids)
    roots = [(name, record_id) for record_id in record_ids]
    note(list(dict.fromkeys([*roots, *((of.name, row["id"]) for of, row, _ in tree)])))
    _dispose_of(session, registry, name, tree, by)
    return len(tree)


def _dispose_again(registry: Registry, named: Named) -> int:
    """Dispose of what the log names: what an older backup lacks does not come back from a phone either (PL5)."""
    session, ids = db.session(), {record_id for _, record_id in named}
    gone = 0
    for collection in registry:
        of_it = [record_id for name, record_id in named if name == collection.name]
        if of_it:
            tree = _tree(session, registry, collection, of_it)
            _dispose_of(session, registry, collection.name, tree, None)
            gone += len(tree)
    _clear_kept(session, registry, ids)
    told = select(Gone.collection, Gone.record_id).where(Gone.record_id.in_(ids), Gone.reason == "disposed")
    marked = {(row.collection, row.record_id) for row in session.execute(told)}
    unmarked = [Leaving(*key, version=1, audience=NOBODY) for key in named if key not in marked]
    note_leaving(session, unmarked, reason="disposed")
    return gone


def _dispose_of(session: Session, registry: Registry, name: str, tree: Tree, by: str | None) -> None:
    if not tree:
        return
    note_leaving(session, _leaving(tree), reason="disposed")
    _clear_kept(session, registry, {row["id"] for _, row, _ in tree})
    for item in reversed(list(registry)):  # children before what they hang on
        rows = [row["id"] for of, row, _ in tree if of is item]
        if rows:
            item.disposed(session, rows)
            session.execute(delete(item.table).where(item.table.c.id.in_(rows)))
    counts = {item.name: sum(of is item for of, _, _ in tree) for item in registry}
    audit.record(
        session,
        action="records.disposed",
        actor_id=by,
        subject=name,
        **{name: count for name, count in counts.items() if count},
    )


def _tree(session: Session, registry: Registry, collection: Collection, record_ids: Iterable[str]) -> Tree:
    """Return records with their descendants, tombstones too, each with its ancestors, nearest first."""
    found: Tree = []
    level: Tree = [(collection, row, ()) for row in _rows(session, collection, collection.table.c.id, record_ids)]
    while level:
        found += level
        below: Tree = []
        for child in registry:
            if child.parent is None:
                continue
            parents = {row["id"]: (row, above) for of, row, above in level if of.name == child.parent[0]}
            key = child.parent[1]
            rows = _rows(session, child, child.table.c[key], parents) if parents else []
            below += [(child, row, (parents[row[key]][0], *parents[row[key]][1])) for row in rows]
        level = below
    return found


def _rows(session: Session, collection: Collection, column: Any, values: Iterable[str]) -> list[Row]:
    query = select(collection.table).where(column.in_(list(values))).order_by(collection.table.c.id)
    return [dict(row) for row in session.execute(query.with_for_update()).mappings()]


def _leaving(tree: Tree) -> list[Leaving]:
    return [
        Leaving(of.name, row["id"], row["version"] + 1, audience)
        for of, row, parents in tree
        for audience in of.audiences(row, parents)
    ]


def _clear_kept(session: Session, registry: Registry, ids: set[str]) -> None:
    """Clear what was kept of the records, and of what was kept: history, conflicts, rejections, held, late."""
    while ids:
        session.execute(delete(History).where(History.record_id.in_(ids)))
        _clear_receipts(session, Receipt.record_id.in_(ids))
        ids = _clear_conflicts(session, ids) | {
            row_id for model in (Rejection, Waiting) for row_id in _clear_mutations(session, registry, model, ids)
        }


def _clear_receipts(session: Session, about: ColumnElement[bool]) -> None:
    """Take from receipts the paths of what was refused: a field nobody knows stands there as it was sent."""
    for receipt in session.scalars(select(Receipt).where(about, Receipt.status == "rejected")):
        receipt.error = {**(receipt.error or {}), "fields": {}}


def _clear_conflicts(session: Session, ids: set[str]) -> set[str]:
    conflicts: Any = ConflictRow.__table__
    met = session.execute(select(conflicts).where(conflicts.c.record_id.in_(ids))).mappings().all()
    people = select(ConflictPerson).where(ConflictPerson.conflict_id.in_([row["id"] for row in met]))
    told = [(row.conflict_id, of_user(row.user_id)) for row in session.scalars(people)]
    told += [(row["id"], of_unit(row["unit_id"])) for row in met if row["unit_id"]]
    versions = {row["id"]: row["version"] + 1 for row in met}
    note_leaving(
        session, [Leaving("conflicts", key, versions[key], audience) for key, audience in told], reason="disposed"
    )
    session.execute(delete(ConflictPerson).where(ConflictPerson.conflict_id.in_(list(versions))))
    session.execute(delete(ConflictRow).where(ConflictRow.id.in_(list(versions))))
    return set(versions)


def _clear_mutations(session: Session, registry: Registry, model: type[Rejection | Waiting], ids: set[str]) -> set[str]:
    table: Any = model.__table__
    children = {child.name: child.parent[1] for child in registry if child.parent}
    about = or_(table.c.record_id.in_(ids), table.c.waits_for.in_(ids), table.c.collection.in_(children))
    found = [
        row
        for row in session.execute(select(table).where(about)).mappings()
        if {row["record_id"], row["waits_for"], _parent_named(row, children)} & ids
    ]
    leaving = [
        Leaving(row.get("kind", "rejections"), row["id"], row["version"] + 1, audience)
        for row in found
        for audience in (of_user(row["author_id"]), of_unit(row["unit_id"]))
    ]
    note_leaving(session, leaving, reason="disposed")
    _clear_receipts(session, Receipt.mutation_id.in_([row["mutation_id"] for row in found]))
    session.execute(delete(table).where(table.c.id.in_([row["id"] for row in found])))
    return {row["id"] for row in found}


def _parent_named(row: Any, children: dict[str, str]) -> Any:
    fields = row["fields"] if isinstance(row["fields"], dict) else {}
    named = fields.get(children.get(row["collection"] or "", ""))
    return named if isinstance(named, str) else None
